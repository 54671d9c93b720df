// What a Gaussian process says of a point: mean and variance of the function there (without noise), and their gradients
// (Rasmussen and Williams 2006, equations 2.25 and 2.26).
import { dot, factor, solveLower, solveUpper } from './cholesky.js';
import { addDistances, applyKernel, type Hyperparameters, type Points, readPoint } from './kernel.js';
import type { Data } from './likelihood.js';

/** One point's answer; overwritten by the next. */
export interface Posterior {
  mean: number;
  variance: number;
  readonly meanSlope: Float64Array;
  readonly varianceSlope: Float64Array;
}

export interface GaussianProcess {
  readonly points: Points;
  readonly hyperparameters: Hyperparameters;
  /** Means at the points that have values. */
  readonly fitted: Float64Array;
  /** What was predicted last. */
  readonly answer: Posterior;
  /** Slopes by dimensions that are names are 0. */
  predict(x: Float64Array, withSlopes: boolean): Posterior;
}

/** How much is added to the diagonal, times ten for each try, where the matrix is not positive definite in float64. */
const FIRST_HELP = 1e-10;

/**
 * The process given observations. `pending` points (the last ones of `points`, without values in `y`) count as observed
 * to be what is expected there: they take their part of the variance, and leave the mean as it is.
 */
export function createProcess(data: Data, hyperparameters: Hyperparameters): GaussianProcess {
  const { points, y, variances } = data;
  const { weights, scale, noise } = hyperparameters;
  const n = points.count;
  const known = y.length;
  const dims = points.columns.length;
  const factored = new Float64Array(n * n);
  const x = new Float64Array(dims);
  let help = 0;
  for (; ; help = Math.max(FIRST_HELP, help * 10)) {
    factored.fill(0);
    for (let i = 0; i < n; i++) {
      addDistances(points, weights, readPoint(points, i, x), i, factored, i * n);
      applyKernel(factored, i * n, i, scale);
      factored[i * n + i] = scale * (1 + help) + noise + (variances[i] ?? 0);
    }
    if (factor(factored, n)) break;
  }
  const alpha = Float64Array.from(y);
  solveLower(factored, alpha, known, n);
  solveUpper(factored, alpha, known, n);
  // K = (K + D) − D: the kernel times α is y less what the noise takes.
  const fitted = y.map((value, i) => value - (scale * help + noise + variances[i]!) * alpha[i]!);
  const kernel = new Float64Array(n);
  const slopes = new Float64Array(n);
  const solved = new Float64Array(n);
  const answer: Posterior = {
    mean: 0,
    variance: 0,
    meanSlope: new Float64Array(dims),
    varianceSlope: new Float64Array(dims),
  };
  return {
    points,
    hyperparameters,
    fitted,
    answer,
    predict(at, withSlopes) {
      kernel.fill(0);
      addDistances(points, weights, at, n, kernel, 0);
      applyKernel(kernel, 0, n, scale, slopes);
      solved.set(kernel);
      solveLower(factored, solved, n);
      answer.mean = dot(kernel, 0, alpha, 0, known);
      // Rounding can make it negative at a point that is known without noise.
      answer.variance = Math.max(scale - dot(solved, 0, solved, 0, n), scale * 1e-15);
      if (!withSlopes) return answer;
      solveUpper(factored, solved, n);
      for (let d = 0; d < dims; d++) {
        const column = points.columns[d]!;
        let ofMean = 0;
        let ofVariance = 0;
        if (!points.isHamming[d]) {
          const here = at[d]!;
          for (let i = 0; i < known; i++) ofMean += alpha[i]! * slopes[i]! * (here - column[i]!);
          for (let i = 0; i < n; i++) ofVariance += solved[i]! * slopes[i]! * (here - column[i]!);
        }
        answer.meanSlope[d] = 2 * weights[d]! * ofMean;
        answer.varianceSlope[d] = -4 * weights[d]! * ofVariance;
      }
      return answer;
    },
  };
}
