// The newest run of all sweeps, for commands that are called without a run.
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { MANIFEST_FILE } from '../run/folder.js';

/** Absolute path of the newest run folder under `root`; run ids begin with the time in UTC. BAD_RUN_FOLDER where there is none. */
export async function findNewestRun(root = 'runs'): Promise<string> {
  const sweeps = await readdir(root).catch(() => []);
  const runs = await Promise.all(
    sweeps.map(async (sweep) => {
      const ids = await readdir(join(root, sweep)).catch(() => []);
      return ids
        .filter((id) => existsSync(join(root, sweep, id, MANIFEST_FILE)))
        .map((id) => ({ sweep, id }));
    }),
  );
  const newest = runs
    .flat()
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .at(-1);
  if (newest !== undefined) return resolve(root, newest.sweep, newest.id);
  throw new SweeplineError('BAD_RUN_FOLDER', `${resolve(root)} holds no runs`, {
    hint: 'start one with `sweepline run <sweep>`, or name a run folder',
  });
}
