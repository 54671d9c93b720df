// What crosses between coordinator and host, and between host and threads: plain data, told apart by `t`.
import type { PlainError } from '../ground/errors.js';
import type { Point, Value } from '../space/types.js';
import type { WorkerDescription } from '../worker/define.js';
import type { DataIdentity, PoolSetup, Task, TaskResult } from './contract.js';
import type { Executed } from './execute.js';
import type { StopFlag } from './running-trial.js';

/** Questions carry an `id` that their answer repeats. Tasks and results travel in bundles: one message costs ~10 µs. */
export type ToHost =
  | { readonly t: 'describe'; readonly id: number }
  | {
      readonly t: 'validate';
      readonly id: number;
      readonly checks: Readonly<Record<string, readonly Value[]>>;
      readonly points: readonly Point[];
    }
  | { readonly t: 'load'; readonly id: number; readonly data: string | undefined }
  | { readonly t: 'begin'; readonly id: number; readonly setup: PoolSetup }
  | { readonly t: 'tasks'; readonly tasks: readonly Task[] }
  | { readonly t: 'stop' }
  | { readonly t: 'close'; readonly id: number };

export type FromHost =
  | { readonly t: 'described'; readonly id: number; readonly description: WorkerDescription }
  | { readonly t: 'validated'; readonly id: number; readonly faults: readonly string[] }
  | { readonly t: 'loaded'; readonly id: number; readonly data: DataIdentity | null }
  | { readonly t: 'done'; readonly id: number }
  | { readonly t: 'results'; readonly results: readonly TaskResult[] }
  | { readonly t: 'refused'; readonly id: number; readonly error: PlainError }
  | { readonly t: 'broken'; readonly taskId: number; readonly error: PlainError };

export interface ThreadSetup {
  readonly workerUrl: string;
  readonly setup: PoolSetup;
  /** What the worker's `load` returned. */
  readonly shared: unknown;
  readonly stop: StopFlag;
  /** Shared: by thread number within the host, Node's id of the thread that has it; 0 where free. */
  readonly seats: Int32Array;
  /** Shared: by lane, the position in its bundle of the task that runs. */
  readonly progress: Int32Array;
}

/** Tasks for one thread, to be run one after another. */
export interface ThreadBundle {
  readonly lane: number;
  readonly tasks: readonly Task[];
}

export interface ThreadAnswers {
  /** Thread number within the host, from 0. */
  readonly worker: number;
  readonly answers: readonly ThreadAnswer[];
}

export type ThreadAnswer =
  | { readonly t: 'ran'; readonly executed: Executed; readonly runMs: number }
  | { readonly t: 'threw'; readonly error: PlainError };
