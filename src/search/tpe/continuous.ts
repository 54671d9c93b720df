// Continuous dimensions that follow one another. They are one factor, as nearly all time goes into how far kernels are from
// points: a kernel is dropped as soon as it is negligible.
import type { Random } from '../../ground/random.js';
import type { Column } from './columns.js';
import type { Factor, Terms } from './factor.js';
import { NormalKernels, PRIOR } from './normal-kernels.js';
import { dropNegligible } from './terms.js';

export class ContinuousFactor implements Factor {
  readonly #columns: readonly Column[];
  readonly #kernels: readonly NormalKernels[];
  /** Position of the first of them among the coordinates. */
  readonly #first: number;
  #rows: Uint32Array = new Uint32Array(0);
  #count = 0;
  /** By row, of each dimension the mean and 1 / width: what one kernel needs lies together. */
  #table = new Float64Array(0);

  constructor(columns: readonly Column[], first: number, dimensions: number) {
    this.#columns = columns;
    this.#first = first;
    this.#kernels = columns.map(
      (column, i) => new NormalKernels(column, dimensions, { at: 2 * i, stride: 2 * columns.length }),
    );
  }

  fit(rows: Uint32Array, count: number, weights: Float64Array, heights: Float64Array): void {
    this.#rows = rows;
    this.#count = count;
    const length = 2 * this.#columns.length * this.#columns[0]!.values.length;
    if (this.#table.length !== length) this.#table = new Float64Array(length);
    for (const kernels of this.#kernels) {
      kernels.fit(count, weights, this.#table);
      for (let k = 0; k < count; k++) heights[k]! -= kernels.norms[rows[k]!]!;
      heights[count]! -= PRIOR.norm;
    }
  }

  addPrior(sum: number, coordinates: Float64Array): number {
    for (let i = 0; i < this.#columns.length; i++)
      sum += -0.5 * (coordinates[this.#first + i]! - PRIOR.mean) ** 2;
    return sum;
  }

  narrow(terms: Terms, coordinates: Float64Array): void {
    const { values, kernels, least } = terms;
    const [table, rows, first] = [this.#table, this.#rows, this.#first];
    const end = first + this.#columns.length;
    const stride = 2 * this.#columns.length;
    for (let i = 0; i < terms.count; i++) {
      let value = values[i]!;
      let at = rows[kernels[i]!]! * stride;
      let d = first;
      // Two at a time: to look whether the kernel still counts takes about as long as a dimension.
      for (; d + 1 < end && value > least; d += 2, at += 4) {
        const y = (coordinates[d]! - table[at]!) * table[at + 1]!;
        const z = (coordinates[d + 1]! - table[at + 2]!) * table[at + 3]!;
        value = value - 0.5 * y * y - 0.5 * z * z;
      }
      if (d + 1 === end) {
        const z = (coordinates[d]! - table[at]!) * table[at + 1]!;
        value -= 0.5 * z * z;
      }
      values[i] = value;
    }
    dropNegligible(terms);
  }

  draw(kernel: number, random: Random, coordinates: Float64Array): void {
    const row = kernel === this.#count ? undefined : this.#rows[kernel]!;
    for (let i = 0; i < this.#columns.length; i++)
      coordinates[this.#first + i] = this.#kernels[i]!.draw(row, random, this.#table);
  }
}
