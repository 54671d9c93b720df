// An ordinal dimension: positions have the mass that a normal kernel has in their part of [0, 1].
import type { Random } from '../../ground/random.js';
import { type CellMasses, createCellMasses } from './cells.js';
import type { Column } from './columns.js';
import type { Factor, Terms } from './factor.js';
import { NormalKernels, PRIOR } from './normal-kernels.js';
import { dropNegligible } from './terms.js';

export class OrdinalFactor implements Factor {
  readonly #column: Column;
  readonly #kernels: NormalKernels;
  readonly #masses: CellMasses;
  /** Its position among the coordinates. */
  readonly #at: number;
  /** By row the mean and 1 / width. */
  #table = new Float64Array(0);
  #rows: Uint32Array = new Uint32Array(0);
  #count = 0;
  /** By kernel; the prior after the others. */
  #means = new Float64Array(0);
  #scales = new Float64Array(0);

  constructor(column: Column, at: number, dimensions: number) {
    this.#column = column;
    this.#at = at;
    this.#kernels = new NormalKernels(column, dimensions, { at: 0, stride: 2 });
    this.#masses = createCellMasses(column.dimension);
  }

  fit(rows: Uint32Array, count: number, weights: Float64Array, heights: Float64Array): void {
    const { values } = this.#column;
    this.#rows = rows;
    this.#count = count;
    if (this.#means.length !== values.length + 1) {
      this.#table = new Float64Array(2 * values.length);
      this.#means = new Float64Array(values.length + 1);
      this.#scales = new Float64Array(values.length + 1);
    }
    const [means, scales] = [this.#means, this.#scales];
    this.#kernels.fit(count, weights, this.#table);
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      means[k] = this.#table[2 * row]!;
      scales[k] = this.#table[2 * row + 1]!;
      heights[k]! -= this.#kernels.norms[row]!;
    }
    means[count] = PRIOR.mean;
    scales[count] = PRIOR.scale;
    heights[count]! -= PRIOR.norm;
    this.#masses.fit({ means, scales, count });
  }

  addPrior(sum: number, coordinates: Float64Array): number {
    return sum + this.#masses.at(coordinates[this.#at]!, this.#count);
  }

  narrow(terms: Terms, coordinates: Float64Array): void {
    const { values, kernels, count } = terms;
    const position = coordinates[this.#at]!;
    for (let i = 0; i < count; i++) values[i]! += this.#masses.at(position, kernels[i]!);
    dropNegligible(terms);
  }

  draw(kernel: number, random: Random, coordinates: Float64Array): void {
    const row = kernel === this.#count ? undefined : this.#rows[kernel]!;
    coordinates[this.#at] = this.#kernels.draw(row, random, this.#table);
  }
}
