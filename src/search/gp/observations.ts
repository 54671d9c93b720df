// What the models learn from: which observations are used, how their values are scaled, and what failures and missed
// constraints say.
import type { Observation } from '../contract.js';
import type { Encoder } from './encode.js';
import type { Points } from './kernel.js';
import type { Data } from './likelihood.js';
import { warp } from './warp.js';

/** More would take too long: the time grows with the third power. */
export const MOST = 500;

/** As many tell length scales as well as all of them, in an eighth of the time. */
export const MOST_FITTED = 250;

/** One model's observations, and which they are. */
export interface Sample {
  readonly data: Data;
  readonly observations: readonly Observation[];
}

export function isFeasible({ values, violation }: Observation): boolean {
  return values !== null && violation === 0;
}

/**
 * All, or of more than `most` half the best by `rank` (the smallest) and the latest of the rest; in their order. A smooth
 * function is known well enough from these: the best tell where to look, the latest were chosen to tell most.
 */
export function select(
  told: readonly Observation[],
  rank: (observation: Observation) => number,
  most: number,
): readonly Observation[] {
  if (told.length <= most) return told;
  const byRank = [...told].sort((a, b) => rank(a) - rank(b) || a.number - b.number);
  const kept = new Set(byRank.slice(0, most >> 1));
  for (let i = told.length - 1; kept.size < most; i--) kept.add(told[i]!);
  return told.filter((observation) => kept.has(observation));
}

/**
 * Values of objective m, warped. What failed has none. Pruned ones have those of the step they got to: they are worse
 * than they would have become, which keeps the search away from where it was stopped. Missed constraints do not matter
 * here. Standard errors of means are noise of a known size.
 */
export function sampleObjective(
  told: readonly Observation[],
  m: number,
  encoder: Encoder,
  most = MOST,
): Sample {
  const valued = told.filter(({ values }) => values !== null);
  const observations = select(valued, ({ values }) => values![m]!, most);
  const { y, slopes } = warp(observations.map(({ values }) => values![m]!));
  const variances = Float64Array.from(observations, ({ errors }, i) => {
    const error = (errors?.[m] ?? 0) * slopes[i]!;
    // One of no use at all is still a number.
    return Number.isNaN(error) ? 0 : Math.min(error * error, LARGEST_VARIANCE);
  });
  return { data: { points: toPoints(observations, encoder), y, variances }, observations };
}

const LARGEST_VARIANCE = 1e6;

/** The limit, in the scale of `data`, below which a place is feasible. */
export interface FeasibilitySample extends Sample {
  readonly limit: number;
}

/**
 * Labels to learn where trials succeed: −1 where all is well; how far constraints are missed, in medians, and no more
 * than 2; 1 where it is not known, as for failures. Undefined while nothing went wrong.
 *
 * A model of its own, and not a bad value in the objective's: what fails at random becomes noise here and does not bend the
 * objective, and what fails for a reason is a border that is found. Only the sum of violations is known, so that there is
 * one model for all constraints and failures.
 */
export function sampleFeasibility(
  told: readonly Observation[],
  encoder: Encoder,
  most = MOST,
): FeasibilitySample | undefined {
  if (told.every(isFeasible)) return undefined;
  const observations = select(told, ({ number }) => -number, most);
  const missed = observations
    .map(({ violation }) => violation)
    .filter((violation) => violation > 0 && violation < Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
  const typical = missed[missed.length >> 1] ?? 1;
  const labels = Float64Array.from(observations, (observation) => {
    if (isFeasible(observation)) return -1;
    const { violation } = observation;
    return violation > 0 && violation < Number.POSITIVE_INFINITY ? Math.min(violation / typical, 2) : 1;
  });
  const mean = labels.reduce((sum, label) => sum + label / labels.length, 0);
  const sd = Math.sqrt(labels.reduce((sum, label) => sum + (label - mean) ** 2 / labels.length, 0)) || 1;
  const y = labels.map((label) => (label - mean) / sd);
  const variances = new Float64Array(labels.length);
  return { data: { points: toPoints(observations, encoder), y, variances }, observations, limit: -mean / sd };
}

function toPoints(observations: readonly Observation[], encoder: Encoder): Points {
  return encoder.toPoints(observations.map(({ x }) => x));
}
