// Differences of samples against published numbers (R's `sleep` after Student 1908), against tables counted out by hand,
// and against every way to give signs.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { adjustByRate } from '../../src/stats/adjust.js';
import {
  independentDifference,
  independentShares,
  pairedDifference,
  pairedShares,
  quantile95,
} from '../../src/stats/difference.js';
import { fisherTest, mcnemarTest, normalTail, signedRankTest } from '../../src/stats/exact.js';
import { studentQuantile } from '../../src/stats/interval.js';

const FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
const SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

describe('differences of numbers', () => {
  test('of pairs: Student’s test', () => {
    const { a, b, difference, low, high, p, effect } = pairedDifference(FIRST, SECOND);
    expect([a, b, difference].map((x) => Number(x.toFixed(12)))).toEqual([0.75, 2.33, 1.58]);
    expect(p).toBeCloseTo(0.00283289, 8);
    expect(low).toBeCloseTo(0.7001142, 6);
    expect(high).toBeCloseTo(2.4598858, 6);
    // 1.58 over the pooled deviation 1.89862, times 1 − 3 / 71.
    expect(effect).toBeCloseTo(0.797, 3);
  });

  test('of independent samples: Welch’s test', () => {
    const { difference, low, high, p } = independentDifference(FIRST, SECOND);
    expect(difference).toBeCloseTo(1.58, 12);
    expect(p).toBeCloseTo(0.07939414, 7);
    // The quantile of 17.78 degrees of freedom is drawn between neighbours.
    expect(low).toBeCloseTo(-0.2054832, 4);
    expect(high).toBeCloseTo(3.3654832, 4);
  });

  test('of one value against several: the spread of the several', () => {
    // Mean 2, variance 1, so t = 4 / sqrt(1 + 1 / 3) with two degrees of freedom: p = 1 − t / sqrt(t² + 2).
    const { difference, p, low, high } = independentDifference([1, 2, 3], [6]);
    const t = 4 / Math.sqrt(4 / 3);
    expect(difference).toBe(4);
    expect(p).toBeCloseTo(1 - t / Math.sqrt(t * t + 2), 10);
    expect((high! - low!) / 2).toBeCloseTo(4.30265273 * Math.sqrt(4 / 3), 6);
  });

  test('say nothing of chance where there is a single value on each side', () => {
    for (const compare of [pairedDifference, independentDifference, pairedShares, independentShares])
      expect(compare([1], [0])).toEqual({
        ...{ a: 1, b: 0, difference: -1, low: null, high: null, effect: null, p: null },
      });
  });

  test('that are all equal are as likely as their signs, also where rounding makes them differ', () => {
    expect(pairedDifference([1, 2, 3], [2, 3, 4]).p).toBe(1 / 4);
    expect(pairedDifference([0.1, 0.2, 0.3], [0.2, 0.3, 0.4]).p).toBe(1 / 4);
    expect(independentDifference([1, 1, 1], [2, 2, 2]).p).toBeCloseTo(2 / 20, 12);
    expect(pairedDifference([1, 2], [1, 2]).p).toBe(1);
    expect(independentDifference([1, 1, 1], [1, 1]).p).toBe(1);
  });

  test('turn round with their samples', () => {
    const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 8 });
    fc.assert(
      fc.property(values, values, (a, b) => {
        const [there, back] = [independentDifference(a, b), independentDifference(b, a)];
        expect(back.difference).toBeCloseTo(-there.difference, 6);
        expect(back.p).toBeCloseTo(there.p!, 9);
      }),
      { numRuns: 200, seed: 1 },
    );
  });
});

describe('differences of shares', () => {
  test('of independent samples: Fisher’s test', () => {
    expect(fisherTest(3, 4, 1, 4)).toBeCloseTo(34 / 70, 12); // the lady and her tea
    expect(fisherTest(8, 10, 1, 6)).toBeCloseTo(0.034965034965, 11);
    expect(fisherTest(0, 3, 3, 3)).toBeCloseTo(2 / 20, 12);
    expect(fisherTest(2, 2, 3, 3)).toBe(1);
    const { p, low, high } = independentShares([1, 1, 1, 0], [0, 0, 0, 1]);
    expect(p).toBeCloseTo(34 / 70, 12);
    // Agresti and Caffo: 4 / 6 against 2 / 6.
    const half = 1.959963985 * Math.sqrt((2 * (4 / 6) * (2 / 6)) / 6);
    expect(low).toBeCloseTo(-2 / 6 - half, 8);
    expect(high).toBeCloseTo(-2 / 6 + half, 8);
  });

  test('of pairs: McNemar’s test', () => {
    expect(mcnemarTest(2, 8)).toBeCloseTo((2 * (1 + 10 + 45)) / 1024, 12);
    expect(mcnemarTest(0, 0)).toBe(1);
    expect(mcnemarTest(3, 3)).toBe(1);
    expect(pairedShares([1, 1, 1, 1, 0], [0, 0, 0, 1, 0]).p).toBeCloseTo(0.25, 12);
  });

  test('end at −1 and 1', () => {
    const { low, high } = independentShares([0, 0, 0], [1, 1, 1]);
    expect(high).toBeLessThanOrEqual(1);
    expect(low).toBeGreaterThanOrEqual(-1);
  });
});

describe('signed ranks', () => {
  /** Every way to give the signs, one by one. */
  function countOut(differences: readonly number[]): number {
    const sizes = differences.filter((each) => each !== 0).map(Math.abs);
    const ranks = sizes.map(
      (size) =>
        sizes.filter((other) => other < size).length +
        (sizes.filter((other) => other === size).length + 1) / 2,
    );
    const total = ranks.reduce((sum, rank) => sum + rank, 0);
    const signs = differences.filter((each) => each !== 0).map((each) => each > 0);
    const extent = (positive: readonly boolean[]) =>
      Math.abs(ranks.reduce((sum, rank, i) => sum + (positive[i] ? rank : 0), 0) - total / 2);
    const found = extent(signs);
    let count = 0;
    for (let ways = 0; ways < 2 ** ranks.length; ways++)
      if (extent(ranks.map((_, i) => (ways >> i) % 2 === 1)) >= found - 1e-9) count++;
    return count / 2 ** ranks.length;
  }

  test('have the chance of their signs, ties and zeros among them', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 10 }),
        (differences) => {
          fc.pre(differences.some((each) => each !== 0));
          expect(signedRankTest(differences)).toBeCloseTo(countOut(differences), 10);
        },
      ),
      { numRuns: 100, seed: 2 },
    );
    expect(signedRankTest([0, 0])).toBe(1);
  });

  test('of many are about as likely as those that are counted out', () => {
    const random = randomFor('ranks');
    const differences = Array.from({ length: 31 }, () => random.normal() + 0.3);
    expect(signedRankTest(differences)).toBeCloseTo(signedRankTest(differences.slice(0, 30)), 1);
    expect(normalTail(1.959963984540054)).toBeCloseTo(0.025, 7);
    expect(normalTail(0)).toBeCloseTo(0.5, 6);
  });

  test('are seldom small by chance, over many differences as over few', () => {
    const random = randomFor('ranks', 'uniform');
    for (const length of [8, 20, 60]) {
      const small = Array.from({ length: 2000 }, () =>
        signedRankTest(Array.from({ length }, () => random.normal() ** 3)),
      ).filter((p) => p < 0.05);
      expect(small.length).toBeLessThan(2000 * 0.06);
      expect(small.length).toBeGreaterThan(2000 * 0.03);
    }
  });
});

test('the quantile of intervals is Student’s', () => {
  for (const freedom of [1, 2, 7, 30, 400])
    expect(quantile95(freedom)).toBeCloseTo(studentQuantile(0.975, freedom), 12);
  for (const freedom of [1.01, 1.237, 2.5, 3.999, 17.776, 250.3])
    expect(quantile95(freedom) / studentQuantile(0.975, freedom)).toBeCloseTo(1, 3);
});

describe('adjusted p-values', () => {
  test('are those of Benjamini and Hochberg', () => {
    const adjusted = adjustByRate(Float64Array.of(0.01, 0.04, 0.03, 0.005));
    expect([...adjusted].map((each) => Number(each.toFixed(12)))).toEqual([0.02, 0.04, 0.04, 0.02]);
    expect([...adjustByRate(Float64Array.of(0.9, 0.5))]).toEqual([0.9, 0.9]);
    expect([...adjustByRate(new Float64Array(0))]).toEqual([]);
  });

  test('keep their order, and are never below the plain ones', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }), (p) => {
        const adjusted = adjustByRate(Float64Array.from(p));
        p.forEach((each, i) => {
          expect(adjusted[i]!).toBeGreaterThanOrEqual(each);
          expect(adjusted[i]!).toBeLessThanOrEqual(1);
          p.forEach((other, j) => {
            if (each < other) expect(adjusted[i]!).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});
