// Layers in a row: shapes worked out, names given, and every fault told with its layer and both shapes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { initialParameters } from '../../src/net/initial.js';
import * as m from '../../src/net/model.js';
import { net } from '../../src/net/shapes.js';

describe('shapes', () => {
  it('of a small discriminator, with names and offsets', () => {
    const built = net({
      input: [1, 28, 28],
      layers: [
        m.conv2d(32, 3, { activation: 'relu' }),
        m.maxPool2d(2),
        m.flatten({ name: 'flat' }),
        m.dense(2),
      ],
    });
    expect(built.layers.map(({ name, output }) => [name, output])).toEqual([
      ['conv2d1', [32, 28, 28]],
      ['maxPool2d1', [32, 14, 14]],
      ['flat', [6272]],
      ['dense1', [2]],
    ]);
    expect(built.parameters.map(({ name, shape, offset }) => [name, shape, offset])).toEqual([
      ['conv2d1/kernel', [32, 1, 3, 3], 0],
      ['conv2d1/bias', [32], 288],
      ['dense1/kernel', [6272, 2], 320],
      ['dense1/bias', [2], 12864],
    ]);
    expect(built.parameterCount).toBe(12866);
  });

  it('same padding gives ceil(n / stride), valid floor((n − k) / stride) + 1', () => {
    const size = fc.integer({ min: 1, max: 12 });
    const check = (n: number, k: number, stride: number) => {
      const along = (padding: 'same' | 'valid') =>
        net({ input: [1, n, n], layers: [m.conv2d(1, k, { stride, padding })] }).output[1];
      expect(along('same')).toBe(Math.ceil(n / stride));
      if (k <= n) expect(along('valid')).toBe(Math.floor((n - k) / stride) + 1);
      else expect(() => along('valid')).toThrow(/does not fit/);
    };
    fc.assert(fc.property(size, size, size, check), { seed: 1, numRuns: 60 });
  });
});

describe('faults', () => {
  const fault = (input: m.Shape, ...layers: m.Layer[]) => {
    try {
      net({ input, layers });
    } catch (error) {
      return error as Error;
    }
    throw new Error('accepted');
  };

  it.each([
    ['dense on an image', [1, 4, 4], m.dense(3), 'dense1: needs a flat input [n], got [1, 4, 4]'],
    ['conv on rows', [16], m.conv2d(3, 3), 'conv2d1: needs an image [channels, height, width], got [16]'],
    [
      'pool too large',
      [2, 3, 3],
      m.maxPool2d(4),
      'maxPool2d1: window [4, 4] does not fit into the image [2, 3, 3]',
    ],
    ['reshape', [7], m.reshape([2, 4]), 'reshape1: [2, 4] has 8 values, its input [7] has 7'],
    [
      'softmax on an image',
      [1, 2, 2],
      m.activation('softmax'),
      'activation1: softmax needs a flat input [n], got [1, 2, 2]',
    ],
    ['rate', [4], m.dropout(1), 'dropout1: rate is 1, expected 0 <= rate < 1'],
    [
      'activation',
      [4],
      m.dense(2, { activation: 'rleu' as m.Activation }),
      'dense1: unknown activation "rleu"; did you mean "relu"?',
    ],
  ] as const)('%s', (_, input, layer, text) => expect(fault(input, layer).message).toContain(text));

  it('all of them together', () => {
    const error = fault([4], m.dense(0, { name: 'a' }), m.dropout(2, { name: 'a' }), m.conv2d(1, 3));
    expect(error).toMatchObject({ code: 'BAD_MODEL' });
    expect(error.message.split('\n').length).toBe(5);
    expect(error.message).toMatch(
      /a: units is 0[\s\S]*a: the name is used twice[\s\S]*a: rate is 2[\s\S]*conv2d1: needs an image/,
    );
  });
});

describe('weight initialisation', () => {
  const one = (init: m.Initializer | m.Initializer['kind']) =>
    initialParameters(net({ input: [50], layers: [m.dense(80, { init, bias: false })] }), 1);
  const deviation = (values: Float32Array) =>
    Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);

  it.each([
    ['glorotUniform', Math.sqrt(2 / 130)],
    ['glorotNormal', Math.sqrt(2 / 130)],
    ['heUniform', Math.sqrt(2 / 50)],
    ['heNormal', Math.sqrt(2 / 50)],
  ] as const)('%s has the deviation that its paper gives', (kind, expected) =>
    expect(deviation(one(kind)) / expected).toBeCloseTo(1, 1),
  );

  it('uniform stays within its limit, normal has its deviation, zeros are 0', () => {
    expect(Math.max(...one({ kind: 'uniform', limit: 0.3 }).map(Math.abs))).toBeLessThanOrEqual(0.3);
    expect(deviation(one({ kind: 'normal', deviation: 0.3 }))).toBeCloseTo(0.3, 1);
    expect(one('zeros').every((x) => x === 0)).toBe(true);
  });

  it('a layer’s weights do not depend on the other layers', () => {
    const alone = net({ input: [5], layers: [m.dense(6, { name: 'x' })] });
    const among = net({ input: [3], layers: [m.dense(5), m.dense(6, { name: 'x' }), m.dense(2)] });
    const part = among.parameters.find(({ name }) => name === 'x/kernel')!;
    expect(initialParameters(among, 4).slice(part.offset, part.offset + part.size)).toEqual(
      initialParameters(alone, 4).slice(0, 30),
    );
  });
});
