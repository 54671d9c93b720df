// A run on a queue, from its coordinator's side: puts it there, reads what comes of it, looks after it every second, and
// takes it away at the end. Where the server has lost it (no disk behind it), it is put there again.
import { randomUUID } from 'node:crypto';
import type { PoolSetup } from '../pool/contract.js';
import type { QueueAddress } from './address.js';
import { connectAgain, insist, type Say } from './connect.js';
import { Flights } from './flights.js';
import { type Entry, Inbox } from './inbox.js';
import { KEYS, keysOf, QUEUE_PREFIX, type RunKeys, removeRun, sealedAs } from './keys.js';
import type { RunAbout } from './messages.js';
import type { Queue, QueuePackages, Redis } from './packages.js';
import { ALIVE_MS } from './registry.js';
import { RunFiles } from './run-files.js';
import { seal, sealBytes } from './seal.js';
import { WatchHosts } from './watch-hosts.js';

export interface RunLinkOptions {
  readonly redis: Redis;
  readonly packages: QueuePackages;
  readonly about: RunAbout;
  /** As it travels. */
  readonly packed: Buffer;
  /** The worker's code, where it is sent along. */
  readonly bundle: Buffer | undefined;
  readonly setup: PoolSetup;
  readonly secret: string | undefined;
  readonly share: string | undefined;
  readonly address: QueueAddress;
  readonly say: Say;
}

const LOOK_MS = 1_000;
/** A server that does not answer at the end is left as it is, after so many ms. */
const LEAVE_MS = 3_000;

export class RunLink {
  readonly flights: Flights;
  readonly hosts: WatchHosts;
  readonly #options: RunLinkOptions;
  readonly #keys: RunKeys;
  readonly #queue: Queue;
  readonly #reader: Redis;
  readonly #inbox: Inbox;
  readonly #files: RunFiles;
  readonly #session = randomUUID();
  #limitMs: number | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #taking: Promise<unknown> = Promise.resolve();
  #isOver = false;

  constructor(options: RunLinkOptions) {
    this.#options = options;
    const { redis, packages, about, setup, secret, share, say } = options;
    const { run } = about;
    const keys = keysOf(run);
    this.#keys = keys;
    this.#queue = new packages.Queue(keys.queue, { connection: redis, prefix: QUEUE_PREFIX });
    this.#queue.on('error', () => undefined); // the connection's own, which tells it
    const fail = (error: Error) => this.#fail(error);
    const queue = this.#queue;
    this.flights = new Flights({ redis, queue, run, keys, secret, device: setup.device, say, fail });
    this.hosts = new WatchHosts({ redis, run, say });
    this.#reader = connectAgain(redis);
    this.#inbox = new Inbox({
      reader: this.#reader,
      redis,
      about,
      secret,
      say,
      take: (entry) => this.#take(entry),
    });
    this.#files = new RunFiles({ redis, keys, folder: setup.folder, share, about, secret });
  }

  async open(limitMs: number | undefined): Promise<void> {
    const { redis, say, setup } = this.#options;
    this.#limitMs = limitMs;
    await insist(() => this.#clear(), say);
    await insist(() => this.#put(), say);
    await this.#files.send(setup.stages ?? []);
    await this.#inbox.catchUp();
    await this.#taking;
    for (const job of await this.#queue.getActive()) this.flights.adopt(job.id!);
    this.#inbox.start();
    await this.hosts.look();
    await redis.publish(KEYS.bell, 'sync');
    this.#look();
  }

  kept(task: number): void {
    const entry = this.flights.kept(task);
    if (entry !== undefined) this.#inbox.forget(entry);
  }

  limit(ms: number): void {
    this.#limitMs = ms;
    const { redis } = this.#options;
    redis
      .hset(this.#keys.run, 'limit', this.#limit)
      .then(() => redis.publish(KEYS.bell, 'sync'))
      .catch(() => undefined); // the next look writes it again
  }

  /** Takes the run away, with everything that is left of it. */
  async end(): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), LEAVE_MS).unref());
    const removing = this.#remove().catch((error: Error) => error);
    const how = await Promise.race([removing, late]);
    if (how !== undefined)
      this.#options.say(`the queue at ${this.#options.address.shown} still holds what is left of this run`);
    this.#reader.disconnect();
    await this.#inbox.end();
    await this.#queue.close().catch(() => undefined);
  }

  /** What an earlier session has left of other code or other values counts no more. */
  async #clear(): Promise<void> {
    const { redis, about } = this.#options;
    const { run, results, checkpoints, files, published, stops } = this.#keys;
    const before = await redis.hget(run, 'digest');
    await this.#queue.drain();
    await redis.del(files, published, stops);
    if (before === about.digest) return;
    await redis.hdel(run, 'digest'); // from now on no host of that earlier run adds to it
    await redis.del(results, checkpoints);
    await this.#queue.obliterate({ force: true });
  }

  async #put(): Promise<void> {
    const { redis, about, packed, bundle, secret } = this.#options;
    const text = JSON.stringify(about);
    const signature = seal(secret, text, packed);
    const { digest, run, priority } = about;
    const fields = { about: text, setup: packed, signature, digest, session: this.#session };
    await redis
      .multi()
      .hset(this.#keys.run, bundle === undefined ? fields : { ...fields, bundle })
      .hset(this.#keys.run, 'limit', this.#limit)
      .set(this.#keys.alive, '1', 'PX', ALIVE_MS)
      .zadd(KEYS.runs, priority, run)
      .exec();
  }

  get #limit(): Buffer {
    const { about, secret } = this.#options;
    return sealBytes(secret, sealedAs(about, 'limit'), Buffer.from(`${this.#limitMs ?? ''}`));
  }

  #look(): void {
    this.#timer = setTimeout(() => {
      this.#looking = this.#lookOnce()
        .catch(() => undefined) // the connection tells it; the next look comes
        .finally(() => {
          if (!this.#isOver) this.#look();
        });
    }, LOOK_MS);
  }

  async #lookOnce(): Promise<void> {
    const { redis, setup } = this.#options;
    await redis.set(this.#keys.alive, '1', 'PX', ALIVE_MS);
    if ((await redis.hget(this.#keys.run, 'session')) === null && !this.#isOver) {
      await this.#put();
      await this.#files.send(setup.stages ?? []);
      await redis.publish(KEYS.bell, 'sync');
    }
    await this.hosts.look();
    await this.flights.audit();
  }

  #take(entry: Entry): boolean {
    const { message } = entry;
    switch (message.t) {
      case 'report':
        this.flights.report(entry);
        return true;
      case 'busy':
        this.hosts.answer(message);
        return true;
      case 'host':
        void this.hosts.look().catch(() => undefined);
        return true;
      case 'file':
        this.#inOrder(async () => {
          await this.#files.take(message.trial, message.name, entry.body, message.shared);
          this.#inbox.forget(entry.id);
        });
        return false;
      default:
        this.#inOrder(() => this.#settle(entry));
        return false;
    }
  }

  /** Files are there before the result that tells of them. */
  #inOrder(work: () => Promise<void>): void {
    this.#taking = this.#taking.then(work).catch((error: Error) => this.#fail(error));
  }

  async #settle(entry: Entry): Promise<void> {
    const { message, body } = entry;
    if (message.t === 'result') {
      if (message.left.some(({ hasBegun }) => hasBegun)) await this.#files.fetchCheckpoints();
      this.#files.drop(body);
    }
    if (this.flights.take(entry)) this.#inbox.forget(entry.id);
  }

  #fail(error: Error): void {
    if (!this.#isOver) this.flights.rejectAll(error);
  }

  async #remove(): Promise<void> {
    const { redis, about } = this.#options;
    await this.#looking;
    await this.#files.fetchCheckpoints();
    if (!(await removeRun(redis, about.run, this.#session))) return;
    await this.#queue.obliterate({ force: true });
    await redis.publish(KEYS.bell, 'sync');
  }
}
