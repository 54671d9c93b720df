// manifest.json: what a run was asked to do, written once when the run folder is made (and again when its grid is
// edited). Nothing that happens during the run is kept here: that is the journal's part.

import type { PrunerSpec } from '../search/pruning/contract.js';
import type { SpaceSpec, Value } from '../space/types.js';
import type { Metric } from '../trial/metrics.js';
import type { Aims } from '../trial/objective.js';
import type { SpaceParam } from '../trial/params.js';
import type { DataIdentity } from '../worker/contract.js';
import type { FileReference } from './reference.js';

export const MANIFEST_FORMAT = 1;

export interface Manifest {
  readonly format: typeof MANIFEST_FORMAT;
  readonly sweepline: string;
  readonly runId: string;
  readonly sweep: string;
  readonly title: string;
  /** The sweep's file: what `resume` loads. */
  readonly sweepFile: FileReference;
  readonly worker: WorkerRecord;
  /** The report's file; null where the sweep has none. */
  readonly reportFile: FileReference | null;
  /** Absent in runs of 0.1.0. */
  readonly fingerprint?: Fingerprint;
  readonly space: SpaceSpec;
  /** Source text of the constraint, for people; null where there is none. */
  readonly where: string | null;
  /** Axis columns of trials.csv, in order. */
  readonly axes: readonly string[];
  /** Parameters that the sweep holds at one value without a column. */
  readonly fixed: Readonly<Record<string, Value>>;
  readonly sampler: SamplerSpec;
  readonly seed: number;
  /** Trials of this run in all; null where the sampler decides as it goes. Absent in runs of earlier versions. */
  readonly trials?: number | null;
  readonly shard: ShardRecord | null;
  /** Of a merged run whose parts were pruned each by itself; absent elsewhere. */
  readonly parts?: readonly PartRecord[];
  readonly engine: string;
  readonly device: string;
  /** The data set used: its name, and the SHA-256 of what was read; null where the worker reads none. */
  readonly data: DataIdentity | null;
  /** What `--data` said, for `resume`; null where it was not given. */
  readonly dataChoice: string | null;
  /** How failures are handled; `resume` does the same unless it is told otherwise. Absent in runs of earlier versions. */
  readonly limits?: Limits;
  /** Milliseconds that all sessions may take together; absent: as long as it takes. */
  readonly budgetMs?: number;
  /** What is best, where the sweep or the command line says so. Never changes which trials run. */
  readonly aims?: Aims;
  /** What stops trials early; absent: nothing does. */
  readonly pruner?: PrunerSpec;
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
  readonly git: string | null;
  readonly host: string;
  /** What its times depend on, beside Node and the packages. Absent in runs of earlier versions. */
  readonly machine?: Machine;
  readonly command: readonly string[];
  readonly created: string;
}

/** What the trials of a sweep are dealt to shards by; `times` are those of an earlier run. */
export type ShardBy = 'key' | 'count' | 'cost' | 'times';

/** Which part of a sweep a run is. Trial i of several shards with the same count and cut is in one of them. */
export interface ShardRecord {
  /** From 1. */
  readonly index: number;
  readonly count: number;
  /** Absent in runs of before, which dealt trials by number. */
  readonly by?: ShardBy;
  /** Digest of who has which trial; absent where keys alone tell. */
  readonly cut?: string;
  /** Trials of all shards; null where they are not counted. */
  readonly of?: number | null;
  /** The run of `times`, as it lies from this one. */
  readonly times?: string;
}

/** A run that was merged: its pruner has held trials against those of this part alone. */
export interface PartRecord {
  /** As the journal names it: `2`, or `2.0` where part 2 was a merged run itself. */
  readonly part: string;
  readonly runId: string;
  /** Where it was, as it lies from the merged run. */
  readonly folder: string;
  readonly shard: ShardRecord | null;
  /** It had come to its end, and all its rows are in the merged run. */
  readonly isWhole: boolean;
}

/** The machine that a run was started on. */
export interface Machine {
  /** Its model, as the operating system names it. */
  readonly processor: string;
  /** Cores that Node may use. */
  readonly cores: number;
  /** Operating system, its release and the processor's architecture. */
  readonly system: string;
}

/** How long and how large trials may be, and what becomes of those that do not end well. */
export interface Limits {
  /** Milliseconds that a trial may run, or a multiple of the median of the finished ones; null: as long as it takes. */
  readonly timeoutMs: number | { readonly fraction: number } | null;
  /** Bytes that the process of a trial may hold; null: as many as there are. */
  readonly memoryBytes: number | null;
  /** All workers in one process, or each in one of its own. */
  readonly isolation: 'thread' | 'process';
  /** How often a trial that failed is tried again. */
  readonly retries: number;
  /** Milliseconds before it is; twice as long each time. */
  readonly retryPauseMs: number;
  /** Null: none, but where the first trials all fail in the same way. */
  readonly maxFailures: number | { readonly fraction: number } | null;
}

/** What a run was begun with, for telling whether it is continued with the same. */
export interface Fingerprint {
  /** Hash of the worker's declaration, stages included. */
  readonly declaration: string;
  /** Hash of what the constraint says of a sample of points; null where there is none. */
  readonly accepts: string | null;
  /** SHA-256 of the worker's file and what it imports. */
  readonly sources: string;
}

/** `2/3` */
export function shardName({ index, count }: Pick<ShardRecord, 'index' | 'count'>): string {
  return `${index}/${count}`;
}

/** How trials are chosen: the sampler's name and its options, complete (see sweep/samplers). */
export interface SamplerSpec {
  readonly name: string;
  /** Present where the sampler makes points of its own; otherwise trials are numbers of the space. */
  readonly proposes?: true;
  readonly [option: string]: unknown;
}

/** Whether trial numbers mean points that the sampler proposed: they are in the journal, not in the space. */
export function proposesPoints({ proposes, name }: SamplerSpec): boolean {
  // Manifests of format 1 did not say so of the only sampler that did.
  return proposes ?? name === 'bisect';
}

/** The worker as the run knew it; `params` carry the defaults that every trial's key is made of. */
export interface WorkerRecord {
  readonly name: string;
  readonly version: string;
  readonly params: readonly SpaceParam[];
  readonly metrics: readonly Metric[];
  readonly series: readonly string[];
  /** Names of the stages that its trials depend on; absent: none. */
  readonly stages?: readonly string[];
}
