// The files of a run's trials on the coordinator's side: what hosts send goes into the run folder, what hosts need of it
// goes to the queue. Names are checked by the store, which lets none lead out.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { leadsOut } from '../ground/inside.js';
import { skipCell } from '../trial/lines.js';
import { ARTIFACTS, CHECKPOINTS, createFolderStore } from '../trial/store.js';
import type { FinishedStage } from '../worker/stage-results.js';
import { type RunKeys, sealedAs } from './keys.js';
import type { RunAbout } from './messages.js';
import type { Redis } from './packages.js';
import { openSealed, sealBytes } from './seal.js';

export interface RunFilesOptions {
  readonly redis: Redis;
  readonly keys: RunKeys;
  /** Null: none are kept. */
  readonly folder: string | null;
  readonly share: string | undefined;
  readonly about: Pick<RunAbout, 'run' | 'digest' | 'filesBytes'>;
  readonly secret: string | undefined;
}

const ENDING = '.bin';

export class RunFiles {
  readonly #options: RunFilesOptions;
  /** Keys of trials that have a checkpoint in the folder. */
  readonly #kept = new Set<string>();

  constructor(options: RunFilesOptions) {
    this.#options = options;
  }

  /** Sends what is there already: checkpoints of trials that were interrupted, and what stages have left. */
  async send(stages: readonly FinishedStage[]): Promise<void> {
    const { redis, keys, folder, about } = this.#options;
    for (const name of folder === null ? [] : listFolder(join(folder, CHECKPOINTS))) {
      if (!name.endsWith(ENDING)) continue;
      const path = join(folder!, CHECKPOINTS, name);
      const key = name.slice(0, -ENDING.length);
      this.#kept.add(key);
      if (statSync(path).size <= about.filesBytes)
        await redis.hset(keys.checkpoints, key, this.#seal('checkpoint', key, path));
    }
    for (const stage of stages) {
      const root = join(stage.folder, ARTIFACTS);
      for (const name of listDeep(root)) await this.#sendStageFile(stage, name);
    }
  }

  async #sendStageFile({ name: stage, folder }: FinishedStage, name: string): Promise<void> {
    const { redis, keys, about } = this.#options;
    const path = join(folder, ARTIFACTS, name);
    if (statSync(path).size > about.filesBytes)
      throw new SweeplineError(
        'BAD_USAGE',
        `${path} has ${statSync(path).size} bytes, and all hosts need it: at most ${about.filesBytes} travel through the queue`,
        { hint: 'raise the limit with --queue-files, such as --queue-files 64m' },
      );
    await redis.hset(keys.files, `${stage}/${name}`, this.#seal('file', `${stage}/${name}`, path));
  }

  #seal(kind: 'checkpoint' | 'file', name: string, path: string): Buffer {
    const { about, secret } = this.#options;
    return sealBytes(secret, sealedAs(about, kind, name), readFileSync(path));
  }

  /** An artifact that a host has sent. */
  async take(trial: number, name: string, bytes: Uint8Array, shared: string | undefined): Promise<void> {
    const { folder } = this.#options;
    if (folder === null) return;
    const store = createFolderStore(folder);
    if (shared === undefined) {
      store.putArtifact(trial, name, bytes);
      return;
    }
    const path = this.#sharedPath(shared);
    // Taken by a coordinator that was killed right after.
    if (!existsSync(path) && existsSync(join(folder, ARTIFACTS, String(trial), name))) return;
    store.putArtifact(trial, name, readFileSync(path));
    await rm(path, { force: true });
  }

  #sharedPath(shared: string): string {
    const { share } = this.#options;
    const path = share === undefined ? undefined : resolve(share, shared);
    if (path !== undefined && !leadsOut(path, resolve(share!))) return path;
    throw new SweeplineError('BAD_USAGE', `a host has left ${shared} in a shared folder`, {
      hint: 'name the same folder with --share here as on the hosts',
    });
  }

  /** Brings the checkpoints that hosts have sent into the run folder: a trial has stopped, or the run ends. */
  async fetchCheckpoints(): Promise<void> {
    const { redis, keys, folder, about, secret } = this.#options;
    if (folder === null) return;
    const store = createFolderStore(folder);
    for (const [key, sealed] of Object.entries(await redis.hgetallBuffer(keys.checkpoints))) {
      if (!/^[\w.-]+$/.test(key)) continue; // no key of a trial
      const bytes = openSealed(secret, sealedAs(about, 'checkpoint', key), sealed);
      if (bytes === undefined) continue; // nobody's who has the key: the trial begins anew
      store.putCheckpoint(key, bytes);
      this.#kept.add(key);
    }
  }

  /** Trials that have rows now need their checkpoints no more. */
  drop(rows: Uint8Array): void {
    const { folder } = this.#options;
    if (this.#kept.size === 0 || folder === null) return;
    const store = createFolderStore(folder);
    const text = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength);
    for (const key of this.#kept) {
      if (!hasKey(text, key)) continue;
      store.dropCheckpoint(key);
      this.#kept.delete(key);
      this.#options.redis.hdel(this.#options.keys.checkpoints, key).catch(() => undefined);
    }
  }
}

/** Whether a row of trials.csv has a key in its second cell. */
function hasKey(rows: Buffer, key: string): boolean {
  for (let at = rows.indexOf(`,${key},`); at !== -1; at = rows.indexOf(`,${key},`, at + 1)) {
    const start = rows.lastIndexOf(10, at) + 1;
    if (skipCell(rows, start) === at + 1) return true;
  }
  return false;
}

function listFolder(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : [];
}

/** Files below a folder, by their paths from it; links are not followed. */
export function listDeep(folder: string, under = ''): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const name = under === '' ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory()) return listDeep(join(folder, entry.name), name);
      return entry.isFile() ? [name] : [];
    });
}
