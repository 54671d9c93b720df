// Artifacts lie under their trial's number, and an edited grid gives trials other numbers: their folders go along. In
// between they lie under the trial's key, where those of points that the grid has lost stay for the day it has them
// again. Every step is a rename, and may be taken again after a kill.
import { join } from 'node:path';
import { makeFolderSync, syncFolderSync } from '../ground/durable.js';
import { SweeplineError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { skipRows } from '../trial/lines.js';
import { keyAt } from '../trial/row.js';
import { ARTIFACTS, artifactFolder } from '../trial/store.js';
import type { Epoch } from './epoch.js';
import { Excerpts } from './excerpts.js';
import { finishedTrials, readStretch } from './finished.js';

const BY_KEY = 'by-key';

/** To be called before a grid's record makes an end of `epoch`. Artifacts of trials that never ended are removed. */
export function setArtifactsAside(folder: string, epoch: Epoch): void {
  const artifacts = join(folder, ARTIFACTS);
  const numbers = new Set(listNames(artifacts).filter((name) => name !== BY_KEY));
  if (numbers.size === 0) return;
  const byKey = join(artifacts, BY_KEY);
  makeFolderSync(byKey);
  forEachKey(folder, epoch, (trial, key) => {
    if (!numbers.delete(String(trial))) return;
    const to = join(byKey, key);
    disk.now.rm(to);
    disk.now.rename(artifactFolder(folder, trial), to);
  });
  // Before the record: after it their numbers would mean other trials.
  syncFolderSync(byKey);
  for (const name of numbers) disk.now.rm(join(artifacts, name));
}

/** Gives what lies under the keys of `epoch`'s finished trials their numbers there. */
export function moveArtifacts(folder: string, epoch: Epoch): void {
  const artifacts = join(folder, ARTIFACTS);
  if (!listNames(artifacts).includes(BY_KEY)) return;
  const keys = new Set(listNames(join(artifacts, BY_KEY)));
  const move = (trial: number, key: string) => {
    if (!keys.delete(key)) return;
    const from = join(artifacts, BY_KEY, key);
    const to = artifactFolder(folder, trial);
    // Where both are there, the trial has run again since, and its own count. The others are left: after a power cut both
    // names may lead to the same files.
    if (!disk.now.exists(to)) disk.now.rename(from, to);
  };
  if (keys.size > 0) forEachKey(folder, epoch, move);
  // Also what a killed process has moved.
  syncFolderSync(artifacts);
}

function listNames(folder: string): string[] {
  try {
    return disk.now.readdir(folder).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Every finished trial with its key, which is the second cell of its row. */
function forEachKey(folder: string, epoch: Epoch, visit: (trial: number, key: string) => void): void {
  const excerpts = new Excerpts(folder);
  try {
    for (const { from, to, rows } of finishedTrials(epoch.extents, excerpts)) {
      const bytes = Buffer.from(readStretch(rows, excerpts));
      let row = 0;
      for (let trial = from; trial < to; trial++) {
        const key = keyAt(bytes, row);
        // It becomes the name of a folder, which may be removed.
        if (!/^[\w-]+$/.test(key)) {
          const words = `the journal has trial ${trial} under the key ${JSON.stringify(key)}, which is none`;
          throw new SweeplineError('BAD_RUN_FOLDER', `${folder}: ${words}`);
        }
        visit(trial, key);
        row = skipRows(bytes, row, 1);
      }
    }
  } finally {
    excerpts.close();
  }
}
