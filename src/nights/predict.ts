// Whether the last night, or the last few, are what the nights before lead to expect. Two answers must agree: Student's
// prediction interval, which trusts the noise to be about normal and knows of neighbours that resemble one another; and
// ranks, which hold for noise of any shape as long as nights may be exchanged (conformal prediction: Vovk, Gammerman and
// Shafer 2005), so that long tails or two humps give no alarm.

import { studentTail } from '../stats/difference.js';
import { logChoose } from '../stats/exact.js';
import { studentQuantile } from '../stats/interval.js';
import { averageOf, LEAST_NIGHTS, type Night, noiseOf } from './night.js';

export interface Prediction {
  /** Null: too little history to say. */
  readonly isOutside: boolean | null;
  /** Mean of the nights before. */
  readonly expected: number;
  /** Where tonight's mean was to be expected. */
  readonly low: number;
  readonly high: number;
  /** Tonight's. */
  readonly found: number;
}

/** What the nights before leave to chance on one side, by either answer. */
export interface Limits {
  readonly tail: number;
  readonly rank: number;
}

/** Of one night alone: it is a warning, which the next ones bear out or not. */
const WARNING_TAIL = 0.0005;

/** Whether the last night alone is out of the ordinary, and where it was to be expected. */
export function predict(history: readonly Night[], tonight: Night): Prediction {
  const found = tonight.mean;
  if (history.length < LEAST_NIGHTS) {
    const expected = averageOf(history.map(({ mean }) => mean));
    return {
      isOutside: null,
      expected,
      low: Number.NEGATIVE_INFINITY,
      high: Number.POSITIVE_INFINITY,
      found,
    };
  }
  const { expected, error, freedom } = standardError(history, [tonight]);
  const half = studentQuantile(1 - WARNING_TAIL, freedom) * error;
  // Beyond every night before: the least chance that a single rank can have.
  const rank = (1 + 1e-9) / (history.length + 1);
  const isOutside = isBeyond(history, [tonight], { tail: WARNING_TAIL, rank });
  return { isOutside, expected, low: expected - half, high: expected + half, found };
}

/** Whether some last nights together are further from those before than chance explains, by both answers. */
export function isBeyond(history: readonly Night[], last: readonly Night[], { tail, rank }: Limits): boolean {
  const { expected, error, freedom } = standardError(history, last);
  const difference = averageOf(last.map(({ mean }) => mean)) - expected;
  const isFar = studentTail(difference / error, freedom) / 2 < tail;
  return isFar && rankChance(history, last, Math.sign(difference)) <= rank;
}

/** Distance of the last nights from those before, in standard errors of its prediction. */
export function distance(history: readonly Night[], last: readonly Night[]): number {
  const { expected, error } = standardError(history, last);
  return (averageOf(last.map(({ mean }) => mean)) - expected) / error;
}

/** From here on the correlation of neighbours makes most of the error, and its own error counts. */
const LONG_BLOCK = 5;

function standardError(history: readonly Night[], last: readonly Night[]) {
  const noise = noiseOf(history);
  const correlation = last.length < LONG_BLOCK ? noise.correlation : noise.mostCorrelation;
  /** As many independent nights would say as much. */
  const effective = (history.length * (1 - correlation)) / (1 + correlation);
  const variance = averageOf(last.map(({ count }) => noise.deviation(count) ** 2));
  const error = Math.sqrt(variance * (blockShare(last.length, correlation) + 1 / effective));
  return {
    expected: noise.mean,
    // What float64 leaves of a mean of equal numbers is no noise, and no change.
    error: Math.max(error, Math.abs(noise.mean) * 1e-13, Number.MIN_VALUE),
    freedom: Math.max(2, effective - 1),
  };
}

/** Variance of a mean of so many neighbours, in parts of that of one (autoregressive of first order). */
function blockShare(length: number, correlation: number): number {
  let sum = length;
  for (let lag = 1; lag < length; lag++) sum += 2 * (length - lag) * correlation ** lag;
  return sum / length ** 2;
}

/** Of more nights than this a quarter may be ordinary: noise swings back, also about a new level. */
const ALL_EXTREME = 4;

/**
 * Probability that so many of the last nights are as extreme among all of them, were they like those before: that at most
 * as many nights before lie beyond the q-th of the last (negative hypergeometric).
 */
function rankChance(history: readonly Night[], last: readonly Night[], direction: number): number {
  const [n, m] = [history.length, last.length];
  const sides = last.map(({ mean }) => mean * direction).sort((a, b) => b - a);
  const q = m <= ALL_EXTREME ? m : Math.ceil(m * 0.75);
  const limit = sides[q - 1]!;
  const beyond = history.filter(({ mean }) => mean * direction >= limit).length;
  const all = logChoose(n + m, m);
  let chance = 0;
  for (let x = 0; x <= beyond && chance < 1; x++)
    chance += Math.exp(logChoose(x + q - 1, q - 1) + logChoose(n - x + m - q, m - q) - all);
  return chance;
}
