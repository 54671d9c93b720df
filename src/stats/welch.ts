// Whether two means differ beyond noise: Welch's t-test (Biometrika 34, 1947), for samples whose spreads may differ.
// Works on summaries, so that nobody has to keep the values.

import type { Interval } from './interval.js';
import { incompleteBeta, studentQuantile } from './interval.js';

/** What is known of a sample. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Of the sample, by n − 1. Infinity where it is larger than any number: then there is `deviation`, its root. */
  readonly variance: number;
  readonly deviation?: number;
}

export interface Welch {
  readonly t: number;
  /** Degrees of freedom (Welch and Satterthwaite). */
  readonly freedom: number;
  /** Probability of a difference at least as large where the true means are equal; two-sided. */
  readonly p: number;
}

/** Null where one of the samples has fewer than two values: then nothing is known of its spread. */
export function welchTest(a: Summary, b: Summary): Welch | null {
  if (a.count < 2 || b.count < 2) return null;
  if (hasLargeVariance(a) || hasLargeVariance(b)) return welchTest(scaleDown(a), scaleDown(b));
  const [va, vb] = [a.variance / a.count, b.variance / b.count];
  const difference = a.mean - b.mean;
  // Values that never vary: any difference is one, and its direction is all there is to say.
  if (va + vb === 0) {
    if (difference === 0) return { t: 0, freedom: a.count + b.count - 2, p: 1 };
    return { t: Math.sign(difference) * Number.POSITIVE_INFINITY, freedom: a.count + b.count - 2, p: 0 };
  }
  const t = difference / Math.sqrt(va + vb);
  // Scaled by their sum, so that squares of tiny variances do not vanish.
  const [ra, rb] = [va / (va + vb), vb / (va + vb)];
  const freedom = 1 / (ra ** 2 / (a.count - 1) + rb ** 2 / (b.count - 1));
  return { t, freedom, p: incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) };
}

/** Student's interval of the mean, as `meanInterval` has it of the values. */
export function summaryInterval(summary: Summary, level = 0.95): Interval {
  const { count, mean, variance } = summary;
  if (count < 2) return { count, mean, low: null, high: null };
  const error = hasLargeVariance(summary)
    ? summary.deviation! / Math.sqrt(count)
    : Math.sqrt(variance / count);
  const half = studentQuantile(0.5 + level / 2, count - 1) * error;
  return { count, mean, low: mean - half, high: mean + half };
}

function hasLargeVariance({ variance, deviation }: Summary): boolean {
  return variance === Number.POSITIVE_INFINITY && deviation !== undefined;
}

/** A power of two: of numbers that are not large nothing is left, as nothing of them shows beside those that are. */
const SMALL = 2 ** -600;

/** The same sample in larger units. */
function scaleDown({ count, mean, variance, deviation = Math.sqrt(variance) }: Summary): Summary {
  return { count, mean: mean * SMALL, variance: (deviation * SMALL) ** 2 };
}
