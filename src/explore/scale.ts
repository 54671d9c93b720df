// Where a column's values lie along an axis of length 1, and the ticks of it.
import { formatNumber, quantile, shorten } from './numbers.js';
import type { Column } from './table.js';

export interface Tick {
  readonly at: number;
  readonly label: string;
}

export interface Scale {
  readonly column: Column;
  readonly log: boolean;
  /** 0 to 1 from low to high; NaN for what has no place: no value, infinite, not above 0 where it is logarithmic. */
  place(value: number): number;
  /** The value at a place; of a category, its number. */
  value(place: number): number;
  /** About so many; a category may have fewer than all. */
  ticks(about: number): readonly Tick[];
}

export interface ScaleOptions {
  readonly log?: boolean;
  readonly invert?: boolean;
  /** Instead of the column's own ends. */
  readonly low?: number;
  readonly high?: number;
}

/** Ratios matter where all values are above 0, the largest is far above the smallest, and most are nearer to that. */
export function prefersLog({ kind, low, high, distinct, values }: Column): boolean {
  if (kind === 'category' || !(low > 0) || high / low < 20) return false;
  const some = distinct ?? sample(values);
  return (quantile(some, 0.5) - low) / (high - low) < 0.25;
}

/** Some hundred of the values, in order. */
function sample(values: ArrayLike<number>): Float64Array {
  const every = Math.ceil(values.length / 500);
  const some: number[] = [];
  for (let i = 0; i < values.length; i += every) if (Number.isFinite(values[i]!)) some.push(values[i]!);
  return Float64Array.from(some).sort();
}

export function mayLog({ kind, low, high }: Column): boolean {
  return kind === 'number' && low > 0 && high > low;
}

export function createScale(column: Column, options: ScaleOptions = {}): Scale {
  const { log = false, invert = false } = options;
  const turn = invert ? (place: number) => 1 - place : (place: number) => place;
  if (column.kind === 'category') return createCategoryScale(column, turn);
  const { low, high } = spread(options.low ?? column.low, options.high ?? column.high, log);
  const into = log ? Math.log : (value: number) => value;
  const from = into(low);
  const size = into(high) - from;
  return {
    column,
    log,
    place: (value) => {
      const place = (into(value) - from) / size;
      return Number.isFinite(place) ? turn(place) : Number.NaN;
    },
    value: (place) => {
      const at = from + turn(place) * size;
      return log ? Math.exp(at) : at;
    },
    ticks: (about) => {
      const at = (value: number) => turn((into(value) - from) / size);
      const own = ownTicks(column, about, at);
      const values = own ?? (log ? logTicks(low, high, about) : linearTicks(low, high, about));
      return label(values.map((value) => [value, at(value)]));
    },
  };
}

function createCategoryScale(column: Column, turn: (place: number) => number): Scale {
  const count = Math.max(1, column.labels.length);
  return {
    column,
    log: false,
    place: (value) => (Number.isNaN(value) ? Number.NaN : turn((value + 0.5) / count)),
    value: (place) => turn(place) * count - 0.5,
    ticks: (about) => {
      const step = Math.ceil(count / Math.max(1, about));
      return column.labels
        .map((text, i) => ({ at: turn((i + 0.5) / count), label: shorten(text, 18) }))
        .filter((_, i) => i % step === 0);
    },
  };
}

/** Room on both sides, so that no point lies on the edge; a single value lies in the middle. */
function spread(low: number, high: number, log: boolean): { readonly low: number; readonly high: number } {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return { low: 0, high: 1 };
  if (log && low > 0) {
    const room = high > low ? (high / low) ** 0.03 : 2;
    return { low: low / room, high: high * room };
  }
  const room = high > low ? (high - low) * 0.03 : Math.abs(low) / 2 || 1;
  return { low: low - room, high: high + room };
}

/** The values themselves, where they are few and lie apart. */
function ownTicks(
  { distinct }: Column,
  about: number,
  at: (value: number) => number,
): readonly number[] | undefined {
  if (distinct === undefined || distinct.length > about + 2) return undefined;
  const places = distinct.map(at);
  const inside = places.every((place) => place >= 0 && place <= 1);
  const apart = places.every((place, i) => i === 0 || Math.abs(place - places[i - 1]!) > 0.4 / about);
  return inside && apart ? distinct : undefined;
}

function linearTicks(low: number, high: number, about: number): number[] {
  const raw = (high - low) / Math.max(1, about);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw) ?? raw;
  const ticks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high && ticks.length < 50; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

function logTicks(low: number, high: number, about: number): number[] {
  const decades = Math.log10(high / low);
  if (decades < 0.7) return linearTicks(low, high, about).filter((value) => value > 0);
  const factors = decades * 3 <= about * 1.5 ? [1, 2, 5] : [1];
  const skip = Math.max(1, Math.ceil(decades / Math.max(2, about)));
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++) {
    if (power % skip !== 0) continue;
    for (const factor of factors) {
      const value = Number(`${factor}e${power}`);
      if (value >= low && value <= high) ticks.push(value);
    }
  }
  return ticks.length >= 2 ? ticks : linearTicks(low, high, about).filter((value) => value > 0);
}

/** About so many round numbers between two others. */
export function levelsBetween(low: number, high: number, about: number, log: boolean): number[] {
  if (!(high > low)) return [];
  const levels = log ? logTicks(low, high, about) : linearTicks(low, high, about);
  return levels.filter((level) => level > low && level < high);
}

/** Three digits, or as many as tell them apart. */
function label(ticks: readonly (readonly [number, number])[]): readonly Tick[] {
  for (let digits = 3; ; digits++) {
    const labels = ticks.map(([value]) => formatNumber(value, digits));
    if (digits > 12 || new Set(labels).size === ticks.length)
      return ticks.map(([, at], i) => ({ at, label: labels[i]! }));
  }
}
