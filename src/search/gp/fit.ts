// Hyperparameters that explain observations best. A fit begins at an earlier one, which begins at one before that, on a
// schedule of counts alone: what comes out depends on the observations only, and a method that has just been created has
// a bounded number of fits to do again.
import { type BoundedProblem, minimise } from '../optimise/lbfgsb.js';
import { createLikelihood, type Data, defaultPrior, LIMITS, type Prior } from './likelihood.js';

export interface FitEffort {
  /** Evaluations of the likelihood from each start. */
  readonly evaluations: number;
  /** Prior of the hyperparameters. */
  readonly prior?: Prior;
}

/** θ of greatest posterior density found from each of `starts`. */
export function fit(data: Data, starts: readonly Float64Array[], effort: FitEffort): Float64Array {
  const evaluate = createLikelihood(data, effort.prior ?? defaultPrior);
  const dims = data.points.columns.length;
  const problem: BoundedProblem = { evaluate, lower: ends(dims, 0), upper: ends(dims, 1) };
  const options = { evaluations: effort.evaluations, gradientTolerance: 1e-3, valueTolerance: 1e-4 };
  let best = starts[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const start of starts) {
    const found = minimise(problem, start, options);
    if (found.value < least) [best, least] = [found.x, found.value];
  }
  return best;
}

function ends(dims: number, end: 0 | 1): Float64Array {
  const theta = new Float64Array(dims + 2).fill(Math.log(LIMITS.weights[end]));
  theta[dims] = Math.log(LIMITS.scale[end]);
  theta[dims + 1] = Math.log(LIMITS.noise[end]);
  return theta;
}

/** Where a first fit begins: length scales as long as the space, little noise. */
export function firstTheta(dims: number, weight = 1): Float64Array {
  const theta = new Float64Array(dims + 2).fill(Math.log(weight));
  theta[dims] = 0;
  theta[dims + 1] = Math.log(1e-4);
  return theta;
}

/** Counts of observations at which all is fitted anew: each up to `dense`, then a tenth more each time. */
export function scheduleUpTo(count: number, first: number): number[] {
  const counts: number[] = [];
  for (let n = first; n <= count; n = Math.max(n + 1, Math.floor(n * 1.15))) counts.push(n);
  return counts;
}
