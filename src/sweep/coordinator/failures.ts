// What becomes of an attempt that did not end well, and of a run whose trials don't: functions of what happened alone, so
// that tables of cases test them.
import type { PlainError } from '../../ground/errors.js';
import type { Loss } from '../../pool/contract.js';
import { countOf, type Selection, trialsOf } from '../../trial/selection.js';
import { signOf, type TrialNote } from '../../trial/status.js';
import type { WorkerDescription } from '../../worker/contract.js';

export interface LostTask extends Loss {
  /** Trials of the task. */
  readonly count: number;
  /** It had a process of its own, so that others may go on beside it when it has one again. */
  readonly wasApart: boolean;
  /** How often the host has died of this task, or may have, in this session before. */
  readonly strikes: number;
  /** How often its host was ended from outside while it was the only task there, in this session before. */
  readonly evictions: number;
  /** Attempts of the (single) trial that did not end well, and were to be tried again. */
  readonly failedAttempts: number;
  /** `--retries` */
  readonly retries: number;
  /** Others have no row, or are not proposed, before this one has its row. */
  readonly isAwaited: boolean;
  /** How often in a row a host has ended before it could run anything, this time included. */
  readonly failedStarts: number;
}

/** `apart`: in a process of its own, so that the next death has one culprit. */
type When = 'now' | 'apart';

export type Decision =
  /** The trial has a row now: it has failed, or timed out. */
  | { readonly do: 'record'; readonly status: 'failed' | 'timeout' }
  /** Once more, without that it counts as an attempt that has failed. */
  | { readonly do: 'again'; readonly when: When; readonly strikes: number; readonly evictions: number }
  /** Once more, after a pause: this attempt has failed. */
  | { readonly do: 'retry'; readonly when: When; readonly strikes: number; readonly evictions: number }
  /** Once more as two tasks: one of the trials brought it about. */
  | { readonly do: 'halve'; readonly when: When; readonly strikes: number; readonly evictions: number }
  /** Not in this session: nothing says that it is to blame, and nothing that it would end another time. */
  | { readonly do: 'leave' }
  /** The run ends, resumable: nothing can be run, and no trial is to blame. */
  | { readonly do: 'give up' };

/** A host that ends before it can run anything is started so often. */
const STARTS = 3;
/** A trial whose host was ended from outside so often waits for `resume`, or has failed where others wait for it. */
const EVICTIONS = 3;

/** A task without a result. */
export function judgeLoss(lost: LostTask): Decision {
  const { cause, blame, count, strikes, evictions, wasApart } = lost;
  const again = (when: When, more: { strikes?: number; evictions?: number } = {}): Decision => ({
    ...{ do: 'again', when, strikes, evictions },
    ...more,
  });
  if (cause === 'unstarted') return lost.failedStarts >= STARTS ? { do: 'give up' } : again('now');
  if (cause === 'killed' || blame === 'none') return again('now');
  // Who was not alone in a process that died is innocent until it dies of this task alone.
  if (blame === 'possible') return again('apart', cause === 'died' ? { strikes: strikes + 1 } : {});
  if (cause === 'evicted' && count === 1) return judgeEviction(lost, again);
  const when = wasApart || cause === 'memory' || cause === 'evicted' ? 'apart' : 'now';
  // Of several, most are innocent: the halves begin where this one was.
  if (count > 1) return { do: 'halve', when, strikes, evictions };
  if (cause === 'overdue' || cause === 'memory') {
    if (lost.failedAttempts < lost.retries) return { do: 'retry', when, strikes, evictions };
    return { do: 'record', status: cause === 'overdue' ? 'timeout' : 'failed' };
  }
  // A first death may be the machine's: only a trial that kills its process again has failed.
  return strikes >= 1 + lost.retries
    ? { do: 'record', status: 'failed' }
    : again(when, { strikes: strikes + 1 });
}

/** Nothing says that a trial is to blame whose process somebody else has ended; but others may not wait for it for ever. */
function judgeEviction(
  { evictions, retries, isAwaited }: LostTask,
  again: (when: When, more: { evictions: number }) => Decision,
): Decision {
  const most = EVICTIONS + (isAwaited ? retries : 0);
  if (evictions + 1 < most) return again('apart', { evictions: evictions + 1 });
  return isAwaited ? { do: 'record', status: 'failed' } : { do: 'leave' };
}

/** Failures that come again: what was asked for is wrong, or the numbers are. */
const LASTING_CODES = new Set(['BAD_USAGE', 'BAD_DEFINITION', 'BAD_MODEL', 'TRIAL_FAILED']);
const LASTING_NAMES = new Set(['ReferenceError', 'SyntaxError', 'ZodError', 'AssertionError']);

/** A trial that threw. */
export function judgeFailure(
  error: PlainError | undefined,
  { failedAttempts, retries }: Pick<LostTask, 'failedAttempts' | 'retries'>,
): 'retry' | 'record' {
  const isLasting = LASTING_CODES.has(error?.code ?? '') || LASTING_NAMES.has(error?.name ?? '');
  return !isLasting && failedAttempts < retries ? 'retry' : 'record';
}

export type MaxFailures = number | { readonly fraction: number } | null;

/** Whether so many trials have failed that no more shall start; never at a fraction of 1. */
export function isTooMany(
  limit: MaxFailures,
  { failed, done, total }: { readonly failed: number; readonly done: number; readonly total: number | null },
): boolean {
  if (limit === null) return false;
  return failed > (typeof limit === 'number' ? limit : limit.fraction * (total ?? done));
}

/** The name of the error of trials that were stopped by hand. */
export const STOPPED = 'Stopped';

/** Fewer trials that fail alike may be chance. */
const LEAST_ALIKE = 3;

export interface FirstTrialsOptions {
  /** Trials that run at once: they are spent before the first has failed. */
  readonly threads: number;
  /** Of one point, which may be a bad one. */
  readonly replicates: number;
  /** A block counts as one trial: one bad point may fail all of it. */
  readonly mode: WorkerDescription['mode'];
  /** False where the run has shown already that its trials can end well, or was told how many may fail. */
  readonly isWatching: boolean;
}

/**
 * Watches whether the first trials of a session all fail in the same way: then something is wrong with all of them, and
 * no more shall start. It is decided once the first that were begun have ended, however late, so that quick failures
 * cannot overtake slow trials that end well; a single trial that ends well, or fails otherwise, ends the watch.
 */
export class FirstTrials {
  /** How many have to fail. */
  readonly needed: number;
  readonly #isBlocks: boolean;
  #isWatching: boolean;
  #begun = 0;
  #failed = 0;
  #first: TrialNote | undefined;
  /** Of those begun first, the ones that have not ended. */
  readonly #open = new Set<number>();

  constructor({ threads, replicates, mode, isWatching }: FirstTrialsOptions) {
    this.needed = Math.max(LEAST_ALIKE, threads, replicates + 1);
    this.#isBlocks = mode === 'runBlock';
    this.#isWatching = isWatching;
  }

  /** What all have failed of; undefined while there is no reason to stop. */
  get commonError(): PlainError | undefined {
    const isAlike = this.#isWatching && this.#failed >= this.needed && this.#open.size === 0;
    return isAlike ? this.#first?.error : undefined;
  }

  /** Trials of a task begin for the first time, or once more after having been stopped. */
  begin(trials: Selection): void {
    if (!this.#isWatching) return;
    for (const trial of trialsOf(trials)) {
      if (this.#begun >= this.needed) return;
      if (!this.#open.has(trial)) this.#begun++;
      this.#open.add(trial);
      if (this.#isBlocks) return;
    }
  }

  /** Trials of a task have ended for good: those of the notes did not end well. */
  settle(trials: Selection, notes: readonly TrialNote[]): void {
    if (!this.#isWatching) return;
    if (notes.length < countOf(trials)) {
      this.#isWatching = false;
      return;
    }
    // One that is skipped has not run: its stage has failed, and whether that is so of all is told there.
    // And one that somebody has stopped says nothing of the others.
    const failed = notes.filter(({ status, error }) => status !== 'skipped' && error?.name !== STOPPED);
    for (const { trial } of notes) this.#open.delete(trial);
    this.#first ??= failed[0];
    if (failed.some((note) => !isSameFailure(note, this.#first!))) this.#isWatching = false;
    this.#failed += this.#isBlocks ? Math.min(1, failed.length) : failed.length;
  }
}

function isSameFailure(a: TrialNote, b: TrialNote): boolean {
  return (a.error === b.error && a.status === b.status) || signOf(a) === signOf(b);
}
