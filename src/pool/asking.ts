// The pool of a program that evaluates trials itself: a task waits until the program asks for its trial, and ends with
// what it tells. Everything else (rows, series, artifacts, checkpoints) is as in any other pool.
import { hostname } from 'node:os';
import { systemClock } from '../ground/clock.js';
import { InternalError } from '../ground/errors.js';
import type { Trial, Worker } from '../worker/contract.js';
import { answerQuestions } from '../worker/questions.js';
import { AskedTrials, type Offered } from './asked-trials.js';
import {
  describeTrials,
  type Pool,
  poolClosed,
  refusedTask,
  type Task,
  type TaskResult,
  taskKilled,
} from './contract.js';
import { createExecutor, loadParts } from './execute.js';
import type { Executor } from './executor.js';
import { unguarded } from './strays.js';

export interface AskingPool extends Pool {
  /** So many trials may be out at once; not called: any number. */
  allow(most: number): void;
  /**
   * The next trial, in the order of their numbers; undefined once there is none left. Rejects with BAD_USAGE where it can
   * come only after one that is out: as many are out as may be, or nothing else goes on in this process.
   */
  ask(): Promise<Trial | undefined>;
  /** The program has evaluated a trial. Resolves once it is on disk. Throws BAD_USAGE where it is not out. */
  tell(trial: number, metrics: Record<string, unknown>): Promise<void>;
  /** The same, with what went wrong. */
  fail(trial: number, error: unknown): Promise<void>;
  /** Hands out nothing more; resolves once what was told is on disk. */
  leave(): Promise<void>;
  /** The run has ended. `error`: what broke it. */
  end(error?: unknown): void;
}

interface Running {
  readonly task: Task;
  readonly since: number;
  kill(): void;
}

/** `worker`: its `run` is not called. */
export function createAskingPool(worker: Worker, clock = systemClock): AskingPool {
  let onSize: () => void = () => undefined;
  const trials = new AskedTrials(() => onSize());
  const running = new Set<Running>();
  /** Trials whose results are not on disk yet, by task. One that was killed has none. */
  const unkept = new Map<number, number>();
  let execute: Executor | undefined;
  let device = '';
  let isClosed = false;

  const run = (trial: Trial) =>
    new Promise<never>((resolve, reject) => {
      trials.offer({ trial, resolve: resolve as unknown as Offered['resolve'], reject });
    });
  const submit: Pool['submit'] = (task, onReport) => {
    if (isClosed) return refusedTask(poolClosed());
    if (execute === undefined) return refusedTask(new InternalError('submit before begin'));
    const since = clock.elapsed();
    let isStopAsked = false;
    unkept.set(task.id, describeTrials(task).trial);
    const control = { isStopAsked: () => isStopAsked, report: onReport ?? (() => undefined) };
    const ran = execute(task, control);
    let kill: () => void = () => undefined;
    const own = { task, since, kill: () => kill() };
    running.add(own);
    const result = new Promise<TaskResult>((resolve, reject) => {
      kill = () => {
        unkept.delete(task.id);
        running.delete(own);
        reject(taskKilled());
      };
      ran
        .then((executed) => {
          const timing = { queueMs: 0, runMs: clock.elapsed() - since, cpuMs: null };
          resolve({ ...executed, id: task.id, thread: 0, host: hostname(), device, ...timing });
        }, reject)
        .finally(() => running.delete(own));
    });
    const stop = () => {
      isStopAsked = true;
      trials.withdrawStopped();
    };
    return { result, stop, kill: () => kill() };
  };
  const close = (): void => {
    isClosed = true;
    trials.shut();
  };
  return {
    // Something is there for the next who asks: twice as many are under way, and one where none is out.
    get size() {
      return Math.max(1, trials.out);
    },
    watchSize: (listener) => {
      onSize = listener;
    },
    questions: answerQuestions(Promise.resolve(worker)),
    async begin(setup) {
      if (execute !== undefined) throw new InternalError('begin twice');
      const asked = { ...worker, run } as Worker;
      const parts = await loadParts(asked, setup);
      execute = createExecutor({ worker: asked, setup, shared: undefined, clock, guard: unguarded, parts });
      device = setup.device;
    },
    submit,
    complete: () => trials.complete(),
    kept(task) {
      const trial = unkept.get(task);
      unkept.delete(task);
      if (trial !== undefined) trials.keep(trial);
    },
    limit: () => undefined, // how long a program takes is its own affair
    async busy() {
      const now = clock.elapsed();
      return [...running].map(({ task, since }) => ({
        ...{ host: hostname(), process: process.pid, thread: 0, ...describeTrials(task) },
        ms: now - since,
      }));
    },
    allow: (most) => trials.allow(most),
    ask: () => trials.ask(),
    tell: (trial, metrics) => trials.tell(trial, ({ resolve }) => resolve(metrics)),
    fail: (trial, error) => trials.tell(trial, ({ reject }) => reject(error)),
    leave() {
      trials.shut();
      return trials.settled();
    },
    end: (error) => trials.end(error),
    async close() {
      close();
    },
    kill() {
      close();
      for (const one of [...running]) one.kill();
    },
  };
}
