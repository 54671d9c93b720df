// What is to be recorded of tasks and trials: what a recorder is handed, and what it answers.
import type { PlainError } from '../../ground/errors.js';
import type { PartialResult, TaskResult } from '../../pool/contract.js';
import type { AttemptRecord } from '../../run/records.js';
import type { TrialRow } from '../../trial/row.js';
import type { Selection } from '../../trial/selection.js';
import type { TrialStatus } from '../../trial/status.js';

/** A task's result, and what is to be made of it. */
export interface Recording {
  readonly result: TaskResult;
  /** The trials that have rows. */
  readonly ended: Selection;
  readonly attempt: number;
  /** Trials of the task that began, and are neither there nor in `left`. */
  readonly gone?: number;
  readonly retries: number;
  /** None of them is tried again. */
  readonly isFinal?: boolean;
}

export interface Recorded {
  /** Trials that have failed and run again. */
  readonly retried: Selection;
  /** Rows of the others, where somebody wants to hear them. */
  readonly settled: Iterable<TrialRow>;
}

/** An attempt without a result. */
export interface LostAttempt {
  readonly trials: Selection;
  readonly attempt: number;
  readonly status: AttemptRecord['status'];
  readonly error: PlainError | undefined;
  /** The machine that had it. */
  readonly host: string;
}

/** A single trial, and what is to stand in its row. */
export type LostTrial = Omit<LostAttempt, 'status'> & {
  readonly status: TrialStatus;
  readonly partial: PartialResult | undefined;
  /** `partial` has all its rows of metrics.csv, those from before its last pause included, and no more are to be kept. */
  readonly isWhole?: boolean;
  readonly by?: RanBy;
};

/** Who ran a trial, how long, and what is to be told of it. */
export type RanBy = Partial<Pick<TaskResult, 'thread' | 'device' | 'queueMs' | 'runMs' | 'warnings'>>;
