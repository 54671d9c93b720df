// Numbers as people read them, and the few statistics that the views draw.
import type { Column } from './table.js';

/** At most `digits` significant digits, without trailing zeros. */
export function formatNumber(value: number, digits = 6): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '' : value > 0 ? '∞' : '−∞';
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value === 0 ? 0 : value);
  const rounded = Number(value.toPrecision(digits));
  const text = String(rounded).replace('e+', 'e');
  // Zeros after the point say less than a power of ten.
  return /^-?0\.0000/.test(text) && text.length > 10 ? String(rounded.toExponential()) : text;
}

/** A cell as the table shows it. */
export function formatCell({ kind, labels }: Column, value: number, digits = 6): string {
  if (Number.isNaN(value)) return '';
  return kind === 'category' ? (labels[value] ?? '') : formatNumber(value, digits);
}

/** With all digits that the page has. */
export function formatWhole(column: Column, value: number): string {
  return formatCell(column, value, column.values instanceof Float32Array ? 7 : 17);
}

/** `loss [ms]` */
export function titleOf({ name, unit }: Column): string {
  return unit === undefined ? name : `${name} [${unit}]`;
}

export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The middle left out: names that begin alike differ at their ends. */
export function squeeze(text: string, most: number): string {
  if (text.length <= most) return text;
  const end = Math.floor((most - 1) / 2);
  return `${text.slice(0, most - 1 - end)}…${text.slice(text.length - end)}`;
}

/** A name cut at what it has in common with most others: the part between is shown, the rest where there is room. */
export function partsOf(
  name: string,
  names: readonly string[],
  room: number,
): readonly [string, string, string] {
  const cut = /(?<=[./_-])/;
  const words = name.split(cut);
  const others = names.filter((other) => other !== name).map((other) => other.split(cut));
  const isCommon = (match: (other: readonly string[]) => boolean) =>
    others.length > 0 && others.filter(match).length * 2 >= others.length;
  let from = 0;
  while (
    from < words.length - 1 &&
    isCommon((other) => words.slice(0, from + 1).join() === other.slice(0, from + 1).join())
  )
    from++;
  let to = words.length;
  while (
    to > from + 1 &&
    isCommon((other) => words.slice(to - 1).join() === other.slice(to - 1 - words.length).join())
  )
    to--;
  const middle = words.slice(from, to).join('');
  if (from > 0 || to < words.length) return [words.slice(0, from).join(''), middle, words.slice(to).join('')];
  // Names that begin alike differ at their ends.
  const end = Math.min(name.length, Math.max(2, Math.floor(room / 2)));
  return [name.slice(0, -end), name.slice(-end), ''];
}

/** Of sorted numbers, between them linearly. */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = (sorted.length - 1) * q;
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

export interface Summary {
  readonly n: number;
  readonly mean: number;
  /** Ends of the 95 % interval of the mean, by Student's t; NaN below two values. */
  readonly low: number;
  readonly high: number;
}

export function summarise(values: readonly number[]): Summary {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { n, mean, low: Number.NaN, high: Number.NaN };
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = (studentT(n - 1) * Math.sqrt(variance)) / Math.sqrt(n);
  return { n, mean, low: mean - half, high: mean + half };
}

/** 97.5 % points of Student's t for 1 to 12 degrees of freedom; beyond, Cornish and Fisher's expansion is exact to 1e-3. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179];

function studentT(degrees: number): number {
  const z = 1.959964;
  return (
    T[degrees - 1] ??
    z + (z ** 3 + z) / (4 * degrees) + (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2)
  );
}

/** Slope and intercept of the least-squares line and Pearson's r; undefined where x or y do not vary. */
export function fitLine(xs: ArrayLike<number>, ys: ArrayLike<number>) {
  const n = xs.length;
  let mx = 0;
  let my = 0;
  for (let i = 0; i < n; i++) {
    mx += xs[i]! / n;
    my += ys[i]! / n;
  }
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    xx += (xs[i]! - mx) ** 2;
    xy += (xs[i]! - mx) * (ys[i]! - my);
    yy += (ys[i]! - my) ** 2;
  }
  if (n < 3 || !(xx > 0) || !(yy > 0)) return undefined;
  const slope = xy / xx;
  return { slope, intercept: my - slope * mx, r: xy / Math.sqrt(xx * yy) };
}
