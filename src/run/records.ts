// What the journal holds: one record after another, told apart by `t`. These shapes are read for ever; a change that an
// older Sweepline would misread raises JOURNAL_FORMAT. Format 2 added `propose` and `report` records and attempts that
// stopped; in format 1 a proposed point stood in the `rows` record of its trial. Format 3 added `prune`, `ended` and
// `exploit`, and attempts that parked. Beside these fields a header may have `back`, which is of its frame (frames.ts).
import type { PlainError } from '../ground/errors.js';
import type { Value } from '../space/types.js';
import type { ProposedTrial, TrialNumbers } from '../trial/selection.js';
import type { TrialNote } from '../trial/status.js';
import type { Manifest } from './manifest.js';

export const JOURNAL_FORMAT = 3;

/** The first record of every journal. */
export interface OpenRecord {
  readonly t: 'open';
  readonly format: number;
}

/** Begins an epoch: everything that trial numbers and row cells depend on. A later one is an edited grid. */
export interface SpaceRecord
  extends Pick<Manifest, 'space' | 'where' | 'axes' | 'fixed' | 'sampler' | 'seed' | 'worker'> {
  readonly t: 'space';
}

interface Ran {
  /** Position of the epoch's space record among the space records, from 0. */
  readonly epoch: number;
  readonly trials: TrialNumbers;
  /** 1 on the first try. */
  readonly attempt: number;
  /** Thread number within its host. */
  readonly worker: number;
  readonly host: string;
  readonly device: string;
  /** Milliseconds waited in the pool, and run, by the whole record. */
  readonly queue_ms: number;
  readonly run_ms: number;
  /** Processor time of its thread meanwhile; absent where nobody could tell. No derived file holds it. */
  readonly cpu_ms?: number;
  /** When the coordinator heard of it, milliseconds since 1970; absent in journals of before. No derived file holds it. */
  readonly at?: number;
}

/** Finished trials. Body: `rowsBytes` of trials.csv, then `seriesBytes` of metrics.csv, as they will stand there. */
export interface RowsRecord extends Ran {
  readonly t: 'rows';
  readonly notes: readonly TrialNote[];
  readonly rowsBytes: number;
  readonly seriesBytes: number;
  /** Format 1 only: what the sampler proposed for these trials. */
  readonly points?: readonly ProposedTrial[];
  /** True where the rows were taken over from an earlier epoch: nothing ran. */
  readonly carried?: true;
  /** The part of a merged run that they come from (`parts` of its manifest); absent: the run itself. */
  readonly part?: string;
}

/**
 * An attempt that left no row: `lost` when its host died, `stopped` when it was asked to, `parked` when it stopped at a
 * rung and goes on if it may, otherwise a failure that is tried again. Body of a parked one, which is of a single trial:
 * its rows of metrics.csv so far.
 */
export interface AttemptRecord extends Ran {
  readonly t: 'attempt';
  readonly status: 'lost' | 'stopped' | 'parked' | 'failed' | 'timeout';
  readonly error?: PlainError;
  /** Of a parked one. */
  readonly rung?: number;
}

/** Points that a sampler proposed, before any of them runs: a trial keeps the point that it was given first. */
export interface ProposeRecord {
  readonly t: 'propose';
  readonly epoch: number;
  readonly points: readonly ProposedTrial[];
}

/**
 * What a running trial has reported since the last time. Body: rows of metrics.csv. They count until the trial ends,
 * whose own record has them all.
 */
export interface ReportRecord {
  readonly t: 'report';
  readonly epoch: number;
  readonly trial: number;
  readonly attempt: number;
}

/** A session begins whose time counts against a budget. */
export interface SessionRecord {
  readonly t: 'session';
  /** Milliseconds since 1970. */
  readonly at: number;
}

/**
 * A trial is pruned: it counts up to `step`, whatever it has done since. Written before its row. Values as they were
 * reported; null where they are not finite.
 */
export interface PruneRecord {
  readonly t: 'prune';
  readonly epoch: number;
  readonly trial: number;
  readonly step: number;
  /** Where it was decided: `step` is the first reported one from there on. */
  readonly rung: number;
  readonly value: number | null;
  /** The worst value that would have gone on; null where any would, or none. */
  readonly cutoff: number | null;
  /** How many other trials it was held against. */
  readonly others: number;
  /** The part of a merged run that decided; absent: the run itself. */
  readonly part?: string;
}

/**
 * A trial of a population goes on from what another one has come to, with other parameters from `step` on. Written before
 * it does.
 */
export interface ExploitRecord {
  readonly t: 'exploit';
  readonly epoch: number;
  readonly trial: number;
  readonly step: number;
  readonly from: number;
  /** The mutated ones, all of them. */
  readonly params: Readonly<Record<string, Value>>;
}

/**
 * A single trial that has ended before it was known whether it had been pruned on its way: its row follows once it is. Body
 * and fields as of `rows`.
 */
export interface EndedRecord extends Omit<RowsRecord, 't' | 'points' | 'carried' | 'part'> {
  readonly t: 'ended';
}

/** The coordinator stopped, and why. */
export interface StopRecord {
  readonly t: 'stop';
  readonly reason: string;
  /** Milliseconds since 1970; absent in journals of before. */
  readonly at?: number;
}

export type JournalRecord =
  | OpenRecord
  | SpaceRecord
  | ProposeRecord
  | ReportRecord
  | RowsRecord
  | AttemptRecord
  | SessionRecord
  | PruneRecord
  | ExploitRecord
  | EndedRecord
  | StopRecord;

/** The space record that a manifest asks for. */
export function spaceRecord(manifest: Manifest): SpaceRecord {
  const { space, where, axes, fixed, sampler, seed, worker } = manifest;
  return { t: 'space', space, where, axes, fixed, sampler, seed, worker };
}
