// The answer as lines: eight at most, as wide as they may be, and nothing in them that moves a cursor.
import { describe, expect, test } from 'vitest';
import type { Answer } from '../../src/answer/answer.js';
import { describeBriefly, describeInterval, renderAnswer } from '../../src/answer/words.js';

const METRICS = [{ name: 'loss', type: 'number', goal: 'min', unit: 'nats' }] as const;
const ranked = (mean: number, lr: number) => ({
  ...{ rank: 1, trial: 7, replicates: 3, ended: 3, feasible: true },
  point: { lr, kind: 'adam' },
  values: [{ count: 3, mean, low: mean - 0.04, high: mean + 0.04 }],
});
const ANSWER: Answer = {
  objectives: [{ metric: 'loss', goal: 'min' }],
  constraints: ['size <= 3'],
  varying: ['lr', 'kind'],
  mutated: [],
  ...{ configurations: 12, infeasible: 2, unranked: 1, pruned: 0, first: 1, importanceOf: 9, runMs: 250_000 },
  importancePruned: 0,
  best: [ranked(0.123456, 0.1), ranked(0.2, 0.01)],
  comparison: { verdict: 'beyond noise', p: 0.0123 },
  importance: [
    { parameter: 'lr', metric: 'loss', importance: 0.617, low: 0.5, high: 0.7, method: 'fanova' },
    { parameter: 'kind', metric: 'loss', importance: 0.21, low: 0.1, high: 0.3, method: 'fanova' },
  ],
  failures: ['one\u001b[2J\u0007 at 3', 'two', 'three'].map((message, i) => ({
    ...{ status: 'failed' as const, message, count: 5 - i, trial: i },
  })),
};

describe('an answer', () => {
  test('says all in eight lines', () => {
    expect(renderAnswer(ANSWER, METRICS)).toEqual([
      '  best    loss 0.123 ± 0.04 nats (n=3), from trial 7',
      '          lr=0.1 kind=adam',
      '          left out: 2 not with size <= 3; 1 without a finite value',
      '  next    loss 0.200 ± 0.04 nats, beyond noise (p=0.012): lr=0.01',
      '  axes    lr 62%, kind 21% of the variance of loss',
      '  failed  5 failed: one [2J  at 3',
      '          7 of 2 other messages',
      '  time    4m 10s of trials, all together',
    ]);
  });

  test.each([20, 40, 79])('is cut at %d columns', (width) => {
    const lines = renderAnswer(ANSWER, METRICS, width);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
  });

  test('names ties, single replicates, and what nothing explains', () => {
    const equal = { ...ANSWER, comparison: { verdict: 'equal', p: null }, first: 4 } as const;
    expect(renderAnswer(equal, METRICS)[3]).toBe('  next    3 others have the same value');
    const single = { ...ANSWER, comparison: { verdict: 'unknown', p: null } } as const;
    expect(renderAnswer(single, METRICS)[3]).toContain('one replicate: noise not known');
    const idle = ANSWER.importance.map((each) => ({ ...each, importance: 0.001 }));
    expect(renderAnswer({ ...ANSWER, importance: idle }, METRICS)[4]).toBe(
      '  axes    no parameter explains what loss does',
    );
    const pruned = { ...ANSWER, importancePruned: 30 };
    expect(renderAnswer(pruned, METRICS)[4]).toBe(
      '  axes    lr 62%, kind 21% of the variance of loss among the 9 not pruned',
    );
    const deciding = ANSWER.importance.map((each) => ({ ...each, method: 'ped-anova' as const }));
    const both = { ...pruned, importance: [...ANSWER.importance, ...deciding.toReversed()] };
    expect(renderAnswer(both, METRICS)[4]).toBe(
      '  axes    kind 21%, lr 62% of what decides who is in the top tenth by loss',
    );
  });

  test('is one line of a table', () => {
    expect(describeBriefly(ANSWER, METRICS)).toBe('lr=0.1 kind=adam: loss 0.123 ± 0.04 nats (n=3)');
    expect(describeBriefly({ ...ANSWER, best: [], first: 0 }, METRICS)).toBeNull();
  });
});

test.each([
  [{ count: 3, mean: 0.0925107, low: 0.0925107 - 0.0819, high: 0.0925107 + 0.0819 }, '0.093 ± 0.082'],
  [{ count: 3, mean: 12345.678, low: 12345.678 - 210, high: 12345.678 + 210 }, '12350 ± 210'],
  [{ count: 3, mean: 1.5, low: 1.5, high: 1.5 }, '1.5'],
  [{ count: 1, mean: 1 / 3, low: null, high: null }, '0.333333'],
  [{ count: 2, mean: 3e-9, low: 3e-9 - 1e-10, high: 3e-9 + 1e-10 }, '3e-9 ± 1e-10'],
])('%j is %s', (interval, text) => {
  expect(describeInterval(interval, undefined)).toBe(text);
});
