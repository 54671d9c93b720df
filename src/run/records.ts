// What the journal holds: one record after another, told apart by `t`. These shapes are format 1 and are read for
// ever; a change that an older Sweepline would misread raises JOURNAL_FORMAT.
import type { PlainError } from '../ground/errors.js';
import type { Value } from '../space/types.js';
import type { Manifest } from './manifest.js';

export const JOURNAL_FORMAT = 1;

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

/** Trials of one record: a range, or a list of different numbers in the order of the rows. */
export type TrialNumbers = { readonly first: number; readonly count: number } | readonly number[];

export type RowStatus = 'ok' | 'failed' | 'timeout' | 'pruned' | 'skipped';

/** What befell a trial that did not end `ok`. */
export interface RowNote {
  readonly trial: number;
  readonly status: RowStatus;
  readonly error?: PlainError;
}

/** A point that a sampler proposed for a trial, so that a resumed sampler knows its own history. */
export interface ProposedPoint {
  readonly trial: number;
  readonly replicate: number;
  readonly point: Readonly<Record<string, Value>>;
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
}

/** Finished trials. Body: `rowsBytes` of trials.csv, then `seriesBytes` of metrics.csv, as they will stand there. */
export interface RowsRecord extends Ran {
  readonly t: 'rows';
  readonly notes: readonly RowNote[];
  readonly rowsBytes: number;
  readonly seriesBytes: number;
  readonly points?: readonly ProposedPoint[];
  /** True where the rows were taken over from an earlier epoch: nothing ran. */
  readonly carried?: true;
}

/** An attempt that left no row: `lost` when its host died, otherwise a failure that is tried again. */
export interface AttemptRecord extends Ran {
  readonly t: 'attempt';
  readonly status: 'lost' | 'failed' | 'timeout';
  readonly error?: PlainError;
}

/** The coordinator stopped, and why. */
export interface StopRecord {
  readonly t: 'stop';
  readonly reason: string;
}

export type JournalRecord = OpenRecord | SpaceRecord | RowsRecord | AttemptRecord | StopRecord;

/** How many trials are named. */
export function countTrials(trials: TrialNumbers): number {
  return 'first' in trials ? trials.count : trials.length;
}

/** The space record that a manifest asks for. */
export function spaceRecord(manifest: Manifest): SpaceRecord {
  const { space, where, axes, fixed, sampler, seed, worker } = manifest;
  return { t: 'space', space, where, axes, fixed, sampler, seed, worker };
}

/** Calls `visit` for every run of consecutive numbers, in the order of the rows. */
export function forEachRun(trials: TrialNumbers, visit: (first: number, count: number) => void): void {
  if ('first' in trials) {
    if (trials.count > 0) visit(trials.first, trials.count);
    return;
  }
  for (let i = 0; i < trials.length; ) {
    let j = i + 1;
    while (j < trials.length && trials[j] === trials[j - 1]! + 1) j++;
    visit(trials[i]!, j - i);
    i = j;
  }
}
