// Turns what the pool brings into journal records, and into what sampler, tally and observers hear of it.
import type { Clock } from '../../ground/clock.js';
import type { TaskResult, TrialReport } from '../../pool/contract.js';
import type { Journal } from '../../run/journal.js';
import type { AttemptRecord } from '../../run/records.js';
import { createKeyer } from '../../trial/key.js';
import { createRowPrefixes, type RowPrefixes } from '../../trial/prefixes.js';
import { createRowReader, formatMetrics, type TrialRow } from '../../trial/row.js';
import {
  countOf,
  NO_TRIALS,
  numbersOf,
  type ProposedTrial,
  pick,
  type Selection,
  selectNumbers,
  trialAt,
  trialsOf,
} from '../../trial/selection.js';
import type { TrialNote } from '../../trial/status.js';
import type { Job } from '../job.js';
import { type FirstTrials, judgeFailure } from './failures.js';
import { cutResult, groupByError, lastReported, lastRow } from './partial-results.js';
import type { LostAttempt, LostTrial, RanBy, Recorded, Recording } from './recording.js';
import type { Tally } from './tally.js';

export interface RecorderOptions {
  readonly job: Job;
  readonly journal: Journal;
  readonly clock: Pick<Clock, 'now'>;
  /** The rows of a trial with those from before it paused. */
  readonly joinEarlier: (trial: number, series: Uint8Array) => Uint8Array;
  /** Of a trial that could not end by itself, by its key. */
  readonly dropCheckpoint: (key: string) => void;
  readonly tally: Tally;
  readonly first: FirstTrials;
  /** True where somebody wants the rows of trials, typed, as they end. */
  readonly isHeard: boolean;
  /** Hears those rows too; absent where nobody listens: no row is read for it. */
  readonly onTrial: ((row: TrialRow) => void) | undefined;
  readonly onFailure: (note: TrialNote) => void;
  /** Hears of the trials that have their rows now; absent where nothing depends on it. */
  readonly onEnded?: (trials: Selection) => void;
  /** Hears each warning of the pool's once. */
  readonly onWarning: (text: string) => void;
}

/** For all tasks that nobody wants to hear of. */
const NOTHING: readonly never[] = [];

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #epoch: number;
  readonly #prefixes: RowPrefixes;
  readonly #read: (rows: Uint8Array) => Iterable<TrialRow>;
  readonly #warned = new Set<string>();
  /** Rows of metrics.csv that running trials have reported, for those that do not live to bring them. */
  readonly #reported = new Map<number, Uint8Array[]>();

  constructor(options: RecorderOptions) {
    this.#options = options;
    const { worker, resolved, space } = options.job;
    const { axes, fixed, seed: sweepSeed } = resolved;
    const { params, metrics } = worker;
    const keyer = createKeyer(worker.name, worker.version);
    this.#epoch = options.journal.state.epochs.length - 1;
    this.#prefixes = createRowPrefixes({ space, axes, params, fixed, keyer, sweepSeed });
    this.#read = createRowReader({ axes, params, metrics });
  }

  /** Trials begin for the first time in this session. */
  begin(trials: Selection): void {
    this.#options.first.begin(trials);
  }

  nextAttempt(trial: number): number {
    return this.#options.journal.state.epoch.lastAttempt(trial) + 1;
  }

  /** Whether some trials may be at another attempt than others. */
  get hasTried(): boolean {
    return this.#options.journal.state.epoch.hasTried;
  }

  failedAttempts(trial: number): number {
    return this.#options.journal.state.epoch.failedAttempts(trial);
  }

  /** Points are written before they run: a number never gets another point. */
  propose(points: readonly ProposedTrial[]): Promise<void> {
    return this.#options.journal.append({ t: 'propose', epoch: this.#epoch, points });
  }

  report({ trial, rows }: TrialReport, attempt: number): Promise<void> {
    const known = this.#reported.get(trial);
    if (known === undefined) this.#reported.set(trial, [rows]);
    else known.push(rows);
    return this.#options.journal.append({ t: 'report', epoch: this.#epoch, trial, attempt }, rows);
  }

  /** Writes rows of the trials that have settled; those that failed and are tried again have none yet. */
  async record(recording: Recording): Promise<Recorded> {
    const { result, ended } = recording;
    this.#warn(result);
    if (countOf(ended) === 0 && result.left.length === 0) return { retried: NO_TRIALS, settled: NOTHING };
    if (this.#reported.size > 0) this.#forgetReports(result, ended);
    if (result.notes.length > 0 || result.left.length > 0) return this.#recordSome(recording);
    const record = { ...this.#ranBy(recording, ended), notes: result.notes };
    await this.#options.journal.appendRows(record, result.rows, result.series);
    return { retried: NO_TRIALS, settled: this.#tell(ended, result) };
  }

  #warn({ warnings = [] }: Pick<TaskResult, 'warnings'>): void {
    for (const text of warnings) {
      if (this.#warned.has(text)) continue;
      this.#warned.add(text);
      this.#options.onWarning(text);
    }
  }

  /** Where not all have settled well. */
  async #recordSome(recording: Recording): Promise<Recorded> {
    const { result, ended } = recording;
    const again = this.#toRetry(recording);
    const writing = groupByError(again).map(({ trials, error }) =>
      this.#append(recording, selectNumbers(trials), {
        status: 'failed',
        ...(error === undefined ? {} : { error }),
      }),
    );
    const stopped = result.left.filter(({ hasBegun }) => hasBegun).map(({ trial }) => trial);
    if (stopped.length > 0)
      writing.push(this.#append(recording, selectNumbers(stopped), { status: 'stopped' }));
    const gone = new Set(again.map(({ trial }) => trial));
    const retried = again.length === 0 ? NO_TRIALS : pick(ended, (trial) => gone.has(trial));
    const settled = again.length === 0 ? ended : pick(ended, (trial) => !gone.has(trial));
    if (countOf(settled) === 0) {
      await Promise.all(writing);
      return { retried, settled: [] };
    }
    const kept = again.length === 0 ? result : cutResult(result, ended, gone);
    const record = { ...this.#ranBy(recording, settled), notes: kept.notes };
    writing.push(this.#options.journal.appendRows(record, kept.rows, kept.series));
    await Promise.all(writing);
    return { retried, settled: this.#tell(settled, kept) };
  }

  /** Notes of the trials that have failed and are tried again. */
  #toRetry({ result, retries, isFinal }: Recording): TrialNote[] {
    if (isFinal === true) return [];
    return result.notes.filter(
      ({ trial, status, error }) =>
        status === 'failed' &&
        judgeFailure(error, { failedAttempts: this.failedAttempts(trial), retries }) === 'retry',
    );
  }

  /** An attempt that will be made again. */
  noteAttempt({ status, error, ...lost }: LostAttempt): Promise<void> {
    this.#forgetReports({ left: [] }, lost.trials);
    const why = error === undefined ? {} : { error };
    return this.#options.journal.append({ t: 'attempt', ...this.#lost(lost), status, ...why });
  }

  /** A single trial that no pool has run to its end: its row says so, with what it has reported on its way. */
  async recordLost(lost: LostTrial): Promise<Iterable<TrialRow>> {
    if (lost.by !== undefined) this.#warn(lost.by);
    const result = this.lostResult(lost);
    const { rows, series, notes } = result;
    await this.#options.journal.appendRows({ ...this.#lost(lost), notes }, rows, series);
    return this.#tell(lost.trials, result);
  }

  /** What its result would have been, had the pool brought one. */
  lostResult(lost: LostTrial): TaskResult {
    const { trials, status, error, partial, isWhole = false, host, by = {} } = lost;
    const { job, dropCheckpoint, joinEarlier } = this.#options;
    const trial = trialAt(trials, 0);
    const told = partial?.series ?? Buffer.concat(this.#reported.get(trial) ?? []);
    const series = isWhole ? told : joinEarlier(trial, told);
    this.#forgetReports({ left: [] }, trials);
    const { metrics } = job.worker;
    // One that died has no result; one that was asked to stop has come that far.
    const hasValues = status === 'timeout' || partial !== undefined;
    const values = hasValues
      ? (partial?.values ?? lastReported(status === 'pruned' ? lastRow(series) : series, job.worker))
      : metrics.map(() => null);
    const { prefixes, keys } = this.#prefixes(trials);
    dropCheckpoint(keys[0]!);
    return {
      ...{ id: -1, left: [], thread: by.thread ?? -1, host, device: by.device ?? '', cpuMs: null },
      ...{ queueMs: by.queueMs ?? 0, runMs: by.runMs ?? 0 },
      rows: new TextEncoder().encode(prefixes[0]! + formatMetrics(status, values)),
      series,
      notes: [{ trial, status, ...(error === undefined ? {} : { error }) }],
    };
  }

  /** A single trial has ended, and its row has to wait. */
  hold(recording: Recording): Promise<void> {
    const { result, ended } = recording;
    const { notes, rows, series } = result;
    this.#warn(result);
    this.#forgetReports(result, ended);
    const bytes = { rowsBytes: rows.length, seriesBytes: series.length };
    const record = { t: 'ended', ...this.#ranBy(recording, ended), notes, ...bytes } as const;
    return this.#options.journal.append(record, rows, series);
  }

  /** A single trial has stopped at a rung, with these rows of metrics.csv. */
  park(
    { result, ended, attempt }: Omit<Recording, 'retries'>,
    rung: number,
    series: Uint8Array,
  ): Promise<void> {
    this.#warn(result);
    this.#forgetReports(result, ended);
    const record = {
      ...this.#ranBy({ result, ended: NO_TRIALS, attempt }, ended),
      status: 'parked',
      rung,
    } as const;
    return this.#options.journal.append({ t: 'attempt', ...record }, series);
  }

  /** Whether the trial of a result has failed and runs again. */
  isToRetry(result: TaskResult, retries: number): boolean {
    return this.#toRetry({ result, retries, ended: NO_TRIALS, attempt: 0 }).length > 0;
  }

  /** Rows for those who want to hear them. */
  #tell(settled: Selection, { rows, notes }: Pick<TaskResult, 'rows' | 'notes'>): Iterable<TrialRow> {
    const { tally, first, onFailure, onEnded, isHeard, onTrial } = this.#options;
    const bad = notes.filter(({ status }) => status !== 'pruned');
    const failed = bad.filter(({ status }) => status !== 'skipped').length;
    tally.add({ ended: countOf(settled), failed, pruned: notes.length - bad.length, rows });
    first.settle(settled, bad);
    for (const note of bad) onFailure(note);
    onEnded?.(settled);
    if (onTrial !== undefined) for (const row of this.#read(rows)) onTrial(row);
    return isHeard ? this.#read(rows) : NOTHING;
  }

  #append(
    recording: Recording,
    trials: Selection,
    how: Pick<AttemptRecord, 'status' | 'error'>,
  ): Promise<void> {
    return this.#options.journal.append({ t: 'attempt', ...this.#ranBy(recording, trials), ...how });
  }

  /** Of a task, each trial's part of the time is the same. */
  #ranBy({ result, ended, attempt, gone = 0 }: Omit<Recording, 'retries'>, trials: Selection) {
    const { thread, host, device, queueMs, runMs, cpuMs, left } = result;
    const begun = left.length === 0 ? 0 : left.filter(({ hasBegun }) => hasBegun).length;
    const ran = countOf(ended) + begun + gone;
    const part = countOf(trials) / ran;
    return {
      epoch: this.#epoch,
      trials: numbersOf(trials),
      ...{ attempt, worker: thread, host, device, queue_ms: queueMs },
      run_ms: part === 1 ? runMs : runMs * part,
      ...(cpuMs === null ? {} : { cpu_ms: cpuMs * part }),
      at: this.#options.clock.now(),
    };
  }

  /** Mostly nobody came back to say in which thread and how long it ran. */
  #lost({ trials, attempt, host, by }: Pick<LostAttempt, 'trials' | 'attempt' | 'host'> & { by?: RanBy }) {
    const { thread: worker = -1, device = '', queueMs: queue_ms = 0, runMs: run_ms = 0 } = by ?? {};
    const ran = { worker, device, queue_ms, run_ms, at: this.#options.clock.now() };
    return { epoch: this.#epoch, trials: numbersOf(trials), attempt, host, ...ran };
  }

  #forgetReports({ left }: Pick<TaskResult, 'left'>, trials: Selection): void {
    if (this.#reported.size === 0) return;
    for (const { trial } of left) this.#reported.delete(trial);
    for (const trial of trialsOf(trials)) this.#reported.delete(trial);
  }
}
