// Counts, rate and the shown metric of a run in progress. The clock comes in as a value.
import type { Clock } from '../../ground/clock.js';
import type { Metric } from '../../trial/metrics.js';
import type { Objective } from '../../trial/objective.js';
import { createRowReader, type RowFormat, type TrialRow } from '../../trial/row.js';
import type { WorkerDescription } from '../../worker/contract.js';
import type { Progress } from '../contract.js';
import { Trend } from './trend.js';

/** Rate over a sliding window of at least so many milliseconds, */
const WINDOW_MS = 10_000;
/** and so many trials a thread: those of several threads end at much the same time. */
const WINDOW_TRIALS = 2;
/** One trial says nothing of how long others take. */
const LEAST_TRIALS = 2;
/** Of longer results only the last row is looked at. */
const READ_ROWS = 64;

export interface Tallied {
  readonly format: RowFormat;
  readonly mode: WorkerDescription['mode'];
  /** Trials in all; null where the sampler decides as it goes. */
  readonly total: number | null;
  /** Before this session. */
  readonly before: {
    readonly done: number;
    readonly failed: number;
    /** Absent where nothing stops trials early. */
    readonly pruned?: number;
  };
  /** The metric to show, where the run is after one; absent: the first with a goal, else the first number. */
  readonly shown?: Objective;
  /** How many there are now. */
  readonly threads: () => number;
}

interface Ended {
  readonly ended: number;
  readonly failed: number;
  readonly pruned?: number;
  readonly rows: Uint8Array;
}

interface Mark {
  readonly at: number;
  /** Trials that had ended then. */
  readonly ended: number;
}

export class Tally {
  done: number;
  failed: number;
  pruned: number | undefined;
  /** In the pool: running, or waiting for a thread. */
  underWay = 0;
  hasBegun = false;
  /** Ended in this process. */
  ended = 0;
  readonly #begun: number;
  #marks: Mark[] = [];
  readonly #read: (rows: Uint8Array) => Iterable<TrialRow>;
  /** The metric that progress shows. */
  readonly #shown: Metric | undefined;
  #latest: Uint8Array | undefined;
  #best: number | undefined;
  #metric: string | null = null;
  readonly #trend: Trend;

  constructor(
    private readonly clock: Clock,
    private readonly of: Tallied,
  ) {
    this.done = of.before.done;
    this.failed = of.before.failed;
    this.pruned = of.before.pruned;
    const { metrics } = of.format;
    const asked = metrics.find(({ name }) => name === of.shown?.metric);
    this.#shown =
      (asked === undefined ? undefined : { ...asked, goal: of.shown!.goal }) ??
      metrics.find((metric) => metric.goal !== undefined) ??
      metrics.find((metric) => metric.type === 'number');
    this.#trend = new Trend(this.#shown?.goal);
    this.#read = createRowReader(of.format);
    this.#begun = clock.elapsed();
    this.#marks.push({ at: this.#begun, ended: 0 });
  }

  /** Trials ended: the rows as they will stand in trials.csv. */
  add({ ended, failed, pruned = 0, rows }: Ended): void {
    this.done += ended;
    this.ended += ended;
    this.failed += failed;
    if (this.pruned !== undefined) this.pruned += pruned;
    this.#look(rows, ended);
    const now = this.clock.elapsed();
    if (now - this.#marks.at(-1)!.at > 250) {
      this.#marks.push({ at: now, ended: this.ended });
      const trials = Math.max(LEAST_TRIALS, WINDOW_TRIALS * this.of.threads());
      const isLong = ({ at, ended }: Mark) => now - at > WINDOW_MS && this.ended - ended >= trials;
      while (this.#marks.length > 2 && isLong(this.#marks[1]!)) this.#marks.shift();
    }
  }

  /** So many trials were handed to the pool. */
  begin(count: number): void {
    this.underWay += count;
    this.hasBegun = true;
  }

  progress(): Progress {
    this.#readLatest();
    const { at, ended } = this.#marks[0]!;
    const now = this.clock.elapsed();
    const trials = this.ended - ended;
    const rate = now > at && trials >= LEAST_TRIALS ? (trials / (now - at)) * 1000 : 0;
    const { total, mode } = this.of;
    const left = total === null ? null : Math.max(0, total - this.done);
    const etaMs = left === null ? null : left === 0 ? 0 : rate > 0 ? (left / rate) * 1000 : null;
    const { done, failed, pruned, underWay } = this;
    // A thread runs its trials one by one, or a whole block in lockstep.
    const running = mode === 'run' ? Math.min(underWay, this.of.threads()) : underWay;
    const elapsedMs = now - this.#begun;
    const { values } = this.#trend;
    const trend = values.length < 2 ? {} : { trend: [...values] };
    const early = pruned === undefined ? {} : { pruned };
    return { total, done, failed, ...early, running, rate, etaMs, elapsedMs, metric: this.#metric, ...trend };
  }

  /** Every row where the best is sought; otherwise the last ones are looked at when somebody asks. */
  #look(rows: Uint8Array, count: number): void {
    if (this.#shown === undefined || rows.length === 0) return;
    const last = count <= READ_ROWS ? rows : rows.subarray(rows.lastIndexOf(10, rows.length - 2) + 1);
    this.#latest = last;
    if (this.#shown.goal !== undefined) this.#readLatest();
  }

  #readLatest(): void {
    const rows = this.#latest;
    this.#latest = undefined;
    if (rows === undefined || this.#shown === undefined) return;
    const { name, goal } = this.#shown;
    for (const { status, metrics } of this.#read(rows)) {
      if (status !== 'ok') continue; // it may have kept some values
      const value = metrics[name];
      if (typeof value !== 'number' || Number.isNaN(value)) continue;
      if (goal !== undefined) this.#trend.add(value);
      const isBetter =
        goal === undefined ||
        this.#best === undefined ||
        (goal === 'min' ? value < this.#best : value > this.#best);
      if (!isBetter) continue;
      this.#best = value;
      this.#metric = `${name} ${Number(value.toPrecision(6))}`;
    }
  }
}
