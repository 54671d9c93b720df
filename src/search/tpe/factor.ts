// One dimension of all kernels of a Parzen estimator.
import type { Random } from '../../ground/random.js';

export interface Factor {
  /** Kernels at these rows (`count` of them, by number) of the column; `weights` by row are 0 for the others. */
  fit(rows: Uint32Array, count: number, weights: Float64Array): void;
  /** Adds what does not depend on the point to the logarithm of each kernel, the prior after them. */
  addNorms(heights: Float64Array): void;
  /** The rest of the prior's logarithm at a coordinate. */
  priorAt(coordinate: number): number;
  /** Adds the rest of each kernel's at a coordinate, and leaves those out that fall below `least`. */
  narrow(terms: Terms, coordinate: number): void;
  /** A coordinate from a kernel; the one after the last is the prior. */
  draw(kernel: number, random: Random): number;
}

/** Logarithms of the kernels that count at a point; changed in place, as there is one for each of many points. */
export interface Terms {
  values: Float64Array;
  kernels: Uint32Array;
  count: number;
  least: number;
}
