// The jobs of a run on the server, as its coordinator handles them: hands tasks over, asks them to stop, takes back what no
// host has, and looks which are there. Knows nothing of results.

import type { Flight } from './flight.js';
import { KEYS, QUEUE_PREFIX, type RunKeys } from './keys.js';
import type { JobData } from './messages.js';
import type { Queue, Redis } from './packages.js';
import { Published } from './published.js';
import { seal } from './seal.js';

export interface JobsOptions {
  readonly redis: Redis;
  readonly queue: Queue;
  readonly run: string;
  readonly keys: RunKeys;
  readonly secret: string | undefined;
}

/** A flight, and what the server knows of its job. */
export interface Found {
  readonly flight: Flight;
  readonly isThere: boolean;
  /** A host has written its result. */
  readonly isPublished: boolean;
}

export class Jobs {
  /** Those that are done with. */
  readonly published: Published;
  readonly #options: JobsOptions;

  constructor(options: JobsOptions) {
    this.#options = options;
    this.published = new Published(options);
  }

  async add(flights: readonly Flight[]): Promise<void> {
    const { queue, redis, run, secret } = this.#options;
    const jobs = flights.map(({ key, task: { id: _, ...task } }) => {
      const data = {
        key,
        task: task as JobData['task'],
        signature: seal(secret, run, key, JSON.stringify(task)),
      };
      return {
        name: 'task',
        data,
        opts: { jobId: key, removeOnComplete: true, removeOnFail: true, attempts: 1 },
      };
    });
    await queue.addBulk(jobs);
    await redis.publish(KEYS.bell, `jobs ${run}`);
  }

  /** Those that the server has lost, with what was asked of them. */
  async addAgain(flights: readonly Flight[]): Promise<void> {
    const { redis, keys } = this.#options;
    for (const flight of flights) flight.age = 0;
    if (flights.length > 0) await this.add(flights);
    for (const { key, stops } of flights)
      if (stops !== undefined) await redis.hset(keys.stops, key, JSON.stringify(stops));
  }

  /** One whose result cannot be used is to run once more. */
  async repeat(flight: Flight): Promise<void> {
    const { redis, keys, queue } = this.#options;
    flight.unheard = 0;
    await queue.remove(flight.key);
    await redis.srem(keys.published, flight.key);
    await this.addAgain([flight]);
  }

  async askToStop({ key }: Flight, stops: 'all' | 'kill' | readonly number[]): Promise<void> {
    const { redis, keys } = this.#options;
    await redis.hset(keys.stops, key, JSON.stringify(stops));
  }

  /** Hosts look what is asked of them. */
  async ring(): Promise<void> {
    await this.#options.redis.publish(KEYS.bell, 'sync');
  }

  /** True where no host had it, and none will answer for it any more. */
  async takeBack({ key }: Flight): Promise<boolean> {
    const { queue, redis, keys } = this.#options;
    if ((await queue.remove(key)) === 0) return false;
    // Whoever writes this first has it: a host may have ended it in between.
    if ((await redis.sadd(keys.published, key)) === 0) return false;
    this.published.forget(key);
    return true;
  }

  /** Nobody is to answer for it. */
  async kill(flight: Flight): Promise<void> {
    const { redis, keys, queue } = this.#options;
    await redis.sadd(keys.published, flight.key);
    await this.askToStop(flight, 'kill');
    await queue.remove(flight.key);
    this.published.forget(flight.key);
    await this.ring();
  }

  async find(flights: readonly Flight[]): Promise<Found[]> {
    const { redis, keys, queue } = this.#options;
    if (flights.length === 0) return [];
    const [there, published] = await Promise.all([
      Promise.all(flights.map(({ key }) => redis.exists(`${QUEUE_PREFIX}:${queue.name}:${key}`))),
      redis.smismember(keys.published, ...flights.map(({ key }) => key)),
    ]);
    return flights.map((flight, i) => ({
      flight,
      isThere: there[i] === 1,
      isPublished: published[i] === 1,
    }));
  }
}
