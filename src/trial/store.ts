// Where the files of trials are kept: artifacts under the trial's number, the checkpoint of a trial that has not ended
// under its key. Guarantees of every store: a file is there whole or not at all; what `put…` has returned from survives
// a power cut; an artifact's name never leads out of its trial's folder.
import { join, resolve, sep } from 'node:path';
import { replaceFileSync } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { leadsOut } from '../ground/inside.js';

export const ARTIFACTS = 'artifacts';
export const CHECKPOINTS = 'checkpoints';

export interface TrialStore {
  /** Keeps a file and returns its path within the store. Throws BAD_USAGE for a name that leads out, BAD_RUN_FOLDER for a link. */
  putArtifact(trial: number, name: string, bytes: Uint8Array | string): string;
  /** Undefined where the trial has kept none of that name. */
  getArtifact(trial: number, name: string): Uint8Array | undefined;
  putCheckpoint(key: string, bytes: Uint8Array): void;
  getCheckpoint(key: string): Uint8Array | undefined;
  /** Whether there is one: they may be large. */
  hasCheckpoint(key: string): boolean;
  dropCheckpoint(key: string): void;
  /** Drops all that a trial has kept under its number. */
  dropArtifacts(trial: number): void;
}

/** The artifacts of one trial in a run folder. */
export function artifactFolder(folder: string, trial: number): string {
  return join(folder, ARTIFACTS, String(trial));
}

/**
 * Where an artifact lies in a run folder. Throws BAD_USAGE for a name that leads out of its trial's folder, BAD_RUN_FOLDER
 * where a link does.
 */
export function artifactPath(folder: string, trial: number, name: string): string {
  const path = findArtifact(folder, trial, name);
  if (path !== undefined) return path;
  throw new SweeplineError(
    'BAD_USAGE',
    `artifact ${JSON.stringify(name)} would lie outside its trial's folder`,
    {
      hint: 'give a relative name without ..',
    },
  );
}

/** Undefined where the name leads out. */
function findArtifact(folder: string, trial: number, name: string): string | undefined {
  const own = resolve(artifactFolder(folder, trial));
  const path = resolve(own, name);
  if (!path.startsWith(own + sep) || name.includes('\0')) return undefined;
  if (!leadsOut(path, resolve(folder))) return path;
  throw new SweeplineError('BAD_RUN_FOLDER', `${path} leads out of the run folder: a link is on its way`, {
    hint: 'remove the link; to keep a run on another disk, make the run folder itself the link',
  });
}

/** A store in a folder: <folder>/artifacts/<trial>/<name> and <folder>/checkpoints/<key>.bin. */
export function createFolderStore(folder: string): TrialStore {
  const checkpoint = (key: string) => join(folder, CHECKPOINTS, `${key}.bin`);
  return {
    putArtifact(trial, name, bytes) {
      const path = artifactPath(folder, trial, name);
      replaceFileSync(path, bytes);
      return join(ARTIFACTS, String(trial), path.slice(resolve(artifactFolder(folder, trial)).length + 1));
    },
    getArtifact(trial, name) {
      const path = findArtifact(folder, trial, name);
      return path === undefined ? undefined : readIfThere(path);
    },
    putCheckpoint: (key, bytes) => replaceFileSync(checkpoint(key), bytes),
    getCheckpoint: (key) => readIfThere(checkpoint(key)),
    hasCheckpoint: (key) => disk.now.exists(checkpoint(key)),
    dropCheckpoint(key) {
      const path = checkpoint(key);
      if (disk.now.exists(path)) disk.now.rm(path);
    },
    dropArtifacts(trial) {
      const path = artifactFolder(folder, trial);
      if (disk.now.exists(path)) disk.now.rm(path);
    },
  };
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    const bytes = disk.now.readFile(path);
    // Whoever gets it may take its buffer for its own: small files lie in a buffer with others, large ones are not copied.
    return bytes.byteLength === bytes.buffer.byteLength
      ? new Uint8Array(bytes.buffer)
      : new Uint8Array(bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
