// The folder that a merge writes. It says so from its first file on, and is no run before all of it is there: what a killed
// merge left is told from a run, and the next merge into it begins anew.
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createFile, isTemporaryName, makeFolder, syncFolder } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { ARTIFACTS } from '../trial/store.js';
import { formatManifest, isLeftover, listFolder, MANIFEST_FILE, MERGE_FILE } from './folder.js';
import { acquireLock, type Lock } from './lock.js';
import type { Manifest } from './manifest.js';
import { JOURNAL_FILE } from './read-journal.js';
import { SCHEDULES_FILE } from './schedule.js';

/** What a merge writes beside its mark. */
const PARTS = [
  JOURNAL_FILE,
  'trials.csv',
  'metrics.csv',
  'timings.csv',
  SCHEDULES_FILE,
  ARTIFACTS,
  'stages',
  MANIFEST_FILE,
] as const;

export interface MergeFolder {
  /** Absolute. */
  readonly path: string;
  readonly lock: Lock;
  /** Makes it a run; everything else is on disk. */
  finish(manifest: Manifest): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a new or empty folder, or one that an earlier merge did not finish, which is emptied. Throws BAD_USAGE, with
 * nothing written, for any other, and LOCKED where a merge into it goes on.
 */
export async function openMergeFolder(out: string): Promise<MergeFolder> {
  const path = resolve(out);
  refuseForeign(path, await listFolder(path));
  try {
    await makeFolder(path);
  } catch (cause) {
    throw new SweeplineError('BAD_USAGE', `cannot make the folder ${path}: ${(cause as Error).message}`, {
      cause,
      hint: 'give --out a folder that you may write',
    });
  }
  const lock = await acquireLock(path);
  try {
    // Again, now that nobody else writes there.
    refuseForeign(path, await listFolder(path));
    await createFile(join(path, MERGE_FILE), '{"format":1}\n');
    for (const part of PARTS) await rm(join(path, part), { recursive: true, force: true });
    for (const name of await readdir(path))
      if (isTemporaryName(name)) await rm(join(path, name), { force: true });
    await syncFolder(path);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return {
    path,
    lock,
    async finish(manifest) {
      lock.check();
      await createFile(join(path, MANIFEST_FILE), formatManifest(manifest));
      await rm(join(path, MERGE_FILE));
      await syncFolder(path);
    },
    release: () => lock.release(),
  };
}

function refuseForeign(path: string, found: readonly string[] = []): void {
  const isBegun = found.includes(MERGE_FILE);
  if (!isBegun && found.includes(MANIFEST_FILE)) {
    throw new SweeplineError('BAD_USAGE', `${path} is a run already`, {
      hint: 'give --out a new or empty folder',
    });
  }
  const own: readonly string[] = isBegun ? [MERGE_FILE, ...PARTS] : [];
  const foreign = found.filter((name) => !own.includes(name) && !isLeftover(name));
  if (foreign.length === 0) return;
  const shown = foreign.slice(0, 3).join(', ') + (foreign.length > 3 ? `, … (${foreign.length} in all)` : '');
  throw new SweeplineError('BAD_USAGE', `${path} is not empty: it holds ${shown}`, {
    hint: 'give --out a new or empty folder',
  });
}
