// What plans say to people of how much there is to run.
import { describe, expect, test } from 'vitest';
import { renderPlan, renderTotal } from '../../src/cli/plan-table.js';
import type { Plan } from '../../src/sweep/contract.js';

const plan = (more: Partial<Plan>): Plan => ({
  ...{ sweep: 's', title: 'a sweep', folder: null, sampler: 'grid', axes: ['a: 1, 2'], shard: null },
  ...{ trials: 10, excluded: 0, done: 0, failed: 0, orphaned: 0, new: 10, workers: 2, stages: [] },
  ...{ predictedMs: 60_000, predictedFrom: 'cost', predictedBytes: 1000 },
  ...more,
});
const last = (text: string) => text.split('\n').at(-1);
const estimated = {
  ...{ trials: 1e9, new: 1e9, excluded: null, estimated: 310_000_000 },
  passing: { accepted: 3100, of: 10_000 },
};

describe('a plan', () => {
  test('says about how many trials there are, where they are too many to count', () => {
    const text = renderPlan(plan(estimated));
    expect(text).toMatch(/new +1,000,000,000 +at most: about 310,000,000 by the sample/);
    expect(last(text)).toContain('To run: about 310,000,000, about 1m 00s by the cost of trials');
  });

  test('says how many at most, where the sampler decides as it goes', () => {
    const text = renderPlan(plan({ excluded: null }));
    expect(text).toContain('at most: the sampler decides as it goes');
    expect(last(text)).toContain('To run: at most 10, at most about 1m 00s');
  });

  test('says what was otherwise where trials were timed', () => {
    const text = renderPlan(plan({ predictedWith: ['version 1 of the worker', 'machine a'] }));
    expect(last(text)).toContain(
      'by the cost of trials, measured with version 1 of the worker and machine a,',
    );
  });

  test('counts what was begun and lost once', () => {
    expect(last(renderPlan(plan({ new: 3, orphaned: 2, done: 5 })))).toContain('To run: 5,');
    expect(last(renderPlan(plan({ new: 0, done: 10 })))).toBe('Nothing to run');
  });
});

describe('the plans of a suite in one line', () => {
  const judge = { name: 'judge', about: '', trials: 2, done: 0, new: 2, predictedFrom: null };
  test.each<[string, readonly Plan[]]>([
    ['In all: 2 sweeps, 20 trials to run, about 2m 00s', [plan({}), plan({})]],
    [
      'In all: 3 sweeps, 30 trials to run, about 2m 00s, sweep t and stage judge of s not measured yet',
      [
        plan({}),
        plan({ sweep: 't', predictedMs: null }),
        plan({ stages: [{ ...judge, predictedMs: null }] }),
      ],
    ],
    ['In all: 1 sweep, 10 trials to run, time not measured yet', [plan({ predictedMs: null })]],
    ['In all: 2 sweeps, about 310,000,010 trials to run, about 2m 00s', [plan(estimated), plan({})]],
    [
      'In all: 2 sweeps, at most 20 trials to run, at most about 2m 00s',
      [plan({ excluded: null }), plan({})],
    ],
  ])('%s', (text, plans) => {
    expect(renderTotal(plans)).toBe(text);
  });
});
