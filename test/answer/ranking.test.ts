// The order of configurations: ties, values that are none, constraints; fronts against their definition.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rank } from '../../src/answer/ranking.js';
import { findFronts } from '../../src/stats/fronts.js';
import { meanInterval } from '../../src/stats/interval.js';
import type { Aims } from '../../src/trial/objective.js';
import { configurationsOf } from './functions.js';

const LOSS: Aims = { objectives: [{ metric: 'y', goal: 'min' }], constraints: [] };
const points = (count: number) => Array.from({ length: count }, (_, x) => ({ x }));
const of = (values: readonly (number | null)[]) =>
  configurationsOf(points(values.length), ({ x }) => {
    const y = values[x as number]!;
    return y === null ? null : { y };
  });

describe('one objective', () => {
  test('equal values share a rank, the first trial goes first; what is not finite is last and never best', () => {
    const ranking = rank(of([3, 1, Number.NaN, 1, Number.NEGATIVE_INFINITY, 2, null]), LOSS);
    expect(ranking).toMatchObject({ configurations: 7, unranked: 3, infeasible: 0, first: 2 });
    const rows = Array.from(ranking.order, (_, place) => ranking.at(place));
    expect(rows.map(({ rank: place, trial }) => [place, trial])).toEqual([
      [1, 1],
      [1, 3],
      [3, 5],
      [4, 0],
      [null, 2],
      [null, 4],
      [null, 6],
    ]);
    expect(rows.map(({ feasible }) => feasible)).toEqual([true, true, true, true, false, false, false]);
    expect(rows[6]).toMatchObject({ replicates: 0, ended: 1 });
  });

  test('a goal of max turns the order; nothing at all is ranked of nothing', () => {
    const most = rank(of([3, 1, 7]), { ...LOSS, objectives: [{ metric: 'y', goal: 'max' }] });
    expect([...most.order]).toEqual([2, 0, 1]);
    expect(rank(of([]), LOSS)).toMatchObject({ configurations: 0, first: 0 });
    expect(rank(of([null, null]), LOSS)).toMatchObject({ unranked: 2, first: 0 });
  });

  test('a configuration of which seeds were pruned is not the best for the luck of the others', () => {
    const y = [
      [0.1, 2, 2],
      [0.6, 0.6, 0.6],
    ];
    const ranking = rank(
      configurationsOf(
        points(2),
        ({ x }, replicate) => ({ y: y[x as number]![replicate]! }),
        3,
        ({ x }, replicate) => x === 0 && replicate > 0,
      ),
      LOSS,
    );
    expect(ranking).toMatchObject({ unranked: 1 });
    expect(ranking.at(0)).toMatchObject({ rank: 1, trial: 3 });
    expect(ranking.at(1)).toMatchObject({ rank: null, trial: 0 });
  });

  test('replicates are one configuration, with their mean and Student’s interval', () => {
    const values = [
      [0.1, 0.4, 0.25],
      [0.3, 0.3, 0.3],
    ];
    const ranking = rank(
      configurationsOf(points(2), ({ x }, replicate) => ({ y: values[x as number]![replicate]! }), 3),
      LOSS,
    );
    const first = ranking.at(0);
    const expected = meanInterval(values[0]!);
    expect(first).toMatchObject({ trial: 0, replicates: 3, ended: 3 });
    expect(first.values[0]!.mean).toBeCloseTo(expected.mean, 14);
    expect(first.values[0]!.low).toBeCloseTo(expected.low!, 12);
    expect(first.values[0]!.high).toBeCloseTo(expected.high!, 12);
    expect(ranking.at(1).values[0]).toEqual({ count: 3, mean: 0.3, low: 0.3, high: 0.3 });
  });

  test('what breaks a constraint comes behind all that do not', () => {
    const made = configurationsOf(points(4), ({ x }) => ({ y: x as number, memory: 10 - (x as number) }));
    const ranking = rank(made, {
      ...LOSS,
      constraints: [{ metric: 'memory', operator: '<=', value: 8 }],
    });
    expect(ranking).toMatchObject({ infeasible: 2, first: 1 });
    expect([...ranking.order]).toEqual([2, 3, 0, 1]);
    expect([0, 1, 2, 3].map((place) => ranking.at(place).rank)).toEqual([1, 2, 3, 4]);
    expect([0, 1, 2, 3].map((place) => ranking.at(place).feasible)).toEqual([true, true, false, false]);
  });

  test('the first few are those of the whole order', () => {
    const value = fc.oneof(
      fc.integer({ min: 0, max: 9 }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, null),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 40 }), fc.integer({ min: 1, max: 45 }), (values, limit) => {
        const all = rank(of(values), LOSS);
        const few = rank(of(values), LOSS, limit);
        expect([...few.order]).toEqual([...all.order.subarray(0, limit)]);
        expect(few.first).toBe(all.first);
        expect(few.first).toBe([...all.order].filter((_, place) => all.at(place).rank === 1).length);
        few.order.forEach((_, place) => {
          expect(few.at(place)).toEqual(all.at(place));
        });
      }),
    );
  });
});

/** By definition: front 1 is what nothing beats, and so on without it. */
function frontsByDefinition(values: readonly (readonly number[])[]): number[] {
  const fronts = values.map(() => 0);
  const beats = (a: readonly number[], b: readonly number[]) =>
    a.every((value, i) => value <= b[i]!) && a.some((value, i) => value < b[i]!);
  for (let front = 1; fronts.includes(0); front++) {
    const left = [...values.keys()].filter((i) => fronts[i] === 0);
    for (const i of left.filter((i) => !left.some((j) => beats(values[j]!, values[i]!)))) fronts[i] = front;
  }
  return fronts;
}

describe('fronts', () => {
  test.each([1, 2, 3, 4])('of %d objectives are those of the definition', (objectives) => {
    const point = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: objectives, maxLength: objectives });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 30 }), (values) => {
        const columns = Array.from({ length: objectives }, (_, o) =>
          Float64Array.from(values, (each) => each[o]!),
        );
        expect([...findFronts(columns)]).toEqual(frontsByDefinition(values));
      }),
    );
  });

  test('stand in place of ranks, and go on behind the feasible ones', () => {
    const made = configurationsOf(
      [
        { x: 0, y: 4 },
        { x: 1, y: 1 },
        { x: 2, y: 2 },
        { x: 0, y: 0 },
      ],
      ({ x, y }) => ({ x: x as number, y: y as number, bad: x === 0 && y === 0 }),
    );
    const aims: Aims = {
      objectives: [
        { metric: 'x', goal: 'min' },
        { metric: 'y', goal: 'min' },
      ],
      constraints: [{ metric: 'bad', operator: '=', value: 0 }],
    };
    const ranking = rank(made, aims);
    expect(ranking.first).toBe(2);
    expect(rank(made, aims, 1).first).toBe(2);
    expect([0, 1, 2, 3].map((place) => [ranking.at(place).trial, ranking.at(place).rank])).toEqual([
      [0, 1],
      [1, 1],
      [2, 2],
      [3, 3],
    ]);
  });
});
