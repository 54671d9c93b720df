// What crosses between coordinator and host, and between host and threads: plain data, told apart by `t`.
import type { PlainError } from '../ground/errors.js';
import type { Point } from '../space/types.js';
import type { BusyThread } from '../trial/busy.js';
import type { DataIdentity, WorkerDescription } from '../worker/contract.js';
import type { Proposed } from '../worker/questions.js';
import type { Loss, PoolSetup, Task, TaskResult, TrialReport } from './contract.js';
import type { Executed } from './executor.js';

/**
 * Questions carry an `id` that their answer repeats. Tasks, requests to stop and results travel in bundles: one message
 * costs ~10 µs.
 */
export type ToHost =
  | { readonly t: 'describe'; readonly id: number }
  | { readonly t: 'validate'; readonly id: number; readonly proposed: Proposed }
  | {
      readonly t: 'costs';
      readonly id: number;
      readonly points: readonly Point[];
      readonly stage: string | undefined;
    }
  | { readonly t: 'load'; readonly id: number; readonly data: string | undefined }
  | { readonly t: 'begin'; readonly id: number; readonly setup: PoolSetup }
  | { readonly t: 'tasks'; readonly tasks: readonly Task[] }
  | { readonly t: 'stop'; readonly stops: readonly StopRequest[] }
  | { readonly t: 'limit'; readonly ms: number }
  | { readonly t: 'busy'; readonly id: number }
  | { readonly t: 'close'; readonly id: number };

/** Trials of a task that shall stop; undefined: all of them. */
export interface StopRequest {
  readonly taskId: number;
  readonly trials: readonly number[] | undefined;
}

export type FromHost =
  | { readonly t: 'described'; readonly id: number; readonly description: WorkerDescription }
  | { readonly t: 'validated'; readonly id: number; readonly faults: readonly string[] }
  | { readonly t: 'costed'; readonly id: number; readonly costs: readonly number[] | null }
  | { readonly t: 'loaded'; readonly id: number; readonly data: DataIdentity | null }
  | { readonly t: 'done'; readonly id: number }
  | { readonly t: 'runs'; readonly id: number; readonly busy: readonly BusyThread[] }
  | { readonly t: 'results'; readonly results: readonly TaskResult[] }
  | { readonly t: 'report'; readonly taskId: number; readonly report: TrialReport }
  | { readonly t: 'refused'; readonly id: number; readonly error: PlainError }
  /** A task without a result; `loss` where it was lost, absent where it could not be run at all. */
  | {
      readonly t: 'broken';
      readonly taskId: number;
      readonly error: PlainError;
      readonly loss: Loss | undefined;
    }
  /** A task that did not stop when its time was up: only the end of this process ends it. */
  | { readonly t: 'overdue'; readonly taskId: number; readonly limitMs: number };

export interface ThreadSetup {
  readonly workerUrl: string;
  readonly setup: PoolSetup;
  /** What the worker's `load` returned. */
  readonly shared: unknown;
  readonly lanes: LaneMemory;
  /** Shared: by thread number within the host, Node's id of the thread that has it; 0 where free. */
  readonly seats: Int32Array;
}

/** What the pool and the threads see alike of the tasks that are with a thread, by lane. */
export interface LaneMemory {
  /** The position in its bundle of the task that runs; `LOADING` while the thread still loads its worker. */
  readonly positions: Int32Array;
  /** Node's id of the thread that has the bundle. */
  readonly threads: Int32Array;
  /** Requests to stop, `BUNDLE_TASKS` a lane: by task of the bundle (see stops.ts). */
  readonly stops: Int32Array;
}

/** No task of the bundle has begun. */
export const LOADING = -1;

/** Most tasks of a bundle. More would gain little (3 µs a task are left of a message's 50) and make more tasks wait. */
export const BUNDLE_TASKS = 16;

/** Tasks for one thread, to be run one after another. */
export interface ThreadBundle {
  readonly lane: number;
  readonly tasks: readonly Task[];
}

/** Sent by a thread while a task runs. */
export interface ThreadReport {
  readonly t: 'report';
  readonly taskId: number;
  readonly report: TrialReport;
}

export interface ThreadAnswers {
  /** Thread number within the host, from 0. */
  readonly thread: number;
  readonly answers: readonly ThreadAnswer[];
}

export type ThreadAnswer =
  | { readonly t: 'ran'; readonly executed: Executed; readonly runMs: number; readonly cpuMs: number | null }
  | { readonly t: 'threw'; readonly error: PlainError };
