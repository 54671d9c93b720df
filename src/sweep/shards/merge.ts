// Merging as programs and the command line ask for it: the merged run is made here and now.
import { hostname } from 'node:os';
import { systemClock } from '../../ground/clock.js';
import { newRunId } from '../../run/folder.js';
import { type MergeChoices, type Merged, mergeRuns as mergeFolders } from '../../run/merge.js';

/**
 * Merges runs of one sweep, such as the shards of several machines, into a new run folder. Rejects with
 * BAD_USAGE where they do not belong together, with RUNS_DISAGREE where two that are not preferred have other numbers for
 * a trial; nothing is written then.
 */
export async function mergeRuns(
  folders: readonly string[],
  out: string,
  command: readonly string[] = [],
  choices: MergeChoices = {},
): Promise<Merged> {
  const identity = {
    runId: newRunId(systemClock),
    created: new Date(systemClock.now()).toISOString(),
    host: hostname(),
    command,
  };
  return mergeFolders(folders, out, identity, choices);
}
