// A space as samplers search it: one dimension for each axis (or group of zipped ones) of all grids, and which of several
// grids a point lies in as a dimension of its own. A place in it is an array of coordinates, NaN where a dimension does
// not exist; see dimension.ts.
import { InternalError } from '../ground/errors.js';
import type { Random } from '../ground/random.js';
import { contains } from '../space/domain.js';
import type { AxisDomain, AxisSpec, GridSpec, Point, Value } from '../space/types.js';
import { includesValue } from '../space/value.js';
import { type Condition, createDimension, type Dimension } from './dimension.js';

export interface SearchSpace {
  readonly dimensions: readonly Dimension[];
  /** How many points there are, those of all grids together; Infinity where a dimension is continuous. */
  readonly points: number;
  /** Whether dimension d exists at a place whose earlier coordinates are known. */
  exists(x: Float64Array, d: number): boolean;
  /** A place with a coordinate for each dimension that exists, taken from `coordinateFor` in order; NaN elsewhere. */
  fill(coordinateFor: (d: number, dimension: Dimension) => number): Float64Array;
  /** All places of a space of finitely many, the last dimension turning fastest. */
  places(): Generator<Float64Array>;
  /** A place where every dimension is uniform between 0 and 1 (see `Dimension.fromUnit`), which is how domains are drawn. */
  draw(random: Random): Float64Array;
  pointAt(x: Float64Array): Point;
  /** The inverse of `pointAt`, as exact as float64 is; undefined for a point of no grid. */
  placeOf(point: Point): Float64Array | undefined;
}

/** For sound grids (see `findSpaceFaults`). */
export function createSearchSpace(grids: readonly GridSpec<AxisDomain>[]): SearchSpace {
  const { dimensions, byGrid } = lay(grids);
  const isSeveral = grids.length > 1;
  const exists = (x: Float64Array, d: number) =>
    dimensions[d]!.conditions.every(({ dimension, positions }) => positions.has(x[dimension]!));
  const fill: SearchSpace['fill'] = (coordinateFor) => {
    const x = new Float64Array(dimensions.length).fill(Number.NaN);
    for (let d = 0; d < x.length; d++) if (exists(x, d)) x[d] = coordinateFor(d, dimensions[d]!);
    return x;
  };
  const placeIn = (grid: number, point: Point): Float64Array | undefined => {
    const x = new Float64Array(dimensions.length).fill(Number.NaN);
    if (isSeveral) x[0] = grid;
    let named = 0;
    for (const d of byGrid[grid]!) {
      if (!exists(x, d)) continue;
      const { names } = dimensions[d]!;
      if (!names.every((name) => Object.hasOwn(point, name))) return undefined;
      x[d] = dimensions[d]!.coordinateOf(names.map((name) => point[name]!));
      if (Number.isNaN(x[d]!)) return undefined;
      named += names.length;
    }
    return named === Object.keys(point).length ? x : undefined;
  };
  function* placesFrom(x: Float64Array, d: number): Generator<Float64Array> {
    if (d === dimensions.length) yield x.slice();
    else if (!exists(x, d)) {
      x[d] = Number.NaN;
      yield* placesFrom(x, d + 1);
    } else
      for (let position = 0; position < dimensions[d]!.size; position++) {
        x[d] = position;
        yield* placesFrom(x, d + 1);
      }
  }
  return {
    dimensions,
    points: countPoints(grids),
    exists,
    fill,
    places: () => placesFrom(new Float64Array(dimensions.length).fill(Number.NaN), 0),
    draw: (random) => fill((_, dimension) => dimension.fromUnit(random.uniform())),
    pointAt(x) {
      const point: Record<string, Value> = {};
      dimensions.forEach(({ names, valuesAt }, d) => {
        if (Number.isNaN(x[d]!)) return;
        valuesAt(x[d]!).forEach((value, i) => {
          if (names[i] !== undefined) point[names[i]] = value;
        });
      });
      return point;
    },
    placeOf(point) {
      for (let grid = 0; grid < grids.length; grid++) {
        const x = placeIn(grid, point);
        if (x !== undefined) return x;
      }
      return undefined;
    },
  };
}

/** Axes that are declared alike in several grids are one dimension. */
function lay(grids: readonly GridSpec<AxisDomain>[]): {
  readonly dimensions: Dimension[];
  /** Dimensions of each grid, in the order of its axes. */
  readonly byGrid: number[][];
} {
  interface Laid {
    readonly axis: AxisSpec<AxisDomain>;
    readonly grids: Set<number>;
    readonly conditions: readonly Condition[];
  }
  const first = grids.length > 1 ? 1 : 0;
  const laid: Laid[] = [];
  const byGrid = grids.map(({ axes }, grid) => {
    const places = new Map<string, number>();
    return axes.map((axis) => {
      const conditions = Object.entries(axis.when ?? {}).flatMap(([name, allowed]): Condition[] => {
        const dimension = places.get(name);
        if (dimension === undefined)
          throw new InternalError(`axis ${axis.names} depends on ${name}, which is not before it`);
        const parent = laid[dimension - first]!;
        const positions = positionsOf(parent.axis, name, allowed);
        // One that always holds is none.
        const isVoid = parent.conditions.length === 0 && positions.size === createDimension(parent.axis).size;
        return isVoid ? [] : [{ dimension, positions }];
      });
      const like = JSON.stringify([axis, [...conditions].map(({ dimension }) => dimension)]);
      let at = laid.findIndex((known) => known.grids.has(grid) === false && likeOf(known) === like);
      if (at < 0) at = laid.push({ axis, grids: new Set(), conditions }) - 1;
      laid[at]!.grids.add(grid);
      for (const name of axis.names) places.set(name, at + first);
      return at + first;
    });
  });
  function likeOf({ axis, conditions }: Laid): string {
    return JSON.stringify([axis, conditions.map(({ dimension }) => dimension)]);
  }
  const dimensions = laid.map(({ axis, conditions, grids: those }) =>
    createDimension(
      axis,
      those.size === grids.length ? conditions : [{ dimension: 0, positions: those }, ...conditions],
    ),
  );
  return { dimensions: first === 1 ? [whichGrid(grids.length), ...dimensions] : dimensions, byGrid };
}

function whichGrid(count: number): Dimension {
  const values = Array.from({ length: count }, (_, grid) => grid);
  return { ...createDimension({ names: ['grid'], values: [{ kind: 'choice', values }] }), names: [] };
}

/** The positions where an axis has one of the values. */
function positionsOf(
  { names, values }: AxisSpec<AxisDomain>,
  name: string,
  allowed: readonly Value[],
): ReadonlySet<number> {
  const { size, valuesAt, coordinateOf, kind } = createDimension({ names, values });
  // Hardly anybody depends on a number of a continuous axis: it has no part of the scale.
  if (kind === 'continuous') return new Set();
  if (names.length === 1)
    return new Set(
      allowed.filter((value) => contains(values[0]!, value)).map((value) => coordinateOf([value])),
    );
  const place = names.indexOf(name);
  const positions = new Set<number>();
  for (let i = 0; i < size; i++) if (includesValue(allowed, valuesAt(i)[place])) positions.add(i);
  return positions;
}

/** Of grids that overlap, points are counted twice. */
function countPoints(grids: readonly GridSpec<AxisDomain>[]): number {
  let points = 0;
  for (const { axes } of grids) points += countFrom(axes, 0, {});
  return points;
}

/** Branches where later axes depend on an axis; multiplies elsewhere. */
function countFrom(
  axes: readonly AxisSpec<AxisDomain>[],
  at: number,
  point: Readonly<Record<string, Value>>,
): number {
  const axis = axes[at];
  if (axis === undefined) return 1;
  const exists = Object.entries(axis.when ?? {}).every(
    ([name, allowed]) => Object.hasOwn(point, name) && includesValue(allowed, point[name]),
  );
  if (!exists) return countFrom(axes, at + 1, point);
  const { size, valuesAt, names } = createDimension(axis);
  const isParent = axes
    .slice(at + 1)
    .some(({ when = {} }) => names.some((name) => Object.hasOwn(when, name)));
  if (!isParent) return size * countFrom(axes, at + 1, point);
  if (size === Number.POSITIVE_INFINITY) return size;
  let points = 0;
  for (let i = 0; i < size; i++) {
    const values = valuesAt(i);
    points += countFrom(axes, at + 1, {
      ...point,
      ...Object.fromEntries(names.map((name, k) => [name, values[k]!])),
    });
  }
  return points;
}
