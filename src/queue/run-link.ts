// A run on a queue, from its coordinator's side: puts it there, reads what comes of it, looks after it every second, and
// takes it away at the end. Where the server has lost it (no disk behind it), it is put there again.
import { isMachineTrouble, SweeplineError, throwFaults } from '../ground/errors.js';
import { ownVersion } from '../ground/version.js';
import type { PoolSetup } from '../pool/contract.js';
import type { QueueAddress } from './address.js';
import { connectAgain, insist, type Say } from './connect.js';
import { Flights } from './flights.js';
import { type Entry, Inbox } from './inbox.js';
import { KEYS, keysOf, leaveRun, putRun, QUEUE_PREFIX, type RunKeys, removeRun, sealedAs } from './keys.js';
import type { RunAbout } from './messages.js';
import type { Queue, QueuePackages, Redis } from './packages.js';
import { pause } from './pause.js';
import { RunFiles } from './run-files.js';
import { seal, sealBytes } from './seal.js';
import { Session } from './session.js';
import type { TrialKeys } from './trial-keys.js';
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
  readonly trialKeys: TrialKeys;
  readonly secret: string | undefined;
  readonly share: string | undefined;
  readonly address: QueueAddress;
  readonly say: Say;
}

const LOOK_MS = 1_000;
/** A server that does not answer at the end is left as it is, after so many ms. */
const LEAVE_MS = 3_000;
/** A file that cannot be written here is tried again so often, a second apart. */
const WRITES = 15;

export class RunLink {
  readonly flights: Flights;
  readonly hosts: WatchHosts;
  readonly #options: RunLinkOptions;
  readonly #keys: RunKeys;
  readonly #queue: Queue;
  readonly #reader: Redis;
  readonly #inbox: Inbox;
  readonly #files: RunFiles;
  readonly #session: Session;
  #limitMs: number | undefined;
  #looking: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #taking: Promise<unknown> = Promise.resolve();
  #isCaughtUp = false;
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
    this.#session = new Session({ redis, run, say, onTaken: fail });
    this.hosts = new WatchHosts({ redis, run, say });
    this.#reader = connectAgain(redis);
    this.#inbox = new Inbox({
      reader: this.#reader,
      redis,
      about,
      secret,
      say,
      session: this.#session.id,
      filesBytes: about.filesBytes,
      take: (entry) => this.#take(entry),
      done: () => this.#taking,
    });
    const { device } = setup;
    const files = new RunFiles({ redis, keys, folder: setup.folder, share, about, secret });
    this.#files = files;
    this.flights = new Flights({
      ...{ redis, queue, run, keys, secret, device, say, fail, inbox: this.#inbox },
      isComplete: ({ message }) => message.t !== 'result' || files.hasAll(message.files ?? []),
    });
  }

  /** Rejects, with everything left as it was, where the run cannot be put there. */
  async open(limitMs: number | undefined): Promise<void> {
    const { redis, say, setup } = this.#options;
    this.#limitMs = limitMs;
    this.#files.check(setup);
    await this.hosts.look();
    this.#requireVersions();
    await insist(() => this.#session.enter(), say);
    if (this.#isOver) return;
    const published = await insist(() => this.#clear(), say);
    await insist(() => this.#put(), say);
    await this.#files.send(setup.stages ?? []);
    await this.#inbox.catchUp();
    await this.#taking;
    this.#isCaughtUp = true;
    const active = (await this.#queue.getActive()).map(({ id }) => id!);
    this.flights.adopt(active, published);
    this.#inbox.start();
    await redis.publish(KEYS.bell, 'sync');
    this.#look();
  }

  #requireVersions(): void {
    throwFaults(
      'BAD_USAGE',
      `no host on ${this.#options.address.shown} runs Sweepline ${ownVersion()}`,
      this.hosts.otherVersions,
      { hint: 'install the same version on all machines' },
    );
  }

  kept(task: number): void {
    const entry = this.flights.kept(task);
    if (entry !== undefined) this.#inbox.forget(entry);
  }

  dropCheckpoints(names: readonly string[]): void {
    this.#files.dropCheckpoints(names);
  }

  limit(ms: number): void {
    this.#limitMs = ms;
    const { redis } = this.#options;
    redis
      .hset(this.#keys.run, 'limit', this.#limit)
      .then(() => redis.publish(KEYS.bell, 'sync'))
      .catch(() => undefined); // the next look writes it again
  }

  /** Takes the run away; where it was `cut` short, results that nobody has taken stay for who takes it up. */
  async end(cut: boolean): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    const { say, address } = this.#options;
    const how = await Promise.race([this.#remove(cut).catch((error: Error) => error), this.#silence()]);
    if (how !== undefined) say(`the queue at ${address.shown} still holds what is left of this run`);
    this.#session.end();
    this.#reader.disconnect();
    await this.#inbox.end();
    await this.#queue.close().catch(() => undefined);
  }

  /** Resolves once the server has answered nothing for a while. */
  async #silence(): Promise<'silent'> {
    for (let isThere = true; isThere; ) {
      const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), LEAVE_MS).unref());
      const answer = this.#options.redis.ping().then(
        () => true,
        () => false,
      );
      isThere = await Promise.race([answer, late]);
      if (isThere) await late;
    }
    return 'silent';
  }

  /** What an earlier session has left of other code or other values counts no more. The jobs that it has answers to. */
  async #clear(): Promise<readonly string[]> {
    const { redis, about } = this.#options;
    const { run, results, checkpoints, shared, files, published, stops } = this.#keys;
    const before = await redis.hget(run, 'digest');
    await this.#queue.drain();
    await redis.del(files, stops);
    if (before === about.digest) return redis.smembers(published);
    await redis.hdel(run, 'digest'); // from now on no host of that earlier run adds to it
    await redis.del(results, checkpoints, shared, published);
    await this.#queue.obliterate({ force: true });
    return [];
  }

  async #put(): Promise<void> {
    const { redis, about, packed, bundle, secret } = this.#options;
    const text = JSON.stringify(about);
    const signature = seal(secret, text, packed);
    const { digest } = about;
    const fields = { about: text, setup: packed, signature, digest, limit: this.#limit };
    await putRun(redis, about, this.#session.id, bundle === undefined ? fields : { ...fields, bundle });
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
    const standing = await this.#session.stand();
    if (standing === 'taken' || this.#isOver) return;
    if (standing === 'lost') {
      await this.#session.enter();
      await this.#put();
      await this.#files.send(setup.stages ?? []);
      this.#inbox.rewind();
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
    this.#taking = this.#taking.then(() => this.#write(work)).catch((error: Error) => this.#fail(error));
  }

  /** What this machine has no room for is tried again for a while: it is nobody's fault, and the work is done. */
  async #write(work: () => Promise<void>): Promise<void> {
    for (let tries = 0; ; tries++) {
      try {
        return await work();
      } catch (cause) {
        if (!isMachineTrouble(cause) || this.#isOver) throw cause;
        const what = `what hosts have sent cannot be written here: ${cause.message}`;
        if (tries === 0) this.#options.say(what);
        // Not as trouble of a task, which would run again elsewhere: there it is done.
        if (tries === WRITES) throw new SweeplineError('BAD_RUN_FOLDER', what, { cause });
        await pause(LOOK_MS);
      }
    }
  }

  async #settle(entry: Entry): Promise<void> {
    const { message, body } = entry;
    if (message.t === 'result') {
      const { trialKeys, setup } = this.#options;
      const begun = message.left.flatMap(({ trial, hasBegun }) => (hasBegun ? [trial] : []));
      const names = this.flights.checkpointsOf(entry.key, begun, trialKeys);
      if (names.length > 0) await this.#files.fetchCheckpoints(names);
      // Of a population, others may go on from those of a trial that has ended.
      if (setup.pruner?.name !== 'pbt') this.#files.drop(body);
    }
    if (this.flights.take(entry)) this.#inbox.forget(entry.id);
  }

  #fail(error: Error): void {
    if (!this.#isOver) this.flights.fail(error);
  }

  async #remove(cut: boolean): Promise<void> {
    const { redis, about, say } = this.#options;
    await this.#looking;
    // What another coordinator has of it is not this one's.
    if (!this.#session.hasEntered || !(await this.#session.isOwn())) return;
    await this.#files.fetchCheckpoints();
    const unkept = this.#isCaughtUp ? this.flights.unkept : await redis.xlen(this.#keys.results);
    if (cut && unkept > 0) {
      await leaveRun(redis, this.#keys, this.#session.id, unkept);
      say(`results that are not in the run folder yet wait on the queue: resume the run with it`);
    } else {
      if (!(await removeRun(redis, about.run, this.#session.id))) return;
      await this.#files.tidy();
    }
    await this.#queue.obliterate({ force: true });
    await redis.publish(KEYS.bell, 'sync');
  }
}
