// Single trials that somebody has asked to stop: each ends as failed, with what it has reported, and is not tried again.
import { toPlainError } from '../../ground/errors.js';
import type { LeftTrial, TaskLost, TaskResult } from '../../pool/contract.js';
import type { TrialRow } from '../../trial/row.js';
import { countOf, pick, type Selection, selectNumbers, trialsOf } from '../../trial/selection.js';
import { STOPPED } from './failures.js';
import type { Flight } from './in-flight.js';
import type { Recorder } from './recorder.js';
import type { RanBy } from './recording.js';
import type { Work } from './work.js';

const ERROR = { name: STOPPED, message: 'the trial was stopped on request' };

export class AskedStops {
  readonly #recorder: Pick<Recorder, 'recordLost' | 'noteAttempt'>;
  readonly #asked = new Set<number>();

  constructor(recorder: Pick<Recorder, 'recordLost' | 'noteAttempt'>) {
    this.#recorder = recorder;
  }

  /** False where the trial is with none of them. `force`: its task is ended at once, with its process. */
  ask(trial: number, inFlight: Iterable<Flight>, force: boolean): boolean {
    for (const { work, task } of inFlight) {
      if (countOf(pick(work.trials, (each) => each === trial)) === 0) continue;
      if (force) task.kill();
      else task.stop([trial]);
      this.#asked.add(trial);
      return true;
    }
    return false;
  }

  /** Who was asked to stop for good does not pause. */
  insist(result: TaskResult): TaskResult {
    if (this.#asked.size === 0 || result.left.length === 0) return result;
    const left = result.left.map(({ pausedAt, ...rest }): LeftTrial => {
      const isPause = pausedAt !== undefined && !this.#asked.has(rest.trial);
      return isPause ? { ...rest, pausedAt } : rest;
    });
    return { ...result, left };
  }

  /** Takes those trials out of a result that were asked to stop, and did. */
  take(result: TaskResult): { readonly result: TaskResult; readonly stopped: readonly LeftTrial[] } {
    if (this.#asked.size === 0 || result.left.length === 0) return { result, stopped: [] };
    const stopped = result.left.filter(({ trial }) => this.#asked.has(trial));
    if (stopped.length === 0) return { result, stopped };
    const left = result.left.filter(({ trial }) => !this.#asked.has(trial));
    return { result: { ...result, left }, stopped };
  }

  /** The rows that those trials have now; `by` is each one's part. */
  async record(
    { attempt }: Work,
    { host, ...by }: Pick<TaskResult, 'host'> & RanBy,
    stopped: readonly Pick<LeftTrial, 'trial' | 'partial'>[],
  ): Promise<readonly TrialRow[]> {
    const rows: TrialRow[] = [];
    for (const { trial, partial } of stopped) {
      const trials = selectNumbers([trial]);
      const lost = { trials, attempt, host, status: 'failed', error: ERROR, partial, by } as const;
      rows.push(...(await this.#recorder.recordLost(lost)));
    }
    return rows;
  }

  /** Whether a task has some of them. */
  has({ trials }: Work): boolean {
    return this.#asked.size > 0 && countOf(pick(trials, (trial) => this.#asked.has(trial))) > 0;
  }

  /** A task was killed for their sake: the rows that they have now, and the others, which run again. */
  async recordKilled(
    work: Work,
    error: TaskLost,
  ): Promise<{ readonly rows: readonly TrialRow[]; readonly others: Selection }> {
    const { trials, attempt } = work;
    const { host } = error.loss;
    const asked = [...trialsOf(trials)].filter((trial) => this.#asked.has(trial));
    const rows = await this.record(
      work,
      { host },
      asked.map((trial) => ({ trial })),
    );
    const others = pick(trials, (trial) => !this.#asked.has(trial));
    if (countOf(others) > 0) {
      const lost = { trials: others, attempt, host, error: toPlainError(error) };
      await this.#recorder.noteAttempt({ ...lost, status: 'lost' });
    }
    return { rows, others };
  }
}
