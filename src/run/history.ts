// What a sampler that makes points of its own has proposed in a run so far, and what came of it: read from the journal
// from its first record on, so that a resumed sampler meets the same past, and no number is given to another point.
import { createRowReader, type RowFormat, readCells, type TrialRow } from '../trial/row.js';
import type { ProposedTrial } from '../trial/selection.js';
import type { Epoch } from './epoch.js';
import { Excerpts } from './excerpts.js';
import { finishedTrials, readStretch } from './finished.js';
import { readRecords } from './read-journal.js';
import type { RunState } from './state.js';

export interface History {
  /** By trial: what may be proposed again. */
  readonly proposals: ReadonlyMap<number, ProposedTrial>;
  /** By trial: what the sampler is to be told again. */
  readonly rows: ReadonlyMap<number, TrialRow>;
}

export interface HistoryOptions {
  /** The sampler decides by results: it proposes everything again and is told what came of it. */
  readonly listens: boolean;
  /** Trials that have ended and run again all the same. */
  readonly retried: ReadonlySet<number>;
}

/**
 * Reads the newest epoch. Of a sampler that listens all is held in memory, because such samplers run few trials; of
 * others only the points that have not ended.
 */
export function readHistory(folder: string, state: RunState, { listens, retried }: HistoryOptions): History {
  const { epoch } = state;
  const proposals = new Map<number, ProposedTrial>();
  const rows = new Map<number, TrialRow>();
  if (epoch.proposals === 0 && epoch.doneCount === 0) return { proposals, rows };
  const isOpen = (trial: number) => !epoch.isDone(trial) || retried.has(trial);
  for (const point of readProposals(folder, state.epochs.length - 1)) {
    if ((listens || isOpen(point.trial)) && !proposals.has(point.trial)) proposals.set(point.trial, point);
  }
  if (listens)
    for (const row of readRows(folder, epoch)) if (!retried.has(row.trial)) rows.set(row.trial, row);
  return { proposals, rows };
}

/** What the rows of an epoch hold. */
export function formatOf({ record: { axes, worker } }: Pick<Epoch, 'record'>): RowFormat {
  return { axes, params: worker.params, metrics: worker.metrics };
}

/** Rows of the trials that have ended, in trial order. */
export function readRows(folder: string, epoch: Epoch): Generator<TrialRow> {
  return readEach(folder, epoch, createRowReader(formatOf(epoch)));
}

/** The same as cells that nobody has read yet: see trial/row.ts. */
export function readRowCells(folder: string, epoch: Epoch): Generator<readonly string[]> {
  const format = formatOf(epoch);
  return readEach(folder, epoch, (rows) => readCells(format, rows));
}

function* readEach<T>(folder: string, epoch: Epoch, read: (rows: Uint8Array) => Generator<T>): Generator<T> {
  const excerpts = new Excerpts(folder);
  try {
    for (const { rows } of finishedTrials(epoch.extents, excerpts))
      yield* read(Uint8Array.from(readStretch(rows, excerpts)));
  } finally {
    excerpts.close();
  }
}

/** Every proposal of an epoch, in the order they were made. */
export function* readProposals(folder: string, epoch: number): Generator<ProposedTrial> {
  for (const { record } of readRecords(folder)) {
    if (record.t === 'propose' && record.epoch === epoch) yield* record.points;
    if (record.t === 'rows' && record.epoch === epoch) yield* record.points ?? [];
  }
}
