// DisNet, layer for layer as the study has it.
import { expect, test } from 'vitest';
import { disnet } from '../../src/study/disnet.js';

test('three groups of convolution, pool and dropout, then flatten and softmax', () => {
  const { layers, parameterCount } = disnet([1, 28, 28]);
  const group = ['conv2d', 'maxPool2d', 'dropout'];
  expect(layers.map(({ layer }) => layer.type)).toEqual([...group, ...group, ...group, 'flatten', 'dense']);
  for (const { layer } of layers) {
    if (layer.type === 'conv2d')
      expect(layer).toMatchObject({ kernel: [3, 3], stride: [1, 1], padding: 'same', activation: 'relu' });
    if (layer.type === 'maxPool2d') expect(layer.size).toEqual([2, 2]);
    if (layer.type === 'dropout') expect(layer.rate).toBe(0.25);
    if (layer.type === 'dense') expect(layer.activation).toBe('softmax');
  }
  const pooled = layers.filter(({ layer }) => layer.type === 'maxPool2d').map(({ output }) => output);
  expect(pooled).toEqual([
    [32, 14, 14],
    [64, 7, 7],
    [128, 3, 3],
  ]);
  const kernels = 9 * (1 * 32 + 32 * 64 + 64 * 128) + 128 * 3 * 3 * 2;
  expect(parameterCount).toBe(kernels + 32 + 64 + 128 + 2);
});

test('takes other image sizes, down to 8 × 8', () => {
  expect(disnet([3, 8, 8]).output).toEqual([2]);
  expect(() => disnet([1, 7, 7])).toThrow(/maxPool2d3: window \[2, 2\] does not fit/);
});
