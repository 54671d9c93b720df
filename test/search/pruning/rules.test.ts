// What pruners decide, beside plain statements of their rules.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeHalving } from '../../../src/search/pruning/asha.js';
import type { Curve, PrunerSpec, PruningRule } from '../../../src/search/pruning/contract.js';
import { PRUNER_NAMES, PRUNER_OPTIONS } from '../../../src/search/pruning/options.js';
import { createPruningRule, findOptionFaults, orient } from '../../../src/search/pruning/rules.js';
import { rungAt } from '../../../src/search/pruning/rungs.js';

const rule = (spec: Record<string, unknown> & { readonly name: string }, seed = 1): PruningRule =>
  createPruningRule({ metric: 'loss', goal: 'min', lookahead: 1, ...spec } as PrunerSpec, seed)!;
const curve = (...values: number[]): Curve => ({ values, count: values.length });
const scores = fc.array(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Number.POSITIVE_INFINITY)), {
  maxLength: 40,
});

describe('asha', () => {
  it('keeps the best 1/factor of all, the best one at least, and equal values together', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        scores,
        fc.integer({ min: 2, max: 5 }),
        (own, others, factor) => {
          const better = others.filter((other) => other < own).length;
          const kept = Math.max(1, Math.floor((others.length + 1) / factor));
          expect(judgeHalving(own, [...Float64Array.from(others).sort()], factor).isPruned).toBe(
            better >= kept,
          );
        },
      ),
      { seed: 81 },
    );
  });

  it('has rungs at min, min·factor, … below max', () => {
    const steps = [0, 1, 2, 3, 8, 9, 26, 27, 80, 81, 100];
    expect(steps.map((step) => rungAt(step, { min: 1, factor: 3, max: 81 }))).toEqual([
      ...[null, 1, 1, 3, 3, 9, 9, 27, 27, null, null],
    ]);
    expect(rungAt(100, { min: 4, factor: 4 })).toBe(64);
  });

  it('holds NaN for the worst, whichever way is better', () => {
    expect(orient(Number.NaN, { goal: 'max' })).toBe(Number.POSITIVE_INFINITY);
    expect(orient(3, { goal: 'max' })).toBe(-3);
    expect(judgeHalving(Number.POSITIVE_INFINITY, [1, 2], 3).isPruned).toBe(true);
    // Of nothing but NaN, one is as good as another.
    expect(judgeHalving(Number.POSITIVE_INFINITY, [Number.POSITIVE_INFINITY], 3).isPruned).toBe(false);
  });
});

describe('hyperband', () => {
  const spec = { name: 'hyperband', min: 1, factor: 3, max: 81 };

  it('has brackets from every rung on, in the shares of the paper', () => {
    const { bracketOf } = rule(spec);
    const counts = [0, 0, 0, 0, 0];
    const n = 14_300;
    for (let trial = 0; trial < n; trial++) counts[bracketOf(trial)]!++;
    // ceil(5 · 3^s / (s + 1)) for s = 4 … 0: 81, 34, 15, 8, 5 of 143.
    [81, 34, 15, 8, 5].forEach((share, bracket) => {
      const expected = (n * share) / 143;
      expect(Math.abs(counts[bracket]! - expected)).toBeLessThan(5 * Math.sqrt(expected));
    });
  });

  it('begins each bracket a rung later, and the last one never', () => {
    const { rungOf } = rule(spec);
    const first = (bracket: number) =>
      Array.from({ length: 81 }, (_, i) => i + 1).find((step) => rungOf(step, bracket) !== null);
    expect([0, 1, 2, 3, 4].map(first)).toEqual([1, 3, 9, 27, undefined]);
  });

  it.each([1e12, 1e20, 1e300])('draws from more shares than 32 bits count: max %d', (max) => {
    const { bracketOf } = rule({ name: 'hyperband', min: 1, factor: 2, max });
    const drawn = Array.from({ length: 200 }, (_, trial) => bracketOf(trial));
    expect(drawn.every((bracket) => bracket >= 0 && bracket <= Math.log2(max))).toBe(true);
    // About half of all are in the first one: each has half the share of the one before.
    expect(drawn.filter((bracket) => bracket === 0).length).toBeGreaterThan(70);
  });

  it('draws other brackets from another seed', () => {
    const of = (seed: number) => Array.from({ length: 50 }, (_, trial) => rule(spec, seed).bracketOf(trial));
    expect(of(1)).toEqual(of(1));
    expect(of(1)).not.toEqual(of(2));
  });
});

describe('median', () => {
  const spec = { name: 'median', percentile: 50, warmup: 2, startup: 3, interval: 2 };

  it('decides at its interval from the warm-up on', () => {
    const { rungOf } = rule({ ...spec, max: 9 });
    expect([0, 1, 2, 3, 4, 5, 8, 9].map((step) => rungOf(step, 0))).toEqual([
      null,
      null,
      2,
      2,
      4,
      4,
      8,
      null,
    ]);
  });

  it('stops whose best is not among the best percent of all, itself included', () => {
    const { judge } = rule(spec);
    expect(judge(curve(9, 5, 7), [4, 6])).toMatchObject({ isPruned: false }); // too few
    expect(judge(curve(9, 5, 7), [1, 4, 6])).toEqual({ isPruned: true, cutoff: 4 });
    expect(judge(curve(9, 5, 7), [1, 6, 8])).toEqual({ isPruned: false, cutoff: 5 });
    expect(judge(curve(9, 5, 7), [1, 5, 6])).toEqual({ isPruned: false, cutoff: 5 });
    expect(judge(curve(9, 5, 7), [1, 4, 6, 8])).toEqual({ isPruned: true, cutoff: 4 });
    expect(rule({ ...spec, percentile: 25 }).judge(curve(5), [1, 4, 6]).cutoff).toBe(1);
    // 30 % of ten are three, whatever the floats say.
    expect(rule({ ...spec, percentile: 30 }).judge(curve(5), [1, 2, 6, 7, 8, 9, 10, 11, 12]).isPruned).toBe(
      false,
    );
    expect(rule({ ...spec, percentile: 1 }).judge(curve(0), [1, 4, 6]).isPruned).toBe(false);
    expect(rule({ ...spec, percentile: 100 }).judge(curve(7), [1, 4, 6]).isPruned).toBe(false);
    const worst = Number.POSITIVE_INFINITY;
    expect(judge(curve(worst), [worst, worst, worst])).toEqual({ isPruned: false, cutoff: worst });
  });
});

describe('patience', () => {
  const spec = { name: 'patience', patience: 3, minDelta: 0.5, warmup: 0 };
  const end = (values: readonly number[], options = {}) => {
    const { judge } = rule({ ...spec, ...options });
    return values.findIndex((_, i) => judge({ values, count: i + 1 }, []).isPruned);
  };

  it('stops after so many reports without anything better by more than minDelta', () => {
    expect(end([5, 4, 3, 2, 1])).toBe(-1);
    expect(end([5, 4, 4.2, 3.6, 3.5])).toBe(4);
    expect(end([5, 4, 4.2, 3.4, 3.3, 3.2, 3.1])).toBe(6);
    expect(end([5, 4, 4.2, 3.9, 3.8], { minDelta: 0 })).toBe(-1);
    expect(end([Number.POSITIVE_INFINITY, 4, 4, 4, 4])).toBe(4);
  });
});

it('a spec with its defaults has no faults, and others are told', () => {
  for (const name of PRUNER_NAMES) {
    const options = PRUNER_OPTIONS[name].parse({
      max: 27,
      ...(name === 'pbt' ? { interval: 3, mutate: 'x' } : {}),
    });
    expect(findOptionFaults({ name, metric: 'loss', goal: 'min', lookahead: 1, ...options })).toEqual([]);
  }
  const broken = {
    name: 'asha',
    metric: 'loss',
    goal: 'min',
    lookahead: 1,
    factor: 0,
    min: 1,
    odd: 1,
  } as const;
  expect(findOptionFaults(broken)).toHaveLength(2);
});
