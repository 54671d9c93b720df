// Entry of a piscina worker thread: loads the worker with the first task, then runs tasks. Refuses to throw: whatever
// piscina rejects with is then the death of the thread. No top-level await: piscina `require`s this file first.
import { threadId, workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { systemClock } from '../ground/clock.js';
import { InternalError, toPlainError } from '../ground/errors.js';
import type { Task } from './contract.js';
import { createExecutor, type Executor } from './execute.js';
import { loadWorker } from './load.js';
import type { ThreadAnswer, ThreadSetup } from './messages.js';

const { workerUrl, setup, stop, seats } = workerData as ThreadSetup;
let prepared: { readonly executor: Promise<Executor>; readonly seat: number } | undefined;

export default async function runTask(task: Task): Promise<ThreadAnswer> {
  try {
    prepared ??= {
      executor: loadWorker(workerUrl).then((worker) => createExecutor(worker, setup, stop)),
      seat: takeSeat(),
    };
    const executor = await prepared.executor;
    const started = systemClock.elapsed();
    const executed = await executor(task);
    const runMs = systemClock.elapsed() - started;
    return moveBytes({ t: 'ran', executed, worker: prepared.seat, runMs });
  } catch (error) {
    return { t: 'threw', error: toPlainError(error) };
  }
}

/** This thread's number in the pool. The pool frees the seats of threads that are gone before it starts new ones. */
function takeSeat(): number {
  for (let seat = 0; seat < seats.length; seat++) {
    if (Atomics.compareExchange(seats, seat, 0, threadId) === 0) return seat;
  }
  throw new InternalError('more threads than the pool has seats');
}

/** Bytes by the megabyte are moved to the receiver; a few are cheaper to copy. */
function moveBytes(answer: ThreadAnswer & { readonly t: 'ran' }): ThreadAnswer {
  const { rows, series } = answer.executed;
  const buffers = [rows, series].filter((bytes) => bytes.byteLength >= 4096).map((bytes) => bytes.buffer);
  if (buffers.length === 0) return answer;
  // piscina posts `valueSymbol` with the transfer list `transferableSymbol`; without them `move` would take the
  // transferred object for the whole result.
  const moved = { [transferableSymbol]: buffers, [valueSymbol]: answer };
  return move(moved as unknown as ArrayBuffer) as unknown as ThreadAnswer;
}
