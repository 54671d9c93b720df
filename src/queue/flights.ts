// The tasks of a coordinator that are with a queue: hands them over as jobs, asks them to stop, and settles each once,
// whatever the queue brings, and however often.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { fromPlainError } from '../ground/errors.js';
import {
  type RunningTask,
  type Task,
  TaskLost,
  type TaskResult,
  type TrialReport,
  taskKilled,
} from '../pool/contract.js';
import { countOf, pick, trialsOf } from '../trial/selection.js';
import { insist, type Say } from './connect.js';
import type { Entry } from './inbox.js';
import { KEYS, QUEUE_PREFIX, type RunKeys } from './keys.js';
import { type FromQueueHost, hashTrials, type JobData, unpackLoss, unpackResult } from './messages.js';
import type { Queue, Redis } from './packages.js';
import { Reports } from './reports.js';
import { seal } from './seal.js';

export interface FlightsOptions {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly run: string;
  readonly keys: RunKeys;
  readonly secret: string | undefined;
  readonly device: string;
  readonly say: Say;
  /** Something of the queue does not work any more. */
  readonly fail: (error: Error) => void;
}

interface Flight {
  readonly key: string;
  readonly hash: string;
  readonly task: Task;
  readonly reports: Reports;
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (error: Error) => void;
  stops: 'all' | readonly number[] | undefined;
  /** Looks that it has been there. */
  age: number;
}

type Settled = Extract<FromQueueHost, { readonly t: 'result' | 'broken' }>;

/** Jobs that are so new are on their way: nobody need look whether they are there. */
const YOUNG = 3;

export class Flights {
  readonly #options: FlightsOptions;
  readonly #session = randomBytes(4).toString('hex');
  readonly #byKey = new Map<string, Flight>();
  readonly #results = new Set<Promise<unknown>>();
  #count = 0;
  #unsent: Flight[] = [];
  /** Of an earlier session, by its trials: jobs that still run, and results that nobody has taken. */
  readonly #running = new Map<string, string>();
  readonly #leftovers = new Map<string, Entry>();
  /** By task: the entry of its result. */
  readonly #entries = new Map<number, string>();
  #writing: Promise<unknown> = Promise.resolve();

  constructor(options: FlightsOptions) {
    this.#options = options;
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

  /** A job of an earlier session that a host still runs. */
  adopt(key: string): void {
    this.#running.set(key.split('-')[0]!, key);
  }

  run(task: Task, onReport: ((report: TrialReport) => void) | undefined): RunningTask {
    const hash = hashTrials(task.trials);
    const running = this.#running.get(hash);
    this.#running.delete(hash);
    const key = running ?? `${hash}-${this.#session}-${this.#count++}`;
    let flight!: Flight;
    const result = new Promise<TaskResult>((resolve, reject) => {
      const reports = new Reports(onReport);
      flight = { key, hash, task, reports, resolve, reject, stops: undefined, age: 0 };
    });
    this.#results.add(result);
    const forget = () => void this.#results.delete(result);
    result.then(forget, forget);
    const leftover = this.#leftovers.get(hash);
    this.#byKey.set(key, flight);
    if (leftover !== undefined) {
      this.#leftovers.delete(hash);
      this.#settle(flight, leftover);
    } else if (running === undefined && this.#unsent.push(flight) === 1) {
      setImmediate(() => this.#send());
    }
    return {
      result,
      stop: (trials) => this.#stop(flight, trials),
      kill: () => this.#kill(flight),
    };
  }

  /** True where the entry need not be kept: it counts no more, or never did. */
  take(entry: Entry): boolean {
    const flight = this.#byKey.get(entry.key);
    if (flight !== undefined) {
      this.#settle(flight, entry);
      return false;
    }
    // Of an earlier session: it counts once its trials are asked for.
    if (entry.message.t !== 'result' || entry.key.split('-')[1] === this.#session) return true;
    const hash = entry.key.split('-')[0]!;
    if (entry.message.left.length > 0 || this.#leftovers.has(hash)) return true;
    this.#running.delete(hash);
    this.#leftovers.set(hash, entry);
    return false;
  }

  report({ key, message, body }: Entry): void {
    if (message.t === 'report') this.#byKey.get(key)?.reports.take(message, body);
  }

  /** The entry of a task's result, which is on disk by now. */
  kept(task: number): string | undefined {
    const entry = this.#entries.get(task);
    this.#entries.delete(task);
    return entry;
  }

  rejectAll(error: Error): void {
    for (const flight of this.#byKey.values()) flight.reject(error);
    this.#byKey.clear();
    this.#unsent = [];
  }

  async settled(): Promise<void> {
    while (this.#results.size > 0) await Promise.allSettled(this.#results);
  }

  /** Gives the server again what it has lost, and takes back what nobody has taken and shall stop. */
  async audit(): Promise<void> {
    const { redis, keys, queue } = this.#options;
    for (const flight of [...this.#byKey.values()]) {
      flight.age++;
      if (flight.stops === 'all') await this.#takeBack(flight);
    }
    const old = [...this.#byKey.values()].filter(({ age }) => age >= YOUNG);
    if (old.length === 0) return;
    const [there, published] = await Promise.all([
      Promise.all(old.map(({ key }) => redis.exists(`${QUEUE_PREFIX}:${queue.name}:${key}`))),
      redis.smismember(keys.published, ...old.map(({ key }) => key)),
    ]);
    const lost = old.filter(({ key }, i) => there[i] === 0 && published[i] === 0 && this.#byKey.has(key));
    for (const flight of lost) flight.age = 0;
    if (lost.length > 0) await this.#add(lost);
    for (const { key, stops } of lost)
      if (stops !== undefined) await redis.hset(keys.stops, key, JSON.stringify(stops));
  }

  #send(): void {
    const flights = this.#unsent.filter(({ key }) => this.#byKey.has(key));
    this.#unsent = [];
    if (flights.length > 0) this.#write(() => this.#add(flights));
  }

  /** In the order in which they are asked for. */
  #write(work: () => Promise<unknown>): void {
    const { say } = this.#options;
    this.#writing = this.#writing
      .then(() => insist(work, say))
      .catch((error: Error) => this.#options.fail(error));
  }

  async #add(flights: readonly Flight[]): Promise<void> {
    const { queue, redis, run, secret } = this.#options;
    const jobs = flights.map(({ key, task: { attempt, trials, isApart } }) => {
      const task = { attempt, trials, ...(isApart === undefined ? {} : { isApart }) } as JobData['task'];
      const data: JobData = { key, task, signature: seal(secret, run, key, JSON.stringify(task)) };
      return {
        name: 'task',
        data,
        opts: { jobId: key, removeOnComplete: true, removeOnFail: true, attempts: 1 },
      };
    });
    await queue.addBulk(jobs);
    await redis.publish(KEYS.bell, `jobs ${run}`);
  }

  #settle(flight: Flight, { id, message, body, series }: Entry): void {
    this.#byKey.delete(flight.key);
    this.#entries.set(flight.task.id, id);
    const settled = message as Settled;
    if (settled.t === 'result') {
      flight.resolve(unpackResult(flight.task.id, settled, body, series));
      return;
    }
    const { error, loss } = settled;
    const details = error.hint === undefined ? {} : { hint: error.hint };
    flight.reject(
      loss === undefined
        ? fromPlainError(error as never)
        : new TaskLost(unpackLoss(loss), error.message, details),
    );
  }

  #stop(flight: Flight, trials: readonly number[] | undefined): void {
    if (!this.#byKey.has(flight.key) || flight.stops === 'all') return;
    const all = new Set([...(flight.stops ?? []), ...(trials ?? trialsOf(flight.task.trials))]);
    flight.stops = all.size >= countOf(flight.task.trials) ? 'all' : [...all];
    const { stops } = flight;
    this.#unsentFirst();
    this.#write(async () => {
      const { redis, keys } = this.#options;
      await redis.hset(keys.stops, flight.key, JSON.stringify(stops));
      if (stops === 'all') await this.#takeBack(flight);
      await redis.publish(KEYS.bell, 'sync');
    });
  }

  /** A job is there before it is asked to stop. */
  #unsentFirst(): void {
    if (this.#unsent.length > 0) this.#send();
  }

  /** No host has it: it comes back without having run. */
  async #takeBack(flight: Flight): Promise<void> {
    const { queue, redis, keys, device } = this.#options;
    if (!this.#byKey.has(flight.key) || (await queue.remove(flight.key)) === 0) return;
    // Whoever writes this first has it: a host may have ended it in between.
    if ((await redis.sadd(keys.published, flight.key)) === 0 || !this.#byKey.delete(flight.key)) return;
    const left = [...trialsOf(flight.task.trials)].map((trial) => ({ trial, hasBegun: false }));
    flight.resolve({
      ...{ id: flight.task.id, left, notes: [], rows: new Uint8Array(0), series: new Uint8Array(0) },
      ...{ thread: 0, host: hostname(), device, queueMs: 0, runMs: 0, cpuMs: null },
    });
  }

  #kill(flight: Flight): void {
    if (!this.#byKey.delete(flight.key)) return;
    flight.reject(taskKilled());
    this.#write(async () => {
      const { redis, keys, queue } = this.#options;
      await redis.sadd(keys.published, flight.key);
      await redis.hset(keys.stops, flight.key, JSON.stringify('kill'));
      await queue.remove(flight.key);
      await redis.publish(KEYS.bell, 'sync');
    });
  }
}
