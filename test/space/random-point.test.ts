// Points at random: in one of the grids, spread as domains say, and each number's own.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSearchSpace } from '../../src/search/space.js';
import { choice, loguniform, uniform } from '../../src/space/domain.js';
import { createPointDraws } from '../../src/space/random-point.js';
import type { AxisDomain, GridSpec, Point } from '../../src/space/types.js';
import { gridsArb } from '../search/spaces.js';

const pointsOf = (grids: readonly GridSpec<AxisDomain>[], count: number): Point[] =>
  Array.from({ length: count }, (_, number) => createPointDraws(grids, 1, number)());

describe('a point at random', () => {
  test('lies in one of the grids, and is the same however many were drawn before', () => {
    fc.assert(
      fc.property(gridsArb, fc.nat(), fc.nat(1000), (grids, seed, number) => {
        const draw = createPointDraws(grids, seed, number);
        const [first, second] = [draw(), draw()];
        for (const point of [first, second]) expect(createSearchSpace(grids).placeOf(point)).toBeDefined();
        const again = createPointDraws(grids, seed, number);
        expect([again(), again()]).toEqual([first, second]);
      }),
      { numRuns: 200 },
    );
  });

  test('has axes as likely as their domains say', () => {
    const axes = [
      { names: ['opt'], values: [choice('a', 'b', 'c')] },
      { names: ['x'], values: [uniform(-3, 7)] },
      { names: ['rate'], values: [loguniform(1e-5, 1)], when: { opt: ['a'] } },
    ];
    const points = pointsOf([{ axes }], 3000);
    // Bins of an even distribution, five standard deviations wide.
    const expectEven = (bins: readonly number[], count: number) => {
      const mean = bins.length / count;
      for (let bin = 0; bin < count; bin++)
        expect(Math.abs(bins.filter((each) => each === bin).length - mean)).toBeLessThan(5 * Math.sqrt(mean));
    };
    const a = points.filter(({ opt }) => opt === 'a');
    expectEven(
      points.map(({ opt }) => 'abc'.indexOf(opt as string)),
      3,
    );
    expectEven(
      points.map(({ x }) => Math.floor((x as number) + 3)),
      10,
    );
    expectEven(
      a.map(({ rate }) => Math.floor(Math.log10(rate as number) + 5)),
      5,
    );
    expect(points.every((point) => 'rate' in point === (point.opt === 'a'))).toBe(true);
  });

  test('is the one that runs on disk have: points that were drawn by an earlier release', () => {
    const axes = [
      { names: ['x'], values: [uniform(0, 1)] },
      { names: ['rate'], values: [loguniform(1e-5, 1)] },
      { names: ['opt'], values: [choice('a', 'b', 'c')] },
    ];
    expect(pointsOf([{ axes }], 2)).toEqual([
      { x: 0.6982405447196213, rate: 0.004417286663175553, opt: 'c' },
      { x: 0.8965450363751929, rate: 0.0028668046950091337, opt: 'a' },
    ]);
  });
});
