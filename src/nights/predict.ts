// Whether the last night, or the last few, are what the nights before lead to expect. Two answers must agree: a prediction
// interval of Student's, for which the noise is about normal; and ranks, which hold for noise of any shape (conformal
// prediction: Vovk, Gammerman and Shafer 2005), so that a distribution with long tails or two humps gives no alarm.
import { studentQuantile } from '../stats/interval.js';
import { averageOf, LEAST_NIGHTS, type Night, noiseOf } from './night.js';

export interface Prediction {
  /** Null: too little history to say. */
  readonly isOutside: boolean | null;
  /** Mean of the nights before. */
  readonly expected: number;
  /** Where the mean of the last nights was to be expected. */
  readonly low: number;
  readonly high: number;
  /** Mean of the last nights. */
  readonly found: number;
}

/** Probability that nights without a change lie beyond one end of the interval, were their noise normal. */
export const TAIL = 0.0005;

/** Whether the last night alone is outside: more extreme than every night before it, and beyond the interval. */
export function predict(history: readonly Night[], tonight: Night): Prediction {
  return predictBlock(history, [tonight]);
}

/**
 * The same of the mean of some last nights. At least three quarters of them must each be more extreme than all nights
 * before but one: a single night that went wild, or one like it long ago, neither makes an alarm nor keeps one back.
 */
export function predictBlock(history: readonly Night[], last: readonly Night[], tail = TAIL): Prediction {
  const found = averageOf(last.map(({ mean }) => mean));
  if (history.length < LEAST_NIGHTS) {
    const unknown = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
    return { isOutside: null, expected: averageOf(history.map(({ mean }) => mean)), ...unknown, found };
  }
  const { mean: expected, deviation, correlation, effective } = noiseOf(history);
  const freedom = Math.max(2, effective - 1);
  const variance = averageOf(last.map(({ count }) => deviation(count) ** 2));
  const error = Math.sqrt(variance * (blockShare(last.length, correlation) + 1 / effective));
  // What float64 leaves of a mean of equal numbers is no noise, and no change.
  const half = Math.max(studentQuantile(1 - tail, freedom) * error, Math.abs(expected) * 1e-12);
  const isFar = Math.abs(found - expected) > half;
  const direction = Math.sign(found - expected);
  return {
    isOutside: isFar && isExtreme(history, last, direction),
    ...{ expected, low: expected - half, high: expected + half, found },
  };
}

/** Variance of a mean of so many neighbours, in parts of that of one (autoregressive of first order). */
function blockShare(length: number, correlation: number): number {
  let sum = length;
  for (let lag = 1; lag < length; lag++) sum += 2 * (length - lag) * correlation ** lag;
  return sum / length ** 2;
}

const MUST_BE_EXTREME = 0.75;

function isExtreme(history: readonly Night[], last: readonly Night[], direction: number): boolean {
  const sides = history.map(({ mean }) => mean * direction).sort((a, b) => b - a);
  const limit = last.length === 1 ? sides[0]! : sides[1]!;
  const extreme = last.filter(({ mean }) => mean * direction > limit).length;
  return extreme >= Math.ceil(last.length * MUST_BE_EXTREME);
}
