// The line from the cost of trials to their time.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fitTimes, type Timed, trialMs } from '../../../src/sweep/plan/time-model.js';

const timed = (units: number, ms: number, more: Partial<Timed> = {}): Timed => ({
  ...{ units, ms, trials: 1, isFirst: false },
  ...more,
});

describe('how long trials take by their cost', () => {
  test('is what it was, where trials lie on a line', () => {
    const part = fc.double({ min: 0, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(part, part, fc.integer({ min: 1, max: 50 }), (fixed, perUnit, trials) => {
        fc.pre(fixed + perUnit > 1e-3);
        const on = [1, 2, 5, 40].map((units) => timed(units, trials * (fixed + perUnit * units), { trials }));
        const model = fitTimes(on)!;
        for (const units of [1, 3, 100]) {
          const true_ms = fixed + perUnit * units;
          expect(Math.abs(trialMs(model, units) / true_ms - 1)).toBeLessThan(1e-3);
        }
        expect(model.start).toBe(0);
      }),
    );
  });

  test.each([
    ['a fixed part', [timed(1, 100), timed(10, 90)], { fixed: 90, perUnit: 0 }, 12],
    ['a part by cost', [timed(1, 1), timed(10, 100)], { fixed: 0, perUnit: 1 }, 10],
  ])('has no part below 0: only %s is left', (_, points, least, most) => {
    const model = fitTimes(points)!;
    expect(model.fixed === 0).toBe(least.fixed === 0);
    expect(model.perUnit === 0).toBe(least.perUnit === 0);
    const [main, bound] = least.fixed === 0 ? [model.perUnit, least.perUnit] : [model.fixed, least.fixed];
    expect(main).toBeGreaterThan(bound);
    expect(main).toBeLessThan(bound + most);
  });

  test('is found of more trials than a call takes arguments', () => {
    const model = fitTimes(
      Array.from({ length: 300_000 }, (_, i) => timed(1 + (i % 9), 20 + 3 * (1 + (i % 9)))),
    )!;
    expect(trialMs(model, 100)).toBeCloseTo(320, 3);
  });

  test('is in proportion where costs are alike, weighed by how many trials ran together', () => {
    const model = fitTimes([timed(10, 30), timed(12, 600, { trials: 20 })])!;
    expect(model).toEqual({ fixed: 0, perUnit: 630 / 250, start: 0 });
  });

  test('takes what a thread needs once from its first trial, and counts it apart', () => {
    const firsts = [timed(5, 250, { isFirst: true }), timed(5, 270, { isFirst: true })];
    expect(fitTimes([...firsts, timed(5, 50), timed(5, 50)])).toEqual({ fixed: 0, perUnit: 10, start: 210 });
    // Nothing else to go by.
    expect(fitTimes(firsts)).toEqual({ fixed: 0, perUnit: 52, start: 0 });
    // A quick first one takes nothing off.
    expect(fitTimes([timed(5, 1, { isFirst: true }), timed(5, 50)])!.start).toBe(0);
  });

  test('is not known where nothing was timed', () => {
    expect(fitTimes([])).toBeUndefined();
  });
});
