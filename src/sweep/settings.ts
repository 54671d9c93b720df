// What a run was asked for, complete: every default is filled in here and nowhere else. Values that the sweep's own file
// may give (sampler, seed, seeds, replicates) are null where the request leaves them to it.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { throwFaults } from '../ground/errors.js';
import { showValue } from '../ground/shape.js';
import { formatCount } from '../ground/text.js';
import { LOAD_MS } from '../pool/patience.js';
import type { Limits, Manifest, ShardRecord } from '../run/manifest.js';
import { requireReferred } from '../run/reference.js';
import { findRequestFaults } from '../search/pruning/options.js';
import { findSeedFaults, MOST_REPLICATES } from '../space/check.js';
import type { AxisDomain } from '../space/types.js';
import type { ResumeRequest, RetryChoice, RunRequest } from './contract.js';
import type { PrunerRequest } from './pruners/list.js';
import { findQueueFaults, type QueueSettings, readQueue } from './queue-settings.js';
import type { EndsAsked, Shard } from './samplers/contract.js';
import type { SamplerRequest } from './samplers/list.js';

/** Before a trial is tried again, unless told otherwise. */
const RETRY_PAUSE_MS = 1000;
const LEAST_MEMORY = 64 * 2 ** 20;
/** A trial that has failed so often fails. */
const MOST_RETRIES = 1000;

export interface Settings extends Limits {
  /** Name of a shipped sweep, path or URL of a sweep's file. */
  readonly sweep: string;
  readonly set: Readonly<Record<string, AxisDomain>>;
  readonly sampler: SamplerRequest | null;
  readonly pruner: PrunerRequest | null;
  readonly seed: number | null;
  /** `auto`: see samplers/racing.ts. */
  readonly replicates: number | 'auto' | null;
  readonly seeds: readonly number[] | null;
  /** In place of the sweep's; none: its own. */
  readonly objectives: readonly string[];
  /** Trials in all; null: as many as the sampler makes. */
  readonly trials: number | null;
  readonly ends: EndsAsked;
  /** Milliseconds that all sessions of the run may take together; null: as long as it takes. */
  readonly budgetMs: number | null;
  readonly shard: Shard | null;
  /** See RunRequest; null: the default. */
  readonly shardBy: string | null;
  /** A run whose stages are taken over; null: none. */
  readonly stagesOf: string | null;
  /** Whether the stages alone are run. */
  readonly onlyStages: boolean;
  readonly workers: number;
  /** As asked; null: the default of a worker that trains. */
  readonly engine: string | null;
  readonly device: string | null;
  readonly trainingOnly: boolean;
  readonly data: string | null;
  /** Milliseconds that loading the worker and its data may take. */
  readonly loadMs: number;
  readonly retry: RetryChoice | null;
  /** The run folder itself; null: a new one under `root`. */
  readonly out: string | null;
  readonly root: string;
  /** Trials a task, fixed; null: adapts. */
  readonly blockSize: number | null;
  readonly debug: boolean;
  /** Null: the trials run on this machine. */
  readonly queue: QueueSettings | null;
  readonly command: readonly string[];
}

/** Throws BAD_USAGE with every fault of the request. */
export function resolveSettings(request: RunRequest & Pick<ResumeRequest, 'retry'>): Settings {
  const faults = findFaults(request);
  throwFaults('BAD_USAGE', 'the request is invalid', faults);
  return {
    sweep: request.sweep,
    set: request.set ?? {},
    sampler: request.sampler ?? null,
    pruner: request.pruner ?? null,
    seed: request.seed ?? null,
    replicates: request.replicates ?? null,
    seeds: request.seeds ?? null,
    objectives: request.objectives ?? [],
    trials: request.trials ?? null,
    ends: {
      lookahead: request.lookahead ?? null,
      target: request.target ?? null,
      plateau: request.plateau ?? null,
      hasBudget: request.budgetMs !== undefined,
      usual: null,
      chosen: null,
    },
    budgetMs: request.budgetMs ?? null,
    shard: request.shard ?? null,
    shardBy: request.shardBy ?? null,
    stagesOf: request.stagesOf ?? null,
    onlyStages: request.onlyStages ?? false,
    workers: request.workers ?? availableParallelism(),
    engine: request.engine ?? null,
    device: request.device ?? null,
    trainingOnly: request.trainingOnly ?? false,
    data: request.data ?? null,
    retries: request.retries ?? 0,
    retryPauseMs: request.retryPauseMs ?? RETRY_PAUSE_MS,
    timeoutMs: request.timeoutMs ?? null,
    memoryBytes: request.memoryBytes ?? null,
    // Of many threads in one process nobody could tell which one takes the memory.
    isolation: request.isolation ?? (request.memoryBytes === undefined ? 'thread' : 'process'),
    loadMs: request.loadMs ?? LOAD_MS,
    maxFailures: request.maxFailures ?? null,
    retry: request.retry ?? null,
    out: request.out ?? null,
    root: request.root ?? 'runs',
    blockSize: request.blockSize ?? null,
    debug: request.debug ?? false,
    queue: readQueue(request),
    command: request.command ?? [],
  };
}

/** A run taken up again: what its manifest says counts, not what the command line would say today. */
export function settingsOf(
  { path, manifest }: { readonly path: string; readonly manifest: Manifest },
  request: ResumeRequest & { readonly debug?: boolean },
): Settings {
  return resolveSettings({
    ...givenLimits(manifest.limits),
    ...(manifest.budgetMs === undefined ? {} : { budgetMs: manifest.budgetMs }),
    ...request,
    sweep: request.sweep ?? requireReferred(manifest.sweepFile, path, 'sweep'),
    ...(manifest.shard === null ? {} : shardOf(manifest.shard, path)),
    ...(manifest.engine === 'none' ? {} : { engine: manifest.engine, device: manifest.device }),
    ...(manifest.dataChoice === null ? {} : { data: manifest.dataChoice }),
  });
}

function shardOf(
  { index, count, by, times }: ShardRecord,
  path: string,
): Pick<RunRequest, 'shard' | 'shardBy'> {
  const shardBy = times === undefined ? by : resolve(path, times);
  return { shard: { index, count }, ...(shardBy === undefined ? {} : { shardBy }) };
}

/** Limits as a request has them. */
export function givenLimits(limits: Partial<Limits> = {}): Partial<Pick<RunRequest, keyof Limits>> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== null));
}

function findFaults(request: RunRequest): string[] {
  const faults: string[] = [];
  const count = (name: string, value: number | undefined, least: number, most?: number): void => {
    if (value === undefined) return;
    if (!(Number.isSafeInteger(value) && value >= least))
      faults.push(`${name} ${value}: expected an integer of at least ${least}`);
    else if (most !== undefined && value > most)
      faults.push(`${name} ${value}: expected at most ${formatCount(most)}`);
  };
  count('workers', request.workers, 1, mostWorkers());
  if (request.replicates !== 'auto') count('replicates', request.replicates, 1, MOST_REPLICATES);
  count('trials', request.trials, 1);
  count('lookahead', request.lookahead, 1);
  count('plateau', request.plateau, 1);
  if (request.target !== undefined && !Number.isFinite(request.target))
    faults.push(`target ${request.target}: expected a number`);
  if (request.budgetMs !== undefined && !(request.budgetMs > 0 && Number.isFinite(request.budgetMs)))
    faults.push(`budget ${request.budgetMs} ms: expected more than 0, and no limit where it is left out`);
  count('retries', request.retries, 0, MOST_RETRIES);
  count('block size', request.blockSize, 1);
  const { seed, seeds, replicates, shard, maxFailures } = request;
  faults.push(...findLimitFaults(request), ...findQueueFaults(request));
  if (seeds !== undefined) faults.push(...findSeedFaults(seeds, replicates));
  if (request.pruner !== undefined) faults.push(...findRequestFaults(request.pruner));
  if (typeof maxFailures === 'number') count('max failures', maxFailures, 0);
  else if (maxFailures !== undefined && !(maxFailures.fraction > 0 && maxFailures.fraction <= 1))
    faults.push(`max failures ${maxFailures.fraction}: expected a fraction above 0 and up to 1 (no limit)`);
  if (seed !== undefined && !Number.isSafeInteger(seed)) faults.push(`seed ${seed}: expected an integer`);
  if (shard !== undefined && !isShard(shard))
    faults.push(`shard ${shard.index}/${shard.count}: expected i/n with 1 <= i <= n`);
  if (request.shardBy !== undefined && shard === undefined)
    faults.push(`shard by ${request.shardBy}: no shard; expected i/n with 1 <= i <= n`);
  for (const name of ['out', 'root'] as const) {
    const path = request[name];
    if (path !== undefined && (typeof path !== 'string' || path.trim() === '' || path.includes('\0')))
      faults.push(`${name} ${showValue(path)}: expected the path of a folder`);
  }
  return faults;
}

function findLimitFaults({
  timeoutMs,
  retryPauseMs,
  loadMs,
  memoryBytes,
  isolation,
}: Pick<RunRequest, 'timeoutMs' | 'retryPauseMs' | 'loadMs' | 'memoryBytes' | 'isolation'>): string[] {
  const faults: string[] = [];
  // Past 2^31 - 1 ms a timer would fire at once.
  const time = (name: string, ms: number | undefined, least: number): void => {
    if (ms !== undefined && !(ms >= least && ms < 2 ** 31))
      faults.push(
        `${name} ${ms} ms: expected ${least === 0 ? 'at least' : 'more than'} 0 and less than 24 days`,
      );
  };
  if (typeof timeoutMs !== 'object') time('timeout', timeoutMs, Number.MIN_VALUE);
  else if (!(timeoutMs.fraction > 0 && timeoutMs.fraction < Number.POSITIVE_INFINITY))
    faults.push(`timeout ${timeoutMs.fraction}: expected a multiple of the median such as 3 (300%)`);
  time('load timeout', loadMs, Number.MIN_VALUE);
  time('retry pause', retryPauseMs, 0);
  if (memoryBytes !== undefined && !(memoryBytes >= LEAST_MEMORY))
    faults.push(`memory ${memoryBytes} bytes: expected at least 64m, since Node itself takes about that`);
  if (memoryBytes === Number.POSITIVE_INFINITY)
    faults.push(`memory ${memoryBytes} bytes: expected a size; leave it out for no limit`);
  if (isolation !== undefined && isolation !== 'thread' && isolation !== 'process')
    faults.push(`isolation ${showValue(isolation)}: expected "thread" or "process"`);
  if (memoryBytes !== undefined && isolation === 'thread')
    faults.push(
      'memory: of many threads in one process nobody can tell which one takes it; expected isolation "process"',
    );
  return faults;
}

/**
 * A thread is a JavaScript engine of its own, 10 MB and more: past some tens a core they cost memory and gain nothing. On
 * small machines some hundreds may still be waiting for something else.
 */
function mostWorkers(): number {
  return Math.max(1024, 64 * availableParallelism());
}

function isShard({ index, count }: Shard): boolean {
  return Number.isInteger(count) && Number.isInteger(index) && index >= 1 && index <= count;
}
