// The configurations of a run: trials that differ in nothing but replicate and seed are one, with the mean and spread of
// some metrics over those that ended ok. Takes rows one at a time and keeps numbers only.
import type { Point } from '../space/types.js';
import type { Summary } from '../stats/welch.js';
import type { MetricSpec } from '../trial/metrics.js';
import { FIRST_AXIS, type RowFormat, statusPlace } from '../trial/row.js';
import { AxisColumn, Numbers } from './columns.js';

/** Distances from a mean past this one are squared in units of 1/SMALL: their squares would overflow. */
const LARGE = 2 ** 500;
const SMALL = 2 ** -600;

/** Count, mean and sum of squared deviations of one metric, by configuration (Welford 1962). */
class MetricColumn {
  readonly count = new Numbers();
  readonly mean = new Numbers();
  /** Of deviations times `scale`, which is 1 but for very large ones. */
  readonly squares = new Numbers();
  readonly scale = new Numbers();

  constructor(
    readonly name: string,
    /** Of its cell in a row. */
    readonly place: number,
    readonly type: MetricSpec['type'] | undefined,
  ) {}

  open(): void {
    this.count.push(0);
    this.mean.push(0);
    this.squares.push(0);
    this.scale.push(1);
  }

  add(row: number, value: number): void {
    const count = this.count.get(row) + 1;
    const mean = this.mean.get(row);
    const delta = value - mean;
    this.count.set(row, count);
    // Infinities have a mean, but no deviations.
    if (!(Number.isFinite(value) && Number.isFinite(mean))) {
      this.mean.set(row, mean + value);
      this.squares.set(row, Number.NaN);
      return;
    }
    // The difference of the largest numbers is none.
    const next = Number.isFinite(delta) ? mean + delta / count : mean + (value / count - mean / count);
    this.mean.set(row, next);
    if (Math.abs(delta) > LARGE && this.scale.get(row) === 1) {
      this.scale.set(row, SMALL);
      this.squares.set(row, this.squares.get(row) * SMALL * SMALL);
    }
    const scale = this.scale.get(row);
    const square = (value * scale - mean * scale) * (value * scale - next * scale);
    this.squares.set(row, this.squares.get(row) + square);
  }

  /** Variance of the deviations times `scale`. */
  spread(row: number): Spread {
    return { variance: this.squares.get(row) / (this.count.get(row) - 1), scale: this.scale.get(row) };
  }
}

/** Of a sample whose values are multiplied by `scale`, a power of two, lest squares overflow. */
export interface Spread {
  readonly variance: number;
  readonly scale: number;
}

const NO_SUMMARY: Summary = { count: 0, mean: Number.NaN, variance: Number.NaN };

export class Configurations {
  readonly axes: readonly AxisColumn[];
  readonly #metrics: readonly MetricColumn[];
  readonly #metricOf: ReadonlyMap<string, MetricColumn>;
  /** The least trial of each. */
  readonly trial = new Numbers();
  /** Trials of each that have ended, and those that ended ok. */
  readonly ended = new Numbers();
  readonly ok = new Numbers();
  /** Trials of each that were pruned: its mean is one of those seeds that fared well. */
  readonly pruned = new Numbers();
  readonly #status: number;
  /** Open addressing: a configuration, or −1. */
  #table = new Int32Array(1024).fill(-1);
  readonly #codes: Float64Array;
  readonly #bits: Uint32Array;

  constructor(format: RowFormat, metrics: readonly string[]) {
    const { axes, params } = format;
    this.#status = statusPlace(format);
    this.axes = axes.map((name) => new AxisColumn(name, params.find((param) => param.name === name)?.type));
    this.#metrics = [...new Set(metrics)].map((name) => {
      const place = format.metrics.findIndex((metric) => metric.name === name);
      return new MetricColumn(name, this.#status + 1 + place, format.metrics[place]?.type);
    });
    this.#metricOf = new Map(this.#metrics.map((column) => [column.name, column]));
    this.#codes = new Float64Array(axes.length);
    this.#bits = new Uint32Array(this.#codes.buffer);
  }

  get count(): number {
    return this.trial.length;
  }

  /** A row of trials.csv, as its cells stand there. */
  add(cells: readonly string[]): void {
    const trial = Number(cells[0]);
    const row = this.#find(cells, trial);
    this.ended.set(row, this.ended.get(row) + 1);
    if (trial < this.trial.get(row)) this.trial.set(row, trial);
    if (cells[this.#status] === 'pruned') this.pruned.set(row, this.pruned.get(row) + 1);
    if (cells[this.#status] !== 'ok') return;
    this.ok.set(row, this.ok.get(row) + 1);
    for (const column of this.#metrics) {
      const cell = cells[column.place]!;
      // A boolean counts as 1 or 0: its mean is a share.
      if (cell !== '') column.add(row, column.type === 'boolean' ? Number(cell === 'true') : Number(cell));
    }
  }

  /** What is known of a metric over the ok trials of a configuration; a trial without a value does not count. */
  summary(metric: string, row: number): Summary {
    const column = this.#metricOf.get(metric);
    const count = column?.count.get(row) ?? 0;
    if (column === undefined || count === 0) return NO_SUMMARY;
    const { variance, scale } = column.spread(row);
    const mean = column.mean.get(row);
    if (scale === 1) return { count, mean, variance };
    // By the scale twice: its square is none.
    return { count, mean, variance: variance / scale / scale, deviation: Math.sqrt(variance) / scale };
  }

  /** Of at least two values; undefined of fewer. */
  spread(metric: string, row: number): Spread | undefined {
    const column = this.#metricOf.get(metric);
    return column === undefined || column.count.get(row) < 2 ? undefined : column.spread(row);
  }

  /** By configuration; NaN where no ok trial has a value. */
  mean(metric: string, row: number): number {
    const column = this.#metricOf.get(metric);
    return column === undefined || column.count.get(row) === 0 ? Number.NaN : column.mean.get(row);
  }

  /** Axes that exist there, by name. */
  pointAt(row: number): Point {
    const entries = this.axes.map((axis) => [axis.name, axis.valueAt(row)] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== null));
  }

  #find(cells: readonly string[], trial: number): number {
    if (this.count * 2 >= this.#table.length) this.#widen();
    for (let i = 0; i < this.axes.length; i++) this.#codes[i] = this.axes[i]!.encode(cells[FIRST_AXIS + i]!);
    const mask = this.#table.length - 1;
    let slot = this.#hash() & mask;
    for (; this.#table[slot] !== -1; slot = (slot + 1) & mask) {
      const row = this.#table[slot]!;
      if (this.#isAt(row)) return row;
    }
    const row = this.count;
    this.#table[slot] = row;
    for (let i = 0; i < this.axes.length; i++) this.axes[i]!.codes.push(this.#codes[i]!);
    for (const column of this.#metrics) column.open();
    this.trial.push(trial);
    this.ended.push(0);
    this.ok.push(0);
    this.pruned.push(0);
    return row;
  }

  #isAt(row: number): boolean {
    for (let i = 0; i < this.axes.length; i++)
      if (!Object.is(this.axes[i]!.codes.get(row), this.#codes[i])) return false;
    return true;
  }

  /** Of the codes at hand (murmur3's mixing). */
  #hash(): number {
    let hash = 0x9747b28c;
    for (let i = 0; i < this.#bits.length; i++) {
      let word = Math.imul(this.#bits[i]!, 0xcc9e2d51);
      word = Math.imul((word << 15) | (word >>> 17), 0x1b873593);
      hash ^= word;
      hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }

  #widen(): void {
    this.#table = new Int32Array(this.#table.length * 4).fill(-1);
    const mask = this.#table.length - 1;
    for (let row = 0; row < this.count; row++) {
      this.axes.forEach((axis, i) => {
        this.#codes[i] = axis.codes.get(row);
      });
      let slot = this.#hash() & mask;
      while (this.#table[slot] !== -1) slot = (slot + 1) & mask;
      this.#table[slot] = row;
    }
  }
}
