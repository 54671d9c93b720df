// What becomes of an attempt that did not end well: a pure function of what happened, so that a table of cases tests it.

import type { Loss } from '../pool/contract.js';

export interface LostTask extends Loss {
  /** Trials of the task. */
  readonly count: number;
  /** Nothing else was in the host. */
  readonly wasAlone: boolean;
  /** How often the host has died of this task, or may have, in this session before. */
  readonly strikes: number;
  /** Attempts of the (single) trial that ran past their limit or threw, and were to be tried again. */
  readonly failedAttempts: number;
  /** `--retries` */
  readonly retries: number;
  /** How often in a row a host has ended before it could run anything, this time included. */
  readonly failedStarts: number;
}

export type Decision =
  /** The trial has a row now: it has failed, or timed out. */
  | { readonly do: 'record'; readonly status: 'failed' | 'timeout' }
  /** Once more: beside others, or alone in the host so that the next death has one culprit. */
  | { readonly do: 'again'; readonly when: 'now' | 'alone'; readonly strikes: number }
  /** Once more as two tasks: one of the trials brought it about. */
  | { readonly do: 'halve'; readonly when: 'now' | 'alone'; readonly strikes: number }
  /** The run ends, resumable: nothing can be run, and no trial is to blame. */
  | { readonly do: 'give up' };

/** A host that ends before it can run anything is started so often. */
const STARTS = 3;

/** A task without a result. */
export function judgeLoss(lost: LostTask): Decision {
  const { cause, blame, count, strikes } = lost;
  if (cause === 'unstarted')
    return lost.failedStarts >= STARTS ? { do: 'give up' } : { do: 'again', when: 'now', strikes };
  if (cause === 'killed' || blame === 'none') return { do: 'again', when: 'now', strikes };
  if (cause === 'overdue') {
    if (count > 1) return { do: 'halve', when: 'now', strikes };
    return lost.failedAttempts < lost.retries
      ? { do: 'again', when: 'now', strikes }
      : { do: 'record', status: 'timeout' };
  }
  const isKnown = blame === 'certain' || lost.wasAlone;
  const when = blame === 'certain' ? 'now' : 'alone';
  if (!isKnown) return { do: 'again', when, strikes: strikes + 1 };
  // Of several, most are innocent: the halves begin where this one was.
  if (count > 1) return { do: 'halve', when, strikes };
  // A first death may be the machine's: only a trial that kills its host again has failed.
  return strikes >= 1 + lost.retries
    ? { do: 'record', status: 'failed' }
    : { do: 'again', when, strikes: strikes + 1 };
}

/** A trial that threw. */
export function judgeFailure({
  failedAttempts,
  retries,
}: Pick<LostTask, 'failedAttempts' | 'retries'>): 'retry' | 'record' {
  return failedAttempts < retries ? 'retry' : 'record';
}

export type MaxFailures = number | { readonly fraction: number } | null;

/** Whether so many trials have failed that no more shall start. */
export function isTooMany(
  limit: MaxFailures,
  { failed, done, total }: { readonly failed: number; readonly done: number; readonly total: number | null },
): boolean {
  if (limit === null) return false;
  return failed > (typeof limit === 'number' ? limit : limit.fraction * (total ?? done));
}
