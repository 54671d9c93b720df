// Categories: a kernel has most of its mass at the one observed, and a share of the prior's at each (Watanabe 2023, section
// 3.3.2: Aitchison and Aitken's kernel, as Optuna chooses its width).
import type { Random } from '../../ground/random.js';
import type { Column } from './columns.js';
import type { Factor, Terms } from './factor.js';
import { dropNegligible } from './terms.js';

export class CategoricalFactor implements Factor {
  readonly #column: Column;
  readonly #size: number;
  /** Its position among the coordinates. */
  readonly #at: number;
  #observed = new Float64Array(0);
  #count = 0;
  #same = 0;
  #other = 0;

  constructor(column: Column, at: number) {
    this.#column = column;
    this.#at = at;
    this.#size = column.dimension.size;
  }

  fit(rows: Uint32Array, count: number): void {
    if (this.#observed.length < count) this.#observed = new Float64Array(2 * count);
    for (let k = 0; k < count; k++) this.#observed[k] = this.#column.values[rows[k]!]!;
    this.#count = count;
    // The prior's weight of 1 is shared out among the kernels.
    const share = 1 / (count + 1);
    const whole = 1 + this.#size * share;
    this.#same = Math.log((1 + share) / whole);
    this.#other = Math.log(share / whole);
  }

  addPrior(sum: number): number {
    return sum + -Math.log(this.#size);
  }

  narrow(terms: Terms, coordinates: Float64Array): void {
    const { values, count } = terms;
    const position = coordinates[this.#at]!;
    for (let i = 0; i < count; i++)
      values[i]! += this.#observed[terms.kernels[i]!] === position ? this.#same : this.#other;
    dropNegligible(terms);
  }

  draw(kernel: number, random: Random, coordinates: Float64Array): void {
    coordinates[this.#at] = this.#draw(kernel, random);
  }

  #draw(kernel: number, random: Random): number {
    if (kernel === this.#count) return random.below(this.#size);
    const observed = this.#observed[kernel]!;
    const other = Math.floor(random.uniform() / Math.exp(this.#other));
    if (other >= this.#size - 1) return observed;
    return other < observed ? other : other + 1;
  }
}
