// What becomes of an attempt that did not end well, case by case.
import { describe, expect, test } from 'vitest';
import { isTooMany, judgeFailure, judgeLoss, type LostTask } from '../../src/sweep/failures.js';

const lost: LostTask = {
  cause: 'died',
  blame: 'possible',
  host: 'here',
  count: 1,
  wasAlone: false,
  strikes: 0,
  failedAttempts: 0,
  retries: 0,
  failedStarts: 0,
};
const again = (when: 'now' | 'alone', strikes: number) => ({ do: 'again', when, strikes });
const halve = (when: 'now' | 'alone', strikes: number) => ({ do: 'halve', when, strikes });
const record = (status: string) => ({ do: 'record', status });

describe('a task without a result', () => {
  test.each<[string, Partial<LostTask>, unknown]>([
    ['others died beside it: alone from now on', {}, again('alone', 1)],
    ['of several, the same', { count: 8 }, again('alone', 1)],
    ['alone, once: it may have been the machine', { wasAlone: true }, again('alone', 1)],
    ['alone, of several: one of them', { wasAlone: true, count: 8 }, halve('alone', 1)],
    ['alone, again: it is the trial', { wasAlone: true, strikes: 1 }, record('failed')],
    ['alone, again, with a retry left', { wasAlone: true, strikes: 1, retries: 1 }, again('alone', 2)],
    ['alone, with no retry left', { wasAlone: true, strikes: 2, retries: 1 }, record('failed')],
    ['it is known to have done it', { blame: 'certain' }, again('now', 1)],
    ['it is known, of several', { blame: 'certain', count: 3 }, halve('now', 1)],
    ['it is known, again', { blame: 'certain', strikes: 1 }, record('failed')],
    ['another brought it about', { blame: 'none', strikes: 3 }, again('now', 3)],
    ['killed on request', { cause: 'killed', blame: 'certain', strikes: 3 }, again('now', 3)],
    ['overdue', { cause: 'overdue', blame: 'certain' }, record('timeout')],
    ['overdue, of several', { cause: 'overdue', blame: 'certain', count: 5 }, halve('now', 0)],
    ['overdue, with a retry left', { cause: 'overdue', blame: 'certain', retries: 1 }, again('now', 0)],
    [
      'overdue, with no retry left',
      { cause: 'overdue', blame: 'certain', retries: 1, failedAttempts: 1 },
      record('timeout'),
    ],
    ['the host did not start', { cause: 'unstarted', blame: 'none', failedStarts: 2 }, again('now', 0)],
    ['nor ever does', { cause: 'unstarted', blame: 'none', failedStarts: 3 }, { do: 'give up' }],
  ])('%s', (_, changes, decision) => {
    expect(judgeLoss({ ...lost, ...changes })).toEqual(decision);
  });
});

test('a trial that threw is tried again as often as there are retries', () => {
  const decisions = [0, 1, 2].map((failedAttempts) => judgeFailure({ failedAttempts, retries: 2 }));
  expect(decisions).toEqual(['retry', 'retry', 'record']);
  expect(judgeFailure({ failedAttempts: 0, retries: 0 })).toBe('record');
});

test.each([
  [null, 1000, false],
  [0, 0, false],
  [0, 1, true],
  [5, 5, false],
  [5, 6, true],
  [{ fraction: 0.1 }, 10, false],
  [{ fraction: 0.1 }, 11, true],
] as const)('of 100 trials, with the limit %j: %i failures are too many: %s', (limit, failed, expected) => {
  expect(isTooMany(limit, { failed, done: 20, total: 100 })).toBe(expected);
});

test('where it is not known how many trials there are, a fraction is of those that have ended', () => {
  expect(isTooMany({ fraction: 0.5 }, { failed: 11, done: 20, total: null })).toBe(true);
  expect(isTooMany({ fraction: 0.5 }, { failed: 10, done: 20, total: null })).toBe(false);
});
