// How population-based training changes the values that a trial takes over (Jaderberg et al. 2017, "explore"): each is
// multiplied by 0.8 or 1.2, or, by chance, drawn anew. On a list of numbers, or a grid, it moves to the nearest value in
// that direction, by one place at least; what has no order is drawn anew or stays. 0, which stays 0 however it is
// multiplied, goes either way.
import type { Random } from '../../ground/random.js';
import type { Point, Value } from '../../space/types.js';
import type { Dimension } from '../dimension.js';

/** Which values axes can have. */
export interface Mutable {
  /** Of an axis of a point; undefined where it does not vary there. */
  dimensionOf(axis: string, point: Point): Dimension | undefined;
  /** Whether the sweep has such a point. */
  accepts(point: Point): boolean;
}

interface Exploring extends Mutable {
  /** The chance that a value is drawn anew. */
  readonly resample: number;
  readonly random: Random;
}

const FACTORS = [0.8, 1.2] as const;
/** Of an end: as far as 0.8 and 1.2 move a value that lies half-way between 0 and it. */
const FROM_ZERO = 0.1;
/** Draws that the constraint may refuse before the point stays as it is. */
const MOST_DRAWS = 100;

/** The point with other values of these axes. */
export function explore(point: Point, axes: readonly string[], exploring: Exploring): Point {
  for (let draw = 0; draw < MOST_DRAWS; draw++) {
    const changed = { ...point };
    for (const axis of axes) {
      const dimension = exploring.dimensionOf(axis, point);
      if (dimension !== undefined) changed[axis] = change(point[axis]!, dimension, exploring);
    }
    if (exploring.accepts(changed)) return changed;
  }
  return point;
}

function change(value: Value, dimension: Dimension, { resample, random }: Exploring): Value {
  const isResampled = random.uniform() < resample;
  const factor = FACTORS[random.below(FACTORS.length)]!;
  const u = random.uniform();
  if (isResampled) return valueAt(dimension, dimension.fromUnit(u));
  if (dimension.kind === 'categorical' || typeof value !== 'number') return value;
  return dimension.kind === 'ordinal' ? nearest(dimension, value, factor) : inside(dimension, value, factor);
}

/** From 0 towards an end of the axis; where 0 is that end, it stays. */
function inside(dimension: Dimension, value: number, factor: number): number {
  const [a, b] = [valueAt(dimension, 0), valueAt(dimension, 1)] as [number, number];
  const moved = value === 0 ? (factor > 1 ? b : a) * FROM_ZERO : value * factor;
  return Math.min(Math.max(moved, a), b);
}

/** Another value than before, but at the end of the axis. */
function nearest(dimension: Dimension, value: number, factor: number): Value {
  const { size } = dimension;
  const at = dimension.coordinateOf([value]);
  const target = value * factor;
  const isUpward = (valueAt(dimension, size - 1) as number) >= (valueAt(dimension, 0) as number);
  const isHigher = value === 0 ? factor > 1 : target > value;
  const step = isHigher === isUpward ? 1 : -1;
  const most = step > 0 ? size - 1 - at : at;
  if (!(most > 0)) return value;
  // The first of those in this direction that lies beyond, by halving.
  let low = 1;
  let high = most;
  while (low < high) {
    // Places go up to 2^53: no bit operations, which have 32 bits, and no sum of two places.
    const middle = low + Math.floor((high - low) / 2);
    const found = valueAt(dimension, at + step * middle) as number;
    if (isHigher ? found >= target : found <= target) high = middle;
    else low = middle + 1;
  }
  const beyond = valueAt(dimension, at + step * low) as number;
  const before = valueAt(dimension, at + step * Math.max(1, low - 1)) as number;
  return Math.abs(before - target) <= Math.abs(beyond - target) ? before : beyond;
}

function valueAt(dimension: Dimension, coordinate: number): Value {
  return dimension.valuesAt(coordinate)[0]!;
}
