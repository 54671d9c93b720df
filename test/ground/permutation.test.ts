// Keyed permutations: bijections of every size, with their inverse, and as even as orders drawn by shuffling.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPermutation } from '../../src/ground/permutation.js';
import { expectEven, expectMean, expectUniform } from '../space/goodness.js';

function listOrder(n: number, ...name: (string | number)[]): number[] {
  const permute = createPermutation(n, ...name);
  return Array.from({ length: n }, (_, i) => permute(i));
}

function expectBijection(n: number, ...name: (string | number)[]): void {
  const permute = createPermutation(n, ...name);
  const seen = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const j = permute(i);
    seen[j] = 1;
    if (permute.inverse(j) !== i) expect.fail(`the inverse of ${j} is not ${i}, n = ${n}`);
  }
  expect(seen.every((hit) => hit === 1)).toBe(true);
}

const HUGE = [2 ** 31, 2 ** 32, 2 ** 32 + 1, 2 ** 52 + 1, 2 ** 53 - 2, 2 ** 53 - 1];

describe('createPermutation', () => {
  it('is a bijection of every size up to 300, and of random sizes', () => {
    for (let n = 0; n <= 300; n++) expectBijection(n, 'sizes', n % 7);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20_000 }), fc.string(), fc.integer(), (n, text, number) => {
        expectBijection(n, text, number);
      }),
      { seed: 71, numRuns: 40 },
    );
  });

  it('stays in range and has an inverse up to 2^53 - 1', () => {
    const size = fc.oneof(
      fc.constantFrom(...HUGE),
      fc.integer({ min: 2 ** 30, max: Number.MAX_SAFE_INTEGER }),
    );
    fc.assert(
      fc.property(size, fc.maxSafeNat(), fc.nat(), (n, pick, name) => {
        const permute = createPermutation(n, name);
        for (const i of [0, 1, n - 1, pick % n]) {
          const j = permute(i);
          expect(Number.isSafeInteger(j) && j >= 0 && j < n).toBe(true);
          expect(permute.inverse(j)).toBe(i);
          expect(permute(permute.inverse(i))).toBe(i);
        }
      }),
      { seed: 72, numRuns: 500 },
    );
    for (const n of HUGE) {
      const permute = createPermutation(n, 'distinct');
      expect(new Set(Array.from({ length: 10_000 }, (_, i) => permute(i))).size).toBe(10_000);
    }
  });

  it('is the same everywhere: numbers written down once', () => {
    const head = (n: number) => [0, 1, 2, 3].map(createPermutation(n, 'pinned', 1));
    expect(listOrder(10, 'pinned', 1)).toEqual([8, 0, 3, 5, 9, 7, 2, 6, 4, 1]);
    expect(head(1000)).toEqual([464, 345, 746, 445]);
    expect(head(1e12)).toEqual([535233937411, 416788676598, 356657013356, 283839362284]);
    expect(head(Number.MAX_SAFE_INTEGER)).toEqual([
      7925439078141076, 2713699825211054, 1866069649373259, 8317558038036973,
    ]);
  });

  it('depends on its name alone: two names agree in about one place, as unrelated orders do', () => {
    expect(listOrder(500, 'a', 1)).toEqual(listOrder(500, 'a', 1));
    const names: (string | number)[][] = [['a'], ['b'], ['a', 1], ['a', 2], ['a', '1'], [1, 'a'], ['a1'], []];
    const orders = names.map((name) => listOrder(500, ...name));
    orders.forEach((a, k) => {
      for (const b of orders.slice(k + 1))
        expect(a.filter((value, i) => value === b[i]).length).toBeLessThan(10);
    });
    const fixed = Array.from(
      { length: 2000 },
      (_, k) => listOrder(60, 'fixed', k).filter((value, i) => value === i).length,
    );
    expectMean(fixed, 1, 1);
  });

  it.each([2, 3, 8, 10, 16, 17, 100, 300])('puts the first and the last of %i items everywhere', (n) => {
    for (const item of [0, n - 1]) {
      const counts = new Array<number>(n).fill(0);
      for (let key = 0; key < 100 * n; key++) counts[createPermutation(n, 'place', key)(item)]!++;
      expectEven(counts);
    }
  });

  it.each([3, 4, 5, 6])('gives every order of %i items equally often', (n) => {
    const orders = new Map<string, number>();
    const possible = [2, 3, 4, 5, 6].filter((k) => k <= n).reduce((a, b) => a * b);
    for (let key = 0; key < 30 * possible; key++) {
      const order = listOrder(n, 'order', key).join();
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(possible);
    expectEven([...orders.values()]);
  });

  it('gives first-k subsets the mean, the variance and the strata of sampling without replacement', () => {
    const [n, k, keys] = [41 * 81, 410, 2000];
    const sumVariance = (k * (n - k) * (n + 1)) / 12;
    const sums: number[] = [];
    const strata: number[] = [];
    for (let key = 0; key < keys; key++) {
      const permute = createPermutation(n, 'subset', key);
      const rows = new Array<number>(41).fill(0);
      let sum = 0;
      for (let i = 0; i < k; i++) {
        sum += permute(i);
        rows[Math.floor(permute(i) / 81)]!++;
      }
      sums.push(sum);
      strata.push(rows.reduce((total, row) => total + (row - k / 41) ** 2, 0) / (k / 41));
    }
    const mean = (k * (n - 1)) / 2;
    expectMean(sums, mean, sumVariance);
    // The sum is close to normal, so the square of its deviation has variance 2 sigma^4.
    expectMean(
      sums.map((sum) => (sum - mean) ** 2),
      sumVariance,
      2 * sumVariance ** 2,
    );
    // The multivariate hypergeometric variance: a factor (n - k) / (n - 1) below the multinomial one.
    expectMean(strata, (40 * (n - k)) / (n - 1), 80);
  });

  it.each([1e6, 1e12, Number.MAX_SAFE_INTEGER])('spreads neighbours among %d evenly, unrelated', (n) => {
    const permute = createPermutation(n, 'spread');
    const places = Array.from({ length: 20_000 }, (_, i) => permute(i) / n);
    expectUniform(places);
    const cells = new Array<number>(100).fill(0);
    for (let i = 0; i < places.length; i += 2)
      cells[Math.floor(places[i]! * 10) * 10 + Math.floor(places[i + 1]! * 10)]!++;
    expectEven(cells);
  });

  it('refuses what is no size and no item', () => {
    for (const n of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(() => createPermutation(n, 'a')).toThrow('internal: a permutation of');
    const permute = createPermutation(10, 'a');
    for (const i of [-1, 10, 0.5, Number.NaN]) {
      expect(() => permute(i)).toThrow('internal: item');
      expect(() => permute.inverse(i)).toThrow('internal: item');
    }
    expect(() => createPermutation(0, 'a')(0)).toThrow('internal: item 0 of a permutation of 0');
  });
});
