// The checkpoints of trials that run on a host: sent to the queue as they change, so that another host can go on where
// this one died, and fetched before a trial that has begun before. Those that are too large for it go to the shared folder.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../ground/durable.js';
import type { LeftTrial, Task } from '../pool/contract.js';
import { pick } from '../trial/selection.js';
import { CHECKPOINTS } from '../trial/store.js';
import type { QueueHostOptions } from './host-options.js';
import type { HostedRun } from './hosted-run.js';
import { dropCheckpoint, keepCheckpoint, noteShared, sealedAs } from './keys.js';
import type { Redis } from './packages.js';
import { openSealed, sealBytes } from './seal.js';
import { SharedCheckpoints, tooLarge } from './shared-checkpoints.js';

const ENDING = '.bin';

type Going = Pick<Task, 'trials' | 'from'>;

export class Checkpoints {
  readonly #redis: Redis;
  readonly #say: (line: string) => void;
  readonly #secret: string | undefined;
  readonly #shared: SharedCheckpoints;
  /** By path: when what was sent was written. */
  readonly #sent = new Map<string, number>();
  readonly #sending = new WeakMap<HostedRun, Promise<unknown>>();
  #isToldLarge = false;

  constructor(redis: Redis, options: Pick<QueueHostOptions, 'say' | 'secret' | 'share'>) {
    this.#redis = redis;
    this.#say = options.say;
    this.#secret = options.secret;
    this.#shared = new SharedCheckpoints(options);
  }

  /** What the trials of a task go on from that have begun before, on whatever machine. */
  async fetch(run: HostedRun, { trials, from }: Going): Promise<void> {
    const { checkpoints, shared } = run.keys;
    const counts = await Promise.all([this.#redis.hlen(checkpoints), this.#redis.hlen(shared)]);
    if (counts.every((count) => count === 0)) return;
    const names = from?.checkpoint === undefined ? run.keysOf(trials) : Object.values(from.checkpoint);
    const [found, large] = await Promise.all([
      this.#redis.hmgetBuffer(checkpoints, ...names),
      this.#redis.hmget(shared, ...names),
    ]);
    for (const [i, name] of names.entries()) {
      const bytes =
        large[i] == null ? this.#open(run, name, found[i]) : await this.#shared.get(run.about, name);
      if (bytes === undefined) continue; // nobody's who has the key: the trial begins anew
      const path = join(run.folder, CHECKPOINTS, `${name}${ENDING}`);
      await replaceFile(path, bytes);
      this.#sent.set(path, statSync(path).mtimeMs);
    }
  }

  #open(run: HostedRun, name: string, sealed: Uint8Array | null | undefined): Uint8Array | undefined {
    return sealed == null
      ? undefined
      : openSealed(this.#secret, sealedAs(run.about, 'checkpoint', name), sealed);
  }

  /** Throws BAD_USAGE where a trial has paused with a checkpoint that cannot leave this machine: whoever goes on needs it. */
  requireRoom(run: HostedRun, { trials, from }: Going, left: readonly LeftTrial[]): void {
    if (this.#shared.hasRoom) return;
    const { filesBytes } = run.about;
    for (const { trial, pausedAt } of left) {
      if (pausedAt === undefined) continue;
      const name = from?.checkpoint?.save ?? run.keysOf(pick(trials, (each) => each === trial))[0];
      const path = join(run.folder, CHECKPOINTS, `${name}${ENDING}`);
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (size > filesBytes) throw tooLarge(`trial ${trial} pauses with a checkpoint of`, size, filesBytes);
    }
  }

  /** What has changed since, and what is gone because its trial has ended. One after another: large ones take their time. */
  send(run: HostedRun): Promise<void> {
    const sending = (this.#sending.get(run) ?? Promise.resolve()).then(() => this.#send(run));
    this.#sending.set(
      run,
      sending.catch(() => undefined),
    );
    return sending;
  }

  async #send(run: HostedRun): Promise<void> {
    if (run.isOver) return; // its folder goes, which is no end of its trials
    const root = join(run.folder, CHECKPOINTS);
    const names = existsSync(root) ? readdirSync(root).filter((name) => name.endsWith(ENDING)) : [];
    for (const name of names) {
      const path = join(root, name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined || this.#sent.get(path) === found.mtimeMs) continue;
      const isSmall = found.size <= run.about.filesBytes;
      if (!isSmall && !this.#shared.hasRoom) this.#tellLarge(found.size, run.about.filesBytes);
      else {
        const bytes = await readIfThere(path);
        if (bytes === undefined) continue;
        await this.#keep(run, name.slice(0, -ENDING.length), bytes);
      }
      this.#sent.set(path, found.mtimeMs);
    }
    for (const path of this.#sent.keys()) {
      if (!path.startsWith(root) || existsSync(path) || run.isOver) continue;
      this.#sent.delete(path);
      await this.#drop(run, path.slice(root.length + 1, -ENDING.length));
    }
  }

  async #keep(run: HostedRun, name: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length <= run.about.filesBytes) {
      const sealed = sealBytes(this.#secret, sealedAs(run.about, 'checkpoint', name), bytes);
      await keepCheckpoint(this.#redis, run, name, sealed);
      return;
    }
    await this.#shared.put(run.about, name, bytes);
    if (!(await noteShared(this.#redis, run, name, bytes.length))) await this.#shared.drop(run.about, name);
  }

  async #drop(run: HostedRun, name: string): Promise<void> {
    await dropCheckpoint(this.#redis, run, name);
    await this.#shared.drop(run.about, name);
  }

  #tellLarge(bytes: number, most: number): void {
    if (!this.#isToldLarge)
      this.#say(
        `a checkpoint has ${bytes} bytes and stays on this host (more than ${most}; --queue-files of the run, or --share): its trial begins anew elsewhere`,
      );
    this.#isToldLarge = true;
  }
}

/** Undefined where its trial has ended just now. */
async function readIfThere(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
