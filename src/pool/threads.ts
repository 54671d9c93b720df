// The pool of worker threads inside one process, on piscina. Lives in a host; the settings are what piscina 5.3 needs to
// keep its sessions warm and lose nothing:
// - a fixed size and no idle timeout: with a varying size, tasks queued after a thread's crash can wait for ever;
// - atomics off: the default parks an idle thread in Atomics.wait, where no timer and no message is handled;
// - the worker file is loaded once in this thread first: one that throws on import would leave the queue hanging.
import { Piscina } from 'piscina';
import { systemClock } from '../ground/clock.js';
import { InternalError, SweeplineError } from '../ground/errors.js';
import type { Pool, PoolSetup, TaskResult } from './contract.js';
import { entryPath } from './entry.js';
import { fillPoints } from './execute.js';
import { isTypeScript, loadWorker } from './load.js';
import type { ThreadResult, ThreadSetup } from './messages.js';
import { describeWorker, findParamFaults } from './worker.js';

export function createThreadPool(workerUrl: string, threads: number, clock = systemClock): Pool {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const loaded = loadWorker(workerUrl);
  loaded.catch(() => undefined); // reported by whoever awaits it first
  const running = new Set<Promise<unknown>>();
  let pool: Piscina | undefined;
  let closed = false;
  let begun: PoolSetup | undefined;

  const submit = async (task: Parameters<Pool['submit']>[0]): Promise<TaskResult> => {
    if (closed) throw new SweeplineError('HOST_DIED', 'the pool is closed');
    if (pool === undefined || begun === undefined) throw new InternalError('submit before begin');
    const submitted = clock.elapsed();
    const { executed, worker, runMs } = (await pool.run(task)) as ThreadResult;
    const queueMs = Math.max(0, clock.elapsed() - submitted - runMs);
    return { ...executed, id: task.id, worker, device: begun.device, queueMs, runMs };
  };

  return {
    size: threads,
    describe: async () => describeWorker(await loaded),
    async validate(checks, points) {
      const worker = await loaded;
      return findParamFaults(worker, checks, fillPoints(worker, points) as never);
    },
    async begin(setup) {
      await loaded;
      begun = setup;
      const workerData: ThreadSetup = { workerUrl, setup, stop };
      pool = new Piscina({
        filename: entryPath('thread-entry'),
        minThreads: threads,
        maxThreads: threads,
        idleTimeout: Number.POSITIVE_INFINITY,
        atomics: 'disabled',
        recordTiming: false,
        workerData,
        ...(isTypeScript(workerUrl) ? { execArgv: ['--import', 'tsx'] } : {}),
      });
      // An error thrown after its task has ended reaches the pool, which would end the process if nobody listened. The
      // trial's result stands; the error is shown.
      pool.on('error', (error: Error) => process.emitWarning(error));
    },
    submit(task) {
      const result = submit(task);
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
      await pool?.destroy();
    },
    kill() {
      closed = true;
      void pool?.destroy();
    },
  };
}
