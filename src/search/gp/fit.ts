// Hyperparameters that explain observations best. A fit begins where an earlier one ended, on a schedule of counts of
// observations alone. So what comes out is a function of the observations, and a method that has just been created has
// only the fits of the schedule to do again, the last of which takes most of the time.
import type { Observation } from '../contract.js';
import { type BoundedProblem, minimise } from '../optimise/lbfgsb.js';
import { createLikelihood, type Data, defaultPrior, LIMITS, type Prior } from './likelihood.js';

/** θ of greatest posterior density found from each of `starts`, with so many evaluations from each. */
export function fitTheta(
  data: Data,
  starts: readonly Float64Array[],
  evaluations: number,
  prior: Prior = defaultPrior,
): Float64Array {
  const evaluate = createLikelihood(data, prior);
  const dims = data.points.columns.length;
  const problem: BoundedProblem = { evaluate, lower: limits(dims, 0), upper: limits(dims, 1) };
  const options = { evaluations, gradientTolerance: 1e-3, valueTolerance: 1e-4 };
  let best = starts[0]!;
  let least = Number.POSITIVE_INFINITY;
  for (const start of starts) {
    const { x, value } = minimise(problem, start, options);
    if (value < least) [best, least] = [x, value];
  }
  return best;
}

function limits(dims: number, end: 0 | 1): Float64Array {
  const theta = new Float64Array(dims + 2).fill(Math.log(LIMITS.weights[end]));
  theta[dims] = Math.log(LIMITS.scale[end]);
  theta[dims + 1] = Math.log(LIMITS.noise[end]);
  return theta;
}

/** Where a first fit begins: all length scales alike, little noise. */
export function firstTheta(dims: number, weight = 1): Float64Array {
  const theta = new Float64Array(dims + 2).fill(Math.log(weight));
  theta[dims] = 0;
  theta[dims + 1] = Math.log(1e-4);
  return theta;
}

/** Fewer observations say nothing of length scales. */
export const LEAST_OBSERVATIONS = 3;

/** Evaluations of a fit from each start. */
const EVALUATIONS = 40;

/** Up to this count each fit of the schedule begins anew too, lest the first few observations decide for good. */
const ANEW_UP_TO = 120;

/** Told counts at which hyperparameters are fitted: in steps of 15 %, so that all before the last take about twice its time. */
export function scheduleUpTo(count: number): number[] {
  const counts: number[] = [];
  for (let n = LEAST_OBSERVATIONS; n <= count; n = Math.max(n + 1, Math.floor(n * 1.15))) counts.push(n);
  return counts;
}

/**
 * θ for what was told: the fit of the latest count on the schedule. To bring it up to date with the observations since then
 * made no difference to regret on the golden problems. `sample` gives what is to be explained of the first observations.
 */
export function createFits(
  dims: number,
  sample: (told: readonly Observation[]) => Data | undefined,
): (told: readonly Observation[]) => Float64Array {
  const done = new Map<number, Float64Array>();
  const first = firstTheta(dims);
  const fitAt = (told: readonly Observation[], earlier: Float64Array): Float64Array => {
    const data = sample(told);
    if (data === undefined || data.y.length < LEAST_OBSERVATIONS) return earlier;
    if (earlier === first) return fitTheta(data, [first, firstTheta(dims, 10)], EVALUATIONS);
    return fitTheta(data, told.length <= ANEW_UP_TO ? [earlier, first] : [earlier], EVALUATIONS);
  };
  return (told) => {
    let theta = first;
    for (const count of scheduleUpTo(told.length)) {
      const known = done.get(count) ?? fitAt(told.slice(0, count), theta);
      done.set(count, known);
      theta = known;
    }
    return theta;
  };
}
