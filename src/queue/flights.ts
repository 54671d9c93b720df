// The tasks of a coordinator that are with a queue: hands them over as jobs, asks them to stop, and settles each once,
// whatever the queue brings, and however often.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import {
  type RunningTask,
  refusedTask,
  type Task,
  type TaskResult,
  type TrialReport,
  taskKilled,
} from '../pool/contract.js';
import { countOf, pick, trialsOf } from '../trial/selection.js';
import { insist, type Say } from './connect.js';
import { type Flight, settle, unreadable } from './flight.js';
import type { Entry, Inbox } from './inbox.js';
import { hashTrials, nameJob } from './job-name.js';
import { Jobs, type JobsOptions } from './jobs.js';
import { Leftovers } from './leftovers.js';
import { Reports } from './reports.js';
import type { TrialKeys } from './trial-keys.js';

export interface FlightsOptions extends JobsOptions {
  readonly device: string;
  readonly say: Say;
  readonly inbox: Pick<Inbox, 'fetch' | 'rewind' | 'isBehind'>;
  /** Whether all files that a result tells of are here: a server may have lost them. */
  readonly isComplete: (entry: Entry) => boolean;
  /** Something of the queue does not work any more. */
  readonly fail: (error: Error) => void;
}

/** Jobs that are so new are on their way: nobody need look whether they are there. */
const YOUNG = 3;
/** After so many looks, what was written and not heard is read again; after twice as many the task runs again, */
const UNHEARD = 5;
/** so often. */
const MOST_UNREAD = 3;

export class Flights {
  readonly #options: FlightsOptions;
  readonly #session = randomBytes(4).toString('hex');
  readonly #byKey = new Map<string, Flight>();
  readonly #results = new Set<Promise<unknown>>();
  #count = 0;
  #unsent: Flight[] = [];
  readonly #leftovers = new Leftovers();
  readonly #jobs: Jobs;
  /** By task: the entry of its result, which is in no journal yet. */
  readonly #entries = new Map<number, { readonly id: string; readonly key: string }>();
  readonly #unkept = new Set<string>();
  #writing: Promise<unknown> = Promise.resolve();
  #failure: Error | undefined;

  constructor(options: FlightsOptions) {
    this.#options = options;
    this.#jobs = new Jobs(options);
  }

  /** Whether a trial is on its way. */
  has(trial: number): boolean {
    for (const { task } of this.#byKey.values())
      if (countOf(pick(task.trials, (each) => each === trial)) > 0) return true;
    return false;
  }

  /** Everything that was handed over before is on the server. */
  written(): Promise<unknown> {
    return this.#writing;
  }

  /** Results that are on the server, and nowhere else. */
  get unkept(): number {
    return this.#unkept.size + this.#leftovers.count;
  }

  /** What an earlier session has left: `active`: jobs that hosts have; `published`: jobs whose results were written. */
  adopt(active: readonly string[], published: readonly string[]): void {
    this.#leftovers.adopt(active, published);
    this.#jobs.published.forget(...published);
  }

  run(task: Task, onReport: ((report: TrialReport) => void) | undefined): RunningTask {
    if (this.#failure !== undefined) return refusedTask(this.#failure);
    let hash: string;
    try {
      hash = hashTrials(task.trials);
    } catch (error) {
      return refusedTask(error as Error);
    }
    const leftover = this.#leftovers.takeResult(hash, task.attempt);
    const running = leftover === undefined ? this.#leftovers.takeJob(hash) : undefined;
    const key = running ?? nameJob({ hash, session: this.#session, attempt: task.attempt }, this.#count++);
    let flight!: Flight;
    const result = new Promise<TaskResult>((resolve, reject) => {
      const reports = new Reports(onReport);
      flight = { key, task, reports, resolve, reject, stops: undefined, age: 0, unheard: 0, unread: 0 };
    });
    this.#results.add(result);
    const forget = () => void this.#results.delete(result);
    result.then(forget, forget);
    this.#byKey.set(key, flight);
    if (leftover !== undefined) void this.#takeLeftover(flight, leftover.id);
    else if (running === undefined) this.#sendSoon(flight);
    return {
      result,
      stop: (trials) => this.#stop(flight, trials),
      kill: () => this.#kill(flight),
    };
  }

  async #takeLeftover(flight: Flight, id: string): Promise<void> {
    const { inbox, isComplete } = this.#options;
    const entry = await inbox.fetch(id).catch(() => undefined);
    if (!this.#byKey.has(flight.key)) return;
    if (entry === undefined || !isComplete(entry)) this.#sendSoon(flight);
    else this.#settle(flight, entry);
  }

  #sendSoon(flight: Flight): void {
    if (this.#unsent.push(flight) === 1) setImmediate(() => this.#send());
  }

  /** True where the entry need not be kept: it counts no more, or never did. */
  take(entry: Entry): boolean {
    const flight = this.#byKey.get(entry.key);
    if (flight !== undefined && this.#options.isComplete(entry)) {
      this.#settle(flight, entry);
      return false;
    }
    if (flight !== undefined) {
      this.#write(() => this.#repeat(flight));
      return true;
    }
    if (this.#unkept.has(entry.id)) return false; // it was read again
    // Of an earlier session: it counts once its trials are asked for.
    if (this.#leftovers.add(entry, this.#session)) return false;
    this.#jobs.published.forget(entry.key);
    return true;
  }

  /** Names of the checkpoints of those trials of a job that an entry tells of. */
  checkpointsOf(key: string, trials: readonly number[], keysOf: TrialKeys): readonly string[] {
    const task = this.#byKey.get(key)?.task;
    if (task === undefined || trials.length === 0) return [];
    const kept = task.from?.checkpoint?.save;
    return kept === undefined ? keysOf(pick(task.trials, (trial) => trials.includes(trial))) : [kept];
  }

  report({ key, message, body }: Entry): void {
    if (message.t === 'report') this.#byKey.get(key)?.reports.take(message, body);
  }

  /** The entry of a task's result, which is on disk by now. */
  kept(task: number): string | undefined {
    const kept = this.#entries.get(task);
    if (kept === undefined) return undefined;
    this.#entries.delete(task);
    this.#unkept.delete(kept.id);
    this.#jobs.published.forget(kept.key);
    return kept.id;
  }

  /** Nothing is handed over from now on, and what was has no result. */
  fail(error: Error): void {
    this.#failure ??= error;
    for (const flight of this.#byKey.values()) flight.reject(error);
    this.#byKey.clear();
    this.#unsent = [];
  }

  async settled(): Promise<void> {
    while (this.#results.size > 0) await Promise.allSettled(this.#results);
  }

  /** Gives the server again what it has lost, and takes back what nobody has taken and shall stop. */
  async audit(): Promise<void> {
    await this.#jobs.published.sweep();
    for (const flight of [...this.#byKey.values()]) {
      flight.age++;
      if (flight.stops === 'all') await this.#takeBack(flight);
    }
    const found = await this.#jobs.find([...this.#byKey.values()].filter(({ age }) => age >= YOUNG));
    const flying = found.filter(({ flight }) => this.#byKey.has(flight.key));
    await this.#jobs.addAgain(
      flying.filter(({ isThere, isPublished }) => !isThere && !isPublished).map(({ flight }) => flight),
    );
    const { inbox } = this.#options;
    if (inbox.isBehind) return;
    for (const { flight, isPublished } of flying) flight.unheard = isPublished ? flight.unheard + 1 : 0;
    // Hosts have written their results, and they are not there, or nobody can read them.
    if (flying.some(({ flight }) => flight.unheard === UNHEARD)) inbox.rewind();
    for (const { flight } of flying) if (flight.unheard >= 2 * UNHEARD) await this.#repeat(flight);
  }

  /** What hosts have written of it cannot be used. */
  async #repeat(flight: Flight): Promise<void> {
    if (!this.#byKey.has(flight.key)) return;
    if (++flight.unread <= MOST_UNREAD) return this.#jobs.repeat(flight);
    this.#byKey.delete(flight.key);
    flight.reject(unreadable(flight, flight.unread));
  }

  #send(): void {
    const flights = this.#unsent.filter(({ key }) => this.#byKey.has(key));
    this.#unsent = [];
    if (flights.length > 0) this.#write(() => this.#jobs.add(flights));
  }

  /** In the order in which they are asked for. */
  #write(work: () => Promise<unknown>): void {
    const { say } = this.#options;
    this.#writing = this.#writing
      .then(() => insist(work, say))
      .catch((error: Error) => this.#options.fail(error));
  }

  #settle(flight: Flight, entry: Entry): void {
    const { id } = entry;
    this.#byKey.delete(flight.key);
    this.#entries.set(flight.task.id, { id, key: flight.key });
    this.#unkept.add(id);
    settle(flight, entry);
  }

  #stop(flight: Flight, trials: readonly number[] | undefined): void {
    if (!this.#byKey.has(flight.key) || flight.stops === 'all') return;
    const all = new Set([...(flight.stops ?? []), ...(trials ?? trialsOf(flight.task.trials))]);
    flight.stops = all.size >= countOf(flight.task.trials) ? 'all' : [...all];
    const { stops } = flight;
    this.#unsentFirst();
    this.#write(async () => {
      await this.#jobs.askToStop(flight, stops);
      if (stops === 'all') await this.#takeBack(flight);
      await this.#jobs.ring();
    });
  }

  /** A job is there before it is asked to stop. */
  #unsentFirst(): void {
    if (this.#unsent.length > 0) this.#send();
  }

  /** No host has it: it comes back without having run. */
  async #takeBack(flight: Flight): Promise<void> {
    if (!this.#byKey.has(flight.key) || !(await this.#jobs.takeBack(flight))) return;
    if (!this.#byKey.delete(flight.key)) return;
    const { device } = this.#options;
    const left = [...trialsOf(flight.task.trials)].map((trial) => ({ trial, hasBegun: false }));
    flight.resolve({
      ...{ id: flight.task.id, left, notes: [], rows: new Uint8Array(0), series: new Uint8Array(0) },
      ...{ thread: 0, host: hostname(), device, queueMs: 0, runMs: 0, cpuMs: null },
    });
  }

  #kill(flight: Flight): void {
    if (!this.#byKey.delete(flight.key)) return;
    flight.reject(taskKilled());
    this.#write(() => this.#jobs.kill(flight));
  }
}
