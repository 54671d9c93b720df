// A space by number: which point is the i-th, and which number has a point. Nothing is materialised: a grid of 10^12
// points costs as much as one of ten. A trial's number is `point number * replicates + replicate`.
import { InternalError, throwFaults } from '../ground/errors.js';
import type { Axis } from './axis.js';
import { findSpaceFaults } from './check.js';
import { type Box, type Digit, type Layout, layOut, pointOf, tooManyPoints } from './grid.js';
import type { Point, SpaceSpec } from './types.js';

export interface Space {
  readonly spec: SpaceSpec;
  /** Axis names over all grids, in the order of their first mention. */
  readonly names: readonly string[];
  readonly points: number;
  readonly replicates: number;
  /** points * replicates, at most 2^53 - 1. */
  readonly trials: number;
  /** The point with this number, 0 to points - 1. */
  at(index: number): Point;
  /** The number of a point in the first grid that holds it, or -1. A name too many or too few is another point. */
  indexOf(point: Point): number;
  /** The smallest number that has the same point as `index`. */
  firstIndexOf(index: number): number;
  /** True when an earlier grid holds the same point already. Costs nothing where the grids cannot overlap. */
  isDuplicate(index: number): boolean;
  /** False where no two grids could hold the same point. */
  readonly mayRepeat: boolean;
  /** The boxes that the points lie in, in order (see grid.ts), and the position in `boxes` of a point's box. */
  readonly boxes: readonly Box[];
  boxIndexOf(index: number): number;
}

/** Throws BAD_DEFINITION with every fault of `spec`, or where it has more than 2^53 trials or 100,000 boxes a grid. */
export function createSpace(spec: SpaceSpec): Space {
  throwFaults('BAD_DEFINITION', 'the space is invalid', findSpaceFaults(spec));
  const layouts: Layout[] = [];
  let points = 0;
  for (const grid of spec.grids) {
    const layout = layOut(grid, points);
    layouts.push(layout);
    points += layout.points;
  }
  const trials = points * spec.replicates;
  if (trials > Number.MAX_SAFE_INTEGER) throw tooManyPoints();

  const boxes = layouts.flatMap((layout) => layout.boxes);
  const starts = Float64Array.from(boxes, (box) => box.first);
  const firstShared = findFirstShared(layouts, points);
  const names = [...new Set(spec.grids.flatMap((grid) => grid.axes.flatMap((axis) => axis.names)))];

  const boxIndexOf = (index: number): number => {
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (starts[middle]! <= index) low = middle;
      else high = middle;
    }
    return low;
  };
  const at = (index: number): Point => {
    if (!(Number.isInteger(index) && index >= 0 && index < points)) {
      throw new InternalError(`point ${index} of a space of ${points}`);
    }
    const box = boxes[boxIndexOf(index)]!;
    return pointOf(box, index - box.first);
  };
  const indexOf = (point: Point): number => {
    for (const layout of layouts) {
      const index = layout.indexOf(point);
      if (index >= 0) return index;
    }
    return -1;
  };
  const firstIndexOf = (index: number) => (index < firstShared ? index : indexOf(at(index)));

  return {
    spec,
    names,
    points,
    replicates: spec.replicates,
    trials,
    at,
    indexOf,
    firstIndexOf,
    isDuplicate: (index) => firstIndexOf(index) !== index,
    mayRepeat: firstShared < points,
    boxes,
    boxIndexOf,
  };
}

/** Number of the first point that lies in a grid which could share points with an earlier one; `points` if none does. */
function findFirstShared(layouts: readonly Layout[], points: number): number {
  const later = layouts.find((layout, g) =>
    layouts.slice(0, g).some((earlier) => couldOverlap(earlier, layout)),
  );
  return later?.boxes[0]?.first ?? points;
}

/** False only when no point can be in both: an axis that one always has and the other lacks, or without common values. */
function couldOverlap(a: Layout, b: Layout): boolean {
  return !(haveNothingInCommon(a, b) || haveNothingInCommon(b, a));
}

function haveNothingInCommon(a: Layout, b: Layout): boolean {
  const others = axesByName(b.digits);
  for (const [name, { axis, always }] of axesByName(a.digits)) {
    const other = others.get(name);
    if (other === undefined ? always : (always || other.always) && areDisjoint(axis, other.axis)) return true;
  }
  return false;
}

function axesByName(
  digits: readonly Digit[],
): Map<string, { readonly axis: Axis; readonly always: boolean }> {
  return new Map(
    digits.flatMap((digit) =>
      digit.spec.names.map(
        (name, k) => [name, { axis: digit.axes[k]!, always: digit.spec.when === undefined }] as const,
      ),
    ),
  );
}

/** Walks the shorter axis; two long ones are taken to meet, which costs lookups but never an answer. */
function areDisjoint(a: Axis, b: Axis): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length > 10_000) return false;
  for (let i = 0; i < short.length; i++) if (long.indexOf(short.at(i)) >= 0) return false;
  return true;
}
