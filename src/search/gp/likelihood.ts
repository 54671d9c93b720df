// How well hyperparameters explain observations: the logarithm of their posterior density, marginal likelihood times
// prior, up to a constant, and its gradient (Rasmussen and Williams 2006, equations 5.8 and 5.9).
import { dot, factor, invert, solveLower, solveUpper } from './cholesky.js';
import { addDistances, applyKernel, type Hyperparameters, type Points, readPoint } from './kernel.js';

/** What is observed: values of mean 0 and variance 1 or so, and the known variance of each beside the noise. */
export interface Data {
  readonly points: Points;
  readonly y: Float64Array;
  readonly variances: Float64Array;
}

/** Ends of the logarithms that are searched: of weights, of the scale, of the noise. */
export const LIMITS = { weights: [1e-5, 1e5], scale: [1e-3, 1e4], noise: [1e-8, 10] } as const;

/** θ: logarithms of the weights, the scale and the noise. */
export function toHyperparameters(theta: Float64Array): Hyperparameters {
  const dims = theta.length - 2;
  return {
    weights: Float64Array.from(theta.subarray(0, dims), Math.exp),
    scale: Math.exp(theta[dims]!),
    noise: Math.exp(theta[dims + 1]!),
  };
}

export type Prior = (theta: Float64Array, gradient: Float64Array) => number;

/**
 * Minus the logarithm of the prior, added to `gradient`: weights near 1 in either direction (0.1 / w + 0.1 w), the scale
 * of a gamma density of shape 2 and rate 1, the noise of one of shape 1.1 and rate 30. Those of Optuna's GPSampler.
 */
export const defaultPrior: Prior = (theta, gradient) => {
  const dims = theta.length - 2;
  let sum = 0;
  for (let d = 0; d < dims; d++) {
    const w = Math.exp(theta[d]!);
    sum += 0.1 / w + 0.1 * w;
    gradient[d] = gradient[d]! + 0.1 * w - 0.1 / w;
  }
  const scale = Math.exp(theta[dims]!);
  sum += scale - theta[dims]!;
  gradient[dims] = gradient[dims]! + scale - 1;
  const noise = Math.exp(theta[dims + 1]!);
  sum += 30 * noise - 0.1 * theta[dims + 1]!;
  gradient[dims + 1] = gradient[dims + 1]! + 30 * noise - 0.1;
  return sum;
};

/** Minus the log posterior density at θ; Infinity where the matrix of the kernel is not positive definite. */
export function createLikelihood(
  { points, y, variances }: Data,
  prior: Prior,
): (theta: Float64Array, gradient: Float64Array) => number {
  const n = points.count;
  const dims = points.columns.length;
  const kernel = new Float64Array(n * n);
  const slopes = new Float64Array(n * n);
  const inverse = new Float64Array(n * n);
  const work = new Float64Array(n * n);
  const alpha = new Float64Array(n);
  const x = new Float64Array(dims);
  return (theta, gradient) => {
    const { weights, scale, noise } = toHyperparameters(theta);
    kernel.fill(0);
    for (let i = 0; i < n; i++) {
      addDistances(points, weights, readPoint(points, i, x), i, kernel, i * n);
      applyKernel(kernel, i * n, i, scale, slopes);
      kernel[i * n + i] = scale + noise + variances[i]!;
    }
    gradient.fill(0);
    if (!factor(kernel, n)) return Number.POSITIVE_INFINITY;
    alpha.set(y);
    solveLower(kernel, alpha, n);
    let value = 0.5 * dot(alpha, 0, alpha, 0, n);
    for (let i = 0; i < n; i++) value += Math.log(kernel[i * n + i]!);
    solveUpper(kernel, alpha, n);
    invert(kernel, inverse, work, n);
    // Half of ∂/∂K: K⁻¹ − α αᵀ, on the diagonal and below it (where each element stands for two).
    let ofNoise = 0;
    let ofKnown = 0;
    for (let i = 0; i < n; i++) {
      const row = i * n;
      const diagonal = 0.5 * (inverse[row + i]! - alpha[i]! * alpha[i]!);
      ofNoise += diagonal;
      ofKnown += diagonal * variances[i]!;
      for (let j = 0; j < i; j++)
        slopes[row + j] = slopes[row + j]! * (inverse[row + j]! - alpha[i]! * alpha[j]!);
    }
    for (let d = 0; d < dims; d++) gradient[d] = weights[d]! * sumOfSquares(points, d, slopes);
    // The kernel is overwritten by its factor, but tr(∂ K) = n − αᵀ y over 2; less the noise's part, it is the scale's.
    gradient[dims] = 0.5 * (n - dot(alpha, 0, y, 0, n)) - noise * ofNoise - ofKnown;
    gradient[dims + 1] = noise * ofNoise;
    return value + prior(theta, gradient);
  };
}

/** Σ over i > j of slopes[i][j] δ_d². */
function sumOfSquares(points: Points, d: number, slopes: Float64Array): number {
  const n = points.count;
  const column = points.columns[d]!;
  let s0 = 0;
  let s1 = 0;
  for (let i = 1; i < n; i++) {
    const here = column[i]!;
    const row = i * n;
    if (points.isHamming[d]) {
      for (let j = 0; j < i; j++) if (column[j] !== here) s0 += slopes[row + j]!;
      continue;
    }
    let j = 0;
    for (; j + 2 <= i; j += 2) {
      const a = column[j]! - here;
      const b = column[j + 1]! - here;
      s0 += slopes[row + j]! * a * a;
      s1 += slopes[row + j + 1]! * b * b;
    }
    if (j < i) {
      const a = column[j]! - here;
      s0 += slopes[row + j]! * a * a;
    }
  }
  return s0 + s1;
}
