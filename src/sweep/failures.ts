// What becomes of an attempt that did not end well, and of a run whose trials don't: functions of what happened alone, so
// that tables of cases test them.
import type { PlainError } from '../ground/errors.js';
import type { Loss } from '../pool/contract.js';
import { countOf, type Selection, trialsOf } from '../trial/selection.js';
import type { TrialNote } from '../trial/status.js';
import type { WorkerDescription } from '../worker/contract.js';

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

/** Whether so many trials have failed that no more shall start; never at a fraction of 1. */
export function isTooMany(
  limit: MaxFailures,
  { failed, done, total }: { readonly failed: number; readonly done: number; readonly total: number | null },
): boolean {
  if (limit === null) return false;
  return failed > (typeof limit === 'number' ? limit : limit.fraction * (total ?? done));
}

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
    const failed = notes.filter(({ status }) => status !== 'skipped');
    for (const { trial } of notes) this.#open.delete(trial);
    this.#first ??= failed[0];
    if (failed.some((note) => !isSameFailure(note, this.#first!))) this.#isWatching = false;
    this.#failed += this.#isBlocks ? Math.min(1, failed.length) : failed.length;
  }
}

/** The same status, name and message; numbers in messages may differ. */
function isSameFailure(a: TrialNote, b: TrialNote): boolean {
  if (a.error === b.error && a.status === b.status) return true;
  const sign = ({ status, error }: TrialNote) =>
    `${status} ${error?.name} ${error?.message.replaceAll(/-?\d+(\.\d+)?(e[+-]?\d+)?/gi, '#')}`;
  return sign(a) === sign(b);
}
