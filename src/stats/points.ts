// Codes of images as the rest of this folder takes them: n points of `dims` numbers in one flat array, row by row.
import { SweeplineError } from '../ground/errors.js';

/** n points of `dims` finite numbers, row by row: `values[i * dims + d]`. */
export interface Points {
  readonly values: Float32Array | Float64Array | Uint8Array;
  readonly count: number;
  readonly dims: number;
}

/**
 * The values as float64, the type every sum here is taken in.
 *
 * @throws SweeplineError BAD_DATA where the array is not count × dims long, TRIAL_FAILED at a value that is not finite.
 */
export function toFloat64(points: Points): Float64Array {
  const { values, count, dims } = points;
  if (values.length !== count * dims || dims < 1) {
    throw new SweeplineError(
      'BAD_DATA',
      `${values.length} values for ${count} points of ${dims}; expected ${count * dims}`,
    );
  }
  const wide = values instanceof Float64Array ? values : Float64Array.from(values);
  for (let i = 0; i < wide.length; i++) {
    if (!Number.isFinite(wide[i]!)) {
      throw new SweeplineError(
        'TRIAL_FAILED',
        `point ${Math.floor(i / dims)} has ${wide[i]} at position ${i % dims}; expected finite numbers`,
        { hint: 'the model diverged: try a smaller alpha' },
      );
    }
  }
  return wide;
}

/** Squared Euclidean distance of row i of `a` to row j of `b`. Four partial sums, so that the adder is kept busy. */
export function squaredDistance(
  a: Float64Array,
  i: number,
  b: Float64Array,
  j: number,
  dims: number,
): number {
  let p = i * dims;
  let q = j * dims;
  const end = p + dims;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (const whole = end - 3; p < whole; p += 4, q += 4) {
    const d0 = a[p]! - b[q]!;
    const d1 = a[p + 1]! - b[q + 1]!;
    const d2 = a[p + 2]! - b[q + 2]!;
    const d3 = a[p + 3]! - b[q + 3]!;
    s0 += d0 * d0;
    s1 += d1 * d1;
    s2 += d2 * d2;
    s3 += d3 * d3;
  }
  for (; p < end; p++, q++) {
    const d = a[p]! - b[q]!;
    s0 += d * d;
  }
  return s0 + s1 + (s2 + s3);
}
