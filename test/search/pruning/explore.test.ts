// How population-based training changes values: every kind of axis, its ends, constraints, and how often.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { createDimension } from '../../../src/search/dimension.js';
import { explore } from '../../../src/search/pruning/explore.js';
import { axisAt, axisLength } from '../../../src/space/axis.js';
import {
  choice,
  contains,
  int,
  logint,
  loguniform,
  normal,
  toFiniteValues,
  uniform,
} from '../../../src/space/domain.js';
import type { AxisDomain, AxisValues, Point, Value } from '../../../src/space/types.js';
import { isSameValue } from '../../../src/space/value.js';
import { lin, log, range } from '../../../src/space/values.js';

const list = (...values: readonly Value[]): AxisValues => ({ kind: 'list', values });

const CONTINUOUS: readonly AxisDomain[] = [
  uniform(0, 1),
  uniform(-1, 3),
  uniform(-5, -2),
  uniform(-1e300, 1e300),
  uniform(0, 4),
  uniform(-4, 0),
  loguniform(1e-5, 1),
  normal(5, 2),
  normal(0, 1),
];
const ORDERED: readonly AxisDomain[] = [
  uniform(0, 1, 0.25),
  int(1, 8),
  int(-3, 3),
  int(0, 1_000_000),
  int(0, 2 ** 32 - 1),
  int(0, 5e9),
  int(-3e12, 1e12),
  int(0, Number.MAX_SAFE_INTEGER),
  uniform(0, 1e10, 0.5),
  int(2, 20, 2),
  logint(1, 1024),
  logint(1, 1e12),
  list(0.1, 0.2, 0.5, 1),
  list(8, 4, 2, 1),
  list(-1, -2, -4),
  list(0, 0.5, 0.9),
  list(-2, 0, 2),
  lin(0, 2, 5),
  lin(2, 0, 5),
  log(1e-4, 1, 9),
  range(1, 7, 2),
];
const UNORDERED: readonly AxisDomain[] = [
  choice('adam', 'sgd', 'rmsprop'),
  choice(1, 8, 64),
  list('x', 'y'),
  list(true, false),
  list(3, 1, 2),
  list(7),
  list([1, 2], [3]),
];

const dimension = (domain: AxisDomain) => createDimension({ names: ['x'], values: [domain] });

/** One value of an axis, changed. */
function change(domain: AxisDomain, value: Value, seed: number, resample: number): Value {
  return explore({ x: value, y: 1 }, ['x'], {
    ...{ resample, random: randomFor('change', seed), accepts: () => true },
    dimensionOf: () => dimension(domain),
  }).x!;
}

const drawFrom = (domain: AxisDomain, u: number): Value => {
  const made = dimension(domain);
  return made.valuesAt(made.fromUnit(u))[0]!;
};

const isAmong = (values: readonly Value[], value: Value) => values.some((each) => isSameValue(each, value));

describe('explore', () => {
  const draws = fc.tuple(
    fc.nat(999).map((n) => n / 999),
    fc.nat(),
  );

  it.each(CONTINUOUS)('multiplies by 0.8 or 1.2 within the bounds: %j', (domain) => {
    const [low, high] = [drawFrom(domain, 0), drawFrom(domain, 1)] as [number, number];
    fc.assert(
      fc.property(draws, ([u, seed]) => {
        const value = drawFrom(domain, u) as number;
        if (value === 0) return; // see below
        const changed = change(domain, value, seed, 0) as number;
        const expected = [0.8, 1.2].map((factor) => Math.min(Math.max(value * factor, low), high));
        expect(expected).toContain(changed);
        expect(contains(domain, changed)).toBe(true);
      }),
      { seed: 841 },
    );
  });

  it.each([
    { domain: uniform(-1, 1), ends: [-0.1, 0.1] },
    { domain: uniform(-2, 5), ends: [-0.2, 0.5] },
    { domain: uniform(0, 4), ends: [0, 0.4] },
    { domain: uniform(-4, 0), ends: [-0.4, 0] },
    { domain: normal(0, 1), ends: [-0.8, 0.8] },
  ])('lets 0 go either way, where the axis does: %j', ({ domain, ends }) => {
    const found = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => change(domain, 0, seed, 0) as number);
    expect([...new Set(found)].sort((a, b) => a - b)).toEqual(ends.map((end) => expect.closeTo(end, 12)));
  });

  it.each(ORDERED)('moves to the nearest place in that direction, one at least: %j', (domain) => {
    const finite = toFiniteValues(domain)!;
    const count = axisLength(finite);
    fc.assert(
      fc.property(draws, ([u, seed]) => {
        const value = drawFrom(domain, u) as number;
        const changed = change(domain, value, seed, 0) as number;
        expect(contains(domain, changed)).toBe(true);
        if (count > 100) {
          // A fifth is many places here: it comes as near as half a place.
          const near = ((axisAt(finite, 1) as number) - (axisAt(finite, 0) as number)) / 2;
          const ends = [axisAt(finite, 0), axisAt(finite, count - 1)] as [number, number];
          const targets = [0.8, 1.2].map((factor) => Math.min(Math.max(value * factor, ends[0]), ends[1]));
          const off = Math.min(...targets.map((target) => Math.abs(changed - target)));
          expect(off <= near || Math.abs(changed - value) === 2 * near).toBe(true);
          return;
        }
        const values = Array.from({ length: count }, (_, i) => axisAt(finite, i) as number);
        // What a plain look at all values says of either factor.
        const expected = [0.8, 1.2].map((factor) => {
          const target = value * factor;
          const isUp = value === 0 ? factor > 1 : target > value;
          const beyond = values.filter((each) => (isUp ? each > value : each < value));
          if (beyond.length === 0) return value;
          return beyond.toSorted(
            (a, b) => Math.abs(a - target) - Math.abs(b - target) || (isUp ? a - b : b - a),
          )[0]!;
        });
        expect(expected).toContain(changed);
      }),
      { seed: 842, numRuns: 300 },
    );
    // Wherever it is, it can leave.
    for (const value of [axisAt(finite, 0), axisAt(finite, count - 1), axisAt(finite, Math.floor(count / 2))])
      expect([1, 2, 3, 4, 5, 6, 7, 8].some((seed) => change(domain, value, seed, 0) !== value)).toBe(true);
  });

  it.each(UNORDERED)('leaves what has no order, or draws it anew: %j', (domain) => {
    const finite = toFiniteValues(domain)!;
    const values = Array.from({ length: axisLength(finite) }, (_, i) => axisAt(finite, i));
    for (const value of values) {
      for (let seed = 0; seed < 20; seed++) expect(change(domain, value, seed, 0)).toEqual(value);
      const drawn = Array.from({ length: 60 }, (_, seed) => change(domain, value, seed, 1));
      expect(drawn.every((each) => isAmong(values, each))).toBe(true);
      expect(values.every((each) => isAmong(drawn, each))).toBe(true);
    }
  });

  it('draws anew as often as it says, evenly over the axis', () => {
    const domain = loguniform(1e-4, 1);
    const n = 4000;
    const changed = Array.from({ length: n }, (_, seed) => change(domain, 0.01, seed, 0.25) as number);
    const kept = changed.filter((each) => [0.008, 0.012].some((near) => Math.abs(each - near) < 1e-12));
    // 0.75 ± 5 standard deviations.
    expect(Math.abs(kept.length / n - 0.75)).toBeLessThan(5 * Math.sqrt((0.75 * 0.25) / n));
    const up = kept.filter((each) => each > 0.01).length / kept.length;
    expect(Math.abs(up - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / kept.length));
    const drawn = changed.filter((each) => !kept.includes(each));
    const below = drawn.filter((each) => each < 0.01).length / drawn.length;
    expect(Math.abs(below - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / drawn.length));
  });

  it('keeps to the constraint, and to the point where nothing else is accepted', () => {
    const around = (accepts: (point: Point) => boolean, seed: number) => ({
      ...{ resample: 0.5, random: randomFor('where', seed), accepts },
      dimensionOf: (axis: string) => (axis === 'z' ? undefined : dimension(uniform(0, 1))),
    });
    const point = { x: 0.5, y: 0.5, z: 'here', fixed: 3 };
    for (let seed = 0; seed < 200; seed++) {
      const changed = explore(
        point,
        ['x', 'y', 'z'],
        around(({ x, y }) => (x as number) + (y as number) < 1, seed),
      );
      expect((changed.x as number) + (changed.y as number)).toBeLessThan(1);
      expect([changed.z, changed.fixed]).toEqual(['here', 3]);
      expect(
        explore(
          point,
          ['x', 'y'],
          around(() => false, seed),
        ),
      ).toEqual(point);
    }
  });
});
