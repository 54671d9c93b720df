// Entry of a piscina worker thread: loads the worker once, then runs tasks.
import { threadId } from 'node:worker_threads';
import { move, workerData as piscinaData } from 'piscina';
import { systemClock } from '../ground/clock.js';
import type { Task } from './contract.js';
import { createExecutor } from './execute.js';
import { loadWorker } from './load.js';
import type { ThreadResult, ThreadSetup } from './messages.js';

const { workerUrl, setup, stop } = piscinaData as ThreadSetup;
const executor = createExecutor(await loadWorker(workerUrl), setup, stop);

export default async function runTask(task: Task): Promise<ThreadResult> {
  const started = systemClock.elapsed();
  const executed = await executor(task);
  const result: ThreadResult = { executed, worker: threadId - 1, runMs: systemClock.elapsed() - started };
  // Bytes by the megabyte are moved; a few are cheaper to copy.
  return executed.rows.byteLength < 4096 ? result : (move(result as never) as unknown as ThreadResult);
}
