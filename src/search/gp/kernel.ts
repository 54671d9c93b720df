// The Matérn kernel of smoothness 5/2 with a weight (1 / length scale²) for each dimension:
// k(x, z) = s (1 + a + a²/3) exp(−a), a = √(5 r²), r² = Σ w_d δ_d² (Rasmussen and Williams 2006, equation 4.17).
// δ_d is the difference of two coordinates, or 0 or 1 where all that counts is whether they are equal (Hamming).
// Points lie by column: dimension d of point i is columns[d][i].

export interface Points {
  readonly count: number;
  readonly columns: readonly Float64Array[];
  /** Of each dimension: whether coordinates are names, not numbers. */
  readonly isHamming: readonly boolean[];
}

export interface Hyperparameters {
  /** 1 / length scale², a dimension each. */
  readonly weights: Float64Array;
  /** The variance of the function itself. */
  readonly scale: number;
  /** The variance of the noise of one observation. */
  readonly noise: number;
}

/** Adds Σ_d w_d δ_d² of point i and each of points 0 … count − 1 to `out`, from place `at` on. */
export function addDistances(
  points: Points,
  weights: Float64Array,
  x: Float64Array,
  count: number,
  out: Float64Array,
  at: number,
): void {
  for (let d = 0; d < points.columns.length; d++) {
    const column = points.columns[d]!;
    const weight = weights[d]!;
    const here = x[d]!;
    if (points.isHamming[d]) {
      for (let j = 0; j < count; j++) if (column[j] !== here) out[at + j] = out[at + j]! + weight;
    } else {
      for (let j = 0; j < count; j++) {
        const difference = column[j]! - here;
        out[at + j] = out[at + j]! + weight * difference * difference;
      }
    }
  }
}

/** Replaces squared distances by values of the kernel; `slopes`, where given, gets their derivatives by the squared distance. */
export function applyKernel(
  values: Float64Array,
  at: number,
  count: number,
  scale: number,
  slopes?: Float64Array,
): void {
  for (let j = at; j < at + count; j++) {
    const a = Math.sqrt(5 * values[j]!);
    const decay = scale * Math.exp(-a);
    values[j] = (1 + a + (a * a) / 3) * decay;
    if (slopes !== undefined) slopes[j] = (-5 / 6) * (1 + a) * decay;
  }
}

/** Writes coordinates of point i to `x`. */
export function readPoint(points: Points, i: number, x: Float64Array): Float64Array {
  for (let d = 0; d < x.length; d++) x[d] = points.columns[d]![i]!;
  return x;
}
