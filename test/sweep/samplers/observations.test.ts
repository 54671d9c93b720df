// What a search is told of a configuration.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TrialResult } from '../../../src/sweep/samplers/contract.js';
import { Observations } from '../../../src/sweep/samplers/observations.js';

const AIMS = {
  objectives: [
    { metric: 'loss', goal: 'min' },
    { metric: 'score', goal: 'max' },
  ],
  constraints: [{ metric: 'size', operator: '<=', value: 10 }],
} as const;

const ok = (loss: number, score: number, size = 1): TrialResult => ({
  ...{ trial: 0, status: 'ok', metrics: { loss, score, size } },
});
const pruned = (metrics: TrialResult['metrics'] = {}, step = 3): TrialResult => ({
  ...{ trial: 0, status: 'pruned', metrics, step },
});
const failed: TrialResult = { trial: 0, status: 'failed', metrics: {} };

const tellAll = (...results: (TrialResult | readonly TrialResult[])[]) => {
  const observations = new Observations(AIMS);
  for (const each of results) observations.add([each].flat());
  return observations.all;
};

describe('a pruned configuration', () => {
  test('has the worst values of those that ended before it for what it lacks', () => {
    const [, , , last] = tellAll(ok(1, 7), ok(5, 9), ok(3, 8), pruned());
    expect(last).toEqual({
      ...{ number: 3, status: 'pruned', values: [5, -7], errors: [0, 0], violation: 0, step: 3 },
    });
    const [, own] = tellAll(ok(1, 7), pruned({ loss: 0.5 }));
    expect(own).toMatchObject({ status: 'pruned', values: [0.5, -7] });
  });

  test('is never told to be better than one that ended, whatever the order', () => {
    const resultArb = fc.oneof(
      fc.tuple(fc.integer(), fc.integer()).map(([loss, score]) => ok(loss, score)),
      fc.constant(pruned()),
      fc.constant(failed),
    );
    fc.assert(
      fc.property(fc.array(resultArb, { minLength: 1 }), (results) => {
        const all = tellAll(...results);
        all.forEach((each, i) => {
          const { status } = results[i]!;
          const ended = all.slice(0, i).filter((other) => other.status === 'ok');
          expect(each.status).toBe(status === 'pruned' && ended.length === 0 ? 'failed' : status);
          if (each.status !== 'pruned') return;
          each.values!.forEach((value, m) => {
            expect(value).toBe(Math.max(...ended.map(({ values }) => values![m]!)));
          });
        });
      }),
    );
  });

  test('does not miss a constraint that it says nothing of, and does miss one that it does', () => {
    const [, silent, large] = tellAll(ok(1, 1), pruned(), pruned({ size: 12 }));
    expect([silent!.violation, large!.violation]).toEqual([0, 2]);
  });

  test('of which one replicate ended has the values of that one', () => {
    const [, mixed] = tellAll(ok(9, 9), [ok(2, 3), pruned({}, 4)]);
    expect(mixed).toMatchObject({ status: 'pruned', values: [2, -3], step: 4 });
  });
});

test('what failed has no values, whatever has ended before, and an unknown metric misses its constraint', () => {
  const [, failure, none] = tellAll(ok(1, 1), failed, { trial: 2, status: 'ok', metrics: { loss: 1 } });
  expect(failure).toMatchObject({ status: 'failed', values: null, violation: Number.POSITIVE_INFINITY });
  expect(none).toMatchObject({ status: 'failed', values: null });
});

test('the error of a mean is none where replicates agree, or there is one, and nowhere else', () => {
  const errorOf = (...losses: number[]) => tellAll(losses.map((loss) => ok(loss, 1)))[0]!.errors![0]!;
  expect([errorOf(3, 3), errorOf(1e200, 1e200), errorOf(3)]).toEqual([0, 0, 0]);
  for (const size of [1, 1e200, 1.1e308, 1e-200]) expect(errorOf(size, -size) / size).toBeCloseTo(1, 12);
});
