// The run folder: made once with its manifest, opened by its manifest. Refuses folders that hold something else, and
// touches nothing in them.
import { randomUUID } from 'node:crypto';
import { rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import type { Clock } from '../ground/clock.js';
import { createFile, isTemporaryName, makeFolder, replaceFile } from '../ground/durable.js';
import { isMachineTrouble, SweeplineError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { type Random, systemRandom } from '../ground/random.js';
import { isWord, showValue } from '../ground/shape.js';
import { formatBytes } from '../ground/text.js';
import type { Epoch } from './epoch.js';
import { acquireLock, LOCK_FILE, type Lock } from './lock.js';
import type { Manifest } from './manifest.js';
import { JOURNAL_FILE, readJournal } from './read-journal.js';
import { LARGEST_MANIFEST, MANIFEST_FILE, readManifest } from './read-manifest.js';

export { MANIFEST_FILE };

/** What a folder is marked with while a merge writes it (see merge-folder.ts). */
export const MERGE_FILE = 'merge.json';

const STAGES = 'stages';

/** Where a stage's own run lies in the folder of the run that depends on it. BAD_RUN_FOLDER for what no stage is called. */
export function stageFolder(folder: string, stage: string): string {
  if (!isWord(stage)) {
    const words = `${join(folder, MANIFEST_FILE)} names a stage ${showValue(stage)}; expected a word`;
    throw new SweeplineError('BAD_RUN_FOLDER', words);
  }
  return join(folder, STAGES, stage);
}

export interface RunFolder {
  /** Absolute path. */
  readonly path: string;
  readonly manifest: Manifest;
  /** True when it was made now. */
  readonly isNew: boolean;
  /** The folders that were made for it, from the top; absent where it was there. */
  readonly made?: readonly string[];
}

/** `20261123-221530-ab12`: UTC, so that ids sort by time the year round, and a suffix against a shared second. */
export function createRunId(clock: Clock, random: Random): string {
  const stamp = new Date(clock.now()).toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${random.below(0x10000).toString(16).padStart(4, '0')}`;
}

/** An id for a run that starts now. */
export function newRunId(clock: Clock): string {
  return createRunId(clock, systemRandom());
}

/**
 * Makes `out` a run folder, with `manifest` as its manifest. Where it is one already, of the same sweep, that one is
 * returned as it stands (`isNew` false). BAD_USAGE, and nothing written, where it holds another sweep or other files.
 */
export async function createRunFolder(out: string, manifest: Manifest): Promise<RunFolder> {
  const path = resolve(out);
  const found = await listFolder(path);
  if (found?.includes(MERGE_FILE)) throw halfMerged(path);
  if (found !== undefined && !found.includes(MANIFEST_FILE)) {
    const foreign = found.filter((name) => !isLeftover(name));
    if (foreign.length > 0) {
      const shown =
        foreign.slice(0, 3).join(', ') + (foreign.length > 3 ? `, … (${foreign.length} in all)` : '');
      throw new SweeplineError('BAD_USAGE', `${path} is not empty and is no run folder: it holds ${shown}`, {
        hint: 'give --out a new or empty folder',
      });
    }
  }
  if (found === undefined || !found.includes(MANIFEST_FILE)) {
    const made = await makeRun(path, manifest);
    if (made !== undefined) return { path, manifest, isNew: true, made };
  }
  const existing = await openRunFolder(path);
  if (existing.manifest.sweep !== manifest.sweep) {
    throw new SweeplineError(
      'BAD_USAGE',
      `${path} holds a run of the sweep "${existing.manifest.sweep}", not of "${manifest.sweep}"`,
      { hint: 'give --out a new or empty folder' },
    );
  }
  return existing;
}

/** Opens a run folder by its path. BAD_RUN_FOLDER where it is missing, unreadable, foreign or of another format. */
export async function openRunFolder(folder: string): Promise<RunFolder> {
  const path = resolve(folder);
  const found = await listFolder(path);
  if (found === undefined)
    throw new SweeplineError('BAD_RUN_FOLDER', `there is no folder ${path}`, { hint: NAME_A_RUN });
  if (found.includes(MERGE_FILE)) throw halfMerged(path);
  if (!found.includes(MANIFEST_FILE)) {
    throw new SweeplineError('BAD_RUN_FOLDER', `${path} is no run folder: it has no ${MANIFEST_FILE}`, {
      hint: NAME_A_RUN,
    });
  }
  return { path, manifest: await readManifest(path), isNew: false };
}

/** Replaces the manifest (an edited grid). */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  await replaceFile(join(folder, MANIFEST_FILE), formatManifest(manifest));
}

const NAME_A_RUN = 'name a run folder, such as runs/<sweep>/<run-id>, or a sweep for its newest run';

/** What a process that was killed early may have left: its lock, or the guard of it, and files without a name. */
export function isLeftover(name: string): boolean {
  return name.startsWith(LOCK_FILE) || isTemporaryName(name);
}

function halfMerged(path: string): SweeplineError {
  return new SweeplineError(
    'BAD_RUN_FOLDER',
    `${path} is half of a merge: it was not finished, or still goes on`,
    { hint: 'give the same `sweepline merge … --out` again: it begins anew there' },
  );
}

/** Lists of more values stand on one line each: a line a value makes 300 MB of 10^7. */
const LONG_LIST = 1000;

/** Its text. Throws BAD_DEFINITION where it is longer than a manifest that is read may be. */
export function formatManifest(manifest: Manifest): string {
  const lists: string[] = [];
  const mark = `${randomUUID()}:`;
  try {
    const text = JSON.stringify(
      manifest,
      (_, value: unknown) => {
        if (!Array.isArray(value) || value.length <= LONG_LIST) return value;
        lists.push(JSON.stringify(value));
        return `${mark}${lists.length - 1}`;
      },
      2,
    );
    const parts = text.split(new RegExp(`"${mark}(\\d+)"`));
    const whole = `${parts.map((part, i) => (i % 2 === 0 ? part : lists[Number(part)]!)).join('')}\n`;
    if (Buffer.byteLength(whole) <= LARGEST_MANIFEST) return whole;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // longer than any text
  }
  throw new SweeplineError(
    'BAD_DEFINITION',
    `the manifest would be larger than ${formatBytes(LARGEST_MANIFEST)}: the lists of values are too long`,
    { hint: 'write shorter values, or an axis of numbers as lin(…), log(…) or range(…)' },
  );
}

/** Names in the folder; undefined where there is none. */
export async function listFolder(path: string): Promise<string[] | undefined> {
  try {
    return (await disk.later.readdir(path)).map(({ name }) => name);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    throw new SweeplineError('BAD_RUN_FOLDER', `cannot read the folder ${path}: ${message}`, { cause });
  }
}

/**
 * The folders that had to be made. Of two processes that come here at once one makes the run, and the other finds it made:
 * undefined.
 */
async function makeRun(path: string, manifest: Manifest): Promise<readonly string[] | undefined> {
  const made: string[] = [];
  try {
    await makeFolder(path, made);
    if (await createFile(join(path, MANIFEST_FILE), formatManifest(manifest))) return made;
    return undefined;
  } catch (cause) {
    await removeEmpty(made);
    if (isMachineTrouble(cause)) throw cause;
    throw new SweeplineError('BAD_USAGE', `cannot make the run folder ${path}: ${(cause as Error).message}`, {
      cause,
      hint: 'give --out a folder that you may write',
    });
  }
}

async function removeEmpty(folders: readonly string[]): Promise<void> {
  for (const folder of [...folders].reverse()) {
    try {
      await rmdir(folder);
    } catch {
      return; // somebody has put something there: it stays, and with it what is above
    }
  }
}

/**
 * Takes back a run folder that was made for a run that was refused before anything ran: nothing shall be left of it. Where
 * somebody else has taken it meanwhile, it is theirs.
 */
export async function discardRunFolder({ path, made = [] }: RunFolder): Promise<void> {
  let lock: Lock;
  try {
    lock = await acquireLock(path);
  } catch (error) {
    if (error instanceof SweeplineError) return;
    throw error;
  }
  try {
    const hasBegun = disk.now.exists(join(path, JOURNAL_FILE)) && readJournal(path).state.epochs.some(hasRun);
    if (hasBegun || disk.now.exists(join(path, STAGES))) return;
    for (const name of [JOURNAL_FILE, MANIFEST_FILE]) await disk.later.rm(join(path, name));
  } finally {
    await lock.release();
  }
  await removeEmpty(made);
}

function hasRun({ doneCount, hasTried, proposals }: Epoch): boolean {
  return doneCount > 0 || hasTried || proposals > 0;
}
