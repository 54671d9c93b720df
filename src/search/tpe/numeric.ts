// Numbers: normal kernels cut off at 0 and 1. Each is as wide as the larger of the gaps to its neighbours (Bergstra et al.
// 2011), and not narrower than a share that falls with their number ("magic clipping"; Watanabe 2023, section 3.3.4).
import type { Random } from '../../ground/random.js';
import { normalQuantile } from '../../stats/normal.js';
import { type CellMasses, createCellMasses } from './cells.js';
import type { Column } from './columns.js';
import type { Factor, Terms } from './factor.js';
import { quickCdf } from './normal-table.js';

const LOG_ROOT_2_PI = 0.5 * Math.log(2 * Math.PI);

/**
 * The least width of one of n kernels is (n + 2)^-a, by the number of dimensions of the space; from the fourth on the last. Where there are few, n points say more of each, and a wide kernel would keep the search from the optimum.
 */
const EXPONENTS = [2, 1.5, 1.2, 1];

/** But never less than this. */
const LEAST_WIDTH = 0.01;

export class NumericFactor implements Factor {
  protected readonly column: Column;
  protected count = 0;
  /** By kernel; the prior after the others. */
  protected means = new Float64Array(0);
  /** 1 / width. */
  protected scales = new Float64Array(0);
  readonly #exponent: number;
  #norms = new Float64Array(0);
  /** By row. */
  #widths = new Float64Array(0);
  /** The width that the norm beside it was computed for: most stay as they are from one proposal to the next. */
  #knownWidths = new Float64Array(0);
  #knownNorms = new Float64Array(0);

  constructor(column: Column, dimensions: number) {
    this.column = column;
    this.#exponent = EXPONENTS[Math.min(dimensions, EXPONENTS.length) - 1]!;
  }

  fit(rows: Uint32Array, count: number, weights: Float64Array): void {
    const { values } = this.column;
    if (this.#widths.length !== values.length) this.#reserve(values.length);
    this.#findWidths(count, weights);
    this.count = count;
    for (let k = 0; k < count; k++) {
      const row = rows[k]!;
      const width = this.#widths[row]!;
      if (this.#knownWidths[row] !== width) {
        this.#knownWidths[row] = width;
        this.#knownNorms[row] = logNorm(values[row]!, 1 / width);
      }
      this.means[k] = values[row]!;
      this.scales[k] = 1 / width;
      this.#norms[k] = this.#knownNorms[row]!;
    }
    this.means[count] = 0.5;
    this.scales[count] = 1;
    this.#norms[count] = logNorm(0.5, 1);
  }

  #reserve(rows: number): void {
    this.means = new Float64Array(rows + 1);
    this.scales = new Float64Array(rows + 1);
    this.#norms = new Float64Array(rows + 1);
    this.#widths = new Float64Array(rows);
    this.#knownWidths = new Float64Array(rows);
    this.#knownNorms = new Float64Array(rows);
  }

  /** The outermost have one gap; one alone has that to the further end. */
  #findWidths(count: number, weights: Float64Array): void {
    const { order, values } = this.column;
    const least = Math.max(LEAST_WIDTH, (count + 2) ** -this.#exponent);
    const clip = (width: number) => Math.min(Math.max(width, least), 1);
    let before = -1;
    let gap = 0;
    for (let i = 0, seen = 0; seen < count; i++) {
      const row = order[i]!;
      if (!(weights[row]! > 0)) continue;
      seen++;
      if (before >= 0) {
        const next = values[row]! - values[before]!;
        this.#widths[before] = clip(Math.max(gap, next));
        gap = next;
      }
      before = row;
    }
    if (before >= 0)
      this.#widths[before] = clip(count > 1 ? gap : Math.max(values[before]!, 1 - values[before]!));
  }

  addNorms(heights: Float64Array): void {
    for (let k = 0; k <= this.count; k++) heights[k]! -= this.#norms[k]!;
  }

  priorAt(coordinate: number): number {
    return -0.5 * (coordinate - 0.5) ** 2;
  }

  narrow(terms: Terms, coordinate: number): void {
    const { values, kernels, least } = terms;
    const { means, scales } = this;
    let left = 0;
    for (let i = 0; i < terms.count; i++) {
      const k = kernels[i]!;
      const z = (coordinate - means[k]!) * scales[k]!;
      const value = values[i]! - 0.5 * z * z;
      if (value <= least) continue;
      values[left] = value;
      kernels[left++] = k;
    }
    terms.count = left;
  }

  draw(kernel: number, random: Random): number {
    const [mean, scale] = [this.means[kernel]!, this.scales[kernel]!];
    const low = quickCdf(-mean * scale);
    const high = quickCdf((1 - mean) * scale);
    const z = normalQuantile(low + random.uniform() * (high - low));
    return this.column.dimension.fromUnit(Math.min(Math.max(mean + z / scale, 0), 1));
  }
}

/** Logarithm of the area of a kernel between 0 and 1, times its width and the root of 2 pi. */
function logNorm(mean: number, scale: number): number {
  return Math.log((quickCdf((1 - mean) * scale) - quickCdf(-mean * scale)) / scale) + LOG_ROOT_2_PI;
}

/** Positions have the mass of their part of [0, 1]. */
export class OrdinalFactor extends NumericFactor {
  readonly #masses: CellMasses;

  constructor(column: Column, dimensions: number) {
    super(column, dimensions);
    this.#masses = createCellMasses(column.dimension);
  }

  override fit(rows: Uint32Array, count: number, weights: Float64Array): void {
    super.fit(rows, count, weights);
    this.#masses.fit({ means: this.means, scales: this.scales, count });
  }

  override priorAt(position: number): number {
    return this.#masses.at(position, this.count);
  }

  override narrow(terms: Terms, position: number): void {
    const { values, kernels, least } = terms;
    let left = 0;
    for (let i = 0; i < terms.count; i++) {
      const k = kernels[i]!;
      const value = values[i]! + this.#masses.at(position, k);
      if (value <= least) continue;
      values[left] = value;
      kernels[left++] = k;
    }
    terms.count = left;
  }
}
