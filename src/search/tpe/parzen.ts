// The Parzen estimator of one group: a mixture of one kernel for each observation and one for the prior, each a product over
// the dimensions (see factor.ts).
import type { Random } from '../../ground/random.js';
import { CategoricalFactor } from './categorical.js';
import type { Columns } from './columns.js';
import { ContinuousFactor } from './continuous.js';
import type { Factor, Terms } from './factor.js';
import { OrdinalFactor } from './ordinal.js';

/** Kernels with less than this logarithm beside the prior's density do not count: a thousand of them are 10^-10 of it. */
const NEGLIGIBLE = -30;

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
    this.#factors = createFactors(columns, dimensions);
  }

  /** One kernel for each row whose weight (by row) is not 0; the prior weighs 1. */
  fit(weights: Float64Array): void {
    this.#collect(weights);
    const n = this.#count;
    let sum = 1;
    for (let k = 0; k < n; k++) sum += weights[this.#rows[k]!]!;
    let cumulated = 0;
    let [last, height] = [1, -Math.log(sum)];
    for (let k = 0; k <= n; k++) {
      const weight = k < n ? weights[this.#rows[k]!]! : 1;
      // Most weigh the same.
      if (weight !== last) [last, height] = [weight, Math.log(weight / sum)];
      cumulated += weight / sum;
      this.#cumulated[k] = cumulated;
      this.#heights[k] = height;
    }
    for (const factor of this.#factors) factor.fit(this.#rows, n, weights, this.#heights);
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
    const coordinates = new Float64Array(this.#columns.columns.length);
    for (const factor of this.#factors) factor.draw(low, random, coordinates);
    return coordinates;
  }

  /** In how many parts the density is computed; see `logPart`. */
  get parts(): number {
    return Math.min(Math.ceil((this.#count + 1) / LEAST_PART), MOST_PARTS);
  }

  /**
   * Logarithm of the density at coordinates, up to a constant that is the same for all estimators of these columns, as far
   * as every `parts`-th kernel from `part` on adds to it; the prior is in part 0.
   */
  logPart(coordinates: Float64Array, part: number): number {
    const { parts } = this;
    const [heights, terms] = [this.#heights, this.#terms];
    let prior = heights[this.#count]!;
    for (const factor of this.#factors) prior = factor.addPrior(prior, coordinates);
    terms.least = prior + NEGLIGIBLE;
    terms.count = 0;
    // What the factors add is never above 0: a kernel that is negligible stays so.
    for (let k = part; k < this.#count; k += parts) {
      if (heights[k]! <= terms.least) continue;
      terms.kernels[terms.count] = k;
      terms.values[terms.count++] = heights[k]!;
    }
    for (const factor of this.#factors) factor.narrow(terms, coordinates);
    return sumLogs(terms, part === 0 ? prior : Number.NEGATIVE_INFINITY);
  }

  /** All parts together. */
  logDensity(coordinates: Float64Array): number {
    let sum = this.logPart(coordinates, 0);
    for (let part = 1; part < this.parts; part++) sum = addLogs(sum, this.logPart(coordinates, part));
    return sum;
  }
}

/** Kernels of a part, and most parts: with fewer or more the rest of the work outweighs what is saved. */
const LEAST_PART = 32;
const MOST_PARTS = 16;

/** The logarithm of a sum from those of its terms. */
function sumLogs({ values, count }: Terms, other: number): number {
  let most = other;
  for (let k = 0; k < count; k++) if (values[k]! > most) most = values[k]!;
  if (most === Number.NEGATIVE_INFINITY) return most;
  let sum = Math.exp(other - most);
  for (let k = 0; k < count; k++) sum += Math.exp(values[k]! - most);
  return most + Math.log(sum);
}

export function addLogs(a: number, b: number): number {
  const most = Math.max(a, b);
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most));
}

/** In the order of the columns. */
function createFactors({ columns }: Columns, dimensions: number): Factor[] {
  const factors: Factor[] = [];
  for (let at = 0; at < columns.length; ) {
    const column = columns[at]!;
    if (column.dimension.kind === 'continuous') {
      let end = at + 1;
      while (columns[end]?.dimension.kind === 'continuous') end++;
      factors.push(new ContinuousFactor(columns.slice(at, end), at, dimensions));
      at = end;
    } else {
      const isOrdinal = column.dimension.kind === 'ordinal';
      factors.push(isOrdinal ? new OrdinalFactor(column, at, dimensions) : new CategoricalFactor(column, at));
      at++;
    }
  }
  return factors;
}
