// Dimensions and spaces: coordinates lead to values and back, dimensions exist where conditions hold, and points are
// counted as plain loops over the grids count them.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { createDimension } from '../../src/search/dimension.js';
import { createSearchSpace } from '../../src/search/space.js';
import { axisAt, axisLength } from '../../src/space/axis.js';
import {
  choice,
  contains,
  int,
  logint,
  loguniform,
  normal,
  toFiniteValues,
  uniform,
} from '../../src/space/domain.js';
import type { AxisDomain, GridSpec, Point } from '../../src/space/types.js';
import { includesValue } from '../../src/space/value.js';
import { anyDomain } from '../space/domains.js';
import { listPoints, spaceArb } from '../space/spaces.js';
import { findMisplaced, gridsArb } from './spaces.js';

const one = (values: AxisDomain) => createDimension({ names: ['x'], values: [values] });

describe('a dimension', () => {
  test('is as its axis is', () => {
    const kindOf = (values: AxisDomain) => `${one(values).kind} ${one(values).size}`;
    expect(kindOf(uniform(0, 1))).toBe('continuous Infinity');
    expect(kindOf(loguniform(1, 2))).toBe('continuous Infinity');
    expect(kindOf(normal(0, 1))).toBe('continuous Infinity');
    expect(kindOf(uniform(0, 1, 0.25))).toBe('ordinal 5');
    expect(kindOf(int(3, 9, 2))).toBe('ordinal 4');
    expect(kindOf(logint(1, 64))).toBe('ordinal 64');
    expect(kindOf(choice(1, 2, 3))).toBe('categorical 3');
    expect(kindOf({ kind: 'list', values: [1, 2, 5] })).toBe('ordinal 3');
    expect(kindOf({ kind: 'list', values: [5, 2, 1] })).toBe('ordinal 3');
    expect(kindOf({ kind: 'list', values: [1, 5, 2] })).toBe('categorical 3');
    expect(kindOf({ kind: 'list', values: ['a', 'b'] })).toBe('categorical 2');
    expect(kindOf({ kind: 'list', values: [7] })).toBe('categorical 1');
    expect(kindOf({ kind: 'log', from: 1, to: 100, count: 3 })).toBe('ordinal 3');
  });

  test('has known values at known coordinates', () => {
    expect(one(uniform(-2, 6)).valuesAt(0.25)).toEqual([0]);
    expect(one(uniform(-1.7e308, 1.7e308)).valuesAt(0.5)).toEqual([0]);
    expect(one(loguniform(1e-4, 1)).valuesAt(0.5)[0]).toBeCloseTo(0.01, 15);
    expect(one(normal(10, 2)).valuesAt(0.5)).toEqual([10]);
    expect(one(normal(10, 2)).valuesAt(0.975)[0]).toBeCloseTo(10 + 2 * 1.959963984540054, 12);
    expect(one(normal(10, 2)).valuesAt(0)).toEqual([-6]);
    expect(one(normal(10, 2)).valuesAt(1)).toEqual([26]);
    expect(one(int(3, 9, 2)).valuesAt(2)).toEqual([7]);
    const zipped = createDimension({ names: ['x', 'y'], values: [choice(1, 2), choice('a', 'b')] });
    expect([zipped.kind, zipped.size]).toEqual(['categorical', 2]);
    expect(zipped.valuesAt(1)).toEqual([2, 'b']);
    expect([zipped.coordinateOf([2, 'b']), zipped.coordinateOf([2, 'a'])]).toEqual([1, Number.NaN]);
  });

  test('leads from coordinates to values of its domain and back', () => {
    fc.assert(
      fc.property(anyDomain, fc.double({ min: 0, max: 1, noNaN: true }), (domain, u) => {
        const dimension = one(domain);
        const coordinate = dimension.fromUnit(u);
        const [value] = dimension.valuesAt(coordinate);
        expect(contains(domain, value!)).toBe(true);
        expect(Object.is(value, -0)).toBe(false);
        const back = dimension.coordinateOf([value!]);
        if (dimension.size !== Number.POSITIVE_INFINITY) expect(back).toBe(coordinate);
        else expect(Number.isNaN(back)).toBe(false);
        if (dimension.size < 2 ** 50)
          expect(dimension.fromUnit(dimension.toUnit(coordinate))).toBe(coordinate);
        expect(dimension.toUnit(coordinate)).toBeGreaterThanOrEqual(0);
        expect(dimension.toUnit(coordinate)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['uniform', uniform(-3, 11)],
    ['far from 0', uniform(1000, 1001)],
    ['loguniform', loguniform(1e-8, 1e3)],
    ['normal', normal(-4, 0.3)],
  ])('%s: a coordinate comes back within 1e-12', (_, domain) => {
    const { valuesAt, coordinateOf } = one(domain);
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1 - 1e-9, noNaN: true }), (u) => {
        expect(Math.abs(coordinateOf(valuesAt(u)) - u)).toBeLessThan(1e-12);
      }),
      { numRuns: 500 },
    );
    for (const u of [0, 1]) expect(coordinateOf(valuesAt(u))).toBeCloseTo(u, 12);
  });

  test('a whole number on a logarithmic scale has the part that rounds to it', () => {
    const { fromUnit, toUnit } = one(logint(1, 100));
    const counts = new Array<number>(100).fill(0);
    for (let i = 0; i < 200_000; i++) counts[fromUnit((i + 0.5) / 200_000)]!++;
    for (const at of [0, 1, 9, 99]) {
      const share = Math.log((at + 1.5) / (at + 0.5)) / Math.log(100.5 / 0.5);
      expect(counts[at]! / 200_000).toBeCloseTo(share, 4);
      expect(fromUnit(toUnit(at))).toBe(at);
    }
  });
});

describe('a space', () => {
  test('leads from places to points of one of its grids, and back', () => {
    fc.assert(
      fc.property(gridsArb, fc.nat(), (grids, seed) => {
        const space = createSearchSpace(grids);
        const random = randomFor('places', seed);
        for (let i = 0; i < 10; i++) {
          const x = space.draw(random);
          expect(findMisplaced(space, x)).toBeUndefined();
          const point = space.pointAt(x);
          expect(grids.some((grid) => isIn(grid, point))).toBe(true);
          // Of a point of several grids it is the first: a place with the same point.
          const back = space.placeOf(point)!;
          expect(findMisplaced(space, back)).toBeUndefined();
          // An axis of another grid may be much wider, and its coordinates coarser.
          if (grids.length === 1 || back[0] === x[0]) expectClose(space.pointAt(back), point);
          if (grids.length === 1) expectNear(space, back, x);
          expect(space.placeOf({ ...point, stranger: 1 })).toBeUndefined();
        }
      }),
      { numRuns: 200 },
    );
  });

  test('has as many points as loops over its grids find, each at a place of its own', () => {
    fc.assert(
      fc.property(spaceArb, (spec) => {
        const space = createSearchSpace(spec.grids);
        const points = listPoints(spec);
        expect(space.points).toBe(points.length);
        for (const point of points) {
          const x = space.placeOf(point);
          expect(x, JSON.stringify(point)).toBeDefined();
          expect(findMisplaced(space, x!)).toBeUndefined();
          expect(space.pointAt(x!)).toEqual(point);
        }
        if (spec.grids.length === 1) {
          const places = new Set(points.map((point) => space.placeOf(point)!.join(' ')));
          expect(places.size).toBe(points.length);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('draws every axis as its domain says', () => {
    const grid: GridSpec<AxisDomain> = {
      axes: [
        { names: ['opt'], values: [choice('sgd', 'adam')] },
        { names: ['lr'], values: [loguniform(1e-4, 1)] },
        { names: ['momentum'], values: [uniform(0, 1)], when: { opt: ['sgd'] } },
      ],
    };
    const space = createSearchSpace([grid]);
    const random = randomFor('draws');
    const points = Array.from({ length: 4000 }, () => space.pointAt(space.draw(random)));
    const sgd = points.filter(({ opt }) => opt === 'sgd');
    expect(Math.abs(sgd.length - 2000)).toBeLessThan(5 * Math.sqrt(1000));
    expect(points.every((point) => 'momentum' in point === (point.opt === 'sgd'))).toBe(true);
    const low = points.filter(({ lr }) => (lr as number) < 0.01);
    expect(Math.abs(low.length - 2000)).toBeLessThan(5 * Math.sqrt(1000));
  });

  test('is open, or has no axes at all', () => {
    expect(createSearchSpace([{ axes: [{ names: ['x'], values: [uniform(0, 1)] }] }]).points).toBe(
      Number.POSITIVE_INFINITY,
    );
    const none = createSearchSpace([{ axes: [] }]);
    expect([none.points, none.dimensions.length, none.pointAt(new Float64Array())]).toEqual([1, 0, {}]);
    expect(none.placeOf({})).toEqual(new Float64Array());
  });

  test('an axis that several grids share is one dimension; which grid it is in, the first', () => {
    const shared = { names: ['lr'], values: [loguniform(1e-4, 1)] };
    const space = createSearchSpace([
      { axes: [shared, { names: ['momentum'], values: [uniform(0, 1)] }] },
      { axes: [shared, { names: ['beta'], values: [uniform(0, 1)] }] },
    ]);
    expect(space.dimensions.map(({ names }) => names)).toEqual([[], ['lr'], ['momentum'], ['beta']]);
    expect(space.placeOf({ lr: 0.01, beta: 0.25 })).toEqual(
      Float64Array.from([1, space.dimensions[1]!.coordinateOf([0.01]), Number.NaN, 0.25]),
    );
    expect(space.pointAt(Float64Array.from([0, 0, 0.5, Number.NaN]))).toEqual({ lr: 1e-4, momentum: 0.5 });
    expect(space.placeOf({ lr: 0.01 })).toBeUndefined();
  });
});

/** By the words of the grid alone. */
function isIn({ axes }: GridSpec<AxisDomain>, point: Point): boolean {
  const names: string[] = [];
  for (const axis of axes) {
    const exists = Object.entries(axis.when ?? {}).every(
      ([name, wanted]) => Object.hasOwn(point, name) && includesValue(wanted, point[name]),
    );
    if (!exists) continue;
    names.push(...axis.names);
    if (!axis.names.every((name, i) => Object.hasOwn(point, name) && contains(axis.values[i]!, point[name]!)))
      return false;
    if (
      axis.names.length > 1 &&
      !isZipped(
        axis.values,
        axis.names.map((name) => point[name]!),
      )
    )
      return false;
  }
  return names.length === Object.keys(point).length;
}

function isZipped(axes: readonly AxisDomain[], values: readonly unknown[]): boolean {
  const finite = axes.map((axis) => toFiniteValues(axis)!);
  for (let i = 0; i < axisLength(finite[0]!); i++)
    if (finite.every((axis, k) => axisAt(axis, i) === values[k])) return true;
  return false;
}

function expectClose(found: Point, wanted: Point): void {
  expect(Object.keys(found)).toEqual(Object.keys(wanted));
  for (const [name, value] of Object.entries(wanted))
    if (typeof value === 'number' && !Number.isSafeInteger(value))
      expect(Math.abs((found[name] as number) - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value) + 1e-12);
    else expect(found[name]).toEqual(value);
}

/** Places of the same point: positions equal (of equal zipped pairs the first), coordinates within 1e-12. */
function expectNear(
  space: ReturnType<typeof createSearchSpace>,
  found: Float64Array,
  wanted: Float64Array,
): void {
  space.dimensions.forEach(({ kind, valuesAt }, d) => {
    if (Number.isNaN(wanted[d]!)) expect(found[d]).toBeNaN();
    else if (kind === 'continuous') expect(Math.abs(found[d]! - wanted[d]!)).toBeLessThan(1e-12);
    else expect(valuesAt(found[d]!)).toEqual(valuesAt(wanted[d]!));
  });
}
