// Hands tasks to threads in the order of submission, one bundle a thread at a time. A message to a thread and back costs
// some 50 µs, so tasks that are shorter than that travel several at once; longer ones go singly, so that none waits
// behind another while a thread is free. A thread's death is the fault of the task it was at: the others are run again.
import type { Clock } from '../ground/clock.js';
import { InternalError, SweeplineError } from '../ground/errors.js';
import type { Task } from './contract.js';
import { countOf } from './execute.js';
import type { ThreadAnswer, ThreadAnswers, ThreadBundle } from './messages.js';

/** A bundle is filled up to this time, in ms, going by what trials took lately: twenty times what its message costs. */
const BUNDLE_MS = 1;

/** More would gain little (3 µs a task are left of the 50) and make more tasks wait if one of them is long after all. */
const BUNDLE_TASKS = 16;

export interface Answered {
  readonly answer: ThreadAnswer;
  readonly worker: number;
  /** Since the submission, in ms. */
  readonly totalMs: number;
}

export interface BundlerOptions {
  /** Shared with the threads: by lane, the position in its bundle of the task that runs. Its length is the lanes' count. */
  readonly progress: Int32Array;
  /** Rejects when the thread that had the bundle is gone. */
  readonly send: (bundle: ThreadBundle) => Promise<ThreadAnswers>;
  readonly clock: Clock;
}

interface Waiting {
  readonly task: Task;
  readonly submitted: number;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
}

export interface Bundler {
  /** Rejects with HOST_DIED when the thread died of this task. */
  run(task: Task): Promise<Answered>;
  /** Rejects what waits; no more is sent. */
  end(reason: Error): void;
}

export function createBundler(options: BundlerOptions): Bundler {
  const { progress, send, clock } = options;
  const lanes = progress.length;
  const free = Array.from(progress, (_, lane) => lanes - 1 - lane);
  // A set as a queue: an array with a moving head would hold on to the promises, and so to the rows, of past tasks.
  let waiting = new Set<Waiting>();
  let trialMs = Number.POSITIVE_INFINITY;
  let ended: Error | undefined;

  function dispatch(): void {
    while (free.length > 0 && waiting.size > 0) void runBundle(free.pop()!, takeBundle());
  }

  function takeBundle(): Waiting[] {
    const share = Math.min(BUNDLE_TASKS, Math.ceil(waiting.size / lanes));
    const bundle: Waiting[] = [];
    let predictedMs = 0;
    for (const each of waiting) {
      predictedMs += trialMs * countOf(each.task);
      if (bundle.length > 0 && !(predictedMs <= BUNDLE_MS)) break;
      waiting.delete(each);
      if (bundle.push(each) === share) break;
    }
    return bundle;
  }

  async function runBundle(lane: number, bundle: readonly Waiting[]): Promise<void> {
    Atomics.store(progress, lane, 0);
    try {
      settle(bundle, await send({ lane, tasks: bundle.map((each) => each.task) }));
    } catch (cause) {
      buryThread(bundle, Atomics.load(progress, lane), cause as Error);
    }
    free.push(lane);
    dispatch();
  }

  function settle(bundle: readonly Waiting[], { worker, answers }: ThreadAnswers): void {
    const now = clock.elapsed();
    let ms = 0;
    let trials = 0;
    for (let i = 0; i < bundle.length; i++) {
      const { task, submitted, resolve, reject } = bundle[i]!;
      const answer = answers[i];
      if (answer === undefined) {
        reject(new InternalError(`a thread gave no answer to task ${task.id}`));
        continue;
      }
      if (answer.t === 'ran') {
        ms += answer.runMs;
        trials += Math.max(1, answer.executed.ended);
      }
      resolve({ answer, worker, totalMs: now - submitted });
    }
    // Up at once, down by halves: one long trial among short ones stops the bundling for a while.
    const latest = trials === 0 ? trialMs : ms / trials;
    trialMs = latest < trialMs && trialMs !== Number.POSITIVE_INFINITY ? (latest + trialMs) / 2 : latest;
  }

  function buryThread(bundle: readonly Waiting[], at: number, cause: Error): void {
    const message = `the thread that held the task died: ${cause.message}`;
    bundle[at]?.reject(ended ?? new SweeplineError('HOST_DIED', message, { cause }));
    const others = bundle.filter((_, i) => i !== at);
    if (ended !== undefined) for (const other of others) other.reject(ended);
    else waiting = new Set([...others, ...waiting]);
  }

  return {
    run(task) {
      return new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        waiting.add({ task, submitted: clock.elapsed(), resolve, reject });
        dispatch();
      });
    },
    end(reason) {
      ended = reason;
      for (const each of waiting) each.reject(reason);
      waiting.clear();
    },
  };
}
