// A pool runs tasks. It decides nothing and remembers nothing.
//
// Guarantees of every implementation (test/conformance/pool.ts runs over all of them):
// - The `result` of a task settles exactly once. A trial that throws is a result with a note of status `failed`, not a
//   rejection; `result` rejects with TaskLost where the pool could not run the task to its end (and says who may be to
//   blame), and with another error where nothing of the kind can run at all.
// - Tasks may finish in any order; at most `size` run at once, the rest wait in the order of submission. Tasks that are
//   much shorter than a message may be handed to a thread several at once.
// - A value that is not what its metric declares makes its trial `failed`; its row keeps the values that fit.
// - The rows of a task's result depend on the task alone: not on the thread, the order, or what ran before.
// - What trials report reaches `onReport` while they run, in order for each trial, and never after the task has settled.
//   It may arrive late or not at all: the result's series are complete.
// - A trial that is asked to stop, that stops at a rung where its pruner has it pause, or that had not begun, has no row
//   and comes back in `left`. Asking for one trial of a
//   task leaves the others running; only tasks of more than 31 trials are asked from the 32nd trial on as one.
// - Once `limit` has been called, a task that runs longer is asked to stop, and ended by force where it does not; it
//   rejects with TaskLost `overdue`. One that comes to its end in between keeps its result.
// - What a trial leaves behind that fails after it has ended (a promise without a handler, a timer) harms no other.
// - `close()` waits for what is running; `kill()` does not. Both may be called twice. After either, tasks are rejected.
import { hostname } from 'node:os';
import { type ErrorDetails, SweeplineError } from '../ground/errors.js';
import type { Continuation, PrunerSpec } from '../search/pruning/contract.js';
import type { SpaceSpec, Value } from '../space/types.js';
import type { BusyThread } from '../trial/busy.js';
import type { MetricValue } from '../trial/metrics.js';
import { countOf, type Selection, trialAt } from '../trial/selection.js';
import type { TrialNote } from '../trial/status.js';
import type { WorkerQuestions } from '../worker/questions.js';
import type { FinishedStage } from '../worker/stage-results.js';

/** What every thread is told once, before its first task. */
export interface PoolSetup {
  readonly space: SpaceSpec;
  /** Axis columns of trials.csv, in order. */
  readonly axes: readonly string[];
  /** Parameter values that the sweep fixes in place of the worker's defaults. */
  readonly fixed: Readonly<Record<string, Value>>;
  readonly sweepSeed: number;
  readonly engine: string;
  readonly device: string;
  readonly data: string | undefined;
  /** Where the store of trials' files is (see trial/store.ts); null: none can be kept (tests). */
  readonly folder: string | null;
  /** Hash of the worker's code as it was described; another one is refused. Absent: any (tests). */
  readonly sources?: string;
  /** What the trials depend on, run before them; absent where the worker has no stages. */
  readonly stages?: readonly FinishedStage[];
  /** What stops trials early: their reports are told at once where it looks at them. Absent: nothing does. */
  readonly pruner?: PrunerSpec;
  /** A name of the run that stays the same when it is taken up again: for pools that outlive their coordinator. */
  readonly run?: string;
}

/** Trials to run in one go. */
export interface Task {
  readonly id: number;
  /** 1 on the first try of its trials. */
  readonly attempt: number;
  readonly trials: Selection;
  /** In a process of its own, so that whatever ends that process has one culprit. */
  readonly isApart?: boolean;
  /** Of a single trial that has paused before: how it goes on. */
  readonly from?: Continuation;
}

export interface LeftTrial {
  readonly trial: number;
  /** False: it never ran. */
  readonly hasBegun: boolean;
  /** The rung of the pruner's at which it stopped by itself. */
  readonly pausedAt?: number;
  readonly partial?: PartialResult;
}

/** What there is of a trial that was asked to stop while it ran. */
export interface PartialResult {
  /** The metrics that it returned all the same, in the order of declaration; absent: it returned none. */
  readonly values?: readonly MetricValue[];
  /** Its rows of metrics.csv. */
  readonly series: Uint8Array;
}

export interface TaskResult {
  readonly id: number;
  /** Trials without a row, since they were asked to stop. Usually none. */
  readonly left: readonly LeftTrial[];
  /** Rows of trials.csv of the other trials, in the order of the task: the bytes that will stand in the file. */
  readonly rows: Uint8Array;
  /** Rows of metrics.csv of the same trials. */
  readonly series: Uint8Array;
  /** Only the trials whose status is not `ok`. */
  readonly notes: readonly TrialNote[];
  /** What is to be told once, of all that results say alike; absent: nothing. */
  readonly warnings?: readonly string[];
  /** Who ran it: thread number within its host, from 0. */
  readonly thread: number;
  readonly host: string;
  readonly device: string;
  /** Waited in the pool, and ran, in milliseconds. */
  readonly queueMs: number;
  readonly runMs: number;
  /** Processor time of its thread meanwhile, in milliseconds; null where the system does not tell. */
  readonly cpuMs: number | null;
}

/** What a running trial has reported since the last time: rows of metrics.csv. */
export interface TrialReport {
  readonly trial: number;
  readonly rows: Uint8Array;
  /** How many rows this attempt has reported before: a report may be lost, and those after it come all the same. */
  readonly from: number;
}

/** A task that was handed to the pool. */
export interface RunningTask {
  readonly result: Promise<TaskResult>;
  /** Asks trials of the task to stop; default: all of them. */
  stop(trials?: readonly number[]): void;
  /**
   * Ends the task at once: `result` rejects with TaskLost `killed`. Other tasks that go down with it are lost without
   * blame. A trial in this process itself (inline) cannot be ended; what it does after is ignored.
   */
  kill(): void;
}

export interface Pool {
  /** How many tasks run at once. It may change while the pool runs: ask each time. */
  readonly size: number;
  readonly questions: WorkerQuestions;
  /** Once, before the first `submit`: what the trials are. */
  begin(setup: PoolSetup): Promise<void>;
  submit(task: Task, onReport?: (report: TrialReport) => void): RunningTask;
  /** Milliseconds that a trial may run from now on, those that run already included; a task of several has a little more. */
  limit(ms: number): void;
  /** Calls back whenever `size` has changed; absent where it never does. */
  watchSize?(listener: () => void): void;
  /** The result of a task is on disk, so that a pool that outlives its coordinator may forget it. */
  kept?(task: number): void;
  /** Nobody goes on from these checkpoints any more: a pool that keeps copies may forget them. */
  dropCheckpoints?(names: readonly string[]): void;
  /** All tasks that there are have been submitted: others come only in place of those that get lost. */
  complete?(): void;
  /** What runs at this moment, as far as is known: for those who watch. Waits for hosts to answer. */
  busy(): Promise<readonly BusyThread[]>;
  close(): Promise<void>;
  kill(): void;
}

export interface Loss {
  /**
   * `died`: its thread or host process ended; `evicted`: somebody outside ended that process with a signal; `memory`: it
   * took more memory than it may; `killed`: on request; `overdue`: past its limit; `unstarted`: the host ended before it
   * could run anything.
   */
  readonly cause: 'died' | 'evicted' | 'memory' | 'killed' | 'overdue' | 'unstarted';
  /** Whether this task brought it about, or was there: `possible` where several ran in the process that died. */
  readonly blame: 'certain' | 'possible' | 'none';
  /** Of an overdue trial that stopped by itself. */
  readonly partial?: PartialResult;
  /** The machine that had it, and the number of the process there. */
  readonly host: string;
  readonly process: number;
}

/** A task that the pool could not run to its end. */
export class TaskLost extends SweeplineError {
  constructor(
    readonly loss: Loss,
    message: string,
    details: ErrorDetails = {},
  ) {
    super('HOST_DIED', message, details);
  }
}

/** What tasks and questions reject with after `close` or `kill`. */
export function poolClosed(): SweeplineError {
  return new SweeplineError('HOST_DIED', 'the pool is closed');
}

/** For losses in this process. */
export const HERE: Pick<Loss, 'host' | 'process'> = { host: hostname(), process: process.pid };

/** A task that cannot be run. */
export function refusedTask(reason: Error): RunningTask {
  return { result: Promise.reject(reason), stop: () => undefined, kill: () => undefined };
}

export function taskKilled(): TaskLost {
  return new TaskLost({ cause: 'killed', blame: 'certain', ...HERE }, 'the task was killed');
}

export function taskOverdue(limitMs: number, partial?: PartialResult): TaskLost {
  return new TaskLost(
    { cause: 'overdue', blame: 'certain', ...HERE, ...(partial === undefined ? {} : { partial }) },
    `the task ran past its limit of ${Number((limitMs / 1000).toPrecision(3))} s`,
  );
}

/** Milliseconds on top of the limit of one trial for a task of several, which is sized to take about 0.1 s. */
const SLACK_MS = 1000;

/** How long a task may run where a trial may run so long. */
export function limitOf({ trials }: Task, trialMs: number): number {
  return trialMs + (countOf(trials) > 1 ? SLACK_MS : 0);
}

/** The trials of a task, in short. */
export function describeTrials({ trials }: Task): Pick<BusyThread, 'trial' | 'trials'> {
  return { trial: trialAt(trials, 0), trials: countOf(trials) };
}
