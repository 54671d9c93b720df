// A linear probe: how well a linear classifier reads the classes off the codes. Ridge regression onto ±1 targets,
// solved in closed form: no step size, no seed, no stopping rule, so two codes are compared and not two trainings.
import { SweeplineError } from '../ground/errors.js';
import { type Points, toFloat64 } from './points.js';

export interface LabelledPoints extends Points {
  readonly labels: ArrayLike<number>;
}

export interface ProbeOptions {
  /** Labels lie in [0, classes); default 10. */
  readonly classes?: number;
  /** Weight of the squared coefficients, on standardised columns; default 1, as in scikit-learn's RidgeClassifier. */
  readonly ridge?: number;
}

/**
 * Fits on `train` and returns the accuracy on `test` (in [0, 1]). Columns are standardised by the training points;
 * a constant column (a dead unit) counts for nothing. Costs dims²·n/2 multiplications and a dims × dims matrix.
 *
 * @throws SweeplineError BAD_DATA where shapes do not fit, TRIAL_FAILED for codes that are not finite.
 */
export function probeAccuracy(
  train: LabelledPoints,
  test: LabelledPoints,
  options: ProbeOptions = {},
): number {
  const { classes = 10, ridge = 1 } = options;
  const { dims } = train;
  for (const set of [train, test]) {
    if (set.labels.length !== set.count || set.dims !== dims) {
      const shape = `${set.count} × ${set.dims} codes with ${set.labels.length} labels`;
      throw new SweeplineError('BAD_DATA', `${shape}; expected ${dims} columns and as many labels as codes`);
    }
  }
  const { means, scales } = columnScales(toFloat64(train), train.count, dims);
  const columns = standardise(toFloat64(train), train.count, means, scales);
  const weights = solveRidge({ columns, count: train.count, dims, labels: train.labels, classes, ridge });
  const shares = new Float64Array(classes);
  for (let i = 0; i < train.count; i++) shares[train.labels[i]!]! += 1 / train.count;
  const seen = standardise(toFloat64(test), test.count, means, scales);
  let right = 0;
  for (let i = 0; i < test.count; i++) {
    let best = 0;
    let highest = Number.NEGATIVE_INFINITY;
    for (let c = 0; c < classes; c++) {
      // Columns have mean zero, so the intercept is the mean target: 2·share − 1.
      let score = 2 * shares[c]! - 1;
      for (let d = 0; d < dims; d++) score += seen[d * test.count + i]! * weights[c * dims + d]!;
      if (score > highest) {
        highest = score;
        best = c;
      }
    }
    if (best === test.labels[i]) right++;
  }
  return right / test.count;
}

function columnScales(values: Float64Array, count: number, dims: number) {
  const means = new Float64Array(dims);
  const scales = new Float64Array(dims);
  for (let p = 0; p < values.length; p++) means[p % dims]! += values[p]! / count;
  for (let p = 0; p < values.length; p++) scales[p % dims]! += (values[p]! - means[p % dims]!) ** 2 / count;
  // Rounding gives a constant column a variance of about (1e-16·mean)²: that is no spread to divide by.
  for (let d = 0; d < dims; d++) {
    scales[d] = scales[d]! > 1e-24 * means[d]! ** 2 ? 1 / Math.sqrt(scales[d]!) : 0;
  }
  return { means, scales };
}

/** (x − mean)·scale, column by column: `out[d * count + i]`. */
function standardise(
  values: Float64Array,
  count: number,
  means: Float64Array,
  scales: Float64Array,
): Float64Array {
  const dims = means.length;
  const out = new Float64Array(values.length);
  for (let i = 0, p = 0; i < count; i++) {
    for (let d = 0; d < dims; d++) out[d * count + i] = (values[p++]! - means[d]!) * scales[d]!;
  }
  return out;
}

interface RidgeTask {
  readonly columns: Float64Array;
  readonly count: number;
  readonly dims: number;
  readonly labels: ArrayLike<number>;
  readonly classes: number;
  readonly ridge: number;
}

/** (XᵀX + ridge·I)⁻¹Xᵀ(Y − mean Y), by Cholesky; `classes` rows of `dims` weights. */
function solveRidge({ columns, count, dims, labels, classes, ridge }: RidgeTask): Float64Array {
  const gram = new Float64Array(dims * dims);
  for (let a = 0; a < dims; a++) {
    for (let b = 0; b <= a; b++) gram[a * dims + b] = dot(columns, a * count, b * count, count);
    gram[a * dims + a]! += ridge;
  }
  const weights = new Float64Array(classes * dims);
  for (let d = 0; d < dims; d++) {
    // Xᵀ(2·onehot − 1): the column sums to zero, so centring the targets changes nothing.
    for (let i = 0; i < count; i++) weights[labels[i]! * dims + d]! += 2 * columns[d * count + i]!;
  }
  factor(gram, dims);
  for (let c = 0; c < classes; c++) solveFactored(gram, dims, weights.subarray(c * dims, (c + 1) * dims));
  return weights;
}

function dot(x: Float64Array, p: number, q: number, n: number): number {
  let s0 = 0;
  let s1 = 0;
  let i = 0;
  for (; i < n - 1; i += 2) {
    s0 += x[p + i]! * x[q + i]!;
    s1 += x[p + i + 1]! * x[q + i + 1]!;
  }
  return i < n ? s0 + s1 + x[p + i]! * x[q + i]! : s0 + s1;
}

/** Cholesky: the lower triangle of `a` becomes L with L·Lᵀ = a. Positive definite by the ridge on the diagonal. */
function factor(a: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = i === j ? Math.sqrt(sum) : sum / a[j * n + j]!;
    }
  }
}

function solveFactored(l: Float64Array, n: number, x: Float64Array): void {
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
}
