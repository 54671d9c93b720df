// Merging as programs and the command line ask for it: the merged run is made here and now.
import { hostname } from 'node:os';
import { systemClock } from '../ground/clock.js';
import { newRunId } from '../run/folder.js';
import { type Merged, mergeRuns as mergeFolders } from '../run/merge.js';

/**
 * Merges runs of one sweep, such as the shards of several machines, into a new run folder. Rejects with BAD_USAGE, and
 * nothing written, where they do not belong together or disagree about a trial.
 */
export async function mergeRuns(
  folders: readonly string[],
  out: string,
  command: readonly string[] = [],
): Promise<Merged> {
  return mergeFolders(folders, out, {
    runId: newRunId(systemClock),
    created: new Date(systemClock.now()).toISOString(),
    host: hostname(),
    command,
  });
}
