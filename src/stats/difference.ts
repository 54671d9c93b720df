// How far two samples are apart: difference of their means, its 95 % interval, a p-value and the size of the effect. By
// pairs where values belong together, else as independent samples; shares of true and false by exact tests.

import { deviationOf } from './deviation.js';
import { fisherTest, mcnemarTest } from './exact.js';
import { incompleteBeta, studentQuantile } from './interval.js';
import { type Summary, welchTest } from './welch.js';

export interface Difference {
  readonly a: number;
  readonly b: number;
  /** b − a, and its 95 % interval; null where nothing is known of the spread. */
  readonly difference: number;
  readonly low: number | null;
  readonly high: number | null;
  /** In pooled standard deviations, without the bias of small samples (Hedges 1981); null where nothing is spread. */
  readonly effect: number | null;
  /** Two-sided; null where nothing is known of the spread. */
  readonly p: number | null;
}

type Sample = readonly number[];

/** What float64 leaves of a difference that is none, in parts of its operands. */
const ROUNDING = 1e-14;

export function summarise(values: Sample): Summary {
  const count = values.length;
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / count;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  // The sum of equal values, divided again, may miss them by a rounding.
  if (!Number.isFinite(squares) && values.every(Number.isFinite)) return summariseLarge(values);
  const isConstant = values.every((value) => value === values[0]);
  return isConstant
    ? { count, mean: values[0] ?? Number.NaN, variance: count < 2 ? Number.NaN : 0 }
    : { count, mean, variance: squares / (count - 1) };
}

/** Of values whose sum, or whose squares, are larger than any number. */
function summariseLarge(values: Sample): Summary {
  const count = values.length;
  let mean = 0;
  for (const value of values) mean += value / count;
  const deviation = deviationOf(values, mean);
  return { count, mean, variance: count < 2 ? Number.NaN : deviation ** 2, deviation };
}

/**
 * Of values that belong together, place by place: Student's test of the differences. Where all of them are equal, that is
 * no measure of chance, and how likely equal signs are counts: 2^(1 − n).
 */
export function pairedDifference(a: Sample, b: Sample): Difference {
  const [x, y] = [summarise(a), summarise(b)];
  const { count, mean, variance } = summarise(a.map((value, i) => b[i]! - value));
  const base = { a: x.mean, b: y.mean, difference: mean, effect: hedges(x, y, mean) };
  if (count < 2) return { ...base, low: null, high: null, p: null };
  // Subtraction leaves roundings of what was subtracted.
  if (Math.sqrt(variance) <= ROUNDING * Math.max(Math.abs(x.mean), Math.abs(y.mean)))
    return { ...base, low: mean, high: mean, p: mean === 0 ? 1 : 2 ** (1 - count) };
  const error = Math.sqrt(variance / count);
  const half = quantile95(count - 1) * error;
  return { ...base, low: mean - half, high: mean + half, p: studentTail(mean / error, count - 1) };
}

/**
 * Of independent samples: Welch's test; where one of them is a single value, Student's with the other's spread. Where
 * nothing is spread, how likely it is that chance parts them as cleanly: 2 / C(n + m, n).
 */
export function independentDifference(a: Sample, b: Sample): Difference {
  const [x, y] = [summarise(a), summarise(b)];
  const difference = y.mean - x.mean;
  const base = { a: x.mean, b: y.mean, difference, effect: hedges(x, y, difference) };
  if (x.count + y.count < 3) return { ...base, low: null, high: null, p: null };
  if (pooledVariance(x, y) === 0) {
    const p = difference === 0 ? 1 : fisherTest(0, x.count, y.count, y.count);
    return { ...base, low: difference, high: difference, p };
  }
  const welch = welchTest(y, x);
  const single = pooledVariance(x, y) * (1 / x.count + 1 / y.count);
  const error = welch === null ? Math.sqrt(single) : Math.sqrt(x.variance / x.count + y.variance / y.count);
  const freedom = welch?.freedom ?? x.count + y.count - 2;
  const half = quantile95(freedom) * error;
  const p = welch?.p ?? studentTail(difference / error, freedom);
  return { ...base, low: difference - half, high: difference + half, p };
}

/** Of pairs of 0 and 1: McNemar's test, and the interval of Agresti and Min (2005). */
export function pairedShares(a: Sample, b: Sample): Difference {
  const plain = pairedDifference(a, b);
  const count = a.length;
  if (count < 2) return plain;
  const up = b.filter((value, i) => value > a[i]!).length;
  const down = b.filter((value, i) => value < a[i]!).length;
  // Half a pair is added to each of the four kinds: of few pairs nothing is known for certain.
  const [all, gained, lost] = [count + 2, up + 0.5, down + 0.5];
  const centre = (gained - lost) / all;
  const half = (Z95 * Math.sqrt(gained + lost - (gained - lost) ** 2 / all)) / all;
  return { ...plain, ...within(centre, half), p: mcnemarTest(up, down) };
}

/** Of independent samples of 0 and 1: Fisher's test, and the interval of Agresti and Caffo (2000). */
export function independentShares(a: Sample, b: Sample): Difference {
  const plain = independentDifference(a, b);
  if (a.length + b.length < 3) return plain;
  const trueOf = (sample: Sample) => sample.reduce((sum, value) => sum + value, 0);
  const p = fisherTest(trueOf(a), a.length, trueOf(b), b.length);
  // One true and one false are added to each sample.
  const [x, y] = [a, b].map((sample) => (trueOf(sample) + 1) / (sample.length + 2)) as [number, number];
  const half = Z95 * Math.sqrt((x * (1 - x)) / (a.length + 2) + (y * (1 - y)) / (b.length + 2));
  return { ...plain, ...within(y - x, half), p };
}

const Z95 = 1.959963984540054;

function within(centre: number, half: number): { readonly low: number; readonly high: number } {
  return { low: Math.max(-1, centre - half), high: Math.min(1, centre + half) };
}

/** A sample of one value has no spread of its own. NaN where neither has. */
function pooledVariance(x: Summary, y: Summary): number {
  const squares = ({ count, variance }: Summary) => (count < 2 ? 0 : variance * (count - 1));
  return (squares(x) + squares(y)) / (x.count + y.count - 2);
}

function hedges(x: Summary, y: Summary, difference: number): number | null {
  const freedom = x.count + y.count - 2;
  const variance = pooledVariance(x, y);
  if (!(variance > 0)) return null;
  return ((1 - 3 / (4 * freedom - 1)) * difference) / Math.sqrt(variance);
}

export function studentTail(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5);
}

/** Steps of a degree of freedom between which the quantile is drawn straight, in parts of its inverse. */
const STEPS = 64;
const quantiles = new Map<number, number>();

/**
 * Student's 97.5 % quantile. Exact for whole degrees of freedom, as pairs have them; for Welch's fractions between
 * neighbours that are kept, to 1e-4: a hundred thousand intervals cannot each look for their own.
 */
export function quantile95(freedom: number): number {
  const low = Math.floor(freedom * STEPS) / STEPS;
  const high = low + 1 / STEPS;
  const atLow = keptQuantile(low);
  if (low === freedom) return atLow;
  const share = (1 / low - 1 / freedom) / (1 / low - 1 / high);
  return atLow + share * (keptQuantile(high) - atLow);
}

function keptQuantile(freedom: number): number {
  let kept = quantiles.get(freedom);
  if (kept === undefined) {
    kept = studentQuantile(0.975, freedom);
    quantiles.set(freedom, kept);
  }
  return kept;
}
