// The pool of machines: tasks become jobs of a queue, any number of hosts take them, and what they have to say comes back
// through a stream of the run's own. Hosts may come and go; a job whose host has died is given to another one by BullMQ,
// and its result counts once. Runs nothing itself: a pool of this machine answers questions about the worker.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { InternalError } from '../ground/errors.js';
import { ownVersion } from '../ground/version.js';
import {
  type Pool,
  type PoolSetup,
  poolClosed,
  type RunningTask,
  refusedTask,
  type Task,
  type TrialReport,
} from '../pool/contract.js';
import type { BusyThread } from '../trial/busy.js';
import { isCommandUrl } from '../worker/command/definition.js';
import type { DataIdentity } from '../worker/contract.js';
import type { WorkerQuestions } from '../worker/questions.js';
import type { QueueAddress } from './address.js';
import { hashBundle, packBundle } from './bundle.js';
import { connect, type Say } from './connect.js';
import { describePlace } from './find-worker.js';
import type { RunAbout } from './messages.js';
import { loadQueuePackages, type QueuePackages, type Redis } from './packages.js';
import { RunLink } from './run-link.js';
import { packSetup } from './setup.js';
import { createTrialKeys } from './trial-keys.js';
import { packageVersions } from './versions.js';

export interface QueuePoolOptions {
  readonly address: QueueAddress;
  /** Signs what is handed over, and is asked of what comes back. */
  readonly secret: string | undefined;
  readonly priority: number;
  /** A folder that hosts see too, for files that are too large for the queue. */
  readonly share: string | undefined;
  /** Files up to so many bytes travel through the queue. */
  readonly filesBytes: number;
  /** Hosts that do not have the worker's code may take it from the queue. */
  readonly ship: boolean;
  /** Answers questions about the worker. */
  readonly local: Pool;
  readonly workerUrl: string;
  readonly limits: Pick<RunAbout, 'isolation' | 'memoryBytes' | 'loadMs'>;
  readonly say: Say;
  readonly now: () => number;
}

interface Connection {
  readonly packages: QueuePackages;
  readonly redis: Redis;
}

/** Connects with the first question: what could go wrong with the server is told before anything starts. */
export function createQueuePool(options: QueuePoolOptions): Pool {
  return new QueuePool(options);
}

class QueuePool implements Pool {
  readonly questions: WorkerQuestions;
  readonly #options: QueuePoolOptions;
  #connecting: Promise<Connection> | undefined;
  #data: DataIdentity | null = null;
  #link: RunLink | undefined;
  #limitMs: number | undefined;
  #isClosed = false;
  #isKilled = false;
  #ending: Promise<void> | undefined;
  #onSize: () => void = () => undefined;

  constructor(options: QueuePoolOptions) {
    this.#options = options;
    const { questions } = options.local;
    const first = async () => {
      if (this.#isClosed) throw poolClosed();
      await this.#connect();
      await this.#link?.flights.written();
    };
    this.questions = {
      describe: async () => {
        await first();
        return questions.describe();
      },
      validate: async (proposed) => {
        await first();
        return questions.validate(proposed);
      },
      costs: async (points, stage) => {
        await first();
        return questions.costs(points, stage);
      },
      load: async (asked) => {
        await first();
        this.#data = await questions.load(asked);
        return this.#data;
      },
    };
  }

  get size(): number {
    return this.#link?.hosts.threads ?? 1;
  }

  watchSize(listener: () => void): void {
    this.#onSize = listener;
  }

  async begin(setup: PoolSetup): Promise<void> {
    if (this.#link !== undefined) throw new InternalError('begin twice');
    const description = await this.questions.describe();
    await this.questions.load({ data: setup.data });
    const { redis, packages } = await this.#connect();
    const { packed, digest } = packSetup(setup, this.#data);
    const { address, secret, say, share, workerUrl, ship } = this.#options;
    const bundle = ship && !isCommandUrl(workerUrl) ? packBundle(workerUrl) : undefined;
    const about = {
      ...this.#describe(setup, description),
      digest,
      bundle: bundle === undefined ? null : hashBundle(bundle),
    };
    const link = new RunLink({
      ...{ redis, packages, about, packed, bundle, setup, secret, say, share, address },
      trialKeys: createTrialKeys(setup, description),
    });
    this.#link = link;
    try {
      await link.open(this.#limitMs);
      if (this.#isClosed) throw poolClosed();
    } catch (error) {
      this.kill();
      throw error;
    }
    link.hosts.onChange(() => this.#onSize());
    this.#onSize();
  }

  submit(task: Task, onReport?: (report: TrialReport) => void): RunningTask {
    if (this.#isClosed) return refusedTask(poolClosed());
    if (this.#link === undefined) return refusedTask(new InternalError('submit before begin'));
    return this.#link.flights.run(task, onReport);
  }

  kept(task: number): void {
    this.#link?.kept(task);
  }

  dropCheckpoints(names: readonly string[]): void {
    this.#link?.dropCheckpoints(names);
  }

  limit(ms: number): void {
    this.#limitMs = ms;
    this.#link?.limit(ms);
  }

  async busy(): Promise<readonly BusyThread[]> {
    const link = this.#link;
    if (link === undefined || this.#isClosed) return [];
    return (await link.hosts.busy()).filter(({ trial }) => link.flights.has(trial));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#link?.flights.settled();
    this.#ending ??= this.#end();
    await this.#ending;
  }

  kill(): void {
    this.#isClosed = true;
    this.#isKilled = true;
    this.#options.local.kill();
    this.#link?.flights.fail(poolClosed());
    this.#ending ??= this.#end();
  }

  #connect(): Promise<Connection> {
    const { address, say } = this.#options;
    this.#connecting ??= loadQueuePackages().then(async (packages) => ({
      packages,
      redis: await connect(packages, address, say),
    }));
    return this.#connecting;
  }

  async #end(): Promise<void> {
    await this.#options.local.close();
    await this.#link?.end(this.#isKilled);
    const connection = await this.#connecting?.catch(() => undefined);
    connection?.redis.disconnect();
  }

  #describe(
    setup: PoolSetup,
    description: Awaited<ReturnType<WorkerQuestions['describe']>>,
  ): Omit<RunAbout, 'digest' | 'bundle'> {
    const { workerUrl, limits, filesBytes, priority, now } = this.#options;
    const { engine, device, data } = setup;
    return {
      run: setup.run ?? randomUUID(),
      sweepline: ownVersion(),
      node: process.version,
      worker: describePlace(workerUrl, description, process.cwd()),
      ...{ engine, device, packages: packageVersions(engine) },
      data: { choice: data ?? null, identity: this.#data },
      ...limits,
      ...{ filesBytes, priority, startedAt: now() },
      coordinator: { host: hostname(), process: process.pid },
    };
  }
}
