// Values in the scale of the model: standard, in the same order, whatever numbers they were.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { warp } from '../../../src/search/gp/warp.js';

const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
  fc.constantFrom(0, 1, -1, 1e300, -1e300, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE),
);

test('mean 0, variance 1 or all 0, order kept', () => {
  fc.assert(
    fc.property(fc.array(finite, { minLength: 1, maxLength: 40 }), (values) => {
      const { y, slopes } = warp(values);
      for (const each of [...y, ...slopes]) expect(each).not.toBeNaN();
      const mean = y.reduce((sum, each) => sum + each / y.length, 0);
      const variance = y.reduce((sum, each) => sum + (each - mean) ** 2 / y.length, 0);
      expect(Math.abs(mean)).toBeLessThan(1e-9);
      expect(variance < 1e-9 || Math.abs(variance - 1) < 1e-6, `variance ${variance}`).toBe(true);
      const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
      for (let i = 1; i < order.length; i++) expect(y[order[i]!]! >= y[order[i - 1]!]!).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('equal values are all 0, one outlier does not hide the others', () => {
  expect([...warp([7, 7, 7]).y]).toEqual([0, 0, 0]);
  const { y } = warp([1, 2, 3, 4, 5, 6, 7, 8, 1e300]);
  for (let i = 1; i < 8; i++) expect(y[i]! - y[i - 1]!).toBeGreaterThan(0.02);
});

test('normal values stay as they are, exponentials of normal ones get their logarithm', () => {
  const random = randomFor('warp');
  const normal = Array.from({ length: 400 }, () => random.normal());
  const sd = Math.sqrt(normal.reduce((sum, each) => sum + each * each, 0) / 400);
  warp(normal).y.forEach((each, i) => {
    expect(Math.abs(each - normal[i]! / sd)).toBeLessThan(0.3);
  });
  const { y } = warp(normal.map((each) => Math.exp(2 * each)));
  const skewness = y.reduce((sum, each) => sum + each ** 3 / 400, 0);
  expect(Math.abs(skewness)).toBeLessThan(1);
});

test('slopes are those of differences', () => {
  const random = randomFor('warp slopes');
  const values = Array.from(
    { length: 2000 },
    (_, i) => (i % 2 === 0 ? 1 : -0.2) * Math.exp(2 * random.normal()),
  );
  const { y, slopes } = warp(values);
  // The difference of one of two thousand values to the middle and the spread is small.
  for (let i = 0; i < 200; i++) {
    const h = 1e-3 * Math.abs(values[i]!);
    const moved = warp(values.map((each, k) => (k === i ? each + h : each))).y[i]!;
    expect((moved - y[i]!) / h / slopes[i]!).toBeCloseTo(1, 1);
  }
});
