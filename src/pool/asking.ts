// The pool of a program that evaluates trials itself: a task waits until the program asks for its trial, and ends with
// what it tells. Everything else (rows, series, artifacts, checkpoints) is as in any other pool.
import { hostname } from 'node:os';
import { systemClock } from '../ground/clock.js';
import { InternalError } from '../ground/errors.js';
import type { Trial, Worker } from '../worker/contract.js';
import { answerQuestions } from '../worker/questions.js';
import {
  describeTrials,
  type Pool,
  poolClosed,
  type RunningTask,
  refusedTask,
  type Task,
  type TaskResult,
  taskKilled,
} from './contract.js';
import { createExecutor } from './execute.js';
import type { Executor } from './executor.js';
import { unguarded } from './strays.js';

/** A trial that the program has been handed, or is to be. */
interface Handed {
  readonly trial: Trial;
  resolve(metrics: Record<string, unknown>): void;
  reject(error: unknown): void;
}

export interface AskingPool extends Pool {
  /** The next trial, in the order of their numbers; undefined once there is none left. */
  ask(): Promise<Trial | undefined>;
  /** The program has evaluated a trial. False where it was not asked for, or has been told already. */
  tell(trial: number, metrics: Record<string, unknown>): boolean;
  /** The same, with what went wrong. */
  fail(trial: number, error: unknown): boolean;
  /** Nothing more is to be handed out. */
  end(): void;
}

/** `worker`: its `run` is not called; `size`: trials that may be handed out at once. */
export function createAskingPool(worker: Worker, size: number, clock = systemClock): AskingPool {
  const waiting: Handed[] = [];
  const askers: ((trial: Trial | undefined) => void)[] = [];
  const handed = new Map<number, Handed>();
  const running = new Set<{ readonly task: Task; readonly since: number; kill(): void }>();
  let execute: Executor | undefined;
  let device = '';
  let isOver = false;

  const match = (): void => {
    while (askers.length > 0 && (waiting.length > 0 || isOver)) {
      const next = isOver ? undefined : waiting.shift();
      if (next !== undefined) handed.set(next.trial.number, next);
      askers.shift()!(next?.trial);
    }
  };
  const asked: Worker = {
    ...worker,
    run: (trial: Trial) =>
      new Promise<never>((resolve, reject) => {
        waiting.push({ trial, resolve: resolve as unknown as Handed['resolve'], reject });
        match();
      }),
  } as Worker;
  const end = (): void => {
    isOver = true;
    match();
  };
  const take = (trial: number): Handed | undefined => {
    const found = handed.get(trial);
    handed.delete(trial);
    return found;
  };
  const questions = answerQuestions(Promise.resolve(worker));
  return {
    size,
    questions,
    async begin(setup) {
      if (execute !== undefined) throw new InternalError('begin twice');
      execute = createExecutor({ worker: asked, setup, shared: undefined, clock, guard: unguarded });
      device = setup.device;
    },
    submit(task, onReport) {
      if (isOver) return refusedTask(poolClosed());
      if (execute === undefined) return refusedTask(new InternalError('submit before begin'));
      const since = clock.elapsed();
      let isStopAsked = false;
      const ran = execute(task, {
        isStopAsked: () => isStopAsked,
        report: (report) => onReport?.(report),
      });
      let kill: () => void = () => undefined;
      const own = { task, since, kill: () => kill() };
      running.add(own);
      const result = new Promise<TaskResult>((resolve, reject) => {
        kill = () => reject(taskKilled());
        ran.then((executed) => {
          const timing = { queueMs: 0, runMs: clock.elapsed() - since, cpuMs: null };
          resolve({ ...executed, id: task.id, thread: 0, host: hostname(), device, ...timing });
        }, reject);
      }).finally(() => running.delete(own));
      const stop: RunningTask['stop'] = () => {
        isStopAsked = true;
        // What nobody has asked for yet never begins.
        for (const one of waiting.splice(0)) {
          if (one.trial.stopRequested) one.reject(one.trial.stopped());
          else waiting.push(one);
        }
      };
      return { result, stop, kill: () => kill() };
    },
    limit: () => undefined, // how long a program takes is its own affair
    async busy() {
      const now = clock.elapsed();
      return [...running].map(({ task, since }) => ({
        ...{ host: hostname(), process: process.pid, thread: 0, ...describeTrials(task) },
        ms: now - since,
      }));
    },
    async ask() {
      return new Promise((resolve) => {
        askers.push(resolve);
        match();
      });
    },
    tell(trial, metrics) {
      const found = take(trial);
      found?.resolve(metrics);
      return found !== undefined;
    },
    fail(trial, error) {
      const found = take(trial);
      found?.reject(error);
      return found !== undefined;
    },
    end,
    async close() {
      end();
    },
    kill() {
      end();
      for (const one of [...running]) one.kill();
    },
  };
}
