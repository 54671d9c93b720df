// Whether the last night, or the last few, are what the nights before lead to expect. Two answers must agree: Student's
// prediction interval, which trusts the noise to be about normal and knows of neighbours that resemble one another; and
// ranks, which hold for noise of any shape as long as nights may be exchanged (conformal prediction: Vovk, Gammerman and
// Shafer 2005), so that long tails or two humps give no alarm.

import { studentTail } from '../stats/difference.js';
import { logChoose } from '../stats/exact.js';
import { studentQuantile } from '../stats/interval.js';
import { averageOf, LEAST_NIGHTS, type Night, type Noise, noiseOf } from './night.js';

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
  const noise = noiseOf(history);
  const { error, freedom } = standardError(noise, history.length, blockOf([tonight]));
  const half = warningQuantile(freedom) * error;
  // Beyond every night before: the least chance that a single rank can have.
  const rank = (1 + 1e-9) / (history.length + 1);
  const isOutside = isBeyond(history, [tonight], { tail: WARNING_TAIL, rank }, noise);
  return { isOutside, expected: noise.mean, low: noise.mean - half, high: noise.mean + half, found };
}

/** Student's tail is at least the normal one, 0.00135 here: nearer than this is within every limit. */
const LEAST_DISTANCE = 3;

/** Whether some last nights together are further from those before than chance explains, by both answers. */
export function isBeyond(
  history: readonly Night[],
  last: readonly Night[],
  { tail, rank }: Limits,
  noise: Noise,
): boolean {
  const block = blockOf(last);
  const { error, freedom } = standardError(noise, history.length, block);
  const t = (block.mean - noise.mean) / error;
  if (Math.abs(t) < LEAST_DISTANCE || studentTail(t, freedom) / 2 >= tail) return false;
  return rankChance(history, last, Math.sign(t)) <= rank;
}

/** Some nights in a row, taken together. */
export interface Block {
  readonly length: number;
  readonly mean: number;
  /** Mean of 1 / count. */
  readonly share: number;
}

function blockOf(nights: readonly Night[]): Block {
  const { length } = nights;
  let [sum, shares] = [0, 0];
  for (const { mean, count } of nights) {
    sum += mean;
    shares += 1 / count;
  }
  return { length, mean: sum / length, share: shares / length };
}

/** Distance of a block from so many nights before it, of that noise, in standard errors of its prediction. */
export function distance(noise: Noise, before: number, block: Block): number {
  return (block.mean - noise.mean) / standardError(noise, before, block).error;
}

/** From here on the correlation of neighbours makes most of the error, and its own error counts. */
const LONG_BLOCK = 5;

function standardError(noise: Noise, before: number, { length, share }: Block) {
  const correlation = length < LONG_BLOCK ? noise.correlation : noise.mostCorrelation;
  /** As many independent nights would say as much. */
  const effective = (before * (1 - correlation)) / (1 + correlation);
  const error = Math.sqrt(noise.variance(share) * (blockShare(length, correlation) + 1 / effective));
  return {
    // What float64 leaves of a mean of equal numbers is no noise, and no change.
    error: Math.max(error, Math.abs(noise.mean) * 1e-13, Number.MIN_VALUE),
    freedom: Math.max(2, effective - 1),
  };
}

/**
 * Variance of a mean of so many neighbours, in parts of that of one (autoregressive of first order): the sum of
 * 2 (length − lag) correlation^lag over all lags, and of the variances themselves. The correlation is less than 1.
 */
export function blockShare(length: number, correlation: number): number {
  if (correlation === 0) return 1 / length;
  const rest = 1 - correlation;
  const lags = (2 * correlation * (length * rest - 1 + power(correlation, length))) / rest ** 2;
  return (length + lags) / length ** 2;
}

/** By squares: `**` takes several times as long for whole exponents, and this is asked for millions of times. */
function power(base: number, exponent: number): number {
  let product = 1;
  for (let [square, rest] = [base, exponent]; rest > 0; rest >>= 1, square *= square)
    if (rest % 2 === 1) product *= square;
  return product;
}

/** Steps of a degree of freedom between which the quantile is drawn straight, in parts of its inverse. */
const STEPS = 32;
const quantiles = new Map<number, number>();

/** Student's, that a warning is beyond. To 1e-4, since thousands of series cannot each look for their own. */
export function warningQuantile(freedom: number): number {
  const low = Math.floor(freedom * STEPS) / STEPS;
  const high = low + 1 / STEPS;
  const atLow = keptQuantile(low);
  if (low === freedom) return atLow;
  return atLow + ((1 / low - 1 / freedom) / (1 / low - 1 / high)) * (keptQuantile(high) - atLow);
}

function keptQuantile(freedom: number): number {
  const kept = quantiles.get(freedom) ?? studentQuantile(1 - WARNING_TAIL, freedom);
  quantiles.set(freedom, kept);
  return kept;
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
