// Spaces by number against plain nested loops, and their limits.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSpace } from '../../src/space/space.js';
import type { AxisSpec, SpaceSpec, Value } from '../../src/space/types.js';
import { lin } from '../../src/space/values.js';
import { listPoints, spaceArb } from './spaces.js';

const axis = (name: string, values: readonly Value[], when?: AxisSpec['when']): AxisSpec => ({
  names: [name],
  values: [{ kind: 'list', values }],
  ...(when === undefined ? {} : { when }),
});
const one = (...axes: AxisSpec[]): SpaceSpec => ({ grids: [{ axes }], replicates: 1 });

describe('createSpace', () => {
  it('has the points of nested loops, in their order, and indexOf is the inverse of at', () => {
    fc.assert(
      fc.property(spaceArb, (spec) => {
        const space = createSpace(spec);
        const points = listPoints(spec);
        expect(space.points).toBe(points.length);
        expect(space.trials).toBe(points.length * spec.replicates);
        const firsts = new Map<string, number>();
        points.forEach((point, i) => {
          expect(space.at(i)).toEqual(point);
          const name = JSON.stringify(Object.entries(point).sort());
          const first = firsts.get(name) ?? i;
          firsts.set(name, first);
          expect(space.indexOf(point)).toBe(first);
          expect(space.firstIndexOf(i)).toBe(first);
          expect(space.isDuplicate(i)).toBe(first !== i);
        });
      }),
      { seed: 61, numRuns: 300 },
    );
  });

  it('holds no point with a name too many, one too few, or another value', () => {
    fc.assert(
      fc.property(spaceArb, fc.nat(), (spec, pick) => {
        const space = createSpace(spec);
        const known = new Set(listPoints(spec).map((point) => JSON.stringify(Object.entries(point).sort())));
        const isKnown = (point: object) => known.has(JSON.stringify(Object.entries(point).sort()));
        const point = space.at(pick % space.points);
        const names = Object.keys(point);
        expect(space.indexOf({ ...point, other: 1 })).toBe(-1);
        for (const name of names) {
          const { [name]: _, ...less } = point;
          expect(space.indexOf(less) >= 0).toBe(isKnown(less));
          for (const value of ['sgd', 0.1, true, 1]) {
            const changed = { ...point, [name]: value };
            expect(space.indexOf(changed) >= 0).toBe(isKnown(changed));
          }
        }
      }),
      { seed: 62, numRuns: 200 },
    );
  });

  it('turns the last axis fastest, and axes that others depend on slowest', () => {
    const spec = one(
      axis('alpha', [1, 2]),
      axis('optimizer', ['sgd', 'adam']),
      axis('beta', [0.5, 0.9], { optimizer: ['adam'] }),
    );
    const space = createSpace(spec);
    expect(space.names).toEqual(['alpha', 'optimizer', 'beta']);
    expect(Array.from({ length: space.points }, (_, i) => space.at(i))).toEqual([
      { alpha: 1, optimizer: 'sgd' },
      { alpha: 2, optimizer: 'sgd' },
      { alpha: 1, optimizer: 'adam', beta: 0.5 },
      { alpha: 1, optimizer: 'adam', beta: 0.9 },
      { alpha: 2, optimizer: 'adam', beta: 0.5 },
      { alpha: 2, optimizer: 'adam', beta: 0.9 },
    ]);
  });

  it('follows conditions on conditional axes', () => {
    const space = createSpace(
      one(
        axis('a', [0, 1]),
        axis('b', [0, 1], { a: [1] }),
        axis('c', ['x', 'y'], { b: [1] }),
        axis('d', [5, 6], { c: ['y'] }),
      ),
    );
    expect(Array.from({ length: space.points }, (_, i) => Object.values(space.at(i)).join(''))).toEqual([
      '0',
      '10',
      '11x',
      '11y5',
      '11y6',
    ]);
  });

  it('moves zipped axes together, also where their lists repeat values', () => {
    const space = createSpace({
      grids: [
        {
          axes: [
            {
              names: ['a', 'b'],
              values: [
                { kind: 'list', values: [1, 1, 2] },
                { kind: 'list', values: ['x', 'y', 'y'] },
              ],
            },
          ],
        },
      ],
      replicates: 2,
    });
    expect(space.trials).toBe(6);
    expect([0, 1, 2].map((i) => space.indexOf(space.at(i)))).toEqual([0, 1, 2]);
    expect(space.indexOf({ a: 2, b: 'x' })).toBe(-1);
  });

  it('takes -0 for 0', () => {
    expect(createSpace(one(axis('a', [1, 0]), axis('b', [2], { a: [0] }))).indexOf({ a: -0, b: 2 })).toBe(1);
  });

  it('has one point without axes', () => {
    const space = createSpace(one());
    expect([space.points, space.at(0), space.indexOf({}), space.indexOf({ a: 1 })]).toEqual([1, {}, 0, -1]);
  });

  it('reaches the far end of 10^15 points, several replicates and grids', () => {
    const long = (name: string): AxisSpec => ({ names: [name], values: [lin(0, 1, 100_001)] });
    const cube = { axes: [long('a'), long('b'), long('c')] };
    const space = createSpace({ grids: [cube, { axes: [long('a')] }], replicates: 8 });
    expect(space.points).toBe(100_001 ** 3 + 100_001);
    for (const index of [
      0,
      1,
      100_001,
      100_001 ** 2 * 7 + 3,
      100_001 ** 3 - 1,
      100_001 ** 3,
      space.points - 1,
    ]) {
      expect(space.indexOf(space.at(index))).toBe(index);
      expect(space.isDuplicate(index)).toBe(false);
    }
    expect(() => space.at(space.points)).toThrow('internal: point');
    expect(() => space.at(0.5)).toThrow('internal: point');
  });

  it('finds what two grids share', () => {
    const space = createSpace({
      grids: [{ axes: [axis('a', [1, 2, 3])] }, { axes: [axis('a', [3, 4])] }, { axes: [axis('a', [4, 9])] }],
      replicates: 1,
    });
    expect([0, 1, 2, 3, 4, 5, 6].map(space.firstIndexOf)).toEqual([0, 1, 2, 2, 4, 4, 6]);
    expect([3, 4, 5].map(space.isDuplicate)).toEqual([true, false, true]);
  });

  it('refuses more than 2^53 trials and more than 100,000 boxes', () => {
    const long = (name: string, count: number): AxisSpec => ({ names: [name], values: [lin(0, 1, count)] });
    expect(() => createSpace(one(long('a', 1e8), long('b', 1e8)))).toThrow(/more than 2\^53 trials/);
    expect(() => createSpace({ grids: [{ axes: [long('a', 2 ** 30)] }], replicates: 2 ** 23 })).toThrow(
      /more than 2\^53/,
    );
    expect(() => createSpace(one(long('a', 1e9), axis('b', [1], { a: [0] })))).toThrow(
      /a \(1,000,000,000 values\)/,
    );
    expect(() =>
      createSpace(one(long('a', 1000), long('b', 1000), axis('c', [1], { a: [0], b: [0] }))),
    ).toThrow(/at most 100,000/);
    expect(createSpace(one(long('a', 1e5), axis('b', [1, 2], { a: [0] }))).points).toBe(1e5 + 1);
  });
});
