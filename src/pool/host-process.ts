// One host process as the coordinator holds it: starts it, carries questions and tasks, and, when it ends, tells everyone
// who still waits why. Refuses to start it again: that is host.ts's part.
import { type ChildProcess, fork } from 'node:child_process';
import { hostname } from 'node:os';
import type { Readable } from 'node:stream';
import { compiledPath } from '../ground/compiled.js';
import { fromPlainError, InternalError } from '../ground/errors.js';
import { createLineSplitter } from '../ground/output-lines.js';
import type { BusyThread } from '../trial/busy.js';
import { keepOuter } from '../worker/command/program.js';
import {
  type Loss,
  type RunningTask,
  type Task,
  TaskLost,
  type TaskResult,
  type TrialReport,
  taskKilled,
  taskOverdue,
} from './contract.js';
import { countMemoryKills, describeDeath, isFromOutside, waitForEnd } from './death.js';
import { watchMemory } from './memory.js';
import type { FromHost, StopRequest, ToHost } from './messages.js';

export interface HostOptions {
  /** `file:` URL of the worker's module; a `.ts` file is run through tsx. */
  readonly workerUrl: string;
  readonly threads: number;
  /** Bytes of memory that the process may hold while a task runs; absent: as many as there are. */
  readonly memoryBytes?: number;
  /** Set on top of the coordinator's environment (what pins a device, for one). */
  readonly env?: Readonly<Record<string, string>>;
  /** Hears what the host and its workers print, line by line. Without it that goes nowhere. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

type WithoutId<M> = M extends { readonly id: number } ? Omit<M, 'id'> : never;
export type Question = WithoutId<ToHost>;
export type Answer = Extract<
  FromHost,
  { readonly t: 'described' | 'validated' | 'costed' | 'loaded' | 'done' | 'runs' }
>;

/** Hosts that could not even be forked have no number of their own. */
let unborn = 0;

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

interface HeldTask extends Waiting<TaskResult> {
  readonly result: Promise<TaskResult>;
  readonly onReport: ((report: TrialReport) => void) | undefined;
}

/** A host that nothing runs in leaves within so many milliseconds, unless its worker's module keeps it busy. */
const LEAVE_MS = 5_000;

/** Lines of the host's stderr that its obituary quotes: enough for the message and the top of a stack. */
const LAST_LINES = 8;

/** Starts with its making. */
export class HostProcess {
  /** Resolves once the process is gone and everyone who waited has been told. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #questions = new Map<number, Waiting<Answer>>();
  readonly #tasks = new Map<number, HeldTask>();
  readonly #lastLines: string[] = [];
  #unsent: Task[] = [];
  #unsentStops: StopRequest[] = [];
  #questionsAsked = 0;
  #alive = true;
  #hasBegun = false;
  /** Set where the process is ended because of one task: the others are not to blame. */
  #isEndedForTask = false;
  /** Trials that have run in it, in tasks. */
  #tasksDone = 0;
  readonly #threads: number;
  readonly #memoryKills = countMemoryKills();
  readonly #unwatchMemory: (() => void) | undefined;

  constructor(options: HostOptions) {
    this.#threads = options.threads;
    this.#child = forkHost(options, this.#lastLines);
    this.#child.on('message', (message: FromHost) => this.#receive(message));
    this.ended = this.#awaitEnd();
    const { memoryBytes } = options;
    const { pid } = this.#child;
    if (memoryBytes !== undefined && pid !== undefined)
      this.#unwatchMemory = watchMemory(pid, memoryBytes, (bytes) => this.#endTooLarge(bytes, memoryBytes));
  }

  /** False from the moment the process has ended, or will at once. */
  get alive(): boolean {
    return this.#alive;
  }

  /** Rejects with what the host refused it for, or with TaskLost. */
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const id = ++this.#questionsAsked;
      this.#questions.set(id, { resolve, reject });
      this.#sendTasks(); // what was submitted before the question arrives before it
      this.#send({ ...question, id } as ToHost);
    });
  }

  run(task: Task, onReport?: (report: TrialReport) => void): RunningTask {
    const tasks = this.#tasks;
    if (tasks.has(task.id)) throw new InternalError(`task ${task.id} is in the pool already`);
    let waiting!: Waiting<TaskResult>;
    const result = new Promise<TaskResult>((resolve, reject) => {
      waiting = { resolve, reject };
    });
    tasks.set(task.id, { ...waiting, onReport, result });
    // Tasks of one turn of the event loop travel as one message.
    if (this.#unsent.push(task) === 1) setImmediate(() => this.#sendTasks());
    return {
      result,
      stop: (trials) => {
        if (!tasks.has(task.id)) return;
        if (this.#unsentStops.push({ taskId: task.id, trials }) === 1) setImmediate(() => this.#sendStops());
      },
      kill: () => this.#endTask(task.id, taskKilled),
    };
  }

  /** What its threads run; nothing where it is gone, or goes before it can say. */
  async busy(): Promise<readonly BusyThread[]> {
    if (!this.#alive || this.#tasks.size === 0) return [];
    const answer = await this.ask({ t: 'busy' }).catch(() => undefined);
    return answer?.t === 'runs' ? answer.busy : [];
  }

  /** Nothing has run in it yet. */
  get isFresh(): boolean {
    return this.#tasksDone === 0 && this.#tasks.size === 0;
  }

  /** Waits for what runs, then ends it; by force where it does not leave by itself. */
  async close(): Promise<void> {
    if (this.#alive) {
      while (this.#tasks.size > 0)
        await Promise.allSettled([...this.#tasks.values()].map(({ result }) => result));
      const asked = this.ask({ t: 'close' }).catch(() => undefined); // died meanwhile: as good as closed
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), LEAVE_MS);
      await asked;
      clearTimeout(timer);
    }
    await this.ended;
  }

  /** Milliseconds that a trial may run from now on. */
  limit(ms: number): void {
    this.#send({ t: 'limit', ms });
  }

  /** SIGKILL; everyone who waits hears `reason` at once. */
  kill(reason: Error): void {
    this.#child.kill('SIGKILL');
    this.#rejectAll(reason);
  }

  #receive(message: FromHost): void {
    switch (message.t) {
      case 'results':
        this.#tasksDone += message.results.length;
        for (const result of message.results) take(this.#tasks, result.id)?.resolve(result);
        return;
      case 'report':
        this.#tasks.get(message.taskId)?.onReport?.(message.report);
        return;
      case 'broken':
        take(this.#tasks, message.taskId)?.reject(describeBroken(message));
        return;
      case 'overdue':
        this.#endTask(message.taskId, () => taskOverdue(message.limitMs));
        return;
      case 'refused':
        take(this.#questions, message.id)?.reject(fromPlainError(message.error));
        return;
      default:
        this.#hasBegun ||= message.t === 'done';
        take(this.#questions, message.id)?.resolve(message);
    }
  }

  /** Where one thread runs one task after another, that task has taken it, or those before it have. */
  #endTooLarge(bytes: number, most: number): void {
    const [id] = this.#tasks.keys();
    if (id === undefined) return;
    const blame = this.#threads > 1 || this.#tasksDone > 0 ? 'possible' : 'certain';
    const loss: Loss = { cause: 'memory', blame, host: hostname(), process: this.#child.pid! };
    const [held, limit] = [bytes, most].map((amount) => `${Math.round(amount / 2 ** 20)} MiB`);
    const message = `the trial's process held ${held} of memory, more than the limit of ${limit}`;
    this.#endTask(id, () => new TaskLost(loss, message));
  }

  /** What a task does in native code ends only with its process. */
  #endTask(id: number, describe: () => Error): void {
    const held = take(this.#tasks, id);
    if (held === undefined) return;
    held.reject(describe());
    this.#isEndedForTask = true;
    this.#alive = false; // what comes next goes to another host
    this.#child.kill('SIGKILL');
  }

  async #awaitEnd(): Promise<void> {
    const how = await waitForEnd(this.#child);
    this.#alive = false;
    this.#unwatchMemory?.();
    await how.pipesDrained;
    const isEvicted = isFromOutside(how.signal, this.#memoryKills);
    const cause = !this.#hasBegun ? 'unstarted' : isEvicted ? 'evicted' : 'died';
    // One task alone has one culprit.
    const known = this.#threads === 1 && this.#tasks.size === 1 ? 'certain' : 'possible';
    const blame = this.#hasBegun && !this.#isEndedForTask ? known : 'none';
    const loss: Loss = { cause, blame, host: hostname(), process: this.#child.pid ?? ++unborn };
    const death = { cause: how.cause, held: this.#tasks.size, lastLines: this.#lastLines, loss };
    this.#rejectAll(
      this.#isEndedForTask
        ? new TaskLost(loss, 'the host process was ended because of another task')
        : describeDeath(death),
    );
  }

  /** A message to a host that has just died fails; `ended` tells those who wait for its answer. */
  #send(message: ToHost): void {
    this.#child.send(message, () => undefined);
  }

  #sendTasks(): void {
    if (this.#unsent.length === 0) return;
    this.#send({ t: 'tasks', tasks: this.#unsent });
    this.#unsent = [];
  }

  #sendStops(): void {
    this.#sendTasks(); // a task arrives before a request to stop it
    this.#send({ t: 'stop', stops: this.#unsentStops });
    this.#unsentStops = [];
  }

  #rejectAll(error: Error): void {
    for (const waiting of [...this.#questions.values(), ...this.#tasks.values()]) waiting.reject(error);
    this.#questions.clear();
    this.#tasks.clear();
  }
}

/** Starts the process; `lastLines` gets the end of what it writes to stderr. */
function forkHost({ workerUrl, threads, env, onLine }: HostOptions, lastLines: string[]): ChildProcess {
  const args = [workerUrl, String(threads), String(process.pid)];
  // Never detached: a kill of the coordinator's process group has to reach the host.
  const child = fork(compiledPath(import.meta.url, './host-entry.js'), args, {
    serialization: 'advanced',
    execArgv: [], // the coordinator's own options (a debugger's port, a loader) are not for its children
    env: { ...process.env, ...env, ...keepOuter(env) },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  hear(child.stdout!, (line) => onLine?.(line, 'stdout'));
  hear(child.stderr!, (line) => {
    if (lastLines.push(line.slice(0, 300)) > LAST_LINES) lastLines.shift();
    onLine?.(line, 'stderr');
  });
  return child;
}

function hear(stream: Readable, onLine: (line: string) => void): void {
  const splitter = createLineSplitter(onLine);
  stream.on('data', (chunk: Uint8Array) => splitter.push(chunk)).on('end', () => splitter.end());
}

function describeBroken({ error, loss }: Extract<FromHost, { readonly t: 'broken' }>): Error {
  if (loss === undefined) return fromPlainError(error);
  return new TaskLost(loss, error.message, error.hint === undefined ? {} : { hint: error.hint });
}

function take<T>(waiting: Map<number, T>, id: number): T | undefined {
  const found = waiting.get(id);
  waiting.delete(id);
  return found;
}
