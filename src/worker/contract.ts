// What a worker is: how one trial runs, and what it promises about it. The types that its author sees, and the
// description by which the coordinator knows it.
import type { z } from 'zod';
import type { Random } from '../ground/random.js';
import type { Value } from '../space/types.js';
import type { BlockColumn } from '../trial/columns.js';
import type { Metric } from '../trial/metrics.js';
import type { SpaceParam } from '../trial/params.js';
import type { Command, CommandInput } from './command/contract.js';
import type { Metrics, MetricsRead, Returned, SeriesValues, StageMetrics } from './typing.js';

/**
 * What a running trial is given. Everything that can vary comes from here: same trial, same numbers. `run` returns its
 * metrics by name. Null is no value; NaN, Infinity and -Infinity are values of a number metric and stand as such in
 * trials.csv. A value that is not what the metric declares fails the trial, whose row keeps the metrics that do fit.
 */
export interface Trial<
  P = Record<string, Value>,
  Shared = unknown,
  Names extends string = string,
  Stages extends StageMetrics = StageMetrics,
> {
  /** Every parameter of the worker, defaults filled in. */
  readonly params: P;
  /** Its number in the sweep: the first column of trials.csv. */
  readonly number: number;
  /** The trial's key: a hash of worker, version, parameters and replicate. */
  readonly key: string;
  readonly replicate: number;
  /** 32-bit seed from (sweep seed, key). */
  readonly seed: number;
  /**
   * For whatever the trials of a population must have in common since weights go from one to another, above all which
   * examples are held out. The sweep's seed under population-based training, else the trial's own.
   */
  readonly splitSeed: number;
  /** 1 on the first try, one more after each retry, interruption or pause. */
  readonly attempt: number;
  /** The stream of random numbers for one purpose of this trial: equal on every worker and every attempt. */
  random(purpose: string): Random;
  /**
   * A row of metrics.csv (a point of a loss curve). Steps never go back and may be fractions; reports of one step are one
   * row, in which later values count. Values are numbers, NaN and infinite ones too. Throws BAD_DEFINITION for anything
   * else. Rows appear while the trial runs, a moment late. Under a pruner, the value that it looks at closes its step: report
   * other series of a step before it, or with it; later ones are not kept, and a warning says so. The answer says whether
   * the trial shall stop, as `stopRequested` does: `if (trial.report(epoch, { loss }).stop) throw trial.stopped();`
   */
  report(step: number, series: SeriesValues<Names>): ReportAnswer;
  /** Keeps a file under artifacts/<trial>/ and returns its path. Written whole or not at all. */
  saveArtifact(name: string, bytes: Uint8Array | string): string;
  /**
   * Survives an interruption of the trial; gone once the trial has ended. Undefined on a fresh start. Whoever goes on from
   * one reports the steps before it again: whether they are known, no trial can tell.
   */
  loadCheckpoint(): Uint8Array | undefined;
  /** The checkpoint may be another trial's, and `params` other ones than it was made with: population-based training. */
  readonly isTakenOver: boolean;
  saveCheckpoint(bytes: Uint8Array): void;
  /** True once this trial shall stop or pause, as a pruner or a person has it: save a checkpoint and throw `trial.stopped()`. Look between chunks. */
  readonly stopRequested: boolean;
  /** The error that tells the pool that this trial ended because it was asked to: unless it was pruned, it goes on later. */
  stopped(): Error;
  /** What the run was started with: `--engine`, `--device`, `--data`. */
  readonly engine: string;
  readonly device: string;
  readonly data: string | undefined;
  /** What a stage that this trial depends on has left: see `stages` of `defineWorker`. */
  stage<Name extends keyof Stages & string>(name: Name): StageOutput<Stages[Name]>;
  /** What the worker's `load` returned; its SharedArrayBuffers are the same memory in all threads. */
  readonly shared: Shared;
}

/** What `report` says. */
export interface ReportAnswer {
  /** True once the trial shall stop. Whoever has seen that is expected to: what it returns then does not count. */
  readonly stop: boolean;
}

/**
 * A range of cheap trials as columns. `runBlock` fills every metric column: booleans as 0 and 1, NaN for no value (what
 * null is in `run`); infinite numbers are values. A trial with a fraction in an integer column, or with anything but 0, 1
 * and NaN in a boolean one, fails and keeps its other metrics. Where `runBlock` throws it is called again with the two
 * halves, down to the trial that is to blame: it must give a trial the same numbers in whatever block.
 */
export interface Block {
  readonly count: number;
  readonly seeds: Uint32Array;
  column(name: string): BlockColumn;
  /** Shorthands that throw when the parameter is of another type. */
  numbers(name: string): Float64Array;
  strings(name: string): { readonly values: Uint16Array; readonly dictionary: readonly string[] };
  metric(name: string): Float64Array;
  /** This trial of the block failed: its row says so and has no metrics. `i` from 0; the message names what was wrong. */
  fail(i: number, message: string): void;
}

/** A data set as the manifest names it: the SHA-256 is of what was read. */
export interface DataIdentity {
  readonly name: string;
  readonly sha256: string;
}

/** What all trials of a host have in common: plain data, big arrays over SharedArrayBuffers. */
export interface LoadedData<Shared> {
  readonly shared: Shared;
  /** The data set behind it, for the manifest and every table's title; absent: none is read. */
  readonly data?: DataIdentity;
}

export interface StageOptions<P = Record<string, Value>, Shared = unknown, M extends Metrics = Metrics> {
  readonly about?: string;
  /** The worker's parameters that it depends on. It runs once for each combination of them, and sees no others. */
  readonly params: readonly (keyof P & string)[];
  readonly metrics: M;
  /** Names that `report` uses, for the stage's own metrics.csv. */
  readonly series?: readonly string[];
  /** How much work the stage is, as `cost` of the worker says it of a trial; it too sees the stage's own parameters only. */
  readonly cost?: (params: P, shared: Shared | undefined) => number;
  run(trial: Trial<P, Shared>): Promise<Returned<M>> | Returned<M>;
}

/** What a trial is given of a stage that it depends on. */
export interface StageOutput<M extends Metrics = Metrics> {
  /** As the stage returned them; null where it returned none. */
  readonly metrics: MetricsRead<M>;
  /** A file that the stage saved with `saveArtifact`. Throws BAD_USAGE where there is none of that name. */
  readArtifact(name: string): Uint8Array;
}

/** What the coordinator knows of a stage: its name, and the worker that it is to a pool. */
export interface StageDescription {
  readonly name: string;
  readonly worker: WorkerDescription;
}

type RunBlock = (block: Block) => void | Promise<void>;

/** The types after `Shared` follow from the declaration: see defineWorker. */
export interface WorkerOptions<
  S extends z.ZodRawShape,
  Shared = unknown,
  M extends Metrics = Metrics,
  Names extends string = string,
  Stages extends StageMetrics = StageMetrics,
  Result = Returned<M>,
> {
  readonly name: string;
  /** Part of every trial's key: raise it when the same parameters would give other numbers. */
  readonly version: string;
  readonly about?: string;
  /** One zod type a parameter, each with `.default(…)`; `.describe(…)` shows in help. */
  readonly params: S;
  readonly metrics: M;
  /** Names that `report` uses, for metrics.csv. */
  readonly series?: readonly Names[];
  /**
   * Faults that lie between parameters: messages, none if all is well. Called again once `load` has run, with what it
   * returned, for faults that only the data shows.
   */
  readonly check?: (params: z.output<z.ZodObject<S>>, shared: Shared | undefined) => readonly string[];
  /**
   * How much work a trial is, in any unit (epochs × images × weights): `plan` takes from it how long trials will take
   * whose parameters differ from those that have been timed. `shared` is what `load` returned. A finite number above 0.
   */
  readonly cost?: (params: z.output<z.ZodObject<S>>, shared: Shared | undefined) => number;
  /** True when `run` trains on an engine, so that `--engine` and `--device` are checked before anything starts. */
  readonly trains?: boolean;
  /**
   * Runs once a host, before any trial, and is handed to every thread: load data sets here. A SweeplineError that it
   * throws (a missing or damaged data set) ends the command before anything is written.
   */
  readonly load?: (asked: {
    readonly data: string | undefined;
  }) => Promise<LoadedData<Shared>> | LoadedData<Shared>;
  /**
   * Work that trials share, such as a network that judges all of them: each stage runs once for every combination of
   * its parameters, before the trials. Its results are kept under stages/<name>/, a run folder of its own. A trial whose
   * stage failed is `skipped`.
   */
  readonly stages?: {
    readonly [Name in keyof Stages]: StageOptions<z.output<z.ZodObject<S>>, Shared, Stages[Name]>;
  };
  readonly run?: (trial: Trial<z.output<z.ZodObject<S>>, Shared, Names, Stages>) => Promise<Result> | Result;
  readonly runBlock?: RunBlock;
  /**
   * A program in place of `run`: `['python3', 'train.py', '--lr', '{lr}']`, or a line for the shell, or
   * `{ run, cwd, env, read, keep, files }`. As many run at once as there are worker threads.
   */
  readonly command?: CommandInput;
}

export interface Worker<S extends z.ZodRawShape = z.ZodRawShape, Shared = unknown>
  extends Omit<WorkerOptions<S, Shared>, 'command'> {
  readonly kind: 'sweepline-worker';
  readonly command?: Command;
  /** Folder of the file that it was loaded from: its programs start there. Absent: it was made in this process. */
  readonly home?: string;
}

/** What the coordinator knows of a worker: plain data. */
export interface WorkerDescription {
  readonly name: string;
  readonly version: string;
  readonly about?: string;
  readonly params: readonly ParamDescription[];
  readonly metrics: readonly Metric[];
  readonly series: readonly string[];
  readonly trains: boolean;
  readonly stages: readonly StageDescription[];
  readonly mode: 'run' | 'runBlock';
  /** Of a program in place of `run`: what its numbers depend on. */
  readonly command?: string;
  /** SHA-256 of the code that it was loaded from (see ground/sources.ts); empty where it is no module. */
  readonly sources: string;
}

export interface ParamDescription extends SpaceParam {
  readonly choices?: readonly Value[];
  readonly about?: string;
}
