// The pool without threads or processes: trials run one after another, in this process. For tests and for stepping
// through a worker in a debugger (`--debug`). A worker that crashes takes the coordinator along: never the default.
import { InternalError, SweeplineError } from '../ground/errors.js';
import { systemClock } from '../ground/clock.js';
import type { Pool, Task, TaskResult } from './contract.js';
import { createExecutor, type Executor, fillPoints } from './execute.js';
import { loadWorker } from './load.js';
import { describeWorker, findParamFaults, type Worker } from './worker.js';

/** `worker` is a worker, or the `file:` URL of its module. */
export function createInlinePool(worker: Worker | string, clock = systemClock): Pool {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const loaded = typeof worker === 'string' ? loadWorker(worker) : Promise.resolve(worker);
  loaded.catch(() => undefined); // reported by whoever awaits it first
  let executor: Executor | undefined;
  let closed = false;
  let tail: Promise<unknown> = Promise.resolve();

  const run = async (task: Task, submitted: number): Promise<TaskResult> => {
    if (closed) throw new SweeplineError('HOST_DIED', 'the pool is closed');
    const started = clock.elapsed();
    const executed = await executor!(task);
    return {
      ...executed,
      id: task.id,
      worker: 0,
      device: 'cpu',
      queueMs: started - submitted,
      runMs: clock.elapsed() - started,
    };
  };

  return {
    size: 1,
    describe: async () => describeWorker(await loaded),
    async validate(checks, points) {
      const known = await loaded;
      return findParamFaults(known, checks, fillPoints(known, points) as never);
    },
    async begin(setup) {
      executor = createExecutor(await loaded, setup, stop);
    },
    submit(task) {
      if (executor === undefined) return Promise.reject(new InternalError('submit before begin'));
      const submitted = clock.elapsed();
      const result = tail.then(() => run(task, submitted));
      tail = result.catch(() => undefined);
      return result;
    },
    stop: () => void Atomics.store(stop, 0, 1),
    async close() {
      await tail;
      closed = true;
    },
    kill() {
      closed = true;
    },
  };
}
