// Normal kernels at the values of a column, cut off at 0 and 1. Each is as wide as the larger of the gaps to its neighbours
// (Bergstra et al. 2011), and not narrower than a share that falls with their number ("magic clipping"; Watanabe 2023,
// section 3.3.4).
import type { Random } from '../../ground/random.js';
import { normalQuantile } from '../../stats/normal.js';
import type { Column } from './columns.js';
import { quickCdf } from './normal-table.js';

const LOG_ROOT_2_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The least width of one of n kernels is (n + 2)^-a, by the number of dimensions of the space; from the fourth on the last. Where there are few, n points say more of each, and a wide kernel would keep the search from the optimum.
 */
const EXPONENTS = [2, 1.5, 1.2, 1];

/** But never less than this. */
const LEAST_WIDTH = 0.01;

/** The prior is a kernel, too. */
export const PRIOR = { mean: 0.5, scale: 1, norm: logNorm(0.5, 1) } as const;

/** Where the mean of a kernel stands in a table, by row, and its 1 / width after it. */
export interface Place {
  readonly at: number;
  readonly stride: number;
}

export class NormalKernels {
  readonly #column: Column;
  readonly #exponent: number;
  readonly #place: Place;
  /** By row; most stay as they are from one proposal to the next. */
  #widths = new Float64Array(0);
  /** By row what `logNorm` gives, of rows that have a kernel. */
  norms = new Float64Array(0);

  /** `dimensions`: how many the space has that can differ. */
  constructor(column: Column, dimensions: number, place: Place) {
    this.#column = column;
    this.#exponent = EXPONENTS[Math.min(dimensions, EXPONENTS.length) - 1]!;
    this.#place = place;
  }

  /**
   * A kernel at each of the `count` rows whose weight is not 0, written into a table, which is the one of the last time
   * while the column has room. The outermost have one gap; one alone has that to the further end.
   */
  fit(count: number, weights: Float64Array, table: Float64Array): void {
    const { order, values } = this.#column;
    if (this.#widths.length !== values.length) {
      this.#widths = new Float64Array(values.length);
      this.norms = new Float64Array(values.length);
    }
    const least = Math.max(LEAST_WIDTH, (count + 2) ** -this.#exponent);
    let before = -1;
    let gap = 0;
    for (let i = 0, seen = 0; seen < count; i++) {
      const row = order[i]!;
      if (!(weights[row]! > 0)) continue;
      seen++;
      if (before >= 0) {
        const next = values[row]! - values[before]!;
        this.#put(before, Math.max(gap, next, least), table);
        gap = next;
      }
      before = row;
    }
    if (before < 0) return;
    const last = count > 1 ? gap : Math.max(values[before]!, 1 - values[before]!);
    this.#put(before, Math.max(last, least), table);
  }

  #put(row: number, wanted: number, table: Float64Array): void {
    const width = Math.min(wanted, 1);
    if (this.#widths[row] === width) return;
    this.#widths[row] = width;
    const at = row * this.#place.stride + this.#place.at;
    const mean = this.#column.values[row]!;
    table[at] = mean;
    table[at + 1] = 1 / width;
    this.norms[row] = logNorm(mean, 1 / width);
  }

  /** A coordinate from the kernel at a row; from the prior where that is undefined. */
  draw(row: number | undefined, random: Random, table: Float64Array): number {
    const at = row === undefined ? 0 : row * this.#place.stride + this.#place.at;
    const mean = row === undefined ? PRIOR.mean : table[at]!;
    const scale = row === undefined ? PRIOR.scale : table[at + 1]!;
    const low = quickCdf(-mean * scale);
    const high = quickCdf((1 - mean) * scale);
    const z = normalQuantile(low + random.uniform() * (high - low));
    return this.#column.dimension.fromUnit(Math.min(Math.max(mean + z / scale, 0), 1));
  }
}

/** Logarithm of the area of a kernel between 0 and 1, times its width and the root of 2 pi. */
function logNorm(mean: number, scale: number): number {
  return Math.log((quickCdf((1 - mean) * scale) - quickCdf(-mean * scale)) / scale) + LOG_ROOT_2_PI;
}
