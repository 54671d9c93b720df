// One trial as its worker sees it: parameters, random streams, series, files, and whether it shall stop.

import type { Clock } from '../ground/clock.js';
import { InternalError, isMachineTrouble, SweeplineError } from '../ground/errors.js';
import { randomFor } from '../ground/random.js';
import type { Continuation } from '../search/pruning/contract.js';
import type { Value } from '../space/types.js';
import { isStructured } from '../space/value.js';
import { createSeriesWriter, type SeriesWriter } from '../trial/series.js';
import type { TrialStore } from '../trial/store.js';
import type { ReportAnswer, Trial } from '../worker/contract.js';
import type { StageFinder } from '../worker/stage-results.js';
import { createReporter } from './reporter.js';
import { StepWatch, type Watched } from './step-watch.js';

/** Of trials that report when they have ended, so many are told by each thread: where one does, all may. */
const LATE_TOLD = 3;
let lateTrials = 0;

/** Thrown by a trial that gave up because it was asked to. */
export class TrialStopped extends Error {
  override readonly name = 'TrialStopped';
}

export interface TrialIdentity {
  readonly params: Readonly<Record<string, Value>>;
  readonly number: number;
  readonly key: string;
  readonly replicate: number;
  readonly seed: number;
  readonly attempt: number;
}

export interface TrialSurroundings {
  readonly engine: string;
  readonly device: string;
  readonly data: string | undefined;
  readonly series: readonly string[];
  /** Absent: no pruner looks at what the trial reports. */
  readonly watched?: Watched | undefined;
  /** Null: no files can be kept. */
  readonly store: TrialStore | null;
  /** See Trial; absent: the trial's own seed. */
  readonly splitSeed?: number | undefined;
  /** Whether any trial had left a checkpoint when the task began; absent: it may have. */
  readonly hasCheckpoints?: boolean;
  /** See Continuation; undefined: both are the trial's key. */
  readonly checkpoint?: Continuation['checkpoint'] | undefined;
  readonly isStopAsked: () => boolean;
  /** Hears rows of metrics.csv while the trial runs, and how many it has heard before. */
  readonly onReport: (report: { readonly rows: Uint8Array; readonly from: number }) => void;
  /** Hears what the run's owner should be told once. */
  readonly onWarning: (text: string) => void;
  /** What the worker's `load` returned. */
  readonly shared: unknown;
  readonly stages: StageFinder;
  readonly clock: Clock;
}

/** What a worker is handed. Its functions are the object's own: an author may take them out of it. */
class HandedTrial implements Trial {
  readonly params: Trial['params'];
  readonly number: number;
  readonly key: string;
  readonly replicate: number;
  readonly seed: number;
  readonly attempt: number;
  readonly engine: string;
  readonly device: string;
  readonly data: string | undefined;
  readonly shared: unknown;
  readonly stage: Trial['stage'];
  readonly random: Trial['random'];
  readonly report: Trial['report'];
  readonly saveArtifact: Trial['saveArtifact'];
  readonly isTakenOver: boolean;
  readonly splitSeed: number;
  readonly loadCheckpoint: Trial['loadCheckpoint'];
  readonly saveCheckpoint: Trial['saveCheckpoint'];
  readonly stopped: Trial['stopped'];

  // A class, and one getter for all: V8 takes ten times as long for an object literal with a getter of its own.
  constructor(
    { params, number, key, replicate, seed, attempt }: TrialIdentity,
    around: TrialSurroundings,
    private readonly running: Pick<
      RunningTrial,
      'report' | 'answer' | 'lookForStop' | 'withStore' | 'saveCheckpoint'
    >,
  ) {
    this.params = copyParams(params);
    this.number = number;
    this.key = key;
    this.replicate = replicate;
    this.seed = seed;
    this.attempt = attempt;
    this.engine = around.engine;
    this.device = around.device;
    this.data = around.data;
    this.shared = around.shared;
    this.stage = (name) => around.stages.output(name, params);
    this.random = (purpose) => randomFor(seed, key, purpose);
    this.report = (step, values) => {
      running.report(step, values);
      return running.answer;
    };
    this.saveArtifact = (name, bytes) => running.withStore((store) => store.putArtifact(number, name, bytes));
    const { load, save } = around.checkpoint ?? { load: key, save: key };
    this.isTakenOver = load !== save;
    this.splitSeed = around.splitSeed ?? seed;
    this.loadCheckpoint = () =>
      running.withStore(
        (store) => store.getCheckpoint(save) ?? (load === save ? undefined : store.getCheckpoint(load)),
      );
    this.saveCheckpoint = (bytes) => running.saveCheckpoint(save, bytes);
    this.stopped = giveUp;
  }

  get stopRequested(): boolean {
    return this.running.lookForStop();
  }
}

function giveUp(): TrialStopped {
  return new TrialStopped('the trial was asked to stop');
}

/** A trial from its start to its end. */
export class RunningTrial {
  readonly trial: Trial;
  /** True once the trial has been told that it shall stop: whatever it returns then may be half a result. */
  sawStop = false;
  /** Set once a file of the trial could not be kept because of the disk or the machine: no result of it counts. */
  trouble: Error | undefined;
  /** Of trials that report. */
  #writer: SeriesWriter | undefined;
  #reporter: ReturnType<typeof createReporter> | undefined;
  #answer: ReportAnswer | undefined;
  #ended = false;
  #isLate = false;
  #mayHaveCheckpoint: boolean;
  readonly #watch: StepWatch | undefined;
  readonly #identity: TrialIdentity;
  readonly #around: TrialSurroundings;
  readonly #began: number;

  constructor(identity: TrialIdentity, around: TrialSurroundings) {
    this.#identity = identity;
    this.#around = around;
    this.#began = around.clock.elapsed();
    const { watched, series, hasCheckpoints = true } = around;
    this.#mayHaveCheckpoint = hasCheckpoints;
    this.#watch = watched === undefined ? undefined : new StepWatch(watched, series);
    this.trial = new HandedTrial(identity, around, this);
  }

  report(step: number, values: Parameters<Trial['report']>[1]): void {
    const { number } = this.#identity;
    if (this.#ended) {
      if (!this.#isLate) tellLate(number, step);
      this.#isLate = true;
      return;
    }
    this.#writer ??= createSeriesWriter(number, this.#around.series);
    this.#reporter ??= createReporter(this.#writer, this.#around, this.#began);
    if (this.#watch === undefined) {
      this.#writer.add(step, values);
      this.#reporter.look('later');
    } else this.#addWatched(this.#watch, this.#writer, this.#reporter, { step, values });
  }

  /** A row that a pruner may decide by is told at once. */
  #addWatched(
    watch: StepWatch,
    writer: SeriesWriter,
    reporter: ReturnType<typeof createReporter>,
    { step, values }: { readonly step: number; readonly values: Parameters<Trial['report']>[1] },
  ): void {
    writer.check(step, values);
    if (watch.isClosed(step)) {
      const warning = watch.tellLate(values);
      if (warning !== undefined) this.#around.onWarning(warning);
      return;
    }
    // Before the next row begins, of which nothing is to be told yet.
    if (watch.leave(step)) reporter.look('now');
    writer.add(step, values);
    if (watch.enter(step, values)) reporter.look('now');
    else reporter.look(watch.isOpen ? 'complete' : 'later');
  }

  /** What `report` returns: looking at it is looking for a stop. */
  get answer(): ReportAnswer {
    this.#answer ??= new Answer(this);
    return this.#answer;
  }

  lookForStop(): boolean {
    this.sawStop ||= this.mayStop();
    return this.sawStop;
  }

  /** Whether it was asked to, or is at a rung where it pauses. */
  mayStop(): boolean {
    return this.pausedAt !== undefined || this.#around.isStopAsked();
  }

  withStore<T>(use: (store: TrialStore) => T): T {
    const { store } = this.#around;
    if (store === null)
      throw new InternalError('this pool keeps no files: it was begun without a run folder');
    // Its row says how it ended; files that come later would belong to no result.
    if (this.#ended) throw new SweeplineError('BAD_USAGE', `trial ${this.#identity.number} has ended`);
    try {
      return use(store);
    } catch (error) {
      if (isMachineTrouble(error)) this.trouble ??= error;
      throw error;
    }
  }

  saveCheckpoint(name: string, bytes: Uint8Array): void {
    this.#mayHaveCheckpoint = true;
    this.withStore((store) => store.putCheckpoint(name, bytes));
  }

  /** The rung at which the trial is to pause: the last that it has come to. */
  get pausedAt(): number | undefined {
    return this.#watch?.pausedAt;
  }

  /** Rows of metrics.csv so far. */
  seriesRows(): string {
    return this.#writer?.rows ?? '';
  }

  /** The same of a trial that pauses: when it goes on it reports an open step again, with all that belongs there. */
  rowsAtPause(): string {
    return (this.#watch?.isOpen ? this.#writer?.complete : this.#writer?.rows) ?? '';
  }

  /** The trial has ended, or stopped and will go on later (then its checkpoint is kept). */
  end(how: 'ended' | 'stopped'): void {
    this.#reporter?.end();
    this.#ended = true;
    // Most trials have none, and looking for a file takes longer than all else that is done for a trial.
    if (how !== 'ended' || !this.#mayHaveCheckpoint) return;
    const { store, checkpoint } = this.#around;
    store?.dropCheckpoint(checkpoint?.save ?? this.#identity.key);
  }
}

/** What a worker does to its lists and objects is its own affair: other trials have the same ones. */
function copyParams(params: TrialIdentity['params']): TrialIdentity['params'] {
  if (!Object.values(params).some(isStructured)) return params;
  const entries = Object.entries(params);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, isStructured(value) ? structuredClone(value) : value]),
  );
}

class Answer implements ReportAnswer {
  constructor(private readonly running: Pick<RunningTrial, 'lookForStop'>) {}

  get stop(): boolean {
    return this.running.lookForStop();
  }
}

/** Nobody waits for the trial any more: neither a failure nor the task's result could say it. */
function tellLate(trial: number, step: number): void {
  if (++lateTrials > LATE_TOLD) return;
  const more = lateTrials === LATE_TOLD ? '; further ones are not told' : '';
  process.emitWarning(
    `trial ${trial} reported step ${step} after it had ended: that is lost; await what reports in \`run\`${more}`,
  );
}
