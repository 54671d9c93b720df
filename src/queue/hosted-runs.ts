// The runs that a host takes part in, and the next job of them: of the run with the highest priority, and of those the
// oldest. A run is loaded once there is something to take, and let go of when it has ended.
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { QueueHostOptions } from './host-options.js';
import { HostedRun } from './hosted-run.js';
import { QUEUE_PREFIX } from './keys.js';
import type { HostRecord } from './messages.js';
import type { Job, QueuePackages, Redis, Worker } from './packages.js';
import { readRuns } from './registry.js';

/** A lock lasts so long without its host, and dead ones are looked for so often, in ms: together less than 5 s. */
export const LOCK_MS = 3_000;
const STALLED_MS = 1_000;

export interface HostedRunsOptions {
  readonly host: QueueHostOptions;
  readonly packages: QueuePackages;
  readonly redis: Redis;
  /** Where the files of trials are while they run. */
  readonly scratch: string;
  /** A run is ready, or refused. */
  readonly onState: (run: HostedRun) => void;
  /** A run has ended, and its tasks with it. */
  readonly onOver: (run: HostedRun) => void;
}

interface Taken {
  readonly run: HostedRun;
  readonly worker: Worker;
  /** Nothing was there at the last look. */
  isEmpty: boolean;
}

/** A job that this host has now, until its lock ends. */
export interface TakenJob {
  readonly run: HostedRun;
  readonly job: Job;
  readonly token: string;
}

export class HostedRuns {
  readonly #options: HostedRunsOptions;
  readonly #taken = new Map<string, Taken>();
  #count = 0;

  constructor(options: HostedRunsOptions) {
    this.#options = options;
  }

  get(name: string): HostedRun | undefined {
    return this.#taken.get(name)?.run;
  }

  get all(): HostedRun[] {
    return [...this.#taken.values()].map(({ run }) => run);
  }

  /** As they stand in the host's record. */
  get states(): HostRecord['runs'] {
    const states = this.all.map(({ about, state, why, data }) => {
      return [about.run, { state, data, ...(why === undefined ? {} : { why }) }] as const;
    });
    return Object.fromEntries(states);
  }

  /** There may be jobs: of one run, or of any. False where that run is not known. */
  ring(name?: string): boolean {
    for (const [each, taken] of this.#taken) if (name === undefined || name === each) taken.isEmpty = false;
    return name === undefined || this.#taken.has(name);
  }

  /** Lets go of runs that have ended, and, where `isTaking`, loads those that have something to take. */
  async sync(isTaking: boolean): Promise<void> {
    const runs = await readRuns(this.#options.redis, QUEUE_PREFIX);
    const known = new Map(runs.map((run) => [run.run, run]));
    for (const [name, taken] of this.#taken) {
      const about = known.get(name);
      if (about !== undefined && !about.isLeft && (await taken.run.goesOn(about))) continue;
      this.#taken.delete(name);
      this.#options.onOver(taken.run);
      void closeTaken(taken)
        .then(() => this.#sweepUp(taken.run))
        .catch(() => undefined); // the connection tells it
    }
    if (!isTaking) return;
    for (const about of runs) {
      // What others have taken may have nobody any more: only who takes part finds out.
      const hasWork = about.waiting + about.running > 0 && !about.isLeft;
      if (hasWork && !this.#taken.has(about.run)) this.#open(about);
    }
  }

  /** Undefined where there is none. */
  async next(): Promise<TakenJob | undefined> {
    for (;;) {
      const ready = [...this.#taken.values()].filter(({ run, isEmpty }) => run.state === 'ready' && !isEmpty);
      const [first] = ready.sort(
        ({ run: { about: a } }, { run: { about: b } }) =>
          b.priority - a.priority || a.startedAt - b.startedAt,
      );
      if (first === undefined) return undefined;
      const token = randomUUID();
      first.isEmpty = true; // unless a bell says otherwise meanwhile
      const job = await first.worker.getNextJob(token, { block: false });
      if (job == null) continue;
      first.isEmpty = false;
      return { run: first.run, job, token };
    }
  }

  /** What BullMQ's look for dead hosts has written since the run was taken away. */
  async #sweepUp({ keys }: HostedRun): Promise<void> {
    const { redis } = this.#options;
    const own = ['meta', 'stalled-check'].map((name) => `${QUEUE_PREFIX}:${keys.queue}:${name}`);
    if ((await redis.exists(keys.run)) === 0) await redis.del(...own);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#taken.values()].map((taken) => closeTaken(taken)));
  }

  #open(about: ConstructorParameters<typeof HostedRun>[0]): void {
    const { host, packages, redis, scratch, onState } = this.#options;
    // Never that of an earlier one of the same name, which may still be on its way out.
    const run = new HostedRun(about, host, redis, join(scratch, String(++this.#count)));
    const worker = new packages.Worker(run.keys.queue, null, {
      connection: redis,
      prefix: QUEUE_PREFIX,
      autorun: false,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_MS,
      maxStalledCount: 1_000_000, // who dies of what is told by the job itself
    });
    worker.on('error', () => undefined); // the connection's own, which tells it
    this.#taken.set(about.run, { run, worker, isEmpty: false });
    void run.prepare().then(async () => {
      if (run.state === 'ready') await worker.startStalledCheckTimer();
      onState(run);
    });
  }
}

async function closeTaken({ run, worker }: Taken): Promise<void> {
  await run.close();
  await worker.close(true).catch(() => undefined);
  rmSync(run.folder, { recursive: true, force: true, maxRetries: 3 });
}
