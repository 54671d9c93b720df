// The newest run of all sweeps, for commands that are called without a run.
import { resolve } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { listRuns } from '../run/list.js';

/** Absolute path of the newest run folder under `root`. BAD_RUN_FOLDER where there is none. */
export async function findNewestRun(root = 'runs'): Promise<string> {
  const newest = (await listRuns(root)).at(-1);
  if (newest !== undefined) return newest.path;
  throw new SweeplineError('BAD_RUN_FOLDER', `${resolve(root)} holds no runs`, {
    hint: 'start one with `sweepline run <sweep>`, or name a run folder',
  });
}
