// The Parzen estimator of one group: a mixture of one kernel for each observation and one for the prior, each a product over
// the dimensions (see factors.ts).
import type { Random } from '../../ground/random.js';
import { CategoricalFactor } from './categorical.js';
import type { Column, Columns } from './columns.js';
import type { Factor, Terms } from './factor.js';
import { NumericFactor, OrdinalFactor } from './numeric.js';

/** Kernels with less than this logarithm beside the prior's density do not count: together about 10^-13 of it. */
const NEGLIGIBLE = -37;

export class ParzenEstimator {
  readonly #columns: Columns;
  readonly #factors: readonly Factor[];
  /** Rows of the kernels, by number. */
  #rows = new Uint32Array(0);
  /** Kernels without the prior, which comes after them. */
  #count = 0;
  /** Of the kernels and the prior, the last is 1. */
  #cumulated = new Float64Array(0);
  /** Logarithms of the weights, with all that does not depend on the point. */
  #heights = new Float64Array(0);
  readonly #terms: Terms = { values: new Float64Array(0), kernels: new Uint32Array(0), count: 0, least: 0 };

  /** `dimensions`: how many the space has that can differ. */
  constructor(columns: Columns, dimensions: number) {
    this.#columns = columns;
    this.#factors = columns.columns.map((column) => createFactor(column, dimensions));
  }

  /** One kernel for each row whose weight (by row) is not 0; the prior weighs 1. */
  fit(weights: Float64Array): void {
    this.#collect(weights);
    const n = this.#count;
    let sum = 1;
    for (let k = 0; k < n; k++) sum += weights[this.#rows[k]!]!;
    let cumulated = 0;
    for (let k = 0; k <= n; k++) {
      const weight = (k < n ? weights[this.#rows[k]!]! : 1) / sum;
      cumulated += weight;
      this.#cumulated[k] = cumulated;
      this.#heights[k] = Math.log(weight);
    }
    for (const factor of this.#factors) {
      factor.fit(this.#rows, n, weights);
      factor.addNorms(this.#heights);
    }
  }

  #collect(weights: Float64Array): void {
    const { rows } = this.#columns;
    if (this.#heights.length <= rows) {
      const length = 2 * rows + 64;
      this.#rows = new Uint32Array(length);
      this.#cumulated = new Float64Array(length);
      this.#heights = new Float64Array(length);
      this.#terms.values = new Float64Array(length);
      this.#terms.kernels = new Uint32Array(length);
    }
    this.#count = 0;
    for (let row = 0; row < rows; row++) if (weights[row]! > 0) this.#rows[this.#count++] = row;
  }

  /** Draws coordinates, one for each column. */
  draw(random: Random): Float64Array {
    const u = random.uniform();
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#cumulated[middle]! < u) low = middle + 1;
      else high = middle;
    }
    return Float64Array.from(this.#factors, (factor) => factor.draw(low, random));
  }

  /** Logarithm of the density at coordinates, up to a constant that is the same for all estimators of these columns. */
  logDensity(coordinates: Float64Array): number {
    const [heights, terms] = [this.#heights, this.#terms];
    let prior = heights[this.#count]!;
    for (let i = 0; i < this.#factors.length; i++) prior += this.#factors[i]!.priorAt(coordinates[i]!);
    terms.least = prior + NEGLIGIBLE;
    terms.count = 0;
    // What the factors add is never above 0: a kernel that is negligible stays so.
    for (let k = 0; k < this.#count; k++) {
      if (heights[k]! <= terms.least) continue;
      terms.kernels[terms.count] = k;
      terms.values[terms.count++] = heights[k]!;
    }
    for (let i = 0; i < this.#factors.length && terms.count > 0; i++)
      this.#factors[i]!.narrow(terms, coordinates[i]!);
    let most = prior;
    for (let k = 0; k < terms.count; k++) if (terms.values[k]! > most) most = terms.values[k]!;
    let sum = Math.exp(prior - most);
    for (let k = 0; k < terms.count; k++) sum += Math.exp(terms.values[k]! - most);
    return most + Math.log(sum);
  }
}

function createFactor(column: Column, dimensions: number): Factor {
  switch (column.dimension.kind) {
    case 'categorical':
      return new CategoricalFactor(column);
    case 'ordinal':
      return new OrdinalFactor(column, dimensions);
    case 'continuous':
      return new NumericFactor(column, dimensions);
  }
}
