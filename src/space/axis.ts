// One axis as positions and values, both ways, in constant time: nothing is written out but lists and short tables.
// Values are clean decimals wherever the ends are: lin(0.1, 0.2, 11) holds 0.11, not 0.11000000000000001.
import { shortPowers } from './short-powers.js';
import type { AxisValues, Scalar, Value } from './types.js';
import { copyValue, identityOf, isAscending } from './value.js';

export interface Axis {
  readonly length: number;
  /** The value at position `i`; never -0. `i` must be an integer in [0, length). */
  at(i: number): Value;
  /** The position of a value, or -1. The exact inverse of `at`: 1 and 1.0 are one value, and so are 0 and -0. */
  indexOf(value: Value): number;
}

/** Axes up to this length keep tables of their values or texts; 512 kB of numbers at most. */
export const TABLE_LIMIT = 65536;

const compiled = new WeakMap<AxisValues, Axis>();

/** The axis for checked values (see `findAxisFaults`), made once per object. */
export function compileAxis(values: AxisValues): Axis {
  let axis = compiled.get(values);
  if (axis === undefined) {
    axis = makeAxis(values);
    compiled.set(values, axis);
  }
  return axis;
}

export function axisLength(values: AxisValues): number {
  return compileAxis(values).length;
}

export function axisAt(values: AxisValues, i: number): Value {
  return compileAxis(values).at(i);
}

export function axisIndexOf(values: AxisValues, value: Value): number {
  return compileAxis(values).indexOf(value);
}

function makeAxis(values: AxisValues): Axis {
  switch (values.kind) {
    case 'list':
      return listAxis(values.values);
    case 'lin':
      return linAxis(values.from, values.to, values.count);
    case 'log':
      return logAxis(values.from, values.to, values.count);
    case 'range':
      return rangeAxis(values.from, values.to, values.step);
  }
}

function listAxis(list: readonly Value[]): Axis {
  const items = list.every((value) => typeof value === 'number') ? toFloats(list) : list.map(copyValue);
  const { length } = items;
  const ascending = items instanceof Float64Array && isAscending(items);
  // Made when it is first asked for: of 10^7 values it takes a gigabyte.
  let positions: Map<Scalar | symbol, number> | undefined;
  const find = (value: Value): number => {
    if (positions === undefined) {
      positions = new Map();
      for (let i = length - 1; i >= 0; i--) positions.set(identityOf(items[i]!), i);
    }
    return positions.get(identityOf(value)) ?? -1;
  };
  return {
    length,
    at: (i) => items[i]!,
    indexOf: ascending ? (value) => search(items as Float64Array, value) : find,
  };
}

/** Without -0. A loop: Float64Array.from takes ten times as long. */
function toFloats(list: readonly number[]): Float64Array {
  const floats = new Float64Array(list.length);
  for (let i = 0; i < list.length; i++) floats[i] = list[i]! + 0;
  return floats;
}

/** The position of a value among ascending numbers, or -1. */
function search(numbers: Float64Array, value: Value): number {
  if (typeof value !== 'number') return -1;
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (numbers[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === value ? low : -1;
}

function linAxis(from: number, to: number, count: number): Axis {
  const n = count - 1;
  const estimate = (value: number) => ((value - from) / (to - from)) * n;
  if (n === 0)
    return numberAxis(
      1,
      () => from + 0,
      () => 0,
    );
  const whole = toWholeNumbers(from, to);
  if (whole !== undefined) {
    const { a, b, scale } = whole;
    // Every product is an exact integer, so the one division is the only rounding: the nearest float64 there is.
    if (Math.max(Math.abs(a), Math.abs(b), scale) * n <= Number.MAX_SAFE_INTEGER) {
      const divisor = n * scale;
      return numberAxis(count, (i) => (a * (n - i) + b * i) / divisor + 0, estimate);
    }
  }
  // Large ends times a large count would overflow: weigh before adding there.
  const huge = Math.max(Math.abs(from), Math.abs(to)) > 1e290;
  const between = huge
    ? (i: number) => from * ((n - i) / n) + to * (i / n)
    : (i: number) => (from * (n - i) + to * i) / n;
  return numberAxis(
    count,
    (i) => (i === 0 ? from : i === n ? to : between(i)) + 0,
    huge ? (value) => ((value / 2 - from / 2) / (to / 2 - from / 2)) * n : estimate,
  );
}

function rangeAxis(from: number, to: number, step: number): Axis {
  const whole = toWholeNumbers(from, to, step);
  const estimate = (value: number) => (value - from) / step;
  if (whole !== undefined && Number.isSafeInteger(whole.b - whole.a)) {
    const { a, b, c, scale } = whole;
    return numberAxis(Math.floor((b - a) / c) + 1, (i) => (a + i * c) / scale + 0, estimate);
  }
  // 1e-9 of a step forgives the rounding of ends that have no exact decimal form; no value lies past the end.
  const clip = step > 0 ? Math.min : Math.max;
  return numberAxis(
    Math.floor((to - from) / step + 1e-9) + 1,
    (i) => clip(from + i * step, to) + 0,
    estimate,
  );
}

function logAxis(from: number, to: number, count: number): Axis {
  const n = count - 1;
  if (n === 0)
    return numberAxis(
      1,
      () => from,
      () => 0,
    );
  const low = Math.log10(from);
  const high = Math.log10(to);
  const short = shortPowers(from, to, n);
  const compute = (i: number) =>
    i === 0 ? from : i === n ? to : (short(i) ?? cleanDecimal(10 ** ((low * (n - i) + high * i) / n)));
  const estimate = (value: number) => ((Math.log10(value) - low) / (high - low)) * n;
  if (count > TABLE_LIMIT) return numberAxis(count, compute, estimate);
  let table: Float64Array | undefined;
  return numberAxis(
    count,
    (i) => {
      table ??= Float64Array.from({ length: count }, (_, k) => compute(k));
      return table[i]!;
    },
    estimate,
  );
}

/** `estimate` may be off by less than one position: rounding is made good by looking at both neighbours. */
function numberAxis(length: number, at: (i: number) => number, estimate: (value: number) => number): Axis {
  return {
    length,
    at,
    indexOf(value) {
      if (typeof value !== 'number') return -1;
      const near = Math.round(estimate(value));
      for (let i = Math.max(0, near - 1); i <= near + 1 && i < length; i++) if (at(i) === value) return i;
      return -1;
    },
  };
}

interface WholeNumbers {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly scale: number;
}

/** a/scale, b/scale, c/scale for a power of ten, all safe integers; undefined where the decimals are too many. */
function toWholeNumbers(x: number, y: number, z = 0): WholeNumbers | undefined {
  const decimals = Math.max(countDecimals(x), countDecimals(y), countDecimals(z));
  if (decimals > 15) return undefined;
  const scale = 10 ** decimals;
  const [a, b, c] = [x, y, z].map((v) => Math.round(v * scale)) as [number, number, number];
  const exact = (whole: number, v: number) => Number.isSafeInteger(whole) && whole / scale === v;
  return exact(a, x) && exact(b, y) && exact(c, z) ? { a, b, c, scale } : undefined;
}

/** Decimal places of the shortest text of `x`. */
function countDecimals(x: number): number {
  const [digits, exponent] = String(x).split('e') as [string, string?];
  const point = digits.indexOf('.');
  return Math.max(0, (point < 0 ? 0 : digits.length - point - 1) - Number(exponent ?? 0));
}

/** The power of ten within 1e-12, or else the text of 15 digits within 4 ulp, that `x` (> 0) was meant to be. */
function cleanDecimal(x: number): number {
  const power = Number(`1e${Math.round(Math.log10(x))}`);
  if (Math.abs(x - power) <= 1e-12 * power) return power;
  const short = Number(x.toPrecision(15));
  return Math.abs(short - x) <= 4 * ulp(x) ? short : x;
}

/** The distance from |x| to the next float64 above it. */
export function ulp(x: number): number {
  const bits = new DataView(new ArrayBuffer(8));
  const size = Math.abs(x);
  bits.setFloat64(0, size);
  bits.setBigUint64(0, bits.getBigUint64(0) + 1n);
  return bits.getFloat64(0) - size;
}
