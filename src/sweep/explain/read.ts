// What explaining a trial reads of its run: no lock is taken and nothing is written.
import { SweeplineError } from '../../ground/errors.js';
import { readProposals, readRows } from '../../run/history.js';
import { type Manifest, proposesPoints } from '../../run/manifest.js';
import type { RunState } from '../../run/state.js';
import { readRunStatus } from '../../run/status.js';
import { createSpace, type Space } from '../../space/space.js';
import type { TrialRow } from '../../trial/row.js';
import type { ProposedTrial } from '../../trial/selection.js';

export interface ReadTrial {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly state: RunState;
  readonly space: Space;
  readonly trial: number;
  readonly proposed: ProposedTrial;
  /** By trial; none where trials are numbers. */
  readonly proposals: ReadonlyMap<number, ProposedTrial>;
  /** By trial: those that have ended, of proposals; otherwise its own alone. */
  readonly rows: ReadonlyMap<number, TrialRow>;
}

/** Rejects with BAD_RUN_FOLDER where there is no run, BAD_USAGE where it has no such trial. */
export async function readTrial(runFolder: string, trial: number): Promise<ReadTrial> {
  const { folder, manifest, state } = await readRunStatus(runFolder);
  const { epoch, epochs } = state;
  const space = createSpace(manifest.space);
  const isProposed = proposesPoints(manifest.sampler);
  const proposals = new Map<number, ProposedTrial>();
  if (isProposed)
    for (const each of readProposals(folder, epochs.length - 1))
      if (!proposals.has(each.trial)) proposals.set(each.trial, each);
  const proposed = isProposed ? proposals.get(trial) : numbered(space, trial);
  if (proposed === undefined) {
    // No spread of arguments: a run may have a million.
    const last = isProposed ? [...proposals.keys()].reduce((a, b) => Math.max(a, b), -1) : space.trials - 1;
    const words = last >= 0 ? `it has trials up to ${last}` : 'none has been proposed yet';
    throw new SweeplineError('BAD_USAGE', `trial ${trial}: the run has no such trial; ${words}`, {
      hint: 'trials.csv has their numbers, and `sweepline best <run>` those of the best',
    });
  }
  const rows = new Map<number, TrialRow>();
  for (const row of readRows(folder, epoch)) if (isProposed || row.trial === trial) rows.set(row.trial, row);
  return { folder, manifest, state, space, trial, proposed, proposals, rows };
}

function numbered(space: Space, trial: number): ProposedTrial | undefined {
  if (!(trial >= 0 && trial < space.trials)) return undefined;
  const point = space.at(Math.floor(trial / space.replicates));
  return { trial, replicate: trial % space.replicates, point };
}
