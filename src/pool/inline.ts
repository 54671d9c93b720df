// The pool without threads or processes: trials run one after another, in this process. For tests and for stepping
// through a worker in a debugger (`--debug`). A worker that crashes takes the coordinator along: never the default.
import { systemClock } from '../ground/clock.js';
import { InternalError } from '../ground/errors.js';
import { describeWorker, findParamFaults, type Worker } from '../worker/define.js';
import { loadWorker } from '../worker/load.js';
import { createDataLoader, identityOf } from '../worker/load-data.js';
import { type Pool, poolClosed, type Task, type TaskResult } from './contract.js';
import { createExecutor, type Executor, fillPoints } from './execute.js';

/** `worker` is a worker, or the `file:` URL of its module. */
export function createInlinePool(worker: Worker | string, clock = systemClock): Pool {
  const stop = new Int32Array(new SharedArrayBuffer(4));
  const loaded = typeof worker === 'string' ? loadWorker(worker) : Promise.resolve(worker);
  loaded.catch(() => undefined); // reported by whoever awaits it first
  const dataLoader = createDataLoader(loaded);
  let executor: Executor | undefined;
  let device = 'cpu';
  let closed = false;
  let killed = false;
  let tail: Promise<unknown> = Promise.resolve();

  const run = async (task: Task, submitted: number): Promise<TaskResult> => {
    if (killed) throw poolClosed();
    const started = clock.elapsed();
    const executed = await executor!(task);
    return {
      ...executed,
      id: task.id,
      worker: 0,
      device,
      queueMs: started - submitted,
      runMs: clock.elapsed() - started,
    };
  };

  return {
    size: 1,
    describe: async () => describeWorker(await loaded),
    async validate(checks, points) {
      const known = await loaded;
      return findParamFaults(known, checks, fillPoints(known, points) as never, await dataLoader.look());
    },
    load: async (asked) => identityOf(await dataLoader.fill(asked)),
    async begin(setup) {
      const worker = await loaded;
      const { shared } = await dataLoader.fill({ data: setup.data });
      if (closed) throw poolClosed();
      if (executor !== undefined) throw new InternalError('begin twice');
      executor = createExecutor({ worker, setup, stop, shared });
      device = setup.device;
    },
    submit(task) {
      if (closed) return Promise.reject(poolClosed());
      if (executor === undefined) return Promise.reject(new InternalError('submit before begin'));
      const submitted = clock.elapsed();
      const result = tail.then(() => run(task, submitted));
      tail = result.catch(() => undefined);
      return result;
    },
    stop: () => void Atomics.store(stop, 0, 1),
    async close() {
      closed = true;
      await tail;
    },
    kill() {
      closed = true;
      killed = true;
    },
  };
}
