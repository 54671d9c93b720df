// Exact tests of shares, for values that are true or false: what a t-test says of a few of them is not to be trusted. And
// tests by the signs and ranks of differences, for values of any distribution. All are two-sided.
import { gammaln } from 'simple-statistics';

/** Pairs of which `up` changed from false to true and `down` the other way round (McNemar; exact, by the binomial). */
export function mcnemarTest(up: number, down: number): number {
  const changed = up + down;
  if (changed === 0) return 1;
  let tail = 0;
  for (let i = 0; i <= Math.min(up, down); i++) tail += Math.exp(logChoose(changed, i) - changed * Math.LN2);
  return Math.min(1, 2 * tail);
}

/** `trueA` of `countA` against `trueB` of `countB` (Fisher): every table that is no likelier than this one. */
export function fisherTest(trueA: number, countA: number, trueB: number, countB: number): number {
  const all = trueA + trueB;
  const chance = (a: number) =>
    Math.exp(logChoose(countA, a) + logChoose(countB, all - a) - logChoose(countA + countB, all));
  // Rounding makes equal chances differ in their last digits.
  const limit = chance(trueA) * (1 + 1e-7);
  let p = 0;
  for (let a = Math.max(0, all - countB); a <= Math.min(all, countA); a++) {
    const here = chance(a);
    if (here <= limit) p += here;
  }
  return Math.min(1, p);
}

export function logChoose(n: number, k: number): number {
  return gammaln(n + 1) - gammaln(k + 1) - gammaln(n - k + 1);
}

/** So many differences are counted out; of more the normal approximation is as good. */
const MOST_COUNTED = 30;

/**
 * Whether differences lie about zero: Wilcoxon's signed ranks (1945). Zeros are left out, equal sizes share their ranks;
 * then the chance is that of the signs alone, counted out for up to 30 differences. 1 where there is nothing but zeros.
 */
export function signedRankTest(differences: readonly number[]): number {
  const sizes = differences.filter((each) => each !== 0).sort((a, b) => Math.abs(a) - Math.abs(b));
  const { length } = sizes;
  if (length === 0) return 1;
  // Twice the ranks: a shared one may end in a half.
  const ranks = new Float64Array(length);
  for (let i = 0; i < length; ) {
    let end = i + 1;
    while (end < length && Math.abs(sizes[end]!) === Math.abs(sizes[i]!)) end++;
    ranks.fill(i + end + 1, i, end);
    i = end;
  }
  const positive = ranks.reduce((sum, rank, i) => sum + (sizes[i]! > 0 ? rank : 0), 0);
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const least = Math.min(positive, total - positive);
  if (length <= MOST_COUNTED) return Math.min(1, 2 * shareUpTo(ranks, total, least));
  const deviation = Math.sqrt(ranks.reduce((sum, rank) => sum + rank * rank, 0)) / 2;
  return Math.min(1, 2 * normalTail((total / 2 - least - 1) / deviation));
}

/** Of all ways to give the ranks signs, those whose positive ones add up to at most `most`. */
function shareUpTo(ranks: Float64Array, total: number, most: number): number {
  const ways = new Float64Array(total + 1);
  ways[0] = 1;
  let top = 0;
  for (const rank of ranks) {
    top += rank;
    for (let sum = top; sum >= rank; sum--) ways[sum]! += ways[sum - rank]!;
  }
  let count = 0;
  for (let sum = 0; sum <= most; sum++) count += ways[sum]!;
  return count / 2 ** ranks.length;
}

/** P(Z > z) of a standard normal variable, for z ≥ 0 (Numerical Recipes' erfc: relative error below 1.2e-7). */
export function normalTail(z: number): number {
  const x = Math.max(0, z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const terms = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const sum = terms.reduceRight((value, term) => value * t + term, 0);
  return (t * Math.exp(-x * x + sum)) / 2;
}
