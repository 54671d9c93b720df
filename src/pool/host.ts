// The pool whose threads live in processes of their own: whatever a trial does to its process (segfault, out of memory,
// process.exit), the coordinator lives on, and the next task starts a new one with the same setup. Refuses to run a task
// again by itself: the tasks of a dead host are rejected, and the coordinator decides.
import { fileURLToPath } from 'node:url';
import { InternalError } from '../ground/errors.js';
import { packSpace } from '../space/packed.js';
import type { WorkerQuestions } from '../worker/questions.js';
import { Cells } from './cells.js';
import { type Pool, type PoolSetup, poolClosed, refusedTask } from './contract.js';
import { type Answer, type HostOptions, HostProcess, type Question } from './host-process.js';
import { LOAD_MS, within } from './patience.js';

export interface HostPoolOptions extends HostOptions {
  /** `thread`: one process with all threads; `process`: a process for each worker, with one thread. */
  readonly isolation?: 'thread' | 'process';
  /** Milliseconds that loading the worker, and each question to it, may take. */
  readonly loadMs?: number;
}

/** The host starts with the first question or task. Its output never reaches the coordinator's stdout. */
export function createHostPool({
  isolation = 'thread',
  loadMs = LOAD_MS,
  ...options
}: HostPoolOptions): Pool {
  let current: HostProcess | undefined;
  let begun: PoolSetup | undefined;
  let limitMs: number | undefined;
  let closed = false;
  const patience = { limitMs: loadMs, onLine: (line: string) => options.onLine?.(line, 'stderr') };

  const ask = (host: HostProcess, question: Question): Promise<Answer> => {
    const what = describeQuestion(question, options.workerUrl);
    return within(patience, what, host.ask(question), (reason) => host.kill(reason));
  };
  const start = (threads: number): HostProcess => {
    if (closed) throw poolClosed();
    const host = new HostProcess({ ...options, threads });
    if (begun === undefined) return host;
    // Refused or died: its tasks, which follow, are rejected with the same reason.
    ask(host, { t: 'begin', setup: begun }).catch(() => undefined);
    if (limitMs !== undefined) host.limit(limitMs);
    return host;
  };
  const cells = new Cells({
    cells: options.threads,
    start: () => start(1),
    staysAlive: isolation === 'process',
  });
  /** The living host, or a new one that knows what the last one was told. */
  const host = (): HostProcess => {
    if (closed) throw poolClosed();
    if (isolation === 'process') return cells.any();
    if (!current?.alive) current = start(options.threads);
    return current;
  };

  const questions: WorkerQuestions = {
    async describe() {
      return expectAnswer('described', await ask(host(), { t: 'describe' })).description;
    },
    async validate(proposed) {
      return expectAnswer('validated', await ask(host(), { t: 'validate', proposed })).faults;
    },
    async costs(points, stage) {
      return expectAnswer('costed', await ask(host(), { t: 'costs', points, stage })).costs;
    },
    async load({ data }) {
      return expectAnswer('loaded', await ask(host(), { t: 'load', data })).data;
    },
  };

  return {
    size: options.threads,
    questions,
    async begin(setup) {
      if (begun !== undefined) throw new InternalError('begin twice');
      const packed = { ...setup, space: packSpace(setup.space) };
      expectAnswer('done', await ask(host(), { t: 'begin', setup: packed }));
      begun = packed;
    },
    submit(task, onReport) {
      if (closed) return refusedTask(poolClosed());
      if (begun === undefined) return refusedTask(new InternalError('submit before begin'));
      const isApart = task.isApart === true || isolation === 'process';
      return isApart ? cells.run(task, onReport) : host().run(task, onReport);
    },
    limit(ms) {
      limitMs = ms;
      for (const each of [current, ...cells.hosts]) if (each?.alive) each.limit(ms);
    },
    async busy() {
      return (await Promise.all([current?.busy() ?? [], cells.busy()])).flat();
    },
    async close() {
      closed = true;
      await cells.close();
      await current?.close();
    },
    kill() {
      closed = true;
      current?.kill(poolClosed());
      cells.kill(poolClosed());
    },
  };
}

function describeQuestion({ t }: Question, workerUrl: string): string {
  const [url] = workerUrl.split('#');
  const whose = url!.startsWith('file:') ? `the worker (${fileURLToPath(url!)})` : 'the worker';
  switch (t) {
    case 'load':
    case 'begin':
      return `\`load\` of ${whose}`;
    case 'validate':
      return `\`check\` of ${whose}`;
    case 'costs':
      return `\`cost\` of ${whose}`;
    default:
      return `loading ${whose}`;
  }
}

function expectAnswer<T extends Answer['t']>(t: T, answer: Answer): Extract<Answer, { readonly t: T }> {
  if (answer.t !== t) throw new InternalError(`the host answered ${answer.t} where ${t} was asked for`);
  return answer as Extract<Answer, { readonly t: T }>;
}
