// What makes a place worth a trial, from what Gaussian processes expect there: the logarithm of the expected improvement
// (Ament et al. 2023), times the probability that constraints are met. All are to be maximised, and have slopes.
import {
  logImprovement,
  logImprovementSlope,
  logNormalCdf,
  millsRatio,
  normalCdf,
  normalDensity,
} from '../../stats/normal.js';
import type { Acquisition } from './maximise.js';
import type { GaussianProcess } from './posterior.js';

/** log E[max(best − f, 0)] of an objective f that is to be small. */
export function expectImprovement(process: GaussianProcess, best: number): Acquisition {
  return (at, slopes) => {
    const { mean, variance, meanSlope, varianceSlope } = process.predict(at, slopes !== undefined);
    const sd = Math.sqrt(variance);
    const z = (best - mean) / sd;
    if (slopes !== undefined) {
      const rise = logImprovementSlope(z);
      for (let d = 0; d < slopes.length; d++) {
        const ofSd = varianceSlope[d]! / (2 * sd);
        slopes[d] = (ofSd - rise * (meanSlope[d]! + z * ofSd)) / sd;
      }
    }
    return Math.log(sd) + logImprovement(z);
  };
}

/** log P(g < limit). */
export function expectFeasible(process: GaussianProcess, limit: number): Acquisition {
  return (at, slopes) => {
    const { mean, variance, meanSlope, varianceSlope } = process.predict(at, slopes !== undefined);
    const sd = Math.sqrt(variance);
    const z = (limit - mean) / sd;
    if (slopes !== undefined) {
      const rise = z < 0 ? 1 / millsRatio(-z) : normalDensity(z) / normalCdf(z);
      for (let d = 0; d < slopes.length; d++)
        slopes[d] = (-rise * (meanSlope[d]! + (z * varianceSlope[d]!) / (2 * sd))) / sd;
    }
    return logNormalCdf(z);
  };
}

/** The sum of criteria: logarithms of factors that do not depend on one another. */
export function combine(criteria: readonly Acquisition[], dims: number): Acquisition {
  if (criteria.length === 1) return criteria[0]!;
  const part = new Float64Array(dims);
  return (at, slopes) => {
    slopes?.fill(0);
    let sum = 0;
    for (const criterion of criteria) {
      sum += criterion(at, slopes === undefined ? undefined : part);
      if (slopes !== undefined) for (let d = 0; d < dims; d++) slopes[d] = slopes[d]! + part[d]!;
    }
    return sum;
  };
}
