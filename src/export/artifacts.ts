// The files that trials have kept, as rows. Links are left out: they lead to what is no part of the run.
import { existsSync } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ARTIFACTS } from '../trial/store.js';

export interface Artifact {
  readonly trial: number;
  /** Within the trial's folder, with `/` between folders. */
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/** In the order of trials, and of names within a trial. */
export async function* listArtifacts(runFolder: string): AsyncGenerator<Artifact> {
  const folder = join(runFolder, ARTIFACTS);
  if (!existsSync(folder) || (await lstat(folder)).isSymbolicLink()) return;
  const trials = (await readdir(folder, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && /^(0|[1-9]\d*)$/.test(entry.name))
    .map((entry) => Number(entry.name))
    .sort((a, b) => a - b);
  for (const trial of trials) {
    const own = join(folder, String(trial));
    const files = (await readdir(own, { withFileTypes: true, recursive: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    for (const path of files) {
      const name = relative(own, path).replaceAll(sep, '/');
      yield { trial, name, path, bytes: (await lstat(path)).size };
    }
  }
}
