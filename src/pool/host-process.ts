// One host process as the coordinator holds it: starts it, carries questions and tasks, and, when it ends, tells everyone
// who still waits why. Refuses to start it again: that is host.ts's part.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline';
import { compiledPath } from '../ground/compiled.js';
import { fromPlainError, InternalError } from '../ground/errors.js';
import { plural } from '../ground/text.js';
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
import type { FromHost, ToHost } from './messages.js';

export interface HostOptions {
  /** `file:` URL of the worker's module; a `.ts` file is run through tsx. */
  readonly workerUrl: string;
  readonly threads: number;
  /** Set on top of the coordinator's environment (what pins a device, for one). */
  readonly env?: Readonly<Record<string, string>>;
  /** Hears what the host and its workers print, line by line. Without it that goes nowhere. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

type WithoutId<M> = M extends { readonly id: number } ? Omit<M, 'id'> : never;
export type Question = WithoutId<ToHost>;
export type Answer = Extract<FromHost, { readonly t: 'described' | 'validated' | 'loaded' | 'done' }>;

export interface HostProcess {
  /** False from the moment the process has ended. */
  readonly alive: boolean;
  /** Rejects with what the host refused it for, or with HOST_DIED. */
  ask(question: Question): Promise<Answer>;
  run(task: Task, onReport?: (report: TrialReport) => void): RunningTask;
  /** SIGKILL; everyone who waits hears `reason` at once. */
  kill(reason: Error): void;
  /** Resolves once the process is gone and everyone who waited has been told. */
  readonly ended: Promise<void>;
}

interface Waiting<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

interface HeldTask extends Waiting<TaskResult> {
  readonly task: Task;
  readonly onReport: ((report: TrialReport) => void) | undefined;
}

/** Lines of the host's stderr that its obituary quotes: enough for the message and the top of a stack. */
const LAST_LINES = 8;

/** How long to wait, in ms, for what a dead host has left in its pipes (a grandchild may hold them open for ever). */
const LAST_WORDS_MS = 500;

export function startHost(options: HostOptions): HostProcess {
  const questions = new Map<number, Waiting<Answer>>();
  const tasks = new Map<number, HeldTask>();
  const lastLines: string[] = [];
  let unsent: Task[] = [];
  let questionsAsked = 0;
  let alive = true;
  let hasBegun = false;
  /** Set where the process is ended because of one task: the others are not to blame. */
  let isEndedForTask = false;

  const child = forkHost(options, lastLines);
  child.on('message', (message: FromHost) => receive(message));
  const ended = waitForEnd(child).then(async (how) => {
    alive = false;
    await how.pipesDrained;
    const cause = hasBegun ? 'died' : 'unstarted';
    const blame = hasBegun && !isEndedForTask ? 'possible' : 'none';
    const loss: Loss = { cause, blame, host: hostname() };
    rejectAll(describeDeath(how.cause, tasks.size, lastLines, loss));
  });

  function receive(message: FromHost): void {
    switch (message.t) {
      case 'results':
        for (const result of message.results) take(tasks, result.id)?.resolve(result);
        return;
      case 'report':
        tasks.get(message.taskId)?.onReport?.(message.report);
        return;
      case 'broken':
        take(tasks, message.taskId)?.reject(describeBroken(message));
        return;
      case 'overdue':
        endTask(message.taskId, (task) => taskOverdue(task.limitMs!));
        return;
      case 'refused':
        take(questions, message.id)?.reject(fromPlainError(message.error));
        return;
      default:
        hasBegun ||= message.t === 'done';
        take(questions, message.id)?.resolve(message);
    }
  }

  /** What a task does in native code ends only with its process. */
  function endTask(id: number, describe: (task: Task) => Error): void {
    const held = take(tasks, id);
    if (held === undefined) return;
    held.reject(describe(held.task));
    isEndedForTask = true;
    alive = false; // what comes next goes to another host
    child.kill('SIGKILL');
  }

  // A message to a host that has just died fails; `ended` tells those who wait for its answer.
  const send = (message: ToHost): void => void child.send(message, () => undefined);

  function sendTasks(): void {
    if (unsent.length === 0) return;
    send({ t: 'tasks', tasks: unsent });
    unsent = [];
  }

  function rejectAll(error: Error): void {
    for (const waiting of [...questions.values(), ...tasks.values()]) waiting.reject(error);
    questions.clear();
    tasks.clear();
  }

  return {
    get alive() {
      return alive;
    },
    ended,
    ask(question) {
      return new Promise((resolve, reject) => {
        const id = ++questionsAsked;
        questions.set(id, { resolve, reject });
        sendTasks(); // what was submitted before the question arrives before it
        send({ ...question, id } as ToHost);
      });
    },
    run(task, onReport) {
      if (tasks.has(task.id)) throw new InternalError(`task ${task.id} is in the pool already`);
      const result = new Promise<TaskResult>((resolve, reject) => {
        tasks.set(task.id, { task, onReport, resolve, reject });
      });
      // Tasks of one turn of the event loop travel as one message.
      if (unsent.push(task) === 1) setImmediate(sendTasks);
      return {
        result,
        stop(trials) {
          if (!tasks.has(task.id)) return;
          sendTasks();
          send({ t: 'stop', taskId: task.id, trials });
        },
        kill: () => endTask(task.id, taskKilled),
      };
    },
    kill(reason) {
      child.kill('SIGKILL');
      rejectAll(reason);
    },
  };
}

/** Starts the process; `lastLines` gets the end of what it writes to stderr. */
function forkHost({ workerUrl, threads, env, onLine }: HostOptions, lastLines: string[]): ChildProcess {
  // Never detached: a kill of the coordinator's process group has to reach the host.
  const child = fork(compiledPath(import.meta.url, './host-entry.js'), [workerUrl, String(threads)], {
    serialization: 'advanced',
    execArgv: [], // the coordinator's own options (a debugger's port, a loader) are not for its children
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  createInterface({ input: child.stdout! }).on('line', (line) => onLine?.(line, 'stdout'));
  createInterface({ input: child.stderr! }).on('line', (line) => {
    if (lastLines.push(line.slice(0, 300)) > LAST_LINES) lastLines.shift();
    onLine?.(line, 'stderr');
  });
  return child;
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

interface End {
  readonly cause: string;
  /** Results and lines that the host had written before it ended have been heard. */
  readonly pipesDrained: Promise<unknown>;
}

async function waitForEnd(child: ChildProcess): Promise<End> {
  const drained = Promise.all([once(child, 'close'), once(child, 'disconnect')]);
  drained.catch(() => undefined); // `once` rejects on 'error' too: the host never started, which is told below
  try {
    const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const patience = new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS).unref());
    return {
      cause: signal === null ? `exited with code ${code}` : `was ended by ${signal}`,
      pipesDrained: Promise.race([drained, patience]),
    };
  } catch (error) {
    return { cause: `could not be started: ${(error as Error).message}`, pipesDrained: Promise.resolve() };
  }
}

function describeDeath(cause: string, held: number, lastLines: readonly string[], loss: Loss): TaskLost {
  const holding = held === 0 ? '' : ` while it held ${plural(held, 'task')}`;
  const quoted =
    lastLines.length === 0 ? '' : `; its last words:\n${lastLines.map((line) => `  ${line}`).join('\n')}`;
  const hint = cause.endsWith('SIGKILL')
    ? 'nobody but the system ends a host that way: it may have run out of memory; try fewer workers'
    : 'what its worker loads may have crashed it; run the trial alone to see';
  return new TaskLost(loss, `the host process ${cause}${holding}${quoted}`, { hint });
}
