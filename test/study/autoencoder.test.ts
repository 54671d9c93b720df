// The autoencoders of the latent study: widths as it had them, a decoder that mirrors the encoder.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { autoencoder, CODE_LAYER, encoderWidths, hiddenFaults } from '../../src/study/autoencoder.js';

const plain = { codeActivation: 'relu', output: 'sigmoid', init: 'glorot' } as const;

describe('encoder widths', () => {
  test.each([
    [2, 'study', [256, 128, 64, 32, 16, 8, 4, 2]],
    [16, 'study', [256, 128, 64, 16]],
    [256, 'study', [256]],
    [8, 'study', [256, 128, 64, 32, 16, 8]],
    [100, 'study', [256, 128, 100]],
    [300, 'study', [300]],
    [10, '512-256-128', [512, 256, 128, 10]],
    [10, '64', [64, 10]],
    [10, 'none', [10]],
  ])('latent %i, hidden %s', (latent, hidden, widths) => {
    expect(encoderWidths(latent, hidden)).toEqual(widths);
  });

  test.each(['', 'Study', '512-', '-512', '512-0', '512,256', '1e3', '512 - 256', '123456'])(
    'refuses "%s"',
    (text) => {
      expect(hiddenFaults(text)).toHaveLength(1);
      expect(() => autoencoder({ ...plain, input: 784, latent: 2, hidden: text })).toThrow(
        /expected study, none/,
      );
    },
  );
});

describe('the net', () => {
  test('of the study at size 16', () => {
    const made = autoencoder({ ...plain, input: 784, latent: 16, hidden: 'study' });
    expect(made.layers.map(({ output }) => output[0])).toEqual([256, 128, 64, 16, 64, 128, 256, 784]);
    const activations = made.layers.map(({ layer }) =>
      layer.type === 'dense' ? layer.activation : layer.type,
    );
    expect(activations).toEqual([...new Array(7).fill('relu'), 'sigmoid']);
    const sizes = [784, 256, 128, 64, 16, 64, 128, 256, 784];
    const weights = sizes.slice(1).reduce((sum, out, i) => sum + (sizes[i]! + 1) * out, 0);
    expect(made.parameterCount).toBe(weights);
  });

  test('is a mirror around its code, whatever the widths', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 999 }), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 64 }),
        (widths, latent) => {
          const { layers, input, output } = autoencoder({
            ...plain,
            input: 9,
            latent,
            hidden: widths.join('-'),
          });
          const sizes = [9, ...layers.map((layer) => layer.output[0])];
          expect(sizes).toEqual(sizes.toReversed());
          expect(layers[widths.length]).toMatchObject({ name: CODE_LAYER, output: [latent] });
          expect(input).toEqual(output);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  test('takes the activation on the code, the output and the starting weights as asked', () => {
    const { layers, parameters } = autoencoder({
      ...{ input: 784, latent: 10, hidden: '32' },
      ...{ codeActivation: 'linear', output: 'linear', init: 'he' },
    });
    expect(layers.map(({ layer }) => layer.type === 'dense' && layer.activation)).toEqual([
      'relu',
      'linear',
      'relu',
      'linear',
    ]);
    for (const { name, init } of parameters)
      expect(init.kind).toBe(name.endsWith('kernel') ? 'heUniform' : 'zeros');
  });
});
