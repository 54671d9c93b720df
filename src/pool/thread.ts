// What a worker thread does: loads the worker with the first bundle, then runs tasks. Refuses to throw: whatever piscina
// rejects with is then the death of the thread.
import { parentPort, threadId, workerData } from 'node:worker_threads';
import { systemClock } from '../ground/clock.js';
import { openCpuClock } from '../ground/cpu.js';
import { InternalError, toPlainError } from '../ground/errors.js';
import { loadSameWorker } from '../worker/load.js';
import type { Task } from './contract.js';
import { createExecutor, loadParts } from './execute.js';
import type { Executor, TaskControl } from './executor.js';
import {
  BUNDLE_TASKS,
  type ThreadAnswer,
  type ThreadAnswers,
  type ThreadBundle,
  type ThreadReport,
  type ThreadSetup,
} from './messages.js';
import { moveBytes } from './moving.js';
import { isStopAsked } from './stops.js';
import { guardThread } from './strays.js';

const { workerUrl, setup, shared, lanes, seats } = workerData as ThreadSetup;
// Told on the host's stderr, like everything that threads print.
const cpu = openCpuClock();
const guard = guardThread((text) => process.emitWarning(text));
let loading: Promise<Executor> | undefined;
let seat: number | undefined;

export async function runBundle({ lane, tasks }: ThreadBundle): Promise<ThreadAnswers> {
  seat ??= takeSeat();
  Atomics.store(lanes.threads, lane, threadId);
  loading ??= loadExecutor();
  const answers: ThreadAnswer[] = [];
  try {
    const execute = await loading;
    for (let position = 0; position < tasks.length; position++) {
      Atomics.store(lanes.positions, lane, position);
      const task = tasks[position]!;
      answers.push(await runTask(execute, task, steer(task, lane * BUNDLE_TASKS + position)));
    }
  } catch (error) {
    const plain = toPlainError(error);
    for (const _ of tasks) answers.push({ t: 'threw', error: plain });
  }
  return moveBytes({ thread: seat, answers });
}

async function loadExecutor(): Promise<Executor> {
  const worker = await loadSameWorker(workerUrl, setup.sources ?? '');
  const parts = await loadParts(worker, setup);
  return createExecutor({ worker, setup, shared, clock: systemClock, guard, parts });
}

function steer(task: Task, slot: number): TaskControl {
  return {
    isStopAsked: (i) => isStopAsked(Atomics.load(lanes.stops, slot), i),
    report(report) {
      const message: ThreadReport = { t: 'report', taskId: task.id, report };
      parentPort!.postMessage(message);
    },
  };
}

async function runTask(execute: Executor, task: Task, control: TaskControl): Promise<ThreadAnswer> {
  try {
    const started = systemClock.elapsed();
    const computed = cpu.now();
    const executed = await execute(task, control);
    return { t: 'ran', executed, runMs: systemClock.elapsed() - started, cpuMs: cpu.since(computed) };
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
