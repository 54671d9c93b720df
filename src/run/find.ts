// Finds a run by what people type: its folder, its id, or its sweep's name for the newest run of it. Reads names only.
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { SweeplineError } from '../ground/errors.js';
import { nearestName } from '../ground/text.js';
import { MANIFEST_FILE } from './folder.js';

/** Absolute path of the run folder. BAD_RUN_FOLDER where nothing fits, with the nearest name. */
export async function findRun(typed: string, root = 'runs'): Promise<string> {
  if (await isRun(typed)) return resolve(typed);
  const sweeps = await listNames(root);
  const runs = new Map<string, string[]>();
  for (const sweep of sweeps) {
    const ids: string[] = [];
    for (const id of await listNames(join(root, sweep))) if (await isRun(join(root, sweep, id))) ids.push(id);
    // Ids begin with the time in UTC: the newest is the last.
    if (ids.length > 0) runs.set(sweep, ids.sort());
  }
  const ofSweep = runs.get(typed);
  if (ofSweep !== undefined) return resolve(root, typed, ofSweep.at(-1)!);
  for (const [sweep, ids] of runs) {
    if (ids.includes(typed)) return resolve(root, sweep, typed);
    if (ids.some((id) => `${sweep}/${id}` === typed)) return resolve(root, typed);
  }
  const near = nearestName(typed, [...runs.keys(), ...[...runs.values()].flat()]);
  const known =
    runs.size === 0 ? `${resolve(root)} holds no runs` : `runs of: ${[...runs.keys()].join(', ')}`;
  const guess = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new SweeplineError(
    'BAD_RUN_FOLDER',
    `"${typed}" is no run folder, run id or sweep with runs${guess} (${known})`,
    {
      hint: 'name a run folder, a run id, or a sweep for its newest run',
    },
  );
}

async function isRun(path: string): Promise<boolean> {
  return stat(join(path, MANIFEST_FILE)).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Names in a folder, none where it cannot be read. */
async function listNames(path: string): Promise<string[]> {
  return readdir(path).catch(() => []);
}
