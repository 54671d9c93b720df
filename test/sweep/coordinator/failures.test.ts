// What becomes of attempts that did not end well: every case, and that it always comes to an end.
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import {
  FirstTrials,
  type FirstTrialsOptions,
  isTooMany,
  judgeFailure,
  judgeLoss,
  type LostTask,
} from '../../../src/sweep/coordinator/failures.js';
import {
  countOf,
  halve,
  type Selection,
  selectNumbers,
  trialAt,
  trialsOf,
} from '../../../src/trial/selection.js';
import type { TrialNote } from '../../../src/trial/status.js';

const LOST: LostTask = {
  ...{ cause: 'died', blame: 'possible', host: 'h', process: 1, count: 1, wasApart: false },
  ...{ strikes: 0, evictions: 0, failedAttempts: 0, retries: 0, failedStarts: 0 },
  isAwaited: false,
};
const again = (when: 'now' | 'apart', strikes = 0, evictions = 0) => ({
  ...{ do: 'again', when, strikes, evictions },
});
const now = (strikes = 0) => again('now', strikes);
const apart = (strikes = 0, evictions = 0) => again('apart', strikes, evictions);
const halved = (when: 'now' | 'apart', strikes = 0) => ({ ...apart(strikes), do: 'halve', when });
const retried = (when: 'now' | 'apart', strikes = 0) => ({ ...apart(strikes), do: 'retry', when });
const failed = { do: 'record', status: 'failed' };
const timeout = { do: 'record', status: 'timeout' };

describe('judgeLoss', () => {
  test.each<[string, Partial<LostTask>, unknown]>([
    ['a host that did not start: once more', { cause: 'unstarted', failedStarts: 1 }, now()],
    ['twice', { cause: 'unstarted', failedStarts: 2, count: 9, strikes: 4 }, now(4)],
    [
      'three times: nothing can be run',
      { cause: 'unstarted', failedStarts: 3, retries: 9 },
      { do: 'give up' },
    ],
    ['and more', { cause: 'unstarted', failedStarts: 4 }, { do: 'give up' }],

    ['killed on request', { cause: 'killed', blame: 'certain' }, now()],
    [
      'killed on request, with others and a past',
      { cause: 'killed', blame: 'certain', count: 5, strikes: 2 },
      now(2),
    ],
    ['went down with another that is to blame', { blame: 'none' }, now()],
    ['however often', { blame: 'none', count: 5, strikes: 7, wasApart: true }, now(7)],
    ['went down with another that ran past its limit', { cause: 'overdue', blame: 'none' }, now()],

    [
      'several past their limit: one of them was',
      { cause: 'overdue', blame: 'certain', count: 2 },
      halved('now'),
    ],
    [
      'their strikes stay',
      { cause: 'overdue', blame: 'certain', count: 3, strikes: 1, retries: 1 },
      halved('now', 1),
    ],
    ['one past its limit', { cause: 'overdue', blame: 'certain' }, timeout],
    ['one past its limit, with a retry', { cause: 'overdue', blame: 'certain', retries: 1 }, retried('now')],
    ['its strikes stay', { cause: 'overdue', blame: 'certain', retries: 1, strikes: 3 }, retried('now', 3)],
    ['the last retry', { cause: 'overdue', blame: 'certain', retries: 2, failedAttempts: 1 }, retried('now')],
    ['no retry left', { cause: 'overdue', blame: 'certain', retries: 2, failedAttempts: 2 }, timeout],

    ['one of many in a dead host', {}, apart(1)],
    ['several trials of many tasks in a dead host', { count: 8 }, apart(1)],
    ['for the third time: still not known to be to blame', { count: 8, strikes: 2 }, apart(3)],
    ['retries do not matter to who is not known', { strikes: 9, retries: 0 }, apart(10)],

    ['certainly to blame, the first time: the machine’s, for once', { blame: 'certain' }, now(1)],
    ['certainly, again', { blame: 'certain', strikes: 1 }, failed],
    ['certainly, again, with a retry', { blame: 'certain', strikes: 1, retries: 1 }, now(2)],
    ['certainly, no retry left', { blame: 'certain', strikes: 2, retries: 1 }, failed],
    ['certainly one of several', { blame: 'certain', count: 3 }, halved('now', 0)],
    ['apart, the first time: apart once more', { blame: 'certain', wasApart: true }, apart(1)],
    ['apart, again', { blame: 'certain', wasApart: true, strikes: 1 }, failed],
    ['apart, several', { blame: 'certain', wasApart: true, count: 2, strikes: 9 }, halved('apart', 9)],
    ['failed attempts are no strikes', { blame: 'certain', failedAttempts: 5 }, now(1)],

    ['ended from outside beside others: no strike', { cause: 'evicted' }, apart()],
    ['ended from outside, alone', { cause: 'evicted', blame: 'certain' }, apart(0, 1)],
    [
      'several ended from outside: it may be one of them',
      { cause: 'evicted', blame: 'certain', count: 9 },
      halved('apart'),
    ],
    ['once more', { cause: 'evicted', blame: 'certain', evictions: 1, strikes: 3 }, apart(3, 2)],
    [
      'three times: not in this session',
      { cause: 'evicted', blame: 'certain', evictions: 2, retries: 9 },
      { do: 'leave' },
    ],
    [
      'three times, and others wait for it',
      { cause: 'evicted', blame: 'certain', evictions: 2, isAwaited: true },
      failed,
    ],
    [
      'three times and its retries, and others wait for it',
      { cause: 'evicted', blame: 'certain', evictions: 2, retries: 1, isAwaited: true },
      apart(0, 3),
    ],
    [
      'no time is left for others to wait',
      { cause: 'evicted', blame: 'certain', evictions: 3, retries: 1, isAwaited: true },
      failed,
    ],

    ['too much memory in a process that others have used', { cause: 'memory' }, apart()],
    ['too much memory', { cause: 'memory', blame: 'certain' }, failed],
    ['too much memory, with a retry', { cause: 'memory', blame: 'certain', retries: 1 }, retried('apart')],
    ['too much memory, several', { cause: 'memory', blame: 'certain', count: 2 }, halved('apart')],
  ])('%s', (_, what, decision) => {
    expect(judgeLoss({ ...LOST, ...what })).toEqual(decision);
  });

  it('finds those that kill their host, and lets all others run', () => {
    const trials = fc.uniqueArray(fc.nat({ max: 40 }), { minLength: 1, maxLength: 16 });
    fc.assert(
      fc.property(
        trials,
        fc.nat({ max: 4 }),
        fc.nat({ max: 3 }),
        fc.boolean(),
        (all, killers, retries, isKnown) => {
          const isKiller = (trial: number) => trial % 5 < killers;
          const open: { trials: Selection; strikes: number }[] = [{ trials: selectNumbers(all), strikes: 0 }];
          const ended = new Map<number, string>();
          let deaths = 0;
          for (let work = open.shift(); work !== undefined; work = open.shift()) {
            if (![...trialsOf(work.trials)].some(isKiller)) {
              for (const trial of trialsOf(work.trials)) ended.set(trial, 'ok');
              continue;
            }
            expect(++deaths).toBeLessThan(500);
            const count = countOf(work.trials);
            // The first time it was one of many.
            const blame = isKnown || work.strikes > 0 ? 'certain' : 'possible';
            const decision = judgeLoss({
              ...LOST,
              blame,
              wasApart: true,
              count,
              strikes: work.strikes,
              retries,
            });
            if (decision.do === 'record') ended.set(trialAt(work.trials, 0), decision.status);
            else if (decision.do === 'again') open.push({ ...work, strikes: decision.strikes });
            else if (decision.do === 'halve')
              for (const half of halve(work.trials)) open.push({ trials: half, strikes: decision.strikes });
          }
          expect(Object.fromEntries(ended)).toEqual(
            Object.fromEntries(all.map((trial) => [trial, isKiller(trial) ? 'failed' : 'ok'])),
          );
        },
      ),
      { seed: 251, numRuns: 300 },
    );
  });
});

describe('judgeFailure', () => {
  test.each([
    [0, 0, 'record'],
    [0, 1, 'retry'],
    [1, 1, 'record'],
    [1, 2, 'retry'],
    [5, 2, 'record'],
  ] as const)('after %i attempts with %i retries: %s', (failedAttempts, retries, decision) => {
    expect(judgeFailure({ name: 'Error', message: 'm' }, { failedAttempts, retries })).toBe(decision);
  });

  test.each([
    [{ name: 'Error', message: 'connect ECONNREFUSED' }, 'retry'],
    [{ name: 'TypeError', message: 'fetch failed' }, 'retry'],
    [{ name: 'SweeplineError', code: 'BAD_DATA', message: 'cut short' }, 'retry'],
    [undefined, 'retry'],
    [{ name: 'SweeplineError', code: 'BAD_DEFINITION', message: 'metric "k" is 1.5' }, 'record'],
    [{ name: 'SweeplineError', code: 'TRIAL_FAILED', message: 'the loss is NaN' }, 'record'],
    [{ name: 'ReferenceError', message: 'x is not defined' }, 'record'],
    [{ name: 'ZodError', message: '[]' }, 'record'],
  ])('what may pass is tried again, and what cannot is not: %o', (error, decision) => {
    expect(judgeFailure(error, { failedAttempts: 0, retries: 5 })).toBe(decision);
  });
});

describe('isTooMany', () => {
  const counts = { failed: 3, done: 10, total: 100 };
  test.each([
    ['no limit', null, { ...counts, failed: 100 }, false],
    ['as many as may', 3, counts, false],
    ['one more', 2, counts, true],
    ['none may', 0, { ...counts, failed: 0 }, false],
    ['none may, one has', 0, { ...counts, failed: 1 }, true],
    ['a share of all, just met', { fraction: 0.03 }, counts, false],
    ['a share of all, passed', { fraction: 0.029 }, counts, true],
    ['a share of what is done, where the end is open', { fraction: 0.3 }, { ...counts, total: null }, false],
    ['a fraction of one is no limit', { fraction: 1 }, { ...counts, failed: 100, done: 100 }, false],
    ['nor where the end is open', { fraction: 1 }, { failed: 9, done: 9, total: null }, false],
    ['and passed there', { fraction: 0.29 }, { ...counts, total: null }, true],
  ] as const)('%s', (_, limit, what, answer) => {
    expect(isTooMany(limit, what)).toBe(answer);
  });
});

describe('FirstTrials', () => {
  const options: FirstTrialsOptions = { threads: 2, replicates: 1, mode: 'run', isWatching: true };
  const error = (message: string, name = 'TypeError') => ({ name, message, stack: message });
  const range = (first: number, count: number): Selection => ({ kind: 'range', first, count });
  type Event =
    | { readonly begin: Selection }
    | { readonly ok: Selection }
    | {
        readonly fail: Selection;
        readonly how?: string;
        readonly name?: string;
        readonly status?: TrialNote['status'];
      };
  const begin = (first: number, count = 1): Event => ({ begin: range(first, count) });
  const ok = (first: number, count = 1): Event => ({ ok: range(first, count) });
  const fail = (first: number, more: Omit<Extract<Event, { fail: Selection }>, 'fail'> = {}): Event => ({
    fail: range(first, 1),
    ...more,
  });
  const run = (events: readonly Event[], more: Partial<FirstTrialsOptions> = {}) => {
    const first = new FirstTrials({ ...options, ...more });
    const answers = events.map((event) => {
      if ('begin' in event) first.begin(event.begin);
      else if ('ok' in event) first.settle(event.ok, []);
      else {
        const { fail: trials, how = 'x is 1', name, status = 'failed' } = event;
        first.settle(
          trials,
          [...trialsOf(trials)].map((trial) => ({ trial, status, error: error(how, name) })),
        );
      }
      return first.commonError !== undefined;
    });
    // The event at which it says stop; from then on it does.
    const at = answers.indexOf(true);
    expect(answers.slice(at < 0 ? answers.length : at)).toEqual(answers.filter((answer) => answer));
    return at;
  };
  const three = [begin(0, 3), fail(0), fail(1), fail(2)];

  test.each<[string, readonly Event[], Partial<FirstTrialsOptions>, number]>([
    ['three that fail alike', three, {}, 3],
    ['in any order', [begin(0, 3), fail(2), fail(0), fail(1)], {}, 3],
    ['two', three.slice(0, 3), {}, -1],
    [
      'where failures are counted otherwise, or trials have ended well before',
      three,
      { isWatching: false },
      -1,
    ],
    ['as many as run at once', three, { threads: 4 }, -1],
    ['all of those', [begin(0, 4), fail(0), fail(1), fail(2), fail(3)], { threads: 4 }, 4],
    ['replicates of one point alone', three, { replicates: 3 }, -1],
    ['and one of another', [begin(0, 4), fail(0), fail(1), fail(2), fail(3)], { replicates: 3 }, 4],
    ['one that ends well', [begin(0, 9), fail(0), fail(1), ok(2), fail(3), fail(4), fail(5)], {}, -1],
    [
      'quick failures wait for a slow one that was begun before',
      [begin(0, 3), begin(3), fail(1), fail(2), fail(3), fail(4)],
      {},
      -1,
    ],
    ['until it fails too', [begin(0, 4), fail(1), fail(2), fail(3), fail(0)], {}, 4],
    ['or ends well', [begin(0, 4), fail(1), fail(2), fail(3), ok(0), fail(4)], {}, -1],
    [
      'numbers in the message do not matter',
      [
        begin(0, 3),
        fail(0, { how: 'x is 1' }),
        fail(1, { how: 'x is -2.5e-7' }),
        fail(2, { how: 'x is 30' }),
      ],
      {},
      3,
    ],
    ['other words do', [begin(0, 3), fail(0), fail(1, { how: 'y is 1' }), fail(2), fail(3), fail(4)], {}, -1],
    ['another name does', [begin(0, 3), fail(0), fail(1, { name: 'RangeError' }), fail(2)], {}, -1],
    ['another status does', [begin(0, 3), fail(0), fail(1, { status: 'timeout' }), fail(2)], {}, -1],
    ['timeouts alike', [begin(0, 3), ...[0, 1, 2].map((i) => fail(i, { status: 'timeout' }))], {}, 3],
    [
      'skipped trials have not run',
      [begin(0, 3), ...[0, 1, 2].map((i) => fail(i, { status: 'skipped' }))],
      {},
      -1,
    ],
    [
      'those that were stopped begin again',
      [begin(0, 2), begin(1), begin(2), fail(0), fail(1), fail(2)],
      {},
      5,
    ],
    ['a task with one that ends well', [begin(0, 3), fail(0), { ok: range(1, 2) }, fail(3)], {}, -1],
    ['a block counts once', [begin(0, 64), { fail: range(0, 64) }], { mode: 'runBlock' }, -1],
    [
      'three blocks',
      [0, 1, 2].flatMap((i) => [begin(64 * i, 64), { fail: range(64 * i, 64) }]),
      { mode: 'runBlock' },
      5,
    ],
  ])('%s', (_, events, more, at) => {
    expect(run(events, more)).toBe(at);
  });
});
