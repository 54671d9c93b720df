// The pool of worker threads inside one process, on piscina. Lives in a host; the settings are what piscina 5.3 needs to
// keep its sessions warm and lose nothing:
// - a fixed size and no idle timeout: with a varying size, tasks queued after a thread's crash can wait for ever;
// - atomics off: the default parks an idle thread in Atomics.wait, where no timer and no message is handled;
// - the worker file is loaded once in this thread first: what it throws on import is known before anything is queued.
import { hostname } from 'node:os';
import { Piscina } from 'piscina';
import { systemClock } from '../ground/clock.js';
import { compiledPath } from '../ground/compiled.js';
import { fromPlainError, InternalError } from '../ground/errors.js';
import { loadWorker, readSources, requireSame } from '../worker/load.js';
import { answerQuestions } from '../worker/questions.js';
import { type Answered, Bundler } from './bundles.js';
import {
  describeTrials,
  type Pool,
  type PoolSetup,
  poolClosed,
  refusedTask,
  type Task,
  type TaskResult,
} from './contract.js';
import { BUNDLE_TASKS, type LaneMemory, type ThreadReport, type ThreadSetup } from './messages.js';

export interface ThreadPoolOptions {
  readonly workerUrl: string;
  readonly threads: number;
  /**
   * Called for a task that did not stop when its time was up. Without it the task's thread is ended, which aborts the
   * process when the thread is in native code.
   */
  readonly onOverdue?: (task: Task, limitMs: number) => void;
}

interface Begun {
  readonly pool: Piscina;
  readonly bundler: Bundler;
  readonly device: string;
  readonly lanes: LaneMemory;
  readonly seats: Int32Array;
  /** Trials may report. */
  readonly hasSeries: boolean;
}

const HOST = hostname();

export function createThreadPool({ workerUrl, threads, onOverdue }: ThreadPoolOptions): Pool {
  const sources = readSources(workerUrl);
  const loaded = loadWorker(workerUrl);
  loaded.catch(() => undefined); // reported by whoever awaits it first
  const questions = answerQuestions(loaded, () => sources);
  const running = new Set<Promise<unknown>>();
  let begun: Begun | undefined;
  let limitMs: number | undefined;
  let closed = false;
  let destroyed: Promise<void> | undefined;

  // Once: a second destroy() would let piscina take the threads that the first one ends for crashed, and replace them.
  const destroy = (): Promise<void> => {
    begun?.bundler.end(poolClosed());
    destroyed ??= begun?.pool.destroy() ?? Promise.resolve();
    return destroyed;
  };

  return {
    size: threads,
    questions,
    async begin(setup) {
      if (setup.sources !== undefined) requireSame(workerUrl, setup.sources);
      const { shared } = await questions.loadData({ data: setup.data });
      if (closed) throw poolClosed();
      if (begun !== undefined) throw new InternalError('begin twice');
      const { series = [] } = await loaded;
      begun = {
        ...startThreads({ workerUrl, threads, setup, shared, onOverdue }),
        hasSeries: series.length > 0,
      };
      if (limitMs !== undefined) begun.bundler.limit(limitMs);
    },
    submit(task, onReport) {
      if (closed) return refusedTask(poolClosed());
      if (begun === undefined) return refusedTask(new InternalError('submit before begin'));
      const { bundler, device, hasSeries } = begun;
      const { answered, stop, kill } = bundler.run(task, hasSeries ? onReport : undefined);
      const result = answered.then((answer) => toResult(task.id, device, answer));
      running.add(result);
      const forget = () => void running.delete(result);
      result.then(forget, forget);
      return { result, stop, kill };
    },
    limit(ms) {
      limitMs = ms;
      begun?.bundler.limit(ms);
    },
    async busy() {
      return (begun?.bundler.busy() ?? []).map(({ lane, task, ms }) => {
        return {
          host: HOST,
          process: process.pid,
          thread: seatOf(begun!, lane),
          ...describeTrials(task),
          ms,
        };
      });
    },
    async close() {
      closed = true;
      // piscina's own close() kills threads that still work once the first has finished: wait here instead.
      while (running.size > 0) await Promise.allSettled(running);
      await destroy();
    },
    kill() {
      closed = true;
      void destroy();
    },
  };
}

function toResult(id: number, device: string, { answer, thread, totalMs }: Answered): TaskResult {
  if (answer.t === 'threw') throw fromPlainError(answer.error);
  const { executed, runMs, cpuMs } = answer;
  const { left, rows, series, notes, warnings } = executed;
  const queueMs = Math.max(0, totalMs - runMs);
  // Named one by one: spreading a structured clone takes 3 µs.
  const result = { id, left, rows, series, notes, thread, host: HOST, device, queueMs, runMs, cpuMs };
  return warnings === undefined ? result : { ...result, warnings };
}

interface ThreadsToStart {
  readonly workerUrl: string;
  readonly threads: number;
  readonly setup: PoolSetup;
  readonly shared: unknown;
  readonly onOverdue: ((task: Task, limitMs: number) => void) | undefined;
}

function startThreads({
  workerUrl,
  threads,
  setup,
  shared,
  onOverdue,
}: ThreadsToStart): Omit<Begun, 'hasSeries'> {
  const seats = sharedIntegers(threads);
  const lanes: LaneMemory = {
    positions: sharedIntegers(threads),
    threads: sharedIntegers(threads),
    stops: sharedIntegers(threads * BUNDLE_TASKS),
  };
  const workerData: ThreadSetup = { workerUrl, setup, shared, lanes, seats };
  const pool = new Piscina({
    filename: compiledPath(import.meta.url, './thread-entry.cjs'),
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Number.POSITIVE_INFINITY,
    atomics: 'disabled',
    recordTiming: false,
    // Rows are garbage by the megabyte. A nursery of 48 MB, Node's own choice, costs each thread 35 MB. At 32 MB no-op trials
    // take 0.85 of the time, as V8 takes less of what they leave for long-lived, and ten million of them 30 to 60 MB more.
    resourceLimits: { maxYoungGenerationSizeMb: 16 },
    workerData,
    execArgv: [],
  });
  const bundler = new Bundler({
    memory: lanes,
    send: (bundle) => pool.run(bundle),
    endThread: (lane) => endThread(pool, Atomics.load(lanes.threads, lane)),
    onOverdue,
    clock: systemClock,
  });
  // An error thrown after its task has ended reaches the pool, which would end the process if nobody listened. The
  // trial's result stands; the error is shown.
  pool.on('error', (error: Error) => process.emitWarning(error));
  pool.on('workerDestroy', (gone: { readonly id: number }) => freeSeats(seats, pool, gone.id));
  pool.on('message', ({ taskId, report }: ThreadReport) => bundler.report(taskId, report));
  return { pool, bundler, device: setup.device, lanes, seats };
}

/** piscina takes the thread for crashed: the task's promise rejects, and a new thread takes its place. */
function endThread(pool: Piscina, id: number): void {
  void pool.threads.find((thread) => thread.threadId === id)?.terminate();
}

/** The number of the thread that has a lane's bundle; one that still loads its worker has none, and takes the lane's. */
function seatOf({ lanes, seats }: Pick<Begun, 'lanes' | 'seats'>, lane: number): number {
  const id = Atomics.load(lanes.threads, lane);
  const seat = id === 0 ? -1 : seats.indexOf(id);
  return seat === -1 ? lane : seat;
}

/** Zeros that this thread and the workers see alike. */
function sharedIntegers(count: number): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4 * count));
}

/** Frees the seats of threads that are no more. A thread that exited by itself has lost its id (-1) by now. */
function freeSeats(seats: Int32Array, pool: Piscina, gone: number): void {
  const alive = new Set(pool.threads.map((thread) => thread.threadId));
  alive.delete(gone);
  for (let seat = 0; seat < seats.length; seat++) {
    const holder = Atomics.load(seats, seat);
    if (!alive.has(holder)) Atomics.compareExchange(seats, seat, holder, 0);
  }
}
