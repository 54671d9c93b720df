// What a worker thread does: loads the worker with the first bundle, then runs tasks. Refuses to throw: whatever piscina
// rejects with is then the death of the thread.
import { threadId, workerData } from 'node:worker_threads';
import { systemClock } from '../ground/clock.js';
import { InternalError, toPlainError } from '../ground/errors.js';
import { loadWorker } from '../worker/load.js';
import type { Task } from './contract.js';
import { createExecutor, type Executor } from './execute.js';
import type { ThreadAnswer, ThreadAnswers, ThreadBundle, ThreadSetup } from './messages.js';
import { moveBytes } from './moving.js';

const { workerUrl, setup, shared, stop, seats, progress } = workerData as ThreadSetup;
let loading: Promise<Executor> | undefined;
let seat: number | undefined;

export async function runBundle({ lane, tasks }: ThreadBundle): Promise<ThreadAnswers> {
  seat ??= takeSeat();
  const answers: ThreadAnswer[] = [];
  for (let i = 0; i < tasks.length; i++) {
    Atomics.store(progress, lane, i);
    answers.push(await runTask(tasks[i]!));
  }
  return moveBytes({ worker: seat, answers });
}

async function runTask(task: Task): Promise<ThreadAnswer> {
  try {
    loading ??= loadWorker(workerUrl).then((worker) => createExecutor({ worker, setup, stop, shared }));
    const executor = await loading;
    const started = systemClock.elapsed();
    const executed = await executor(task);
    return { t: 'ran', executed, runMs: systemClock.elapsed() - started };
  } catch (error) {
    return { t: 'threw', error: toPlainError(error) };
  }
}

/** This thread's number in the pool. The pool frees the seats of threads that are gone before it starts new ones. */
function takeSeat(): number {
  for (let free = 0; free < seats.length; free++) {
    if (Atomics.compareExchange(seats, free, 0, threadId) === 0) return free;
  }
  throw new InternalError('more threads than the pool has seats');
}
