// Projections of a space against the walk over all of its points, and their cost.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { projectPoints } from '../../src/space/projection.js';
import { createSpace, type Space } from '../../src/space/space.js';
import type { AxisSpec, Point, SpaceSpec, Value } from '../../src/space/types.js';
import { lin } from '../../src/space/values.js';
import { listPoints, PARAMS, spaceArb } from './spaces.js';

const axis = (name: string, values: readonly Value[], when?: AxisSpec['when']): AxisSpec => ({
  names: [name],
  values: [{ kind: 'list', values }],
  ...(when === undefined ? {} : { when }),
});

/** Each point once, in the order of its first use. */
function withoutRepeats(points: Iterable<Point>): Point[] {
  const first = new Map<string, Point>();
  for (const point of points) {
    const text = JSON.stringify(Object.entries(point).sort());
    if (!first.has(text)) first.set(text, point);
  }
  return [...first.values()];
}

function walk(spec: SpaceSpec, names: ReadonlySet<string>): Point[] {
  const projected = listPoints(spec).map((point) =>
    Object.fromEntries(Object.entries(point).filter(([name]) => names.has(name))),
  );
  return withoutRepeats(projected);
}

const project = (spec: SpaceSpec, ...names: string[]): Point[] =>
  withoutRepeats(projectPoints(createSpace(spec), new Set(names)));

/** The same space, counting how often a value of an axis is looked up. */
function counting(space: Space): { readonly space: Space; readonly looks: () => number } {
  let looks = 0;
  const boxes = space.boxes.map((box) => {
    const places = box.shape.places.map((place) => {
      const at = (i: number) => {
        looks++;
        return place.axis.at(i);
      };
      return { ...place, axis: { ...place.axis, at } };
    });
    return { ...box, shape: { ...box.shape, places } };
  });
  return { space: { ...space, boxes }, looks: () => looks };
}

describe('projectPoints', () => {
  it('gives what the walk over all points gives, in the order of first use', () => {
    const names = fc.subarray([...PARAMS.map(({ name }) => name), 'unknown']);
    fc.assert(
      fc.property(spaceArb, names, (spec, kept) => {
        expect(project(spec, ...kept)).toEqual(walk(spec, new Set(kept)));
      }),
      { seed: 241, numRuns: 1000 },
    );
  });

  it('repeats nothing within one grid without conditions', () => {
    fc.assert(
      fc.property(spaceArb, fc.subarray(['a', 'b', 'c', 'd', 'e', 'f']), ({ grids }, kept) => {
        const axes = grids[0]!.axes
          .filter(({ names }) => names.length === 1)
          .map(({ when: _, ...spec }) => spec);
        const points = [...projectPoints(createSpace({ grids: [{ axes }], replicates: 1 }), new Set(kept))];
        expect(withoutRepeats(points)).toHaveLength(points.length);
      }),
      { seed: 242, numRuns: 300 },
    );
  });

  it('takes an axis of one value for what it is, wherever it stands', () => {
    const spec = {
      grids: [{ axes: [axis('a', [1]), axis('b', [2, 3]), axis('c', [4]), axis('d', [5, 6])] }],
      replicates: 1,
    };
    expect(project(spec, 'a', 'b', 'c')).toEqual([
      { a: 1, b: 2, c: 4 },
      { a: 1, b: 3, c: 4 },
    ]);
    expect(project(spec, 'c', 'd')).toEqual([
      { c: 4, d: 5 },
      { c: 4, d: 6 },
    ]);
  });

  it('leaves an axis out where it does not exist', () => {
    const spec = {
      grids: [{ axes: [axis('a', [1, 2]), axis('b', [3, 4], { a: [2] }), axis('c', [5, 6])] }],
      replicates: 2,
    };
    expect(project(spec, 'b')).toEqual([{}, { b: 3 }, { b: 4 }]);
    expect(project(spec)).toEqual([{}]);
  });

  it('costs by the axes that are kept, not by the points: 3 steps in a space of 10^12', () => {
    const long = (name: string): AxisSpec => ({ names: [name], values: [lin(0, 1, 577_351)] });
    const spec = { grids: [{ axes: [long('a'), axis('b', ['x', 'y', 'z']), long('c')] }], replicates: 1 };
    const { space, looks } = counting(createSpace(spec));
    expect(space.points).toBeGreaterThan(1e12);
    expect([...projectPoints(space, new Set(['b']))]).toEqual([{ b: 'x' }, { b: 'y' }, { b: 'z' }]);
    expect(looks()).toBe(3);
  });
});
