// What a journal amounts to: which trials are done and how they ended, and where their rows lie. Built by `apply`
// alone, record by record, on replay and live alike; holds no rows and does no I/O.
import { InternalError, SweeplineError } from '../ground/errors.js';
import { Extents } from './extents.js';
import { skipRows, skipTrials } from './lines.js';
import { RangeSet } from './ranges.js';
import {
  type AttemptRecord,
  countTrials,
  JOURNAL_FORMAT,
  type JournalRecord,
  type RowsRecord,
  type SpaceRecord,
  type TrialNumbers,
} from './records.js';

/** Where a record lies in the file; `body` is its rows and series. */
export interface Placed {
  readonly at: number;
  readonly bodyAt: number;
  readonly body: readonly Uint8Array[];
}

export interface Counts {
  readonly done: number;
  readonly ok: number;
  readonly failed: number;
  readonly timeout: number;
  readonly pruned: number;
  readonly skipped: number;
  /** Begun by a host that died, and not done since. */
  readonly orphaned: number;
}

/** The trials of one space. */
export class Epoch {
  readonly done = new RangeSet();
  readonly failed = new RangeSet();
  readonly timeout = new RangeSet();
  readonly pruned = new RangeSet();
  readonly skipped = new RangeSet();
  readonly orphaned = new RangeSet();
  readonly extents = new Extents();
  /** Total of run_ms, and the trials it is of (carried rows ran in another epoch and do not count). */
  runMs = 0;
  timed = 0;
  /** The trials tried at least 2, 3, … times. */
  readonly #retried: RangeSet[] = [];

  constructor(readonly record: SpaceRecord) {}

  get doneCount(): number {
    return this.done.count;
  }

  isDone(trial: number): boolean {
    return this.done.has(trial);
  }

  /** The least trial ≥ `from` that is not done (it may lie past the end of the space). */
  nextUndone(from: number): number {
    return this.done.nextGap(from);
  }

  /** The number of the last attempt at a trial; 0 where there was none. */
  lastAttempt(trial: number): number {
    for (let i = this.#retried.length - 1; i >= 0; i--) if (this.#retried[i]!.has(trial)) return i + 2;
    return this.done.has(trial) || this.orphaned.has(trial) ? 1 : 0;
  }

  counts(): Counts {
    const { done, failed, timeout, pruned, skipped, orphaned } = this;
    return {
      done: done.count,
      ok: done.count - failed.count - timeout.count - pruned.count - skipped.count,
      failed: failed.count,
      timeout: timeout.count,
      pruned: pruned.count,
      skipped: skipped.count,
      orphaned: orphaned.count,
    };
  }

  applyRows(record: RowsRecord, placed: Placed): void {
    forEachRun(record.trials, (first, count) => {
      const to = first + count;
      // A trial that is recorded again (a retry) has the later record's status.
      for (const set of [this.failed, this.timeout, this.pruned, this.skipped, this.orphaned])
        set.delete(first, to);
      this.done.add(first, to);
    });
    for (const note of record.notes)
      if (note.status !== 'ok') this[note.status].add(note.trial, note.trial + 1);
    this.#noteAttempt(record);
    if (record.carried !== true) {
      this.runMs += record.run_ms;
      this.timed += countTrials(record.trials);
    }
    this.#placeRows(record, placed);
  }

  applyAttempt(record: AttemptRecord, placed: Placed): void {
    forEachRun(record.trials, (first, count) => {
      const to = first + count;
      this.orphaned.add(first, to);
      for (const [from, end] of this.done.rangesIn(first, to)) this.orphaned.delete(from, end);
      this.extents.push({
        first,
        count,
        record: placed.at,
        rowsAt: 0,
        rowsBytes: 0,
        seriesAt: 0,
        seriesBytes: 0,
      });
    });
    this.#noteAttempt(record);
  }

  #noteAttempt(record: RowsRecord | AttemptRecord): void {
    if (record.attempt < 2) return;
    while (this.#retried.length < record.attempt - 1) this.#retried.push(new RangeSet());
    const set = this.#retried[record.attempt - 2]!;
    forEachRun(record.trials, (first, count) => set.add(first, first + count));
  }

  #placeRows(record: RowsRecord, placed: Placed): void {
    const { rowsBytes, seriesBytes } = record;
    const seriesAt = placed.bodyAt + rowsBytes;
    if ('first' in record.trials) {
      const { first, count } = record.trials;
      this.extents.push({
        first,
        count,
        record: placed.at,
        rowsAt: placed.bodyAt,
        rowsBytes,
        seriesAt,
        seriesBytes,
      });
      return;
    }
    const body = placed.body.length === 1 ? placed.body[0]! : Buffer.concat(placed.body);
    const rows = body.subarray(0, rowsBytes);
    const series = body.subarray(rowsBytes);
    let row = 0;
    let serie = 0;
    forEachRun(record.trials, (first, count) => {
      const rowEnd = skipRows(rows, row, count);
      const serieEnd = skipTrials(series, serie, first, first + count);
      this.extents.push({
        first,
        count,
        record: placed.at,
        rowsAt: placed.bodyAt + row,
        rowsBytes: rowEnd - row,
        seriesAt: seriesAt + serie,
        seriesBytes: serieEnd - serie,
      });
      row = rowEnd;
      serie = serieEnd;
    });
  }
}

export class RunState {
  readonly epochs: Epoch[] = [];
  /** Why the last coordinator stopped; null while none has, or after work has gone on. */
  stopped: string | null = null;

  /** The epoch that counts now. */
  get epoch(): Epoch {
    const last = this.epochs.at(-1);
    if (last === undefined) throw new InternalError('the journal has no space record yet');
    return last;
  }
}

/** Takes one record into the state. Throws BAD_RUN_FOLDER for a format or record that this version does not know. */
export function apply(state: RunState, record: JournalRecord, placed: Placed): void {
  switch (record.t) {
    case 'open':
      if (record.format > JOURNAL_FORMAT) {
        throw new SweeplineError(
          'BAD_RUN_FOLDER',
          `the journal has format ${record.format}, and this Sweepline reads up to ${JOURNAL_FORMAT}`,
          { hint: 'use the version of Sweepline that made this run (see manifest.json), or a newer one' },
        );
      }
      return;
    case 'space':
      state.epochs.push(new Epoch(record));
      return;
    case 'stop':
      state.stopped = record.reason;
      return;
    case 'rows':
    case 'attempt': {
      const epoch = state.epochs[record.epoch];
      if (epoch === undefined)
        throw new InternalError(`a journal record of epoch ${record.epoch}, which has no space record`);
      state.stopped = null;
      if (record.t === 'rows') epoch.applyRows(record, placed);
      else epoch.applyAttempt(record, placed);
      return;
    }
    default:
      throw new SweeplineError(
        'BAD_RUN_FOLDER',
        `the journal has a record of unknown kind ${JSON.stringify((record as { t?: unknown }).t)}`,
      );
  }
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
