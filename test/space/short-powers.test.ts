// Logarithmic axes between short numbers: exact where they are short, and what they were everywhere else.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisAt, axisIndexOf, axisLength, log } from '../../src/space/values.js';

const all = (from: number, to: number, count: number): number[] => {
  const axis = log(from, to, count);
  return Array.from({ length: axisLength(axis) }, (_, i) => axisAt(axis, i) as number);
};

/** The formula alone, before values were made short by more than rounding. */
const floating = (from: number, to: number, n: number, i: number): number =>
  10 ** ((Math.log10(from) * (n - i) + Math.log10(to) * i) / n);

const digitsOf = (x: number): number => x.toExponential().split('e')[0]!.replace('.', '').length;

describe('log between short numbers', () => {
  it.each<[number, number, number, readonly number[]]>([
    [64, 2048, 6, [64, 128, 256, 512, 1024, 2048]],
    [2048, 64, 6, [2048, 1024, 512, 256, 128, 64]],
    [27, 729, 4, [27, 81, 243, 729]],
    [0.0001, 0.0032, 6, [0.0001, 0.0002, 0.0004, 0.0008, 0.0016, 0.0032]],
    [1e-5, 1e-1, 5, [1e-5, 1e-4, 1e-3, 0.01, 0.1]],
    [1e-20, 1.6e-19, 5, [1e-20, 2e-20, 4e-20, 8e-20, 1.6e-19]],
    [1, 5.0625, 5, [1, 1.5, 2.25, 3.375, 5.0625]],
    [0.3, 2430, 3, [0.3, 27, 2430]],
    [100, 0.01, 3, [100, 1, 0.01]],
    [3, 3e10, 11, Array.from({ length: 11 }, (_, i) => Number(`3e${i}`))],
  ])('log(%d, %d, %d) is short', (from, to, count, expected) => {
    expect(all(from, to, count)).toEqual(expected);
  });

  it('is exact at every value that is short, though others between are not', () => {
    const values = all(1, 64, 13);
    expect(values.filter((_, i) => i % 2 === 0)).toEqual([1, 2, 4, 8, 16, 32, 64]);
    expect(values[1]).toBeCloseTo(Math.SQRT2, 14);
  });

  it('is whole between whole ends in a whole ratio', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999 }),
        fc.integer({ min: 2, max: 12 }),
        fc.integer({ min: 2, max: 9 }),
        (from, ratio, count) => {
          const expected = Array.from({ length: count }, (_, i) => from * ratio ** i);
          expect(all(from, expected.at(-1)!, count)).toEqual(expected);
        },
      ),
      { seed: 9 },
    );
  });

  it('is the formula within rounding, or the short number within 1e-12 of it, and finds its values again', () => {
    const end = fc.oneof(
      fc.double({ min: 1e-9, max: 1e9, noNaN: true }),
      fc.integer({ min: 1, max: 5000 }),
      fc
        .tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: -9, max: 9 }))
        .map(([m, e]) => Number(`${m}e${e}`)),
    );
    fc.assert(
      fc.property(end, end, fc.integer({ min: 2, max: 60 }), (from, to, count) => {
        fc.pre(Math.abs(Math.log(to / from)) > 1e-6);
        const axis = log(from, to, count);
        all(from, to, count).forEach((value, i) => {
          const plain = floating(from, to, count - 1, i);
          const isSame = Math.abs(value - plain) <= 1e-15 * plain;
          const isShort = digitsOf(value) <= 15 && Math.abs(value - plain) <= 1e-12 * plain;
          const isEnd = value === from || value === to;
          expect(isSame || isShort || isEnd, `${value} for ${plain}`).toBe(true);
          expect(axisIndexOf(axis, value)).toBe(i);
        });
      }),
      { numRuns: 1000, seed: 9 },
    );
  });
});
