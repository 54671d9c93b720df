// The Mann–Whitney test that one sample is larger than another, with ties.
import { normalCdf } from '../../../src/stats/normal.js';

/**
 * One-sided p that values of `a` tend to be larger than those of `b` (Mann and Whitney 1947): exact where there are no ties
 * and one sample has 8 values at most, else the normal approximation with corrections for ties and continuity.
 */
export function larger(a: readonly number[], b: readonly number[]): number {
  let u = 0;
  for (const x of a) for (const y of b) u += x > y ? 1 : x === y ? 0.5 : 0;
  const [m, n] = [a.length, b.length];
  const ties = countTies([...a, ...b]);
  if (ties.length === 0 && Math.min(m, n) <= 8) return exactTail(u, m, n);
  const all = m + n;
  const tied = ties.reduce((sum, t) => sum + t ** 3 - t, 0);
  const variance = ((m * n) / 12) * (all + 1 - tied / (all * (all - 1)));
  return variance === 0 ? 1 : 1 - normalCdf((u - (m * n) / 2 - 0.5) / Math.sqrt(variance));
}

/** Sizes of the groups of equal values, without those of one. */
function countTies(values: readonly number[]): number[] {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts.values()].filter((count) => count > 1);
}

/** P(U >= u): the number of ways to get each U, by the recurrence over the largest value. */
function exactTail(u: number, m: number, n: number): number {
  // ways[i][j][v]: of i values of a and j of b.
  const ways: number[][][] = [];
  for (let i = 0; i <= m; i++) {
    ways.push([]);
    for (let j = 0; j <= n; j++) {
      const counts = new Array<number>(i * j + 1).fill(0);
      if (i === 0 || j === 0) counts[0] = 1;
      else
        for (let v = 0; v <= i * j; v++)
          counts[v] = (v >= j ? (ways[i - 1]![j]![v - j] ?? 0) : 0) + (ways[i]![j - 1]![v] ?? 0);
      ways[i]!.push(counts);
    }
  }
  const counts = ways[m]![n]!;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.slice(Math.ceil(u)).reduce((sum, count) => sum + count, 0) / total;
}
