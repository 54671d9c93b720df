// The trials of one space: which are done and how they ended, and where their rows lie in the journal. Holds no rows.

import { skipRows, skipTrials } from '../trial/lines.js';
import { countNumbers, forEachRun } from '../trial/selection.js';
import { Extents } from './extents.js';
import { Held } from './held.js';
import { Parked } from './parked.js';
import { RangeSet } from './ranges.js';
import type {
  AttemptRecord,
  EndedRecord,
  ProposeRecord,
  ReportRecord,
  RowsRecord,
  SpaceRecord,
} from './records.js';
import { Reports } from './reports.js';

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
  /** Where the reports of trials lie that have not ended. */
  readonly reports = new Reports();
  /** Where the results of trials lie that have ended and have no row yet. */
  readonly held = new Held();
  /** The trials that have stopped at rungs. */
  readonly parked = new Parked();
  /** How many points were proposed; 0 where the trials are numbers of the space. */
  proposals = 0;
  /** The trials tried at least 1, 2, … times, as far as `done` does not say it. */
  readonly #tried: RangeSet[] = [];
  /** The trials with at least 1, 2, … failed attempts that were to be tried again, and no row since. */
  readonly #failures: RangeSet[] = [];

  constructor(
    readonly record: SpaceRecord,
    /** Its position among the space records. */
    readonly number = 0,
  ) {}

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

  /** Whether some trial has been tried that has no row, or more than once. */
  get hasTried(): boolean {
    return this.#tried.length > 0;
  }

  /** The number of the last attempt at a trial; 0 where there was none. */
  lastAttempt(trial: number): number {
    for (let i = this.#tried.length - 1; i >= 0; i--) if (this.#tried[i]!.has(trial)) return i + 1;
    return this.done.has(trial) ? 1 : 0;
  }

  /** Attempts that failed since the trial had a row last. */
  failedAttempts(trial: number): number {
    let count = 0;
    while (this.#failures[count]?.has(trial)) count++;
    return count;
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
      for (const set of this.#failures) set.delete(first, to);
      this.reports.forget(first, to);
      this.held.forget(first, to);
      this.parked.forget(first, to);
      this.done.add(first, to);
    });
    for (const note of record.notes)
      if (note.status !== 'ok') this[note.status].add(note.trial, note.trial + 1);
    this.#noteAttempt(record);
    if (record.carried !== true) {
      this.runMs += record.run_ms;
      this.timed += countNumbers(record.trials);
    }
    this.#placeRows(record, placed);
  }

  applyAttempt(record: AttemptRecord, placed: Placed): void {
    forEachRun(record.trials, (first, count) => {
      const to = first + count;
      if (record.status === 'lost') {
        this.orphaned.add(first, to);
        for (const [from, end] of this.done.rangesIn(first, to)) this.orphaned.delete(from, end);
      }
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
    if (record.status === 'parked') this.#applyParked(record, placed);
    // Of several trials that were too slow together nobody knows which one was: the others must not lose a retry for it.
    const isFailure =
      record.status === 'failed' || (record.status === 'timeout' && countNumbers(record.trials) === 1);
    if (!isFailure) return;
    forEachRun(record.trials, (first, count) => {
      for (let trial = first; trial < first + count; trial++)
        setAt(this.#failures, this.failedAttempts(trial)).add(trial, trial + 1);
    });
  }

  #applyParked(record: AttemptRecord, { bodyAt, body }: Placed): void {
    this.runMs += record.run_ms;
    const place = { at: bodyAt, length: body.reduce((sum, part) => sum + part.length, 0) };
    forEachRun(record.trials, (trial) => {
      this.orphaned.delete(trial, trial + 1);
      this.parked.add(trial, { record, place });
      this.reports.replace({ trial, attempt: record.attempt }, place);
    });
  }

  applyReport(record: ReportRecord, placed: Placed): void {
    if (this.done.has(record.trial)) return;
    // Whoever goes on after a kill must know of it: its own attempt is another.
    setAt(this.#tried, record.attempt - 1).add(record.trial, record.trial + 1);
    const bytes = placed.body.reduce((sum, part) => sum + part.length, 0);
    this.reports.add(record, { at: placed.bodyAt, length: bytes });
  }

  /** Nothing is done yet, but its attempt was made. */
  applyEnded(record: EndedRecord, { bodyAt }: Placed): void {
    forEachRun(record.trials, (first, count) => {
      for (let trial = first; trial < first + count; trial++) {
        // One that is tried again has the row of an earlier attempt.
        if (this.done.has(trial) && !this.#isLater(trial, record.attempt)) continue;
        setAt(this.#tried, record.attempt - 1).add(trial, trial + 1);
        this.held.add(trial, { record, bodyAt });
        const at = bodyAt + record.rowsBytes;
        this.reports.replace({ trial, attempt: record.attempt }, { at, length: record.seriesBytes });
      }
    });
  }

  /** Whether an attempt is one that the row of a trial knows nothing of. */
  #isLater(trial: number, attempt: number): boolean {
    return attempt > 1 && this.#tried[attempt - 1]?.has(trial) !== true;
  }

  /** Trials that have a row, and a later result that waits for another. */
  heldAgain(): number[] {
    return [...this.held.all().keys()].filter((trial) => this.done.has(trial));
  }

  applyProposals(record: ProposeRecord): void {
    this.proposals += record.points.length;
  }

  #noteAttempt(record: RowsRecord | AttemptRecord): void {
    // Most trials end at their first attempt: `done` says as much.
    if (record.attempt < 2 && record.t === 'rows') return;
    const set = setAt(this.#tried, record.attempt - 1);
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

function setAt(sets: RangeSet[], i: number): RangeSet {
  while (sets.length <= i) sets.push(new RangeSet());
  return sets[i]!;
}
