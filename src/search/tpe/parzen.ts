// The Parzen estimator of one group: a mixture of one kernel for each observation and one for the prior, each a product over
// dimensions. Numeric dimensions have normal kernels cut off at 0 and 1, as wide as the larger of the gaps to the neighbours
// (Bergstra et al. 2011), and not narrower than a share that shrinks with their number ("magic clip"); positions have the
// mass of their part; categories a little of the prior and the rest where they were observed (Watanabe 2023, sections 3.3).
import type { Random } from '../../ground/random.js';
import { normalQuantile } from '../../stats/normal.js';
import { type CellMasses, createCellMasses } from './cells.js';
import type { Column, Columns } from './columns.js';
import { quickCdf } from './normal-table.js';

const LOG_ROOT_2_PI = 0.5 * Math.log(2 * Math.PI);

export class ParzenEstimator {
  readonly #columns: Columns;
  /** By column: widths of the kernels, 1 / width, categories as they are, and the part of a cell's mass. */
  readonly #factors: readonly Factor[];
  /** Rows of the kernels, by number. */
  #rows = new Uint32Array(64);
  /** Kernels without the prior, which is the last. */
  #count = 0;
  /** Cumulated weights, the last is 1. */
  #cumulated = new Float64Array(65);
  #logWeights = new Float64Array(65);
  #terms = new Float64Array(65);

  constructor(columns: Columns) {
    this.#columns = columns;
    this.#factors = columns.columns.map((column) =>
      column.dimension.kind === 'categorical' ? new CategoricalFactor(column) : createNumericFactor(column),
    );
  }

  get kernels(): number {
    return this.#count + 1;
  }

  /** One kernel for each row whose weight is not 0; the prior weighs 1. */
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
      this.#logWeights[k] = Math.log(weight);
    }
    for (const factor of this.#factors) factor.fit(this.#rows, n, weights);
    for (const factor of this.#factors) factor.addNorms(this.#logWeights, n);
  }

  #collect(weights: Float64Array): void {
    const { rows } = this.#columns;
    if (this.#rows.length < rows) {
      const length = 2 * rows;
      this.#rows = new Uint32Array(length);
      this.#cumulated = new Float64Array(length + 1);
      this.#logWeights = new Float64Array(length + 1);
      this.#terms = new Float64Array(length + 1);
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
    return Float64Array.from(this.#factors, (factor) => factor.draw(low, this.#count, random));
  }

  /** Logarithm of the density at coordinates, up to a constant that is the same for all estimators of these columns. */
  logDensity(coordinates: Float64Array): number {
    const n = this.#count + 1;
    const terms = this.#terms;
    for (let k = 0; k < n; k++) terms[k] = this.#logWeights[k]!;
    for (let i = 0; i < this.#factors.length; i++)
      this.#factors[i]!.addLogDensities(coordinates[i]!, terms, this.#count);
    let most = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < n; k++) if (terms[k]! > most) most = terms[k]!;
    let sum = 0;
    const least = most - NEGLIGIBLE;
    for (let k = 0; k < n; k++) if (terms[k]! > least) sum += Math.exp(terms[k]! - most);
    return most + Math.log(sum);
  }
}

/** Terms that are smaller than the largest by this factor's logarithm do not count: 10^-16 or so. */
const NEGLIGIBLE = 37;

/** One dimension of all kernels; `n` is their number without the prior. */
interface Factor {
  fit(rows: Uint32Array, n: number, weights: Float64Array): void;
  /** Adds what does not depend on the point. */
  addNorms(terms: Float64Array, n: number): void;
  addLogDensities(coordinate: number, terms: Float64Array, n: number): void;
  draw(kernel: number, n: number, random: Random): number;
}

class CategoricalFactor implements Factor {
  readonly #column: Column;
  readonly #size: number;
  #observed = new Float64Array(64);
  #same = 0;
  #other = 0;

  constructor(column: Column) {
    this.#column = column;
    this.#size = column.dimension.size;
  }

  fit(rows: Uint32Array, n: number): void {
    if (this.#observed.length < n) this.#observed = new Float64Array(2 * n);
    for (let k = 0; k < n; k++) this.#observed[k] = this.#column.values[rows[k]!]!;
    // The prior's weight of 1 is shared out among the kernels.
    const share = 1 / (n + 1);
    const whole = 1 + this.#size * share;
    this.#same = Math.log((1 + share) / whole);
    this.#other = Math.log(share / whole);
  }

  addNorms(): void {}

  addLogDensities(position: number, terms: Float64Array, n: number): void {
    for (let k = 0; k < n; k++) terms[k]! += this.#observed[k] === position ? this.#same : this.#other;
    terms[n]! -= Math.log(this.#size);
  }

  draw(kernel: number, n: number, random: Random): number {
    if (kernel === n) return random.below(this.#size);
    const observed = this.#observed[kernel]!;
    const u = random.uniform();
    const other = Math.exp(this.#other);
    const drawn = Math.floor(u / other);
    return drawn < this.#size - 1 ? drawn + (drawn >= observed ? 1 : 0) : observed;
  }
}

/** Widths of kernels and normalisation, for continuous and ordinal dimensions. */
class NumericFactor implements Factor {
  protected readonly column: Column;
  protected means = new Float64Array(65);
  protected widths = new Float64Array(65);
  protected scales = new Float64Array(65);
  /** By row: the width that the normalisation beside it was computed for. */
  #knownWidths = new Float64Array(64);
  #knownNorms = new Float64Array(64);
  #widthOf = new Float64Array(64);
  #norms = new Float64Array(65);

  constructor(column: Column) {
    this.column = column;
  }

  fit(rows: Uint32Array, n: number, weights: Float64Array): void {
    this.#reserve();
    this.#findWidths(n, weights);
    const { values } = this.column;
    for (let k = 0; k < n; k++) {
      const row = rows[k]!;
      const mean = values[row]!;
      const width = this.#widthOf[row]!;
      const scale = 1 / width;
      if (this.#knownWidths[row] !== width || Number.isNaN(this.#knownNorms[row]!)) {
        this.#knownWidths[row] = width;
        this.#knownNorms[row] = logNorm(mean, scale);
      }
      this.means[k] = mean;
      this.widths[k] = width;
      this.scales[k] = scale;
      this.#norms[k] = this.#knownNorms[row]!;
    }
    this.means[n] = 0.5;
    this.widths[n] = 1;
    this.scales[n] = 1;
    this.#norms[n] = logNorm(0.5, 1);
  }

  #reserve(): void {
    const length = this.column.values.length;
    if (this.#widthOf.length === length) return;
    this.means = new Float64Array(length + 1);
    this.widths = new Float64Array(length + 1);
    this.scales = new Float64Array(length + 1);
    this.#norms = new Float64Array(length + 1);
    this.#widthOf = new Float64Array(length);
    this.#knownWidths = new Float64Array(length);
    this.#knownNorms = new Float64Array(length).fill(Number.NaN);
  }

  /** The larger gap to the neighbours; of the outermost to the one neighbour. Alone: to the further end. */
  #findWidths(n: number, weights: Float64Array): void {
    const { order, values } = this.column;
    const least = 1 / Math.min(100, n + 2);
    let before = -1;
    let gap = 0;
    const rows = n === 0 ? 0 : this.column.order.length;
    let seen = 0;
    for (let i = 0; i < rows && seen < n; i++) {
      const row = order[i]!;
      if (!(weights[row]! > 0)) continue;
      seen++;
      const next = before < 0 ? 0 : values[row]! - values[before]!;
      if (before >= 0) this.#widthOf[before] = clip(Math.max(gap, next), least);
      gap = next;
      before = row;
    }
    if (before < 0) return;
    this.#widthOf[before] = clip(n === 1 ? Math.max(values[before]!, 1 - values[before]!) : gap, least);
  }

  addNorms(terms: Float64Array, n: number): void {
    for (let k = 0; k <= n; k++) terms[k]! -= this.#norms[k]!;
  }

  addLogDensities(coordinate: number, terms: Float64Array, n: number): void {
    const { means, scales } = this;
    for (let k = 0; k <= n; k++) {
      const z = (coordinate - means[k]!) * scales[k]!;
      terms[k]! -= 0.5 * z * z;
    }
  }

  draw(kernel: number, _: number, random: Random): number {
    const [mean, width] = [this.means[kernel]!, this.widths[kernel]!];
    const low = quickCdf(-mean / width);
    const high = quickCdf((1 - mean) / width);
    const z = normalQuantile(low + random.uniform() * (high - low));
    return this.column.dimension.fromUnit(Math.min(Math.max(mean + width * z, 0), 1));
  }
}

/** Logarithm of the area of a kernel of this scale between 0 and 1, times its width and the root of 2 pi. */
function logNorm(mean: number, scale: number): number {
  return Math.log((quickCdf((1 - mean) * scale) - quickCdf(-mean * scale)) / scale) + LOG_ROOT_2_PI;
}

function clip(width: number, least: number): number {
  return Math.min(Math.max(width, least), 1);
}

/** Positions have the mass of their part of [0, 1]. */
class OrdinalFactor extends NumericFactor {
  readonly #masses: CellMasses;

  constructor(column: Column) {
    super(column);
    this.#masses = createCellMasses(column.dimension);
  }

  override fit(rows: Uint32Array, n: number, weights: Float64Array): void {
    super.fit(rows, n, weights);
    this.#masses.fit({ means: this.means, scales: this.scales, count: n + 1 });
  }

  override addLogDensities(position: number, terms: Float64Array): void {
    this.#masses.addTo(terms, position);
  }
}

function createNumericFactor(column: Column): Factor {
  return column.dimension.kind === 'ordinal' ? new OrdinalFactor(column) : new NumericFactor(column);
}
