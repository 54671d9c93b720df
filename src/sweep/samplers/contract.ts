// What proposes trials, and what it must say about itself. Guarantees of every sampler: it is a function of its options
// and of the results it is told, in the order in which it proposed the trials; so it proposes the same trials, with the
// same numbers, on any number of workers, interrupted or not. It holds no state but what being told again gives.
import type { z } from 'zod';
import type { SamplerSpec, ShardBy } from '../../run/manifest.js';
import type { MethodDefinition } from '../../search/contract.js';
import type { Space } from '../../space/space.js';
import type { AxisDomain, GridSpec, Point, SpaceSpec } from '../../space/types.js';
import type { MetricValues } from '../../trial/metrics.js';
import type { Aims } from '../../trial/objective.js';
import type { ProposedTrial, Selection } from '../../trial/selection.js';
import type { TrialStatus } from '../../trial/status.js';
import type { WorkerDescription } from '../../worker/contract.js';
import type { Turn } from './turn.js';

export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

/** Which trials are a shard's own. The same on every machine, and every trial is in one shard of the cut. */
export interface Share {
  /** Of the trials of a space; where the sampler makes points of them by results, of what it makes them from. */
  has(trial: number): boolean;
  hasProposed(trial: ProposedTrial): boolean;
  /** How many they are; null where the sampler decides by results, or they are too many to count. */
  readonly total: number | null;
}

/** A share, and how it was cut. */
export interface Cut extends Share, Shard {
  readonly by: ShardBy;
  /** Tells who has which trial; null where their keys alone do. */
  readonly digest: string | null;
  /** Trials of all shards; null as for `total`. */
  readonly of: number | null;
  /** The run of `times`, absolute. */
  readonly times: string | null;
}

/** A trial that has ended, as a sampler hears of it. */
export interface TrialResult {
  readonly trial: number;
  readonly status: TrialStatus;
  /** Null where the trial did not yield the metric. */
  readonly metrics: MetricValues;
  /** The step at which a pruned trial ended; null of others. */
  readonly step?: number | null;
}

export interface Sampler {
  /** Trials of this run in all, those done included; null where it depends on the results or is too many to count. */
  readonly total: number | null;
  /** Left out by the constraint or as duplicates; null where the space is too large to count. */
  readonly excluded: number | null;
  /** Whether a trial of the space is one that it proposes in this run; for samplers whose trials are numbers of the space. */
  has(trial: number): boolean;
  /**
   * At most `limit` trials, fewer where its turn is over. 'wait': nothing until more results are told. 'end': nothing ever
   * again. None at all: it has looked at trials that are none of the run for as long as its turn lasts, and is asked again
   * in another. It looks at one at least.
   */
  next(limit: number): Selection | 'wait' | 'end';
  /** Called once for every trial, in the order of the proposals. Absent: the sampler does not listen. */
  tell?(result: TrialResult): void;
  /** Why it came to its end before its trials were run; null where it did not. */
  readonly ended?: string | null;
  /** Frees what it holds: a thread. */
  close?(): void;
}

/** The sweep that a sampler is to serve, before it is known whether it can. */
export interface Wanted {
  /** With the overrides of the command line. */
  readonly grids: readonly GridSpec<AxisDomain>[];
  readonly worker: WorkerDescription;
  /** `--trials`: how many trials there shall be in all; null: the sampler's own choice. */
  readonly trials: number | null;
  /** Trials of a configuration: its replicates, in a race the first ones. */
  readonly replicates: number;
  /** What is best, with the worker's first goal where nobody has said so. */
  readonly aims: Aims;
  readonly ends: EndsAsked;
  /** Worker threads at the start of the run. */
  readonly workers: number;
}

/** What ends a search before its trials are run, and how far it looks ahead; null where it was not asked for. */
export interface EndsAsked {
  readonly lookahead: number | null;
  /** A value of the first objective that is good enough. */
  readonly target: number | null;
  /** So many configurations without a better one are enough. */
  readonly plateau: number | null;
  /** A time to spend is given, so that nobody has to say how many trials there shall be. */
  readonly hasBudget: boolean;
  /** The look-ahead where none is asked for: of the run that is continued, or of a program that evaluates one by one. */
  readonly usual: number | null;
  /** What `auto` has chosen for the run that is continued, and why; null: it is free. */
  readonly chosen: { readonly name: string; readonly why: string } | null;
}

/** What a sampler makes of it. */
export interface Resolution {
  /** Its options, complete: what the manifest keeps. */
  readonly spec: SamplerSpec;
  /** The grids that trial numbers are of; one empty grid where the sampler makes all points itself. */
  readonly grids: readonly GridSpec[];
}

/** Whether a trial of the space is one of the run's: its point passes the constraint and is in no earlier grid. */
export interface Accept {
  (trial: number): boolean;
  /** The least trial after a refused one that could be accepted; absent: the next one. */
  after?(refused: number): number;
}

/** What a sampler is made from. */
export interface Surroundings {
  readonly spec: SamplerSpec;
  /** Of a sampler that searches; null: it needs none. */
  readonly method: MethodDefinition | null;
  readonly space: Space;
  /** Seed of everything random of the sweep. */
  readonly seed: number;
  readonly accept: Accept | null;
  /** The constraint, for points that lie in no space. */
  readonly where: ((point: Point) => boolean) | null;
  /** Null: all trials are to run. */
  readonly share: Share | null;
  /** The least trial from `from` on that is not done. */
  readonly nextUndone: (from: number) => number;
  /** What an earlier session has proposed as a trial; absent: nothing. */
  readonly proposed?: ((trial: number) => Point | undefined) | undefined;
  /** Asks the sampler again: one that makes its proposals elsewhere has one. */
  readonly wake: () => void;
  /** What went wrong there. */
  readonly fail: (error: unknown) => void;
  /** The sweep's file, for those who work in a thread of their own. */
  readonly sweepUrl: string;
  /** How long it may look in one call. Which trials it proposes does not depend on it, only how many at once. */
  readonly turn: Turn;
}

export interface SamplerDefinition {
  readonly name: string;
  /** One line for help. */
  readonly about: string;
  /** Options, none of them required: what is missing is filled in by `resolve`. Descriptions show in help. */
  readonly options: z.ZodObject;
  /** Options that a spec is without where they have their defaults; absent: none. */
  readonly mayLack?: readonly string[];
  /** `finite`: every axis must have a finite number of values; `any`: it draws from open domains too. */
  readonly domains: 'finite' | 'any';
  /** Whether it decides by results, which it is told. */
  listens(spec: SamplerSpec): boolean;
  /** Whether the replicates of its points are trials like any others. */
  readonly takesReplicates: boolean;
  /** `--trials` says how many there are; otherwise it runs as many as it needs. */
  readonly takesTrials: boolean;
  /** Whether its trials can be dealt to shards that know nothing of each other. */
  canShard(spec: SamplerSpec): boolean;
  /** How many trials it may have proposed whose results it has not been told; absent: any number. */
  readonly lookAhead?: number;
  /** Options of the command line of its own, beside `--sampler-option`: flags, about, and what they come to. */
  readonly shorthands?: Readonly<Record<string, Shorthand>>;
  /** The axis that it searches by itself, whose ends are enough; absent: none. */
  searchedAxis?(asked: Readonly<Record<string, unknown>>): string | undefined;
  /** Fills in the options, and takes the grids apart. Faults go to `faults`. */
  resolve(asked: Readonly<Record<string, unknown>>, wanted: Wanted, faults: string[]): Resolution;
  /** The grids of a run that there is, as people see them; absent: those that trial numbers are of. */
  grids?(spec: SamplerSpec, space: SpaceSpec): readonly GridSpec<AxisDomain>[];
  /** What is wrong with a spec that was read from a manifest, beside its options; absent: nothing can be. */
  findSpecFaults?(spec: SamplerSpec): readonly string[];
  /** For people: `bisect h from 0 to 2`. */
  describe(spec: SamplerSpec): string;
  /** The most trials that can be needed where `total` is not known in advance. */
  most(spec: SamplerSpec, space: Pick<Space, 'trials' | 'replicates'>): number;
  create(surroundings: Surroundings): Sampler;
}

export interface Shorthand {
  /** `--bisect <axis=low..high>` */
  readonly flags: string;
  readonly about: string;
  /** The options it stands for. Throws BAD_USAGE. */
  read(text: string): Readonly<Record<string, unknown>>;
}
