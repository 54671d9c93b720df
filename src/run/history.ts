// What a sampler that makes points of its own has proposed in a run so far, and what came of it: read from the journal
// from its first record on, so that a resumed sampler meets the same past, and no number is given to another point.
import { createRowReader, type TrialRow } from '../trial/row.js';
import type { ProposedTrial } from '../trial/selection.js';
import { Excerpts } from './excerpts.js';
import { finishedTrials, readStretch } from './finished.js';
import { readRecords } from './read-journal.js';
import type { RunState } from './state.js';

export interface History {
  /** By trial. */
  readonly proposals: ReadonlyMap<number, ProposedTrial>;
  /** By trial: those that have a row. */
  readonly rows: ReadonlyMap<number, TrialRow>;
}

/** Reads the newest epoch; held in memory, because samplers that decide by results run few trials. */
export function readHistory(folder: string, state: RunState): History {
  const { epoch } = state;
  const proposals = new Map<number, ProposedTrial>();
  const rows = new Map<number, TrialRow>();
  if (epoch.proposals === 0 && epoch.doneCount === 0) return { proposals, rows };
  for (const point of readProposals(folder, state.epochs.length - 1))
    if (!proposals.has(point.trial)) proposals.set(point.trial, point);
  const { axes, worker } = epoch.record;
  const read = createRowReader({ axes, params: worker.params, metrics: worker.metrics });
  const excerpts = new Excerpts(folder);
  try {
    for (const stretch of finishedTrials(epoch.extents, excerpts))
      for (const row of read(readStretch(stretch.rows, excerpts))) rows.set(row.trial, row);
  } finally {
    excerpts.close();
  }
  return { proposals, rows };
}

/** Every proposal of an epoch, in the order they were made. */
export function* readProposals(folder: string, epoch: number): Generator<ProposedTrial> {
  for (const { record } of readRecords(folder)) {
    if (record.t === 'propose' && record.epoch === epoch) yield* record.points;
    if (record.t === 'rows' && record.epoch === epoch) yield* record.points ?? [];
  }
}
