// A pool runs tasks. It decides nothing and remembers nothing.
//
// Guarantees of every implementation (test/conformance/pool.ts runs over all of them):
// - `submit` settles exactly once. A trial that throws is a result with status `failed`, not a rejection; `submit`
//   rejects only when the pool could not run the task at all: HOST_DIED after the process that held it is gone.
// - Tasks may finish in any order; at most `size` run at once, the rest wait in the order of submission. Tasks that are
//   much shorter than a message may be handed to a thread several at once.
// - The rows of a task's result depend on the task alone: not on the thread, the order, or what ran before.
// - After `stop()`, running trials are asked to stop (`stopRequested`); those that do so come back as `stopped`.
// - `close()` waits for what is running; `kill()` does not. Both may be called twice. After either, `submit` rejects.
import { type PlainError, SweeplineError } from '../ground/errors.js';
import type { Point, SpaceSpec, Value } from '../space/types.js';
import type { WorkerDescription } from '../worker/define.js';
import type { FinishedStage } from '../worker/stage.js';

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
  /** The run folder, for artifacts/ and checkpoints/; null: none can be kept (tests). */
  readonly folder: string | null;
  /** What the trials depend on, run before them; absent where the worker has no stages. */
  readonly stages?: readonly FinishedStage[];
}

/** Trials to run in one go. `range` and `trials` are numbers in the space; `points` come from an adaptive sampler. */
export type Task =
  | {
      readonly kind: 'range';
      readonly id: number;
      readonly attempt: number;
      readonly first: number;
      readonly count: number;
    }
  | {
      readonly kind: 'trials';
      readonly id: number;
      readonly attempt: number;
      readonly trials: readonly number[];
    }
  | {
      readonly kind: 'points';
      readonly id: number;
      readonly attempt: number;
      readonly points: readonly PointTrial[];
    };

export interface PointTrial {
  readonly trial: number;
  readonly replicate: number;
  readonly point: Point;
}

export type TrialStatus = 'ok' | 'failed' | 'timeout' | 'pruned' | 'skipped';

/** A trial that did not end `ok`: what does not fit in its row. */
export interface TrialNote {
  readonly trial: number;
  readonly status: TrialStatus;
  readonly error?: PlainError;
}

export interface TaskResult {
  readonly id: number;
  /** Trials that ended, in the order of the task; fewer than asked for when the run was stopped. */
  readonly ended: number;
  /** Rows of trials.csv for the trials that ended, each with its line end: the bytes that will stand in the file. */
  readonly rows: Uint8Array;
  /** Rows of metrics.csv of the trials that ended. */
  readonly series: Uint8Array;
  /** Only the trials whose status is not `ok`. */
  readonly notes: readonly TrialNote[];
  /** True when a trial gave up because `stop()` was called: it has no row. */
  readonly stopped: boolean;
  /** Thread number within its host, from 0. */
  readonly worker: number;
  readonly device: string;
  /** Waited in the pool, and ran, in milliseconds. */
  readonly queueMs: number;
  readonly runMs: number;
}

/** A data set as the manifest names it: the SHA-256 is of what was read. */
export interface DataIdentity {
  readonly name: string;
  readonly sha256: string;
}

/** A fault the worker found in proposed parameter values, as text. */
export type ParamFault = string;

export interface Pool {
  /** Threads. */
  readonly size: number;
  /** Loads the worker and says what it is. Rejects with a SweeplineError where the file is missing or not a worker. */
  describe(): Promise<WorkerDescription>;
  /**
   * Checks single values (`checks`, by the parameter's own type) and whole points (`points`, by the worker's `check`, which
   * sees the data once `load` was called).
   */
  validate(
    checks: Readonly<Record<string, readonly Value[]>>,
    points: readonly Point[],
  ): Promise<readonly ParamFault[]>;
  /** Runs the worker's `load`, and says which data set it read. `begin` does so by itself where this was not called. */
  load(asked: { readonly data: string | undefined }): Promise<DataIdentity | null>;
  /** Once, before the first `submit`: what the trials are. */
  begin(setup: PoolSetup): Promise<void>;
  submit(task: Task): Promise<TaskResult>;
  stop(): void;
  close(): Promise<void>;
  kill(): void;
}

/** What `submit` and `begin` reject with after `close` or `kill`. */
export function poolClosed(): SweeplineError {
  return new SweeplineError('HOST_DIED', 'the pool is closed');
}
