// The pool without threads or processes: trials run one after another, in this process. For tests and for stepping
// through a worker in a debugger (`--debug`). A worker that crashes takes the coordinator along: never the default.
import { hostname } from 'node:os';
import { systemClock } from '../ground/clock.js';
import { openCpuClock } from '../ground/cpu.js';
import { InternalError } from '../ground/errors.js';
import { countOf, trialAt } from '../trial/selection.js';
import type { Worker } from '../worker/contract.js';
import { loadWorker, readSources } from '../worker/load.js';
import { answerQuestions } from '../worker/questions.js';
import {
  describeTrials,
  limitOf,
  type Pool,
  poolClosed,
  type RunningTask,
  refusedTask,
  type Task,
  type TaskResult,
  type TrialReport,
  taskKilled,
  taskOverdue,
} from './contract.js';
import { createExecutor, loadParts } from './execute.js';
import type { Executor } from './executor.js';
import { watchLimits } from './limits.js';
import { unguarded } from './strays.js';

interface Begun {
  readonly execute: Executor;
  readonly device: string;
}

/** `worker` is a worker, or the `file:` URL of its module. */
export function createInlinePool(worker: Worker | string, clock = systemClock): Pool {
  const loaded = typeof worker === 'string' ? loadWorker(worker) : Promise.resolve(worker);
  loaded.catch(() => undefined); // reported by whoever awaits it first
  const sources = typeof worker === 'string' ? readSources(worker) : '';
  const questions = answerQuestions(loaded, () => sources);
  let begun: Begun | undefined;
  let closed = false;
  let killed = false;
  let tail: Promise<unknown> = Promise.resolve();
  let limitMs = Number.POSITIVE_INFINITY;
  const cpu = openCpuClock();
  let current: { readonly task: Task; readonly since: number } | undefined;

  const run = async ({ execute, device }: Begun, task: Task, steering: Steering): Promise<TaskResult> => {
    if (killed) throw poolClosed();
    const started = clock.elapsed();
    let isOverdue = false;
    const unwatch = watchLimits({
      limitOf: () => limitOf(task, limitMs),
      position: () => 0,
      since: started,
      onOverdue: () => {
        isOverdue = true;
        steering.stopAll();
      },
      clock,
      isBeside: false,
    });
    current = { task, since: started };
    const computed = cpu.now();
    const executed = await execute(task, steering).finally(() => {
      unwatch();
      current = undefined;
    });
    const [cut] = executed.left;
    if (isOverdue && cut !== undefined) throw taskOverdue(limitOf(task, limitMs), cut.partial);
    const timing = {
      ...{ queueMs: started - steering.submitted, runMs: clock.elapsed() - started },
      cpuMs: cpu.since(computed),
    };
    return { ...executed, id: task.id, thread: 0, host: hostname(), device, ...timing };
  };

  return {
    size: 1,
    questions,
    async begin(setup) {
      const known = await loaded;
      const { shared } = await questions.loadData({ data: setup.data });
      const parts = await loadParts(known, setup);
      if (closed) throw poolClosed();
      if (begun !== undefined) throw new InternalError('begin twice');
      begun = {
        execute: createExecutor({ worker: known, setup, shared, clock, guard: unguarded, parts }),
        device: setup.device,
      };
    },
    submit(task, onReport) {
      if (closed) return refusedTask(poolClosed());
      if (begun === undefined) return refusedTask(new InternalError('submit before begin'));
      const { device, execute } = begun;
      const steering = createSteering(task, clock.elapsed(), onReport);
      const ran = tail.then(() => run({ device, execute }, task, steering));
      tail = ran.catch(() => undefined);
      return steering.handle(ran);
    },
    limit(ms) {
      limitMs = ms;
    },
    async busy() {
      if (current === undefined) return [];
      const ms = clock.elapsed() - current.since;
      return [{ host: hostname(), process: process.pid, thread: 0, ...describeTrials(current.task), ms }];
    },
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

type Steering = ReturnType<typeof createSteering>;

/** Both sides of a task: what its executor looks at, and the handle that its owner has. */
function createSteering(
  { trials }: Task,
  submitted: number,
  onReport: ((report: TrialReport) => void) | undefined,
) {
  const asked = new Set<number>();
  let isOver = false;
  const stopAll = () => {
    for (let i = 0; i < countOf(trials); i++) asked.add(trialAt(trials, i));
  };
  return {
    submitted,
    stopAll,
    isStopAsked: (i: number) => asked.has(trialAt(trials, i)),
    report(report: TrialReport) {
      if (!isOver) onReport?.(report);
    },
    handle(ran: Promise<TaskResult>): RunningTask {
      let kill: () => void = () => undefined;
      const result = new Promise<TaskResult>((resolve, reject) => {
        kill = () => reject(taskKilled());
        ran.then(resolve, reject);
      }).finally(() => {
        isOver = true;
      });
      return {
        result,
        stop(some) {
          if (some === undefined) stopAll();
          else for (const trial of some) asked.add(trial);
        },
        kill() {
          stopAll();
          kill();
        },
      };
    },
  };
}
