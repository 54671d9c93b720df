// Entry of a piscina worker thread: loads the worker with the first bundle, then runs tasks. Refuses to throw: whatever
// piscina rejects with is then the death of the thread. No top-level await: piscina `require`s this file first.
import { threadId, workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { systemClock } from '../ground/clock.js';
import { InternalError, toPlainError } from '../ground/errors.js';
import type { Task } from './contract.js';
import { createExecutor, type Executor } from './execute.js';
import { loadWorker } from './load.js';
import type { ThreadAnswer, ThreadAnswers, ThreadBundle, ThreadSetup } from './messages.js';

const { workerUrl, setup, stop, seats, progress } = workerData as ThreadSetup;
let loading: Promise<Executor> | undefined;
let seat: number | undefined;

export default async function runBundle({ lane, tasks }: ThreadBundle): Promise<ThreadAnswers> {
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
    loading ??= loadWorker(workerUrl).then((worker) => createExecutor(worker, setup, stop));
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

/** Bytes by the megabyte are moved to the receiver; a few are cheaper to copy. */
function moveBytes(value: ThreadAnswers): ThreadAnswers {
  const buffers: ArrayBufferLike[] = [];
  for (const answer of value.answers) {
    if (answer.t !== 'ran') continue;
    for (const bytes of [answer.executed.rows, answer.executed.series]) {
      if (bytes.byteLength >= 4096) buffers.push(bytes.buffer);
    }
  }
  if (buffers.length === 0) return value;
  // piscina posts what `valueSymbol` holds, with the transfer list in `transferableSymbol`. `move` alone takes its
  // argument for the transferred object and the result in one.
  const moved = { [transferableSymbol]: buffers, [valueSymbol]: value };
  return move(moved as unknown as ArrayBuffer) as unknown as ThreadAnswers;
}
