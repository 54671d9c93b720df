// The parts of [0, 1] that the positions of an ordinal dimension stand for, and how much of a normal kernel lies in each.
import { normalCdf } from '../../stats/normal.js';
import type { Dimension } from '../dimension.js';
import { quickCdf } from './normal-table.js';

const LOG_ROOT_2_PI = 0.5 * Math.log(2 * Math.PI);

/** Kernels, the last of which is the prior. */
export interface Kernels {
  readonly means: Float64Array;
  readonly scales: Float64Array;
  /** With the prior. */
  readonly count: number;
}

/** Logarithms of masses, times the width of the kernel and the root of 2 pi: what `logNorm` divides by. */
export interface CellMasses {
  /** To be called when kernels have changed. */
  fit(kernels: Kernels): void;
  addTo(terms: Float64Array, position: number): void;
}

/** Up to as many positions have a table for each kernel. */
const MOST_TABLED = 64;

export function createCellMasses(dimension: Dimension): CellMasses {
  return dimension.size <= MOST_TABLED ? new TabledMasses(dimension) : new ManyMasses(dimension);
}

/** The ends of the part of each position that is asked for, found once. */
class Cells {
  readonly #dimension: Dimension;
  readonly #starts = new Map<number, number>();

  constructor(dimension: Dimension) {
    this.#dimension = dimension;
  }

  /** Where the part of a position begins: the dimension tells only which position a number between 0 and 1 has. */
  start(position: number): number {
    if (position <= 0) return 0;
    if (position >= this.#dimension.size) return 1;
    const known = this.#starts.get(position);
    if (known !== undefined) return known;
    let [low, high] = [0, 1];
    for (let i = 0; i < 53; i++) {
      const middle = (low + high) / 2;
      if (this.#dimension.fromUnit(middle) < position) low = middle;
      else high = middle;
    }
    this.#starts.set(position, high);
    return high;
  }
}

/** Tables by the kernel's width and mean: observations share positions, and most share their width. */
class TabledMasses implements CellMasses {
  readonly #starts: Float64Array;
  readonly #known = new Map<number, Map<number, Float64Array>>();
  #tables: Float64Array[] = [];
  #count = 0;

  constructor(dimension: Dimension) {
    const cells = new Cells(dimension);
    this.#starts = Float64Array.from({ length: dimension.size + 1 }, (_, position) => cells.start(position));
  }

  fit({ means, scales, count }: Kernels): void {
    if (this.#known.size > MOST_KEPT) this.#known.clear();
    this.#count = count;
    for (let k = 0; k < count; k++) this.#tables[k] = this.#tableOf(means[k]!, scales[k]!);
  }

  #tableOf(mean: number, scale: number): Float64Array {
    let byMean = this.#known.get(scale);
    if (byMean === undefined) {
      byMean = new Map();
      this.#known.set(scale, byMean);
    }
    let table = byMean.get(mean);
    if (table === undefined) {
      table = new Float64Array(this.#starts.length - 1);
      for (let position = 0; position < table.length; position++) {
        const from = (this.#starts[position]! - mean) * scale;
        const to = (this.#starts[position + 1]! - mean) * scale;
        table[position] = Math.log(massBetween(from, to) / scale) + LOG_ROOT_2_PI;
      }
      byMean.set(mean, table);
    }
    return table;
  }

  addTo(terms: Float64Array, position: number): void {
    for (let k = 0; k < this.#count; k++) terms[k]! += this.#tables[k]![position]!;
  }
}

/** Widths whose tables are kept. */
const MOST_KEPT = 64;

/** Far out there is less than any float64: then it counts as next to nothing, so that logarithms stay finite. */
const TINY = 1e-300;

/** Of a standard normal number, exact in both tails. */
function massBetween(from: number, to: number): number {
  const mass = from > 0 ? normalCdf(-from) - normalCdf(-to) : normalCdf(to) - normalCdf(from);
  return Math.max(mass, TINY);
}

/** Many positions: parts much narrower than the kernel have their width times the density. */
class ManyMasses implements CellMasses {
  readonly #dimension: Dimension;
  readonly #cells: Cells;
  #kernels: Kernels = { means: new Float64Array(), scales: new Float64Array(), count: 0 };

  constructor(dimension: Dimension) {
    this.#dimension = dimension;
    this.#cells = new Cells(dimension);
  }

  fit(kernels: Kernels): void {
    this.#kernels = kernels;
  }

  addTo(terms: Float64Array, position: number): void {
    const { means, scales, count } = this.#kernels;
    const [start, end] = [this.#cells.start(position), this.#cells.start(position + 1)];
    const width = end - start;
    const logWidth = Math.log(width);
    const middle = this.#dimension.toUnit(position);
    for (let k = 0; k < count; k++) {
      const scale = scales[k]!;
      const z = (middle - means[k]!) * scale;
      // By the midpoint rule the error is less than 0.3 %.
      if (width * scale < 0.25 || z * z > 36) terms[k]! += logWidth - 0.5 * z * z;
      else {
        const mass = quickCdf((end - means[k]!) * scale) - quickCdf((start - means[k]!) * scale);
        terms[k]! += Math.log(Math.max(mass, TINY) / scale) + LOG_ROOT_2_PI;
      }
    }
  }
}
