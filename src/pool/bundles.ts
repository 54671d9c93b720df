// Hands tasks to threads in the order of submission, one bundle a thread at a time. A message to a thread and back costs
// some 50 µs, so tasks that are shorter than that travel several at once; longer ones go singly, so that none waits
// behind another while a thread is free. A thread's death is the fault of the task it was at: the others are run again.
import type { Clock } from '../ground/clock.js';
import { InternalError } from '../ground/errors.js';
import { countOf, trialAt } from '../trial/selection.js';
import { HERE, limitOf, type Task, TaskLost, type TrialReport, taskKilled, taskOverdue } from './contract.js';
import { watchLimits } from './limits.js';
import {
  BUNDLE_TASKS,
  type LaneMemory,
  LOADING,
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
  readonly onOverdue: ((task: Task, limitMs: number) => void) | undefined;
  readonly clock: Clock;
}

interface Watch {
  begin(): void;
  end(): void;
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

/** A bundle with a thread. */
interface Held {
  readonly bundle: readonly Passage[];
  /** When it was sent, or its task was first seen to run. */
  since: number;
  seen: number;
}

/** A task that was handed to the bundler. */
export interface BundledTask {
  /** Rejects with TaskLost when the thread died of this task, or when the task was ended. */
  readonly answered: Promise<Answered>;
  stop(trials?: readonly number[]): void;
  kill(): void;
}

export class Bundler {
  readonly #options: BundlerOptions;
  readonly #free: number[];
  // A set as a queue: an array with a moving head would hold on to the promises, and so to the rows, of past tasks.
  #waiting = new Set<Passage>();
  /** With a thread, by task, where somebody listens to reports. */
  readonly #listening = new Map<number, Passage>();
  #trialMs = Number.POSITIVE_INFINITY;
  /** Milliseconds that a trial may run. */
  #limitMs: number | undefined;
  /** By lane: what runs there. */
  readonly #bundles = new Map<number, Held>();
  /** By lane: begins to watch what runs there. */
  readonly #watches = new Map<number, Watch>();
  #ended: Error | undefined;

  constructor(options: BundlerOptions) {
    this.#options = options;
    const lanes = options.memory.positions.length;
    this.#free = Array.from({ length: lanes }, (_, lane) => lanes - 1 - lane);
  }

  run(task: Task, onReport?: (report: TrialReport) => void): BundledTask {
    let passage: Passage | undefined;
    const answered = new Promise<Answered>((resolve, reject) => {
      if (this.#ended !== undefined) return reject(this.#ended);
      const submitted = this.#options.clock.elapsed();
      const rest = { stops: 0, place: undefined, lost: undefined, overdue: false };
      passage = { task, submitted, onReport, resolve, reject, ...rest };
      this.#waiting.add(passage);
      this.#dispatch();
    });
    return {
      answered,
      stop: (trials) => {
        if (passage !== undefined) this.#ask(passage, trials === undefined ? STOP_ALL : bitsOf(task, trials));
      },
      kill: () => {
        if (passage !== undefined) this.#endTask(passage, taskKilled());
      },
    };
  }

  /** What runs, by lane. Nobody is told when a thread goes on to the next task of its bundle: then it is seen here. */
  busy(): { readonly lane: number; readonly task: Task; readonly ms: number }[] {
    const { memory, clock } = this.#options;
    const now = clock.elapsed();
    return [...this.#bundles].map(([lane, held]) => {
      const position = Math.max(0, Atomics.load(memory.positions, lane));
      if (position !== held.seen) {
        held.seen = position;
        held.since = now;
      }
      return { lane, task: held.bundle[position]!.task, ms: now - held.since };
    });
  }

  /** How long trials may run from now on. */
  limit(ms: number): void {
    this.#limitMs = ms;
    for (const watch of this.#watches.values()) watch.begin();
  }

  /** Hands on what a thread has sent. */
  report(taskId: number, report: TrialReport): void {
    this.#listening.get(taskId)?.onReport?.(report);
  }

  /** Rejects what waits; no more is sent. */
  end(reason: Error): void {
    this.#ended = reason;
    for (const each of this.#waiting) each.reject(reason);
    this.#waiting.clear();
  }

  #dispatch(): void {
    while (this.#free.length > 0 && this.#waiting.size > 0)
      void this.#runBundle(this.#free.pop()!, this.#takeBundle());
  }

  #takeBundle(): Passage[] {
    const lanes = this.#options.memory.positions.length;
    const most = Math.min(BUNDLE_TASKS, Math.ceil(this.#waiting.size / lanes));
    const bundle: Passage[] = [];
    let predictedMs = 0;
    for (const each of this.#waiting) {
      predictedMs += this.#trialMs * countOf(each.task.trials);
      if (bundle.length > 0 && !(predictedMs <= BUNDLE_MS)) break;
      this.#waiting.delete(each);
      if (bundle.push(each) === most) break;
    }
    return bundle;
  }

  async #runBundle(lane: number, bundle: readonly Passage[]): Promise<void> {
    const { memory, send } = this.#options;
    const { positions, stops } = memory;
    Atomics.store(positions, lane, LOADING);
    for (let position = 0; position < bundle.length; position++) {
      const passage = bundle[position]!;
      passage.place = { lane, position };
      Atomics.store(stops, lane * BUNDLE_TASKS + position, passage.stops);
      if (passage.onReport !== undefined) this.#listening.set(passage.task.id, passage);
    }
    this.#bundles.set(lane, { bundle, since: this.#options.clock.elapsed(), seen: 0 });
    const watch = this.#watch(lane, bundle);
    this.#watches.set(lane, watch);
    if (this.#limitMs !== undefined) watch.begin();
    try {
      this.#settle(bundle, await send({ lane, tasks: bundle.map((each) => each.task) }));
    } catch (cause) {
      // Whose worker does not even load has its first task to blame: somebody must be, or it would never end.
      this.#buryThread(bundle, Math.max(0, Atomics.load(positions, lane)), cause as Error);
    }
    watch.end();
    this.#watches.delete(lane);
    this.#bundles.delete(lane);
    this.#free.push(lane);
    this.#dispatch();
  }

  /** A bundle that is not watched yet: most runs have no limit, and pay nothing for it. */
  #watch(lane: number, bundle: readonly Passage[]): Watch {
    const { memory, clock } = this.#options;
    const since = clock.elapsed();
    let unwatch: (() => void) | undefined;
    return {
      begin: () => {
        unwatch ??= watchLimits({
          limitOf: (position) => limitOf(bundle[position]!.task, this.#limitMs!),
          position: () => Atomics.load(memory.positions, lane),
          since,
          onOverdue: (position, force) => this.#endOverdue(bundle[position]!, force),
          ...{ clock, isBeside: true },
        });
      },
      end: () => unwatch?.(),
    };
  }

  #settle(bundle: readonly Passage[], { thread, answers }: ThreadAnswers): void {
    const now = this.#options.clock.elapsed();
    let ms = 0;
    let trials = 0;
    for (let i = 0; i < bundle.length; i++) {
      const passage = bundle[i]!;
      const { task } = passage;
      const answer = answers[i];
      this.#listening.delete(task.id);
      if (answer === undefined) {
        passage.reject(new InternalError(`a thread gave no answer to task ${task.id}`));
        continue;
      }
      if (answer.t === 'ran') {
        ms += answer.runMs;
        trials += Math.max(1, countOf(task.trials) - answer.executed.left.length);
      }
      const cut = passage.overdue && answer.t === 'ran' ? answer.executed.left[0] : undefined;
      if (cut !== undefined) passage.reject(taskOverdue(limitOf(task, this.#limitMs!), cut.partial));
      else passage.resolve({ answer, thread, totalMs: now - passage.submitted });
    }
    // Up at once, down by halves: one long trial among short ones stops the bundling for a while.
    const latest = trials === 0 ? this.#trialMs : ms / trials;
    const isFaster = latest < this.#trialMs && this.#trialMs !== Number.POSITIVE_INFINITY;
    this.#trialMs = isFaster ? (latest + this.#trialMs) / 2 : latest;
  }

  #buryThread(bundle: readonly Passage[], at: number, cause: Error): void {
    for (const { task } of bundle) this.#listening.delete(task.id);
    if (this.#ended !== undefined) {
      for (const each of bundle) each.reject(this.#ended);
      return;
    }
    const isKilled = bundle.some(({ lost }) => lost !== undefined);
    if (!isKilled) {
      const message = `the thread that held the task died: ${cause.message}`;
      const loss = { cause: 'died', blame: 'certain', ...HERE } as const;
      bundle[at]?.reject(new TaskLost(loss, message, { cause }));
    }
    const others = bundle.filter((each, i) => (isKilled ? each.lost === undefined : i !== at));
    for (const other of others) other.place = undefined;
    this.#waiting = new Set([...others, ...this.#waiting]);
  }

  #ask(passage: Passage, bits: number): void {
    passage.stops |= bits;
    const { place } = passage;
    if (place === undefined) return;
    Atomics.or(this.#options.memory.stops, place.lane * BUNDLE_TASKS + place.position, bits);
  }

  /** Ends a task: at once where it waits, with its thread where it runs. */
  #endTask(passage: Passage, why: TaskLost): void {
    if (passage.lost !== undefined) return;
    passage.lost = why;
    passage.reject(why);
    this.#waiting.delete(passage);
    this.#ask(passage, STOP_ALL);
    const { memory, endThread } = this.#options;
    const { place } = passage;
    if (place !== undefined && Atomics.load(memory.positions, place.lane) === place.position)
      endThread(place.lane);
  }

  #endOverdue(passage: Passage, force: boolean): void {
    passage.overdue = true;
    if (!force) this.#ask(passage, STOP_ALL);
    else {
      const limitMs = limitOf(passage.task, this.#limitMs!);
      if (this.#options.onOverdue !== undefined) this.#options.onOverdue(passage.task, limitMs);
      else this.#endTask(passage, taskOverdue(limitMs));
    }
  }
}

function bitsOf({ trials }: Task, asked: readonly number[]): number {
  const wanted = new Set(asked);
  let bits = 0;
  for (let i = 0; i < countOf(trials); i++) if (wanted.has(trialAt(trials, i))) bits |= stopBit(i);
  return bits;
}
