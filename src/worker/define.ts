// What a worker is: how one trial runs, and what it promises about it. A worker file's default export is what
// `defineWorker` returns. Only hosts load worker files; the coordinator knows a worker by its description.
import { z } from 'zod';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import type { Random } from '../ground/random.js';
import type { Value } from '../space/types.js';
import type { BlockColumn } from '../trial/columns.js';
import {
  findStageFaults,
  type StageDescription,
  type StageOptions,
  type StageOutput,
  stageWorker,
} from './stage.js';

export type { BlockColumn } from '../trial/columns.js';

/** One number that a trial reports once. `goal` lets tables and progress name a best trial. */
export interface MetricSpec {
  readonly type: 'number' | 'integer' | 'boolean' | 'string';
  readonly unit?: string;
  readonly about?: string;
  readonly goal?: 'min' | 'max';
}

export type MetricValue = number | boolean | string | null;

/** What a running trial is given. Everything that can vary comes from here: same trial, same numbers. */
export interface Trial<P = Record<string, Value>, Shared = unknown> {
  /** Every parameter of the worker, defaults filled in. */
  readonly params: P;
  /** Its number in the sweep: the first column of trials.csv. */
  readonly number: number;
  /** The trial's key: a hash of worker, version, parameters and replicate. */
  readonly key: string;
  readonly replicate: number;
  /** 32-bit seed from (sweep seed, key). */
  readonly seed: number;
  /** 1 on the first try, 2 after a retry or an interruption. */
  readonly attempt: number;
  /** The stream of random numbers for one purpose of this trial: equal on every worker and every attempt. */
  random(purpose: string): Random;
  /** A row of metrics.csv (a point of a loss curve). Steps must increase; rows appear when the trial ends. */
  report(step: number, series: Readonly<Record<string, number>>): void;
  /** Keeps a file under artifacts/<trial>/ and returns its path. Written whole or not at all. */
  saveArtifact(name: string, bytes: Uint8Array | string): string;
  /** Survives an interruption of the trial; gone once the trial has ended. Undefined on a fresh start. */
  loadCheckpoint(): Uint8Array | undefined;
  saveCheckpoint(bytes: Uint8Array): void;
  /** True once the run wants to stop: save a checkpoint and throw `trial.stopped()`. Look between chunks. */
  readonly stopRequested: boolean;
  /** The error that tells the pool that this trial ended because it was asked to: it runs again on resume. */
  stopped(): Error;
  /** What the run was started with: `--engine`, `--device`, `--data`. */
  readonly engine: string;
  readonly device: string;
  readonly data: string | undefined;
  /** What a stage that this trial depends on has left: see `stages` of `defineWorker`. */
  stage(name: string): StageOutput;
  /** What the worker's `load` returned; its SharedArrayBuffers are the same memory in all threads. */
  readonly shared: Shared;
}

/** A range of cheap trials as columns. `runBlock` fills every metric column: booleans as 0 and 1, NaN for no value. */
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

/** What all trials of a host have in common: plain data, big arrays over SharedArrayBuffers. */
export interface LoadedData<Shared> {
  readonly shared: Shared;
  /** The data set behind it, for the manifest and every table's title; absent: none is read. */
  readonly data?: { readonly name: string; readonly sha256: string };
}

type Run<P, Shared> = (
  trial: Trial<P, Shared>,
) => Promise<Record<string, MetricValue>> | Record<string, MetricValue>;
type RunBlock = (block: Block) => void | Promise<void>;

export interface WorkerOptions<S extends z.ZodRawShape, Shared = unknown> {
  readonly name: string;
  /** Part of every trial's key: raise it when the same parameters would give other numbers. */
  readonly version: string;
  readonly about?: string;
  /** One zod type a parameter, each with `.default(…)`; `.describe(…)` shows in help. */
  readonly params: S;
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /** Names that `report` uses, for metrics.csv. */
  readonly series?: readonly string[];
  /**
   * Faults that lie between parameters: messages, none if all is well. Called again once `load` has run, with what it
   * returned, for faults that only the data shows.
   */
  readonly check?: (params: z.output<z.ZodObject<S>>, shared: Shared | undefined) => readonly string[];
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
  readonly stages?: Readonly<Record<string, StageOptions<z.output<z.ZodObject<S>>, Shared>>>;
  readonly run?: Run<z.output<z.ZodObject<S>>, Shared>;
  readonly runBlock?: RunBlock;
}

export interface Worker<S extends z.ZodRawShape = z.ZodRawShape, Shared = unknown>
  extends WorkerOptions<S, Shared> {
  readonly kind: 'sweepline-worker';
}

/** What the coordinator knows of a worker: plain data. */
export interface WorkerDescription {
  readonly name: string;
  readonly version: string;
  readonly about?: string;
  readonly params: readonly ParamDescription[];
  readonly metrics: readonly (MetricSpec & { readonly name: string })[];
  readonly series: readonly string[];
  readonly trains: boolean;
  readonly stages: readonly StageDescription[];
  readonly mode: 'run' | 'runBlock';
}

export interface ParamDescription {
  readonly name: string;
  readonly type: 'number' | 'integer' | 'boolean' | 'string';
  readonly default: Value;
  readonly choices?: readonly Value[];
  readonly about?: string;
}

/**
 * Declares a worker; its file exports the result as default. Throws BAD_DEFINITION with every fault: a parameter without
 * a default or of a type that is no number, boolean or string, names that clash with columns of trials.csv, neither or
 * both of `run` and `runBlock`.
 */
export function defineWorker<S extends z.ZodRawShape, Shared = unknown>(
  options: WorkerOptions<S, Shared>,
): Worker<S, Shared> {
  const worker: Worker<S, Shared> = { ...options, kind: 'sweepline-worker' };
  const faults: string[] = [];
  if (!/^[a-z][a-z0-9_-]*$/i.test(options.name ?? '')) faults.push(`name "${options.name}": expected a word`);
  if (typeof options.version !== 'string' || options.version === '')
    faults.push('version: expected a text such as "1"');
  const modes = [options.run, options.runBlock].filter((mode) => mode !== undefined);
  if (modes.length !== 1)
    faults.push(`expected one of run and runBlock, found ${modes.length === 0 ? 'none' : 'both'}`);
  const taken = new Set<string>(['trial', 'key', 'replicate', 'seed', 'status', 'attempt', 'step']);
  for (const [kind, names] of [
    ['parameter', Object.keys(options.params)],
    ['metric', Object.keys(options.metrics)],
  ] as const) {
    for (const name of names) {
      if (!/^[a-z_][a-z0-9_]*$/i.test(name)) faults.push(`${kind} "${name}": expected letters, digits and _`);
      if (taken.has(name))
        faults.push(`${kind} "${name}": the name is taken by another column of trials.csv`);
      taken.add(name);
    }
  }
  for (const [name, type] of Object.entries(options.params)) {
    const described = describeParam(name, type as z.ZodType);
    if (typeof described === 'string') faults.push(described);
  }
  faults.push(...findStageFaults(worker as never));
  throwFaults('BAD_DEFINITION', `worker "${options.name}" does not hold together`, faults);
  return worker;
}

/** The worker as plain data. */
export function describeWorker(worker: Worker): WorkerDescription {
  const params = Object.entries(worker.params).map(([name, type]) => {
    const described = describeParam(name, type as z.ZodType);
    if (typeof described === 'string') throw new SweeplineError('BAD_DEFINITION', described);
    return described;
  });
  return {
    name: worker.name,
    version: worker.version,
    ...(worker.about === undefined ? {} : { about: worker.about }),
    params,
    metrics: Object.entries(worker.metrics).map(([name, spec]) => ({ name, ...spec })),
    series: worker.series ?? [],
    trains: worker.trains ?? false,
    stages: Object.keys(worker.stages ?? {}).map((name) => ({
      name,
      worker: describeWorker(stageWorker(worker, name)),
    })),
    mode: worker.runBlock === undefined ? 'run' : 'runBlock',
  };
}

/** A parameter as zod's JSON Schema tells it, or what is wrong with it. */
function describeParam(name: string, type: z.ZodType): ParamDescription | string {
  const schema = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as {
    type?: string;
    default?: unknown;
    enum?: readonly Value[];
    description?: string;
  };
  const fallback = schema.default;
  if (fallback === undefined) return `parameter "${name}" has no default: add .default(…)`;
  const kind = schema.type ?? typeof fallback;
  if (kind !== 'number' && kind !== 'integer' && kind !== 'boolean' && kind !== 'string') {
    return `parameter "${name}" is of type ${kind}: expected a number, integer, boolean or string`;
  }
  if (!type.safeParse(fallback).success)
    return `parameter "${name}": its default ${String(fallback)} is not valid`;
  return {
    name,
    type: kind,
    default: fallback as Value,
    ...(schema.enum === undefined ? {} : { choices: schema.enum }),
    ...(schema.description === undefined ? {} : { about: schema.description }),
  };
}

/** Proposed values held against the worker's own types; what is wrong, as texts. */
export function findParamFaults(
  worker: Worker,
  checks: Readonly<Record<string, readonly Value[]>>,
  points: readonly Readonly<Record<string, Value>>[],
  shared?: unknown,
): readonly string[] {
  const faults: string[] = [];
  for (const [name, values] of Object.entries(checks)) {
    const type = worker.params[name] as z.ZodType | undefined;
    if (type === undefined) continue;
    const bad = values.flatMap((value) => {
      const parsed = type.safeParse(value);
      return parsed.success
        ? []
        : [`${JSON.stringify(value)} (${parsed.error.issues.map((i) => i.message).join('; ')})`];
    });
    if (bad.length > 0) {
      const shown = bad.slice(0, 3).join(', ');
      faults.push(`${name}: ${shown}${bad.length > 3 ? ` and ${bad.length - 3} more` : ''}`);
    }
  }
  if (faults.length === 0 && worker.check !== undefined) {
    for (const point of points)
      for (const fault of worker.check(point as never, shared))
        if (!faults.includes(fault)) faults.push(fault);
  }
  return faults;
}
