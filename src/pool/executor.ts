// What runs the trials of a task in a thread: the contract between thread and trials.
import { toPlainError } from '../ground/errors.js';
import type { TrialNote } from '../trial/status.js';
import type { LeftTrial, Task, TrialReport } from './contract.js';

export interface Executed {
  /** Trials without a row; see TaskResult. */
  readonly left: readonly LeftTrial[];
  readonly rows: Uint8Array;
  readonly series: Uint8Array;
  readonly notes: readonly TrialNote[];
  /** What the run's owner should be told once; absent: nothing. */
  readonly warnings?: readonly string[];
}

/** How a task is steered while it runs. */
export interface TaskControl {
  /** Whether the i-th trial of the task shall stop. */
  isStopAsked(i: number): boolean;
  /** Hears what the trial that runs has reported. */
  report(report: TrialReport): void;
}

export type Executor = (task: Task, control: TaskControl) => Promise<Executed>;

/** One object for all tasks without a series: a bundle of results carries it once. */
export const NO_BYTES = new Uint8Array(0);
/** And without trials that are left. */
export const NONE: readonly never[] = [];

/** For tasks of one thread: what was not said before. */
export function createWarnings() {
  const said = new Set<string>();
  let fresh: string[] = [];
  const add = (text: string): void => {
    if (said.has(text)) return;
    said.add(text);
    fresh.push(text);
  };
  return {
    add,
    /** Metrics that were declared. */
    forgotten(metrics: readonly string[], how: string): void {
      for (const name of metrics) add(`metric "${name}" is declared, but ${how}: its cells are empty`);
    },
    /** As a part of the task's result. */
    take(): Pick<Executed, 'warnings'> {
      if (fresh.length === 0) return {};
      const warnings = fresh;
      fresh = [];
      return { warnings };
    },
  };
}

/** Of a trial that ran to its end and left values that its worker does not declare. Without a stack, which says nothing. */
export function noteMisfit(trial: number, faults: readonly string[]): TrialNote {
  const error = {
    name: 'SweeplineError',
    code: 'BAD_DEFINITION',
    message: toPlainError(faults.join('; ')).message,
  };
  return { trial, status: 'failed', error };
}
