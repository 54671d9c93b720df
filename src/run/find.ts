// Finds a run by what people type: its folder, its id, or its sweep's name for the newest run of it; or the newest
// of all. Reads names, and the start of the manifests of runs that somebody has named.
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { SweeplineError } from '../ground/errors.js';
import { nearestName } from '../ground/text.js';
import { MERGE_FILE } from './folder.js';
import { findRuns, isRun } from './list.js';

/** Absolute path of the run folder. BAD_RUN_FOLDER where nothing fits, with the nearest name. */
export async function findRun(typed: string, root = 'runs'): Promise<string> {
  // Whoever opens what a killed merge left is told so.
  if (isRun(typed) || existsSync(join(typed, MERGE_FILE))) return resolve(typed);
  const runs = await findRuns(root);
  const found =
    runs.findLast(({ name, sweep }) => name === typed || sweep === typed) ??
    runs.findLast(({ id, name }) => id === typed || `${name}/${id}` === typed);
  if (found !== undefined) return found.path;
  const names = [...new Set(runs.flatMap(({ name, sweep = name }) => [name, sweep]))];
  const near = nearestName(typed, [...names, ...runs.map(({ id }) => id)]);
  const known = runs.length === 0 ? `${resolve(root)} holds no runs` : `runs of: ${names.join(', ')}`;
  const guess = near === undefined ? '' : `; did you mean "${near}"?`;
  throw new SweeplineError(
    'BAD_RUN_FOLDER',
    `"${typed}" is no run folder, run id or sweep with runs${guess} (${known})`,
    {
      hint: 'name a run folder, a run id, or a sweep for its newest run',
    },
  );
}

/** Absolute path of the newest run folder of all sweeps. BAD_RUN_FOLDER where there is none. */
export async function findNewestRun(root = 'runs'): Promise<string> {
  const newest = (await findRuns(root)).at(-1);
  if (newest !== undefined) return newest.path;
  throw new SweeplineError('BAD_RUN_FOLDER', `${resolve(root)} holds no runs`, {
    hint: 'start one with `sweepline run <sweep>`, or name a run folder',
  });
}
