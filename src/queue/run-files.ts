// The files of a run's trials on the coordinator's side: what hosts send goes into the run folder, what hosts need of it
// goes to the queue. Names are checked by the store, which lets none lead out.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile, readFile, rm } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { makeFolder, replaceFile, settleFile, temporaryName } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { leadsOut } from '../ground/inside.js';
import type { PoolSetup } from '../pool/contract.js';
import { createRungs } from '../search/pruning/rules.js';
import { skipCell } from '../trial/lines.js';
import { ARTIFACTS, artifactPath, CHECKPOINTS, createFolderStore } from '../trial/store.js';
import type { FinishedStage } from '../worker/stage-results.js';
import { type RunKeys, sealedAs } from './keys.js';
import type { RunAbout } from './messages.js';
import type { Redis } from './packages.js';
import { openSealed, sealBytes } from './seal.js';
import { SharedCheckpoints, tooLarge } from './shared-checkpoints.js';

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
/** Checkpoints that are asked for at once: each may be as large as a file on the queue. */
const AT_ONCE = 8;

export class RunFiles {
  readonly #options: RunFilesOptions;
  /** Keys of trials that have a checkpoint in the folder. */
  readonly #kept = new Set<string>();
  /** Names of checkpoints that nobody needs: a host that is late may send one again. */
  readonly #spent = new Set<string>();
  readonly #shared: SharedCheckpoints;

  constructor(options: RunFilesOptions) {
    this.#options = options;
    this.#shared = new SharedCheckpoints(options);
  }

  /** Sends what is there already: checkpoints of trials that were interrupted, and what stages have left. */
  async send(stages: readonly FinishedStage[]): Promise<void> {
    const { redis, keys, about } = this.#options;
    for (const { key, path, size } of this.#checkpoints()) {
      this.#kept.add(key);
      if (size <= about.filesBytes)
        await redis.hset(keys.checkpoints, key, await this.#seal('checkpoint', key, path));
      else if (this.#shared.hasRoom) {
        await this.#shared.put(about, key, await readFile(path));
        await redis.hset(keys.shared, key, size);
      }
    }
    for (const stage of stages) {
      const root = join(stage.folder, ARTIFACTS);
      for (const name of listDeep(root)) await this.#sendStageFile(stage, name);
    }
  }

  /** Those in the run folder. */
  #checkpoints(): { readonly key: string; readonly path: string; readonly size: number }[] {
    const { folder } = this.#options;
    if (folder === null) return [];
    return listFolder(join(folder, CHECKPOINTS))
      .filter((name) => name.endsWith(ENDING))
      .map((name) => {
        const path = join(folder, CHECKPOINTS, name);
        return { key: name.slice(0, -ENDING.length), path, size: statSync(path).size };
      });
  }

  /**
   * Throws BAD_USAGE where a stage has left a file that is too large for the queue, or a trial that has paused a checkpoint:
   * nothing has been sent yet.
   */
  check({ stages = [], pruner, sweepSeed }: Pick<PoolSetup, 'stages' | 'pruner' | 'sweepSeed'>): void {
    const { filesBytes } = this.#options.about;
    if (pruner !== undefined && createRungs(pruner, sweepSeed).pauses && !this.#shared.hasRoom)
      for (const { path, size } of this.#checkpoints())
        if (size > filesBytes) throw tooLarge(`${path} has`, size, filesBytes);
    for (const { folder } of stages) {
      const root = join(folder, ARTIFACTS);
      for (const name of listDeep(root)) {
        const path = join(root, name);
        const { size } = statSync(path);
        if (size <= filesBytes) continue;
        throw new SweeplineError(
          'BAD_USAGE',
          `${path} has ${size} bytes, and all hosts need it: at most ${filesBytes} travel through the queue`,
          { hint: 'raise the limit with --queue-files, such as --queue-files 64m' },
        );
      }
    }
  }

  async #sendStageFile({ name: stage, folder }: FinishedStage, name: string): Promise<void> {
    const { redis, keys } = this.#options;
    const sealed = await this.#seal('file', `${stage}/${name}`, join(folder, ARTIFACTS, name));
    await redis.hset(keys.files, `${stage}/${name}`, sealed);
  }

  async #seal(kind: 'checkpoint' | 'file', name: string, path: string): Promise<Buffer> {
    const { about, secret } = this.#options;
    return sealBytes(secret, sealedAs(about, kind, name), await readFile(path));
  }

  /** Whether artifacts that hosts have sent are there. */
  hasAll(files: readonly (readonly [trial: number, name: string])[]): boolean {
    const { folder } = this.#options;
    return folder === null || files.every(([trial, name]) => existsSync(artifactPath(folder, trial, name)));
  }

  /** An artifact that a host has sent. */
  async take(trial: number, name: string, bytes: Uint8Array, shared: string | undefined): Promise<void> {
    const { folder } = this.#options;
    if (folder === null) return;
    const target = artifactPath(folder, trial, name);
    if (shared === undefined) {
      await replaceFile(target, bytes);
      return;
    }
    const path = this.#sharedPath(shared);
    // Taken by a coordinator that was killed right after.
    if (!existsSync(path) && existsSync(target)) return;
    await copyDurably(path, target);
    await rm(path, { force: true });
  }

  /** Removes what hosts have left in the shared folder: copies of what others were quicker with. */
  async tidy(): Promise<void> {
    const { share, about } = this.#options;
    if (share !== undefined) await rm(join(share, about.run), { recursive: true, force: true });
  }

  #sharedPath(shared: string): string {
    const { share, about } = this.#options;
    // What is taken is removed there: nothing but what is of this run.
    const own = share === undefined ? undefined : resolve(share, about.run);
    const path = share === undefined ? undefined : resolve(share, shared);
    if (path?.startsWith(own + sep) && !leadsOut(path, resolve(share!))) return path;
    throw new SweeplineError('BAD_USAGE', `a host has left ${shared} in a shared folder`, {
      hint: 'name the same folder with --share here as on the hosts',
    });
  }

  /**
   * Brings checkpoints that hosts have sent into the run folder: those of trials that have stopped, by their keys, or all
   * before the run goes from the queue.
   */
  async fetchCheckpoints(asked?: readonly string[]): Promise<void> {
    const { redis, keys, folder, about, secret } = this.#options;
    if (folder === null) return;
    const names = asked ?? (await this.#checkpointsThere());
    const needed = names.filter((name) => !this.#spent.has(name));
    for (let i = 0; i < needed.length; i += AT_ONCE) {
      const some = needed.slice(i, i + AT_ONCE);
      const [found, large] = await Promise.all([
        redis.hmgetBuffer(keys.checkpoints, ...some),
        redis.hmget(keys.shared, ...some),
      ]);
      const open = (sealed: Uint8Array | null | undefined, key: string) =>
        sealed == null ? undefined : openSealed(secret, sealedAs(about, 'checkpoint', key), sealed);
      const writing = some.map(async (key, k) => {
        const bytes = large[k] == null ? open(found[k], key) : await this.#shared.get(about, key);
        if (bytes === undefined) return; // nobody's who has the key: the trial begins anew
        await replaceFile(join(folder, CHECKPOINTS, `${key}${ENDING}`), bytes);
        this.#kept.add(key);
      });
      await Promise.all(writing);
    }
  }

  async #checkpointsThere(): Promise<string[]> {
    const { redis, keys } = this.#options;
    const large = this.#shared.hasRoom ? await redis.hkeys(keys.shared) : []; // else nobody can take them from there
    const names = [...(await redis.hkeys(keys.checkpoints)), ...large];
    return names.filter((key) => /^[\w.-]+$/.test(key)); // others are no trial's
  }

  /** Nobody goes on from these any more; those in the folder are the coordinator's to remove. */
  dropCheckpoints(names: readonly string[]): void {
    for (const name of names) {
      this.#kept.delete(name);
      this.#spent.add(name);
    }
    this.#forget(names);
  }

  /** What cannot be removed goes with the run. */
  #forget(names: readonly string[]): void {
    const { redis, keys, about } = this.#options;
    for (const key of [keys.checkpoints, keys.shared]) redis.hdel(key, ...names).catch(() => undefined);
    for (const name of names) void this.#shared.drop(about, name);
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
      this.#forget([key]);
    }
  }
}

/** Under its name once all of it is on disk. */
async function copyDurably(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to));
  const temporary = temporaryName(to);
  try {
    await copyFile(from, temporary);
    await settleFile(temporary, to);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
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
