// The parts of [0, 1] that the positions of an ordinal dimension stand for, and how much of a normal kernel lies in each.
import { normalCdf } from '../../stats/normal.js';
import type { Dimension } from '../dimension.js';
import { quickCdf } from './normal-table.js';

const LOG_ROOT_2_PI = 0.5 * Math.log(2 * Math.PI);

export interface Kernels {
  /** The prior comes after the others. */
  readonly means: Float64Array;
  readonly scales: Float64Array;
  /** Without the prior. */
  readonly count: number;
}

export interface CellMasses {
  /** To be called when kernels have changed. */
  fit(kernels: Kernels): void;
  /**
   * Logarithm of the mass that a kernel has at a position, times its width and the root of 2 pi (what norms are divided by):
   * 0 at most.
   */
  at(position: number, kernel: number): number;
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
  readonly #tables: Float64Array[] = [];

  constructor(dimension: Dimension) {
    const cells = new Cells(dimension);
    this.#starts = Float64Array.from({ length: dimension.size + 1 }, (_, position) => cells.start(position));
  }

  fit({ means, scales, count }: Kernels): void {
    if (this.#known.size > MOST_KEPT) this.#known.clear();
    for (let k = 0; k <= count; k++) this.#tables[k] = this.#tableOf(means[k]!, scales[k]!);
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

  at(position: number, kernel: number): number {
    return this.#tables[kernel]![position]!;
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
  /** Of the position that was asked for last: all kernels are asked for one after another. */
  #position = -1;
  #start = 0;
  #end = 0;
  #middle = 0;
  #logWidth = 0;

  constructor(dimension: Dimension) {
    this.#dimension = dimension;
    this.#cells = new Cells(dimension);
  }

  fit(kernels: Kernels): void {
    this.#kernels = kernels;
  }

  at(position: number, kernel: number): number {
    if (position !== this.#position) {
      this.#position = position;
      this.#start = this.#cells.start(position);
      this.#end = this.#cells.start(position + 1);
      this.#middle = this.#dimension.toUnit(position);
      this.#logWidth = Math.log(this.#end - this.#start);
    }
    const { means, scales } = this.#kernels;
    const [mean, scale] = [means[kernel]!, scales[kernel]!];
    const width = this.#end - this.#start;
    const z = (this.#middle - mean) * scale;
    // By the midpoint rule the error is less than 0.3 %; far out it does not matter.
    if (width * scale < 0.25 || z * z > 36) return this.#logWidth - 0.5 * z * z;
    const mass = quickCdf((this.#end - mean) * scale) - quickCdf((this.#start - mean) * scale);
    return Math.log(Math.max(mass, TINY) / scale) + LOG_ROOT_2_PI;
  }
}
