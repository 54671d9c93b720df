// A host: takes jobs of a queue's runs as long as it has threads free, those of the highest priority first, and runs them
// in host processes as a local run does, so that its own event loop is always free to keep locks and to hear requests.

import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { Checkpoints } from './checkpoints.js';
import { connect, connectAgain } from './connect.js';
import { describeHost } from './describe-host.js';
import type { QueueHostOptions } from './host-options.js';
import type { HostedRun } from './hosted-run.js';
import { HostedRuns, LOCK_MS } from './hosted-runs.js';
import { HostedTask } from './hosted-task.js';
import { fieldsOf } from './inbox.js';
import { append, KEYS, QUEUE_PREFIX } from './keys.js';
import { type JobData, readJob } from './messages.js';
import { type Job, loadQueuePackages, type QueuePackages, type Redis } from './packages.js';
import { atMost, pause } from './pause.js';
import { announce, readRuns, withdraw } from './registry.js';
import { requireAnyOf } from './requirements.js';

const TICK_MS = 1_000;
/** What the server need not hear of a host that leaves takes so long at most. */
const LEAVE_MS = 2_000;
const POLL_MS = 20;
/** Ticks without an answer after which the server is away, whatever the connection says. */
const AWAY_TICKS = 3;

export interface QueueHost {
  readonly name: string;
  /** Resolves once it has left. */
  readonly done: Promise<void>;
  /** Takes nothing new, finishes what runs, and leaves. A second call gives back what runs. */
  leave(): void;
}

/** Rejects with BAD_USAGE where the queue cannot be used, or all of its runs are of another version. */
export async function openQueueHost(options: QueueHostOptions): Promise<QueueHost> {
  const packages = await loadQueuePackages();
  const redis = await connect(packages, options.address, options.say);
  try {
    requireAnyOf(await readRuns(redis, QUEUE_PREFIX));
  } catch (error) {
    redis.disconnect();
    throw error;
  }
  return new Host(options, packages, redis);
}

class Host implements QueueHost {
  readonly name: string;
  readonly done: Promise<void>;
  readonly #options: QueueHostOptions;
  readonly #redis: Redis;
  readonly #subscriber: Redis;
  readonly #id = randomUUID();
  readonly #scratch = mkdtempSync(join(tmpdir(), 'sweepline-host-'));
  readonly #runs: HostedRuns;
  readonly #tasks = new Map<string, HostedTask>();
  readonly #checkpoints: Checkpoints;
  readonly #since: number;
  #state: 'ready' | 'draining' = 'ready';
  #timer: NodeJS.Timeout | undefined;
  /** Told twice to leave. */
  #isHurried = false;
  /** Ticks since the server answered. */
  #unanswered = 0;
  #syncing: Promise<void> | undefined;
  #isSyncAsked = false;
  #isTaking = false;
  #isTakeAsked = false;
  #finish!: () => void;

  constructor(options: QueueHostOptions, packages: QueuePackages, redis: Redis) {
    this.name = options.name;
    this.#options = options;
    this.#redis = redis;
    this.#since = options.now();
    this.#checkpoints = new Checkpoints(redis, options);
    this.#runs = new HostedRuns({
      ...{ host: options, packages, redis, scratch: this.#scratch },
      onState: (run) => void this.#tellState(run),
      onOver: (run) => {
        for (const task of this.#tasks.values()) if (task.run === run) task.drop();
      },
    });
    this.done = new Promise((resolve) => {
      this.#finish = resolve;
    });
    this.#subscriber = connectAgain(redis);
    this.#subscriber.on('message', (_channel, text: string) => this.#hear(text));
    this.#subscriber.subscribe(KEYS.bell).catch(() => undefined); // ioredis subscribes again with every connection
    this.#tick();
  }

  leave(): void {
    if (this.#state === 'draining') {
      this.#isHurried = true;
      for (const task of this.#tasks.values()) task.giveBack();
      return;
    }
    this.#state = 'draining';
    void this.#announce().catch(() => undefined); // the next tick says it
    void this.#leave().finally(() => this.#finish());
  }

  /** Never rejects: what is left behind expires, and what was not heard is run by others. */
  async #leave(): Promise<void> {
    try {
      await this.#finishTasks();
      clearTimeout(this.#timer);
      await atMost(LEAVE_MS, this.#syncing);
      clearTimeout(this.#timer);
      await atMost(LEAVE_MS, this.#withdraw());
      await atMost(LEAVE_MS, this.#runs.close());
    } catch (error) {
      this.#options.say(`leaving, something went wrong: ${(error as Error).message}`);
    } finally {
      clearTimeout(this.#timer);
      this.#subscriber.disconnect();
      this.#redis.disconnect();
      rmSync(this.#scratch, { recursive: true, force: true, maxRetries: 3 });
    }
  }

  /**
   * Until what runs has ended and is answered for. A server that is away keeps only those waiting that have a result, and
   * nobody who was told twice to leave.
   */
  async #finishTasks(): Promise<void> {
    let awayMs = 0;
    while (this.#isTaking || this.#tasks.size > 0) {
      await pause(POLL_MS);
      awayMs = this.#isAway ? awayMs + POLL_MS : 0;
      if (awayMs >= LEAVE_MS && (this.#isHurried || this.#tasks.size === 0)) return;
    }
  }

  get #isAway(): boolean {
    return this.#redis.status !== 'ready' || this.#unanswered >= AWAY_TICKS;
  }

  async #withdraw(): Promise<void> {
    await withdraw(this.#redis, this.#id);
    await Promise.all(this.#runs.all.map((run) => this.#say(run, { t: 'host' })));
  }

  #hear(text: string): void {
    const [word, run, ask] = text.split(' ');
    if (word === 'busy') void this.#tellBusy(run!, ask!);
    else if (word === 'sync') this.#sync();
    else {
      if (!this.#runs.ring(run!)) this.#sync();
      this.#take();
    }
  }

  /** Every second: locks, records, and what a bell that was not heard would have told. */
  #tick(): void {
    this.#unanswered++;
    this.#sync();
    for (const task of this.#tasks.values()) void task.extend(LOCK_MS);
    for (const run of new Set([...this.#tasks.values()].map((task) => task.run)))
      void this.#checkpoints.send(run).catch(() => undefined); // the next tick does it
    this.#runs.ring();
    this.#take();
    this.#timer = setTimeout(() => this.#tick(), TICK_MS);
  }

  /** Brings runs, limits and requests to stop up to date; once more where somebody asks meanwhile. */
  #sync(): void {
    this.#isSyncAsked = true;
    this.#syncing ??= (async () => {
      while (this.#isSyncAsked) {
        this.#isSyncAsked = false;
        await this.#syncOnce().catch(() => undefined); // the connection tells it; the next tick comes
      }
      this.#syncing = undefined;
    })();
  }

  async #syncOnce(): Promise<void> {
    await this.#runs.sync(this.#state === 'ready');
    this.#unanswered = 0;
    // One whose keys are not what they should be keeps no other waiting.
    for (const run of this.#runs.all) await this.#steer(run).catch(() => undefined);
    await this.#announce();
  }

  async #tellState(run: HostedRun): Promise<void> {
    await this.#announce().catch(() => undefined); // the next tick says it
    await this.#say(run, { t: 'host' }).catch(() => undefined);
    this.#sync();
    this.#take();
  }

  async #steer(run: HostedRun): Promise<void> {
    const tasks = [...this.#tasks.values()].filter((task) => task.run === run);
    const [limit, stops] = await Promise.all([
      this.#redis.hgetBuffer(run.keys.run, 'limit'),
      tasks.length === 0 ? [] : this.#redis.hmget(run.keys.stops, ...tasks.map(({ key }) => key)),
    ]);
    if (limit !== null) run.limit(limit);
    tasks.forEach((task, i) => {
      task.look(stops[i] ?? null);
    });
  }

  /** Takes jobs as long as there are some and there is room. */
  #take(): void {
    this.#isTakeAsked = true;
    if (this.#isTaking) return;
    this.#isTaking = true;
    void (async () => {
      while (this.#isTakeAsked) {
        this.#isTakeAsked = false;
        while (await this.#takeOne().catch(() => false));
      }
    })().finally(() => {
      this.#isTaking = false;
    });
  }

  /** False where nothing is to be had. */
  async #takeOne(): Promise<boolean> {
    const { threads, devices } = this.#options;
    if (this.#state === 'draining' || this.#tasks.size >= threads * Math.max(1, devices.length)) return false;
    const taken = await this.#runs.next();
    if (taken === undefined) return false;
    const { run, job, token } = taken;
    const again = this.#tasks.get(job.id!);
    if (again !== undefined) {
      again.take(job, token);
      return true;
    }
    const data = await this.#read(job, token);
    if (data === undefined) return true;
    const [redis, options, checkpoints] = [this.#redis, this.#options, this.#checkpoints];
    const task = new HostedTask(job, token, data, { run, redis, options, checkpoints });
    this.#tasks.set(task.key, task);
    void task.ended
      .catch((error: Error) => this.#options.say(`a task is left to another host: ${error.message}`))
      .finally(() => {
        this.#tasks.delete(task.key);
        this.#take();
      });
    return true;
  }

  /** Undefined for what is no job of ours, which nobody shall get again. */
  async #read(job: Job, token: string): Promise<JobData | undefined> {
    try {
      const data = readJob(job.data);
      if (data.key === job.id) return data;
      throw new SweeplineError('BAD_USAGE', `job ${job.id} from the queue calls itself ${data.key}`);
    } catch (error) {
      this.#options.say((error as Error).message);
      await job.moveToCompleted('', token, false).catch(() => undefined);
      return undefined;
    }
  }

  async #announce(): Promise<void> {
    const busy = [...this.#tasks.values()].map(({ run, trials, since }) => ({
      run: run.about.run,
      ...trials,
      since,
    }));
    const [state, since, seen] = [this.#state, this.#since, this.#options.now()];
    const own = describeHost(this.#options);
    await announce(this.#redis, {
      ...own,
      id: this.#id,
      state,
      since,
      seen,
      runs: this.#runs.states,
      busy,
    });
  }

  async #tellBusy(name: string, ask: string): Promise<void> {
    const run = this.#runs.get(name);
    if (run === undefined) return;
    const busy = await Promise.all(run.lanes.map(({ pool }) => pool.busy()));
    const threads = busy.flat().map((each) => ({ ...each, host: this.name }));
    await this.#say(run, { t: 'busy', ask, host: this.#id, threads }).catch(() => undefined);
  }

  async #say(run: HostedRun, message: Parameters<typeof fieldsOf>[2]): Promise<void> {
    const { secret } = this.#options;
    await append(this.#redis, run, fieldsOf({ about: run.about, secret }, '', message));
  }
}
