// Which observations are good: the order of those that ended, were pruned, miss constraints or failed; fronts and volumes
// against plain counting and known fronts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import type { Observation } from '../../../src/search/contract.js';
import { dominates, Fronts } from '../../../src/search/tpe/fronts.js';
import { selectByVolume } from '../../../src/search/tpe/hypervolume.js';
import { Ranking } from '../../../src/search/tpe/split.js';
import { exclusive, hypervolume } from '../../../src/stats/hypervolume.js';

const observed = (
  number: number,
  values: readonly number[] | null,
  rest: Partial<Observation> = {},
): Observation => ({
  number,
  x: new Float64Array(),
  status: 'ok',
  values,
  errors: null,
  violation: 0,
  step: null,
  ...rest,
});

function goodOf(observations: readonly Observation[], objectives = 1): number[] {
  const ranking = new Ranking(objectives);
  for (const observation of observations) ranking.add(observation);
  return [...ranking.good(false).keys()];
}

describe('the good ones', () => {
  test('are 15 %, and 25 at most', () => {
    const counts = [1, 7, 20, 166, 1000].map(
      (n) => goodOf(Array.from({ length: n }, (_, i) => observed(i, [(i * 7919) % 1009]))).length,
    );
    expect(counts).toEqual([1, 2, 3, 25, 25]);
  });

  test('are the best ended, then pruned ones by step, then those that miss constraints least; failed ones never', () => {
    const all = [
      observed(0, null, { status: 'failed' }),
      observed(1, [-9], { violation: 3 }),
      observed(2, [-9], { violation: 1 }),
      observed(3, [5], { status: 'pruned', step: 2 }),
      observed(4, [1], { status: 'pruned', step: 2 }),
      observed(5, [9], { status: 'pruned', step: 7 }),
      observed(6, [100]),
      observed(7, [3]),
    ];
    const order: number[] = [];
    for (let left = all; left.length > 1; left = left.filter(({ number }) => number !== order.at(-1))) {
      const [best] = goodOf(left);
      if (best === undefined) break;
      order.push(best);
    }
    expect(order).toEqual([7, 6, 5, 4, 3, 2, 1]);
    expect(goodOf([all[0]!])).toEqual([]);
  });

  test('weigh the more the better they are, and together what they would alone', () => {
    const ranking = new Ranking(1);
    for (let i = 0; i < 40; i++) ranking.add(observed(i, [(i * 17) % 41]));
    const [known, ahead] = [false, true].map((isAhead) => [...ranking.good(isAhead).values()]);
    for (const weights of [known!, ahead!]) {
      expect(weights).toHaveLength(6);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(6, 12);
      expect([...weights].sort((a, b) => b - a)).toEqual(weights);
      expect(weights[5]).toBeGreaterThan(0);
    }
    // With results still to come the best weigh more: the ratio of two is that to the third power.
    for (const i of [1, 5]) expect(ahead![0]! / ahead![i]!).toBeCloseTo((known![0]! / known![i]!) ** 3, 9);
  });

  test('of several objectives are the first fronts, then those that dominate most', () => {
    // A front of 4, of which the middle ones dominate most; all others are worse.
    const front = [
      [0, 10],
      [3, 3.1],
      [3.1, 3],
      [10, 0],
    ];
    const others = Array.from({ length: 16 }, (_, i) => [20 + i, 20 + i]);
    const all = [...others, ...front].map((values, i) => observed(i, values));
    expect(goodOf(all, 2)).toHaveLength(3);
    expect(goodOf(all, 2).every((number) => number >= 16)).toBe(true);
  });
});

const points = (objectives: number, most: number) =>
  fc.array(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: objectives, maxLength: objectives }), {
    minLength: 1,
    maxLength: most,
  });

test('fronts are those of plain counting, in whatever order observations come', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 3 }).chain((m) => points(m, 25)),
      (all) => {
        const fronts = new Fronts<{ values: number[] }>();
        for (const values of all) fronts.add({ values });
        let left = all;
        for (const front of fronts.fronts) {
          const wanted = left.filter((one) => !left.some((other) => dominates(other, one)));
          expect(front.map(({ values }) => values.join()).sort()).toEqual(
            wanted.map((one) => one.join()).sort(),
          );
          left = left.filter((one) => !wanted.includes(one));
        }
        expect(left).toEqual([]);
      },
    ),
    { numRuns: 200 },
  );
});

describe('volumes', () => {
  test('of known fronts', () => {
    expect(
      hypervolume(
        [
          [1, 2],
          [2, 1],
        ],
        [3, 3],
      ),
    ).toBe(3);
    expect(hypervolume([[1, 1, 1]], [2, 3, 4])).toBe(6);
    expect(hypervolume([], [1, 1])).toBe(0);
    expect(hypervolume([[5, 0]], [3, 3])).toBe(0);
    // ZDT1's front, f2 = 1 - sqrt(f1): 2 / 3 lie above it in the unit square.
    const front = Array.from({ length: 2001 }, (_, i) => [i / 2000, 1 - Math.sqrt(i / 2000)]);
    expect(hypervolume(front, [1, 1])).toBeCloseTo(2 / 3, 3);
    // An eighth of a unit ball's shell: 1 - pi / 6 dominated up to the corner, seen from (1, 1, 1).
    const shell: number[][] = [];
    for (let a = 0; a <= 24; a++)
      for (let b = 0; b <= 24; b++) {
        const [t, p] = [(a / 24) * (Math.PI / 2), (b / 24) * (Math.PI / 2)];
        shell.push([1 - Math.sin(t) * Math.cos(p), 1 - Math.sin(t) * Math.sin(p), 1 - Math.cos(t)]);
      }
    expect(Math.abs(hypervolume(shell, [1, 1, 1]) - Math.PI / 6)).toBeLessThan(0.05);
  });

  test.each([2, 3, 4])('of %i objectives are the number of unit cells that are dominated', (m) => {
    fc.assert(
      fc.property(points(m, 6), (all) => {
        const scaled = all.map((one) => one.map((value) => value % 5));
        const reference = new Array<number>(m).fill(5);
        let cells = 0;
        for (let cell = 0; cell < 5 ** m; cell++) {
          const corner = Array.from({ length: m }, (_, i) => Math.floor(cell / 5 ** i) % 5);
          if (scaled.some((one) => one.every((value, i) => value <= corner[i]!))) cells++;
        }
        expect(hypervolume(scaled, reference)).toBe(cells);
        expect(exclusive(scaled[0]!, scaled.slice(1), reference)).toBe(
          cells - hypervolume(scaled.slice(1), reference),
        );
      }),
      { numRuns: 60 },
    );
  });

  test('chosen points dominate nearly as much as the best choice of as many', () => {
    const draws = randomFor('subset');
    for (let run = 0; run < 20; run++) {
      const all = Array.from({ length: 8 }, () => {
        const angle = (draws.uniform() * Math.PI) / 2;
        return [1 - Math.cos(angle), 1 - Math.sin(angle)];
      });
      const chosen = selectByVolume(all, 3);
      expect(new Set(chosen).size).toBe(3);
      const ends = [0, 1].map((i) => ({
        least: Math.min(...all.map((one) => one[i]!)),
        most: Math.max(...all.map((one) => one[i]!)),
      }));
      const scaled = all.map((one) =>
        one.map((v, i) => (v - ends[i]!.least) / (ends[i]!.most - ends[i]!.least)),
      );
      const volumeOf = (picks: readonly number[]) =>
        hypervolume(
          picks.map((i) => scaled[i]!),
          [1.1, 1.1],
        );
      let best = 0;
      for (let a = 0; a < 8; a++)
        for (let b = 0; b < a; b++) for (let c = 0; c < b; c++) best = Math.max(best, volumeOf([a, b, c]));
      expect(volumeOf(chosen)).toBeGreaterThan(0.95 * best);
    }
  });

  test('of numbers near the largest, and of points that are all one, are chosen from too', () => {
    expect(
      selectByVolume(
        [
          [1e308, -1e308],
          [-1e308, 1e308],
          [0, 0],
        ],
        2,
      ),
    ).toHaveLength(2);
    expect(
      selectByVolume(
        [
          [1, 1],
          [1, 1],
        ],
        1,
      ),
    ).toEqual([0]);
  });
});
