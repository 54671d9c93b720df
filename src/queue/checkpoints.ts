// The checkpoints of trials that run on a host: sent to the queue as they change, so that another host can go on where
// this one died, and fetched before a trial that has begun before.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../ground/durable.js';
import type { Task } from '../pool/contract.js';
import { CHECKPOINTS } from '../trial/store.js';
import type { QueueHostOptions } from './host-options.js';
import type { HostedRun } from './hosted-run.js';
import { dropCheckpoint, keepCheckpoint, sealedAs } from './keys.js';
import type { Redis } from './packages.js';
import { openSealed, sealBytes } from './seal.js';

const ENDING = '.bin';

export class Checkpoints {
  readonly #redis: Redis;
  readonly #say: (line: string) => void;
  readonly #secret: string | undefined;
  /** By path: when what was sent was written. */
  readonly #sent = new Map<string, number>();
  #isToldLarge = false;

  constructor(redis: Redis, { say, secret }: Pick<QueueHostOptions, 'say' | 'secret'>) {
    this.#redis = redis;
    this.#say = say;
    this.#secret = secret;
  }

  /** What the trials of a task go on from that have begun before, on whatever machine. */
  async fetch(run: HostedRun, { trials, from }: Pick<Task, 'trials' | 'from'>): Promise<void> {
    if ((await this.#redis.hlen(run.keys.checkpoints)) === 0) return;
    const keys = from?.checkpoint === undefined ? run.keysOf(trials) : Object.values(from.checkpoint);
    const found = await this.#redis.hmgetBuffer(run.keys.checkpoints, ...keys);
    for (const [i, key] of keys.entries()) {
      const sealed = found[i];
      if (sealed == null) continue;
      const bytes = openSealed(this.#secret, sealedAs(run.about, 'checkpoint', key), sealed);
      if (bytes === undefined) continue; // nobody's who has the key: the trial begins anew
      const path = join(run.folder, CHECKPOINTS, `${key}${ENDING}`);
      await replaceFile(path, bytes);
      this.#sent.set(path, statSync(path).mtimeMs);
    }
  }

  /** What has changed since, and what is gone because its trial has ended. */
  async send(run: HostedRun): Promise<void> {
    if (run.isOver) return; // its folder goes, which is no end of its trials
    const root = join(run.folder, CHECKPOINTS);
    const names = existsSync(root) ? readdirSync(root).filter((name) => name.endsWith(ENDING)) : [];
    for (const name of names) {
      const path = join(root, name);
      const found = statSync(path, { throwIfNoEntry: false });
      if (found === undefined || this.#sent.get(path) === found.mtimeMs) continue;
      const bytes = found.size <= run.about.filesBytes ? await readIfThere(path) : null;
      if (bytes === undefined) continue;
      if (bytes === null) this.#tellLarge(found.size, run.about.filesBytes);
      else await this.#keep(run, name.slice(0, -ENDING.length), bytes);
      this.#sent.set(path, found.mtimeMs);
    }
    for (const path of this.#sent.keys()) {
      if (!path.startsWith(root) || existsSync(path) || run.isOver) continue;
      this.#sent.delete(path);
      await dropCheckpoint(this.#redis, run, path.slice(root.length + 1, -ENDING.length));
    }
  }

  async #keep(run: HostedRun, key: string, bytes: Uint8Array): Promise<void> {
    const sealed = sealBytes(this.#secret, sealedAs(run.about, 'checkpoint', key), bytes);
    await keepCheckpoint(this.#redis, run, key, sealed);
  }

  #tellLarge(bytes: number, most: number): void {
    if (!this.#isToldLarge)
      this.#say(
        `a checkpoint has ${bytes} bytes and stays on this host (more than ${most}; --queue-files of the run): its trial begins anew elsewhere`,
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
