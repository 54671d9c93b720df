// Asynchronous successive halving, the variant that stops trials (Li et al. 2020, "A System for Massively Parallel
// Hyperparameter Tuning", MLSys; the stopping variant as in Ray Tune and Optuna). A trial that has got to a rung goes on
// if it is among the best 1/factor of those that have, itself included. With `pause` the rungs are the same, and
// promotion.ts decides.
import type { Curve, Judgement, PruningRule } from './contract.js';
import type { OptionsOf } from './options.js';
import { rungAt } from './rungs.js';
import { lowerBound } from './sorted.js';

export function createAsha(options: OptionsOf<'asha'>): PruningRule {
  return {
    pauses: options.pause === true,
    bracketOf: () => 0,
    rungOf: (step) => rungAt(step, options),
    compares: true,
    scores: 'last',
    score: lastOf,
    judge: (curve, others) => judgeHalving(lastOf(curve), others, options.factor),
  };
}

export function lastOf({ values, count }: Curve): number {
  return values[count - 1]!;
}

/** Of fewer than `factor` the best one goes on. */
export function judgeHalving(value: number, others: readonly number[], factor: number): Judgement {
  return judgeRank(value, others, Math.floor((others.length + 1) / factor));
}

/** The best `most` of all go on, at least one. Equal values go on together. */
export function judgeRank(value: number, others: readonly number[], most: number): Judgement {
  const kept = Math.max(1, most);
  // The kept-th smallest of all, with the trial's own value among them.
  const own = lowerBound(others, value);
  const cutoff = kept - 1 < own ? others[kept - 1]! : kept - 1 === own ? value : others[kept - 2]!;
  return { isPruned: value > cutoff, cutoff };
}
