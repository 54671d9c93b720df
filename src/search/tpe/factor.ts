// One dimension of all kernels of a Parzen estimator, or several that follow one another.
import type { Random } from '../../ground/random.js';

export interface Factor {
  /**
   * Kernels at these rows (`count` of them, by number) of the columns; `weights` by row are 0 for the others. Adds what does
   * not depend on the point to the logarithm of each kernel in `heights`, the prior after them.
   */
  fit(rows: Uint32Array, count: number, weights: Float64Array, heights: Float64Array): void;
  /** The sum with the rest of the prior's logarithm at coordinates. */
  addPrior(sum: number, coordinates: Float64Array): number;
  /** Adds the rest of each kernel's at coordinates, and leaves those out that fall below `least`. */
  narrow(terms: Terms, coordinates: Float64Array): void;
  /** Fills in its coordinates from a kernel; the one after the last is the prior. */
  draw(kernel: number, random: Random, coordinates: Float64Array): void;
}

/** Logarithms of the kernels that count at a point; changed in place, as there is one for each of many points. */
export interface Terms {
  values: Float64Array;
  kernels: Uint32Array;
  count: number;
  least: number;
}
