// Hands tasks to threads in the order of submission, one bundle a thread at a time. A message to a thread and back costs
// some 50 µs, so tasks that are shorter than that travel several at once; longer ones go singly, so that none waits
// behind another while a thread is free. A thread's death is the fault of the task it was at: the others are run again.
import { hostname } from 'node:os';
import type { Clock } from '../ground/clock.js';
import { InternalError } from '../ground/errors.js';
import { countOf, trialAt } from '../trial/selection.js';
import { type Task, TaskLost, type TrialReport, taskKilled, taskOverdue } from './contract.js';
import { watchLimit } from './limits.js';
import {
  BUNDLE_TASKS,
  type LaneMemory,
  type ThreadAnswer,
  type ThreadAnswers,
  type ThreadBundle,
} from './messages.js';
import { STOP_ALL, stopBit } from './stops.js';

/** A bundle is filled up to this time, in ms, going by what trials took lately: twenty times what its message costs. */
const BUNDLE_MS = 1;

export interface Answered {
  readonly answer: ThreadAnswer;
  readonly thread: number;
  /** Since the submission, in ms. */
  readonly totalMs: number;
}

export interface BundlerOptions {
  /** Shared with the threads. */
  readonly memory: LaneMemory;
  /** Rejects when the thread that had the bundle is gone. */
  readonly send: (bundle: ThreadBundle) => Promise<ThreadAnswers>;
  /** Ends the thread that has the lane's bundle: `send` rejects. */
  readonly endThread: (lane: number) => void;
  /** Called in place of `endThread` for a task that did not stop in time. */
  readonly onOverdue: ((task: Task) => void) | undefined;
  readonly clock: Clock;
}

/** A task on its way through the bundler. */
interface Passage {
  readonly task: Task;
  readonly submitted: number;
  readonly onReport: ((report: TrialReport) => void) | undefined;
  readonly resolve: (answered: Answered) => void;
  readonly reject: (error: Error) => void;
  /** Requests to stop so far. */
  stops: number;
  /** Where it runs, or waits for those before it in its bundle. */
  place: { readonly lane: number; readonly position: number } | undefined;
  /** Set once it shall end without a result. */
  lost: TaskLost | undefined;
  overdue: boolean;
}

export interface BundledTask {
  /** Rejects with TaskLost when the thread died of this task, or when the task was ended. */
  readonly answered: Promise<Answered>;
  stop(trials?: readonly number[]): void;
  kill(): void;
}

export interface Bundler {
  run(task: Task, onReport?: (report: TrialReport) => void): BundledTask;
  /** Hands on what a thread has sent. */
  report(taskId: number, report: TrialReport): void;
  /** Rejects what waits; no more is sent. */
  end(reason: Error): void;
}

export function createBundler(options: BundlerOptions): Bundler {
  const { memory, send, clock } = options;
  const { positions, stops } = memory;
  const lanes = positions.length;
  const free = Array.from(positions, (_, lane) => lanes - 1 - lane);
  // A set as a queue: an array with a moving head would hold on to the promises, and so to the rows, of past tasks.
  let waiting = new Set<Passage>();
  /** With a thread, by task, where somebody listens to reports. */
  const listening = new Map<number, Passage>();
  let trialMs = Number.POSITIVE_INFINITY;
  let ended: Error | undefined;

  function dispatch(): void {
    while (free.length > 0 && waiting.size > 0) void runBundle(free.pop()!, takeBundle());
  }

  function takeBundle(): Passage[] {
    const most = Math.min(BUNDLE_TASKS, Math.ceil(waiting.size / lanes));
    const bundle: Passage[] = [];
    let predictedMs = 0;
    for (const each of waiting) {
      predictedMs += trialMs * countOf(each.task.trials);
      if (bundle.length > 0 && !(predictedMs <= BUNDLE_MS)) break;
      waiting.delete(each);
      if (bundle.push(each) === most) break;
    }
    return bundle;
  }

  async function runBundle(lane: number, bundle: readonly Passage[]): Promise<void> {
    Atomics.store(positions, lane, 0);
    for (let position = 0; position < bundle.length; position++) {
      const passage = bundle[position]!;
      passage.place = { lane, position };
      Atomics.store(stops, lane * BUNDLE_TASKS + position, passage.stops);
      if (passage.onReport !== undefined) listening.set(passage.task.id, passage);
    }
    const unwatch = watchLimit(
      bundle.map(({ task }) => task.limitMs),
      () => Atomics.load(positions, lane),
      (position, force) => (force ? endOverdue(bundle[position]!) : stopOverdue(bundle[position]!)),
    );
    try {
      settle(bundle, await send({ lane, tasks: bundle.map((each) => each.task) }));
    } catch (cause) {
      buryThread(bundle, Atomics.load(positions, lane), cause as Error);
    }
    unwatch();
    free.push(lane);
    dispatch();
  }

  function settle(bundle: readonly Passage[], { thread, answers }: ThreadAnswers): void {
    const now = clock.elapsed();
    let ms = 0;
    let trials = 0;
    for (let i = 0; i < bundle.length; i++) {
      const passage = bundle[i]!;
      const answer = answers[i];
      listening.delete(passage.task.id);
      if (answer === undefined) {
        passage.reject(new InternalError(`a thread gave no answer to task ${passage.task.id}`));
        continue;
      }
      if (answer.t === 'ran') {
        ms += answer.runMs;
        trials += Math.max(1, countOf(passage.task.trials) - answer.executed.left.length);
      }
      const isCut = passage.overdue && answer.t === 'ran' && answer.executed.left.length > 0;
      if (isCut) passage.reject(taskOverdue(passage.task.limitMs!));
      else passage.resolve({ answer, thread, totalMs: now - passage.submitted });
    }
    // Up at once, down by halves: one long trial among short ones stops the bundling for a while.
    const latest = trials === 0 ? trialMs : ms / trials;
    trialMs = latest < trialMs && trialMs !== Number.POSITIVE_INFINITY ? (latest + trialMs) / 2 : latest;
  }

  function buryThread(bundle: readonly Passage[], at: number, cause: Error): void {
    for (const { task } of bundle) listening.delete(task.id);
    if (ended !== undefined) {
      for (const each of bundle) each.reject(ended);
      return;
    }
    const isKilled = bundle.some(({ lost }) => lost !== undefined);
    if (!isKilled) {
      const message = `the thread that held the task died: ${cause.message}`;
      bundle[at]?.reject(
        new TaskLost({ cause: 'died', blame: 'certain', host: hostname() }, message, { cause }),
      );
    }
    const others = bundle.filter((each, i) => (isKilled ? each.lost === undefined : i !== at));
    for (const other of others) other.place = undefined;
    waiting = new Set([...others, ...waiting]);
  }

  function ask(passage: Passage, bits: number): void {
    passage.stops |= bits;
    const { place } = passage;
    if (place !== undefined) Atomics.or(stops, place.lane * BUNDLE_TASKS + place.position, bits);
  }

  /** Ends a task: at once where it waits, with its thread where it runs. */
  function endTask(passage: Passage, why: TaskLost): void {
    if (passage.lost !== undefined) return;
    passage.lost = why;
    passage.reject(why);
    waiting.delete(passage);
    ask(passage, STOP_ALL);
    const { place } = passage;
    if (place !== undefined && Atomics.load(positions, place.lane) === place.position)
      options.endThread(place.lane);
  }

  function stopOverdue(passage: Passage): void {
    passage.overdue = true;
    ask(passage, STOP_ALL);
  }

  function endOverdue(passage: Passage): void {
    if (options.onOverdue !== undefined) options.onOverdue(passage.task);
    else endTask(passage, taskOverdue(passage.task.limitMs!));
  }

  return {
    run(task, onReport) {
      let passage: Passage | undefined;
      const answered = new Promise<Answered>((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        const submitted = clock.elapsed();
        const rest = { stops: 0, place: undefined, lost: undefined, overdue: false };
        passage = { task, submitted, onReport, resolve, reject, ...rest };
        waiting.add(passage);
        dispatch();
      });
      return {
        answered,
        stop(trials) {
          if (passage !== undefined) ask(passage, trials === undefined ? STOP_ALL : bitsOf(task, trials));
        },
        kill() {
          if (passage !== undefined) endTask(passage, taskKilled());
        },
      };
    },
    report: (taskId, report) => listening.get(taskId)?.onReport?.(report),
    end(reason) {
      ended = reason;
      for (const each of waiting) each.reject(reason);
      waiting.clear();
    },
  };
}

function bitsOf({ trials }: Task, asked: readonly number[]): number {
  const wanted = new Set(asked);
  let bits = 0;
  for (let i = 0; i < countOf(trials); i++) if (wanted.has(trialAt(trials, i))) bits |= stopBit(i);
  return bits;
}
