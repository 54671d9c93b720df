// What runs the trials of a task in a thread: the contract between thread and trials.
import type { TrialNote } from '../trial/status.js';
import type { LeftTrial, Task } from './contract.js';

export interface Executed {
  /** Trials without a row; see TaskResult. */
  readonly left: readonly LeftTrial[];
  readonly rows: Uint8Array;
  readonly series: Uint8Array;
  readonly notes: readonly TrialNote[];
}

/** How a task is steered while it runs. */
export interface TaskControl {
  /** Whether the i-th trial of the task shall stop. */
  isStopAsked(i: number): boolean;
  /** Hears rows of metrics.csv of the trial that runs. */
  report(trial: number, rows: Uint8Array): void;
}

export type Executor = (task: Task, control: TaskControl) => Promise<Executed>;

/** One object for all tasks without a series: a bundle of results carries it once. */
export const NO_BYTES = new Uint8Array(0);
/** And without trials that are left. */
export const NONE: readonly never[] = [];
