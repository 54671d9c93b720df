// Intervals for means over replicates. Few replicates are the rule here (3 to 10), so the default is Student's: a
// bootstrap of three values knows only ten different means and comes out far too narrow.
import { gammaln, mean, quantileSorted, sampleStandardDeviation } from 'simple-statistics';

import { SweeplineError } from '../ground/errors.js';
import type { Random } from '../ground/random.js';
import { deviationOf } from './deviation.js';

export interface Interval {
  readonly count: number;
  /** NaN without values. */
  readonly mean: number;
  /** Ends of the interval; null where one value or none says nothing about the spread. */
  readonly low: number | null;
  readonly high: number | null;
}

/**
 * Student's interval for the mean of independent, roughly normal values: mean ± t·s/√n with n − 1 degrees of freedom.
 * It knows nothing of quantities that end somewhere: `within` cuts it off where they do (an accuracy at 0 and 1).
 */
export function meanInterval(
  values: readonly number[],
  level = 0.95,
  [least, most]: readonly [number, number] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY],
): Interval {
  checkLevel(level);
  const count = values.length;
  if (count === 0) return { count, mean: Number.NaN, low: null, high: null };
  const sum = mean([...values]);
  // The sum of the largest numbers is none.
  const isSum = Number.isFinite(sum) || !values.every(Number.isFinite);
  const centre = isSum ? sum : values.reduce((all, value) => all + value / count, 0);
  if (count === 1) return { count, mean: centre, low: null, high: null };
  const plain = sampleStandardDeviation([...values]);
  const deviation = plain > 0 && plain < Number.POSITIVE_INFINITY ? plain : deviationOf(values, centre);
  const half = (studentQuantile(0.5 + level / 2, count - 1) * deviation) / Math.sqrt(count);
  return { count, mean: centre, low: Math.max(least, centre - half), high: Math.min(most, centre + half) };
}

export interface BootstrapOptions {
  readonly random: Random;
  readonly level?: number;
  readonly resamples?: number;
}

/** Percentile bootstrap of the mean (Efron 1979), for a dozen values or more of any distribution. */
export function bootstrapInterval(values: readonly number[], options: BootstrapOptions): Interval {
  const { random, level = 0.95, resamples = 2000 } = options;
  checkLevel(level);
  const count = values.length;
  if (count < 2) return meanInterval(values, level);
  const means = new Float64Array(resamples);
  for (let r = 0; r < resamples; r++) {
    let sum = 0;
    for (let i = 0; i < count; i++) sum += values[random.below(count)]!;
    means[r] = sum / count;
  }
  const sorted = Array.from(means.sort());
  const tail = (1 - level) / 2;
  return {
    count,
    mean: mean([...values]),
    low: quantileSorted(sorted, tail),
    high: quantileSorted(sorted, 1 - tail),
  };
}

/** The value that a Student variable with `freedom` degrees stays below with probability `p` in [0.5, 1). */
export function studentQuantile(p: number, freedom: number): number {
  // P(|T| > t) = I_x(ν/2, 1/2) at x = ν/(ν + t²), which grows with x: halve the bracket of x until it is two floats.
  const tail = 2 * (1 - p);
  let low = 0;
  let high = 1;
  for (let i = 0; i < 200 && low < high; i++) {
    const x = (low + high) / 2;
    if (x === low || x === high) break;
    if (incompleteBeta(x, freedom / 2, 0.5) < tail) low = x;
    else high = x;
  }
  return Math.sqrt((freedom * (1 - high)) / high);
}

/** Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (DLMF 8.17.22). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let product = d;
  for (let m = 1; m < 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    product *= c * d;
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    product *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * product;
}

function nonZero(x: number, tiny: number): number {
  return Math.abs(x) < tiny ? tiny : x;
}

function checkLevel(level: number): void {
  if (level > 0 && level < 1) return;
  throw new SweeplineError('BAD_USAGE', `confidence level ${level}; expected a number between 0 and 1`, {
    hint: 'write 95 % as 0.95',
  });
}
