// How long trials may run, by what the others took.
import fc from 'fast-check';
import { median } from 'simple-statistics';
import { describe, expect, it } from 'vitest';
import { TimeLimit } from '../../../src/sweep/coordinator/time-limit.js';

describe('TimeLimit', () => {
  it('is none, or what was asked for, whatever trials take', () => {
    const none = new TimeLimit(null);
    const fixed = new TimeLimit(50);
    expect([none.ms, fixed.ms]).toEqual([undefined, 50]);
    expect([none.learn(100, 1e6), fixed.learn(100, 1e6)]).toEqual([false, false]);
    expect([none.ms, fixed.ms]).toEqual([undefined, 50]);
  });

  it('waits for five trials, and is a second at least', () => {
    const limit = new TimeLimit({ fraction: 3 });
    for (let i = 0; i < 4; i++) expect(limit.learn(1, 10_000)).toBe(false);
    expect(limit.ms).toBeUndefined();
    expect(limit.learn(1, 10_000)).toBe(true);
    expect(limit.ms! / 30_000).toBeCloseTo(1, 1);
    const quick = new TimeLimit({ fraction: 3 });
    expect(quick.learn(1000, 50)).toBe(true);
    expect(quick.ms).toBe(1000);
  });

  it('is that multiple of the median, to a hundredth, and tells only what is worth it', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1000, max: 1e7, noNaN: true }), { minLength: 5, maxLength: 200 }),
        fc.double({ min: 1, max: 20, noNaN: true }),
        (times, fraction) => {
          const limit = new TimeLimit({ fraction });
          const told = times.filter((ms) => limit.learn(1, ms)).length;
          expect(told).toBeGreaterThan(0);
          const sorted = [...times].sort((a, b) => a - b);
          const [low, high] = [sorted[Math.ceil(times.length / 2) - 1]!, median(times)];
          // 1 % of a bin, and 5 % that are not worth telling.
          expect(limit.ms!).toBeGreaterThan(0.93 * fraction * low);
          expect(limit.ms!).toBeLessThan(1.07 * fraction * Math.max(low, high));
        },
      ),
      { seed: 5, numRuns: 200 },
    );
  });
});
