// The pool of worker threads inside one process, on piscina. Lives in a host; the settings are what piscina 5.3 needs to
// keep its sessions warm and lose nothing:
// - a fixed size and no idle timeout: with a varying size, tasks queued after a thread's crash can wait for ever;
// - atomics off: the default parks an idle thread in Atomics.wait, where no timer and no message is handled;
// - the worker file is loaded once in this thread first: what it throws on import is known before anything is queued.
import { Piscina } from 'piscina';
import { systemClock } from '../ground/clock.js';
import { compiledPath } from '../ground/compiled.js';
import { fromPlainError, InternalError } from '../ground/errors.js';
import { describeWorker, findParamFaults } from '../worker/define.js';
import { loadWorker } from '../worker/load.js';
import { createDataLoader, identityOf } from '../worker/load-data.js';
import { type Bundler, createBundler } from './bundles.js';
import { type Pool, poolClosed, type Task, type TaskResult } from './contract.js';
import { fillPoints } from './execute.js';
import type { ThreadSetup } from './messages.js';

export function createThreadPool(workerUrl: string, threads: number, clock = systemClock): Pool {
  const stop = sharedIntegers(1);
  const loaded = loadWorker(workerUrl);
  loaded.catch(() => undefined); // reported by whoever awaits it first
  const dataLoader = createDataLoader(loaded);
  const running = new Set<Promise<unknown>>();
  let begun: { readonly pool: Piscina; readonly bundler: Bundler; readonly device: string } | undefined;
  let closed = false;
  let destroyed: Promise<void> | undefined;

  const run = async (task: Task): Promise<TaskResult> => {
    if (closed) throw poolClosed();
    if (begun === undefined) throw new InternalError('submit before begin');
    const { bundler, device } = begun;
    const { answer, worker, totalMs } = await bundler.run(task);
    if (answer.t === 'threw') throw fromPlainError(answer.error);
    const { executed, runMs } = answer;
    const { ended, rows, series, notes, stopped } = executed;
    const queueMs = Math.max(0, totalMs - runMs);
    // Named one by one: spreading a structured clone takes 3 µs.
    return { id: task.id, ended, rows, series, notes, stopped, worker, device, queueMs, runMs };
  };

  // Once: a second destroy() would let piscina take the threads that the first one ends for crashed, and replace them.
  const destroy = (): Promise<void> => {
    begun?.bundler.end(poolClosed());
    destroyed ??= begun?.pool.destroy() ?? Promise.resolve();
    return destroyed;
  };

  return {
    size: threads,
    describe: async () => describeWorker(await loaded),
    async validate(checks, points) {
      const worker = await loaded;
      return findParamFaults(worker, checks, fillPoints(worker, points) as never, await dataLoader.look());
    },
    load: async (asked) => identityOf(await dataLoader.fill(asked)),
    async begin(setup) {
      const { shared } = await dataLoader.fill({ data: setup.data });
      if (closed) throw poolClosed();
      if (begun !== undefined) throw new InternalError('begin twice');
      const seats = sharedIntegers(threads);
      const progress = sharedIntegers(threads);
      const workerData: ThreadSetup = { workerUrl, setup, shared, stop, seats, progress };
      const pool = new Piscina({
        filename: compiledPath(import.meta.url, './thread-entry.cjs'),
        minThreads: threads,
        maxThreads: threads,
        idleTimeout: Number.POSITIVE_INFINITY,
        atomics: 'disabled',
        recordTiming: false,
        // Rows are garbage by the megabyte. A nursery of 48 MB, Node's own choice, costs each thread 35 MB and no less time.
        resourceLimits: { maxYoungGenerationSizeMb: 16 },
        workerData,
        execArgv: [],
      });
      // An error thrown after its task has ended reaches the pool, which would end the process if nobody listened. The
      // trial's result stands; the error is shown.
      pool.on('error', (error: Error) => process.emitWarning(error));
      pool.on('workerDestroy', (gone: { readonly id: number }) => freeSeats(seats, pool, gone.id));
      const bundler = createBundler({ progress, send: (bundle) => pool.run(bundle), clock });
      begun = { pool, bundler, device: setup.device };
    },
    submit(task) {
      const result = run(task);
      running.add(result);
      const forget = () => void running.delete(result);
      result.then(forget, forget);
      return result;
    },
    stop: () => void Atomics.store(stop, 0, 1),
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
