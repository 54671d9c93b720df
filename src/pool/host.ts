// The pool whose threads live in a process of their own: whatever a trial does to that process (segfault, out of memory,
// process.exit), the coordinator lives on, and the next task starts a new host with the same setup. Refuses to run a
// task again by itself: the tasks of a dead host are rejected, and the coordinator decides.
import { InternalError } from '../ground/errors.js';
import { packSpace } from '../space/packed.js';
import type { WorkerQuestions } from '../worker/questions.js';
import { type Pool, type PoolSetup, poolClosed, refusedTask } from './contract.js';
import { type Answer, type HostOptions, HostProcess } from './host-process.js';

export type { HostOptions } from './host-process.js';

/** The host starts with the first question or task. Its output never reaches the coordinator's stdout. */
export function createHostPool(options: HostOptions): Pool {
  let current: HostProcess | undefined;
  let begun: PoolSetup | undefined;
  let closed = false;

  /** The living host, or a new one that knows what the last one was told. */
  const host = (): HostProcess => {
    if (closed) throw poolClosed();
    if (current?.alive) return current;
    current = new HostProcess(options);
    // Refused or died: its tasks, which follow, are rejected with the same reason.
    if (begun !== undefined) current.ask({ t: 'begin', setup: begun }).catch(() => undefined);
    return current;
  };

  const questions: WorkerQuestions = {
    async describe() {
      return expectAnswer('described', await host().ask({ t: 'describe' })).description;
    },
    async validate(proposed) {
      return expectAnswer('validated', await host().ask({ t: 'validate', proposed })).faults;
    },
    async costs(points, stage) {
      return expectAnswer('costed', await host().ask({ t: 'costs', points, stage })).costs;
    },
    async load({ data }) {
      return expectAnswer('loaded', await host().ask({ t: 'load', data })).data;
    },
  };

  return {
    size: options.threads,
    questions,
    async begin(setup) {
      if (begun !== undefined) throw new InternalError('begin twice');
      const packed = { ...setup, space: packSpace(setup.space) };
      expectAnswer('done', await host().ask({ t: 'begin', setup: packed }));
      begun = packed;
    },
    submit(task, onReport) {
      if (closed) return refusedTask(poolClosed());
      if (begun === undefined) return refusedTask(new InternalError('submit before begin'));
      return host().run(task, onReport);
    },
    async close() {
      closed = true;
      if (current === undefined) return;
      if (current.alive) await current.ask({ t: 'close' }).catch(() => undefined); // died meanwhile: as good as closed
      await current.ended;
    },
    kill() {
      closed = true;
      current?.kill(poolClosed());
    },
  };
}

function expectAnswer<T extends Answer['t']>(t: T, answer: Answer): Extract<Answer, { readonly t: T }> {
  if (answer.t !== t) throw new InternalError(`the host answered ${answer.t} where ${t} was asked for`);
  return answer as Extract<Answer, { readonly t: T }>;
}
