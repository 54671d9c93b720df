// What a run was asked for, complete: every default is filled in here and nowhere else. Values that the sweep's own file
// may give (sampler, seed, seeds, replicates) are null where the request leaves them to it.
import { availableParallelism } from 'node:os';
import { throwFaults } from '../ground/errors.js';
import { showValue } from '../ground/shape.js';
import { formatCount } from '../ground/text.js';
import type { Manifest } from '../run/manifest.js';
import { requireReferred } from '../run/reference.js';
import { findSeedFaults, MOST_REPLICATES } from '../space/check.js';
import type { AxisDomain } from '../space/types.js';
import type { ResumeRequest, RetryChoice, RunRequest } from './contract.js';
import type { Shard } from './samplers/contract.js';
import type { SamplerRequest } from './samplers/list.js';

export interface Settings {
  /** Name of a shipped sweep, path or URL of a sweep's file. */
  readonly sweep: string;
  readonly set: Readonly<Record<string, AxisDomain>>;
  readonly sampler: SamplerRequest | null;
  readonly seed: number | null;
  readonly replicates: number | null;
  readonly seeds: readonly number[] | null;
  /** Trials in all; null: as many as the sampler makes. */
  readonly trials: number | null;
  readonly shard: Shard | null;
  readonly workers: number;
  /** As asked; null: the default of a worker that trains. */
  readonly engine: string | null;
  readonly device: string | null;
  readonly trainingOnly: boolean;
  readonly data: string | null;
  readonly retries: number;
  /** Milliseconds that a trial may run; null: as long as it takes. */
  readonly timeoutMs: number | null;
  /** Null: none, but where the first trials all fail in the same way. */
  readonly maxFailures: number | { readonly fraction: number } | null;
  readonly retry: RetryChoice | null;
  /** The run folder itself; null: a new one under `root`. */
  readonly out: string | null;
  readonly root: string;
  /** Trials a task, fixed; null: adapts. */
  readonly blockSize: number | null;
  readonly debug: boolean;
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
    seed: request.seed ?? null,
    replicates: request.replicates ?? null,
    seeds: request.seeds ?? null,
    trials: request.trials ?? null,
    shard: request.shard ?? null,
    workers: request.workers ?? availableParallelism(),
    engine: request.engine ?? null,
    device: request.device ?? null,
    trainingOnly: request.trainingOnly ?? false,
    data: request.data ?? null,
    retries: request.retries ?? 0,
    timeoutMs: request.timeoutMs ?? null,
    maxFailures: request.maxFailures ?? null,
    retry: request.retry ?? null,
    out: request.out ?? null,
    root: request.root ?? 'runs',
    blockSize: request.blockSize ?? null,
    debug: request.debug ?? false,
    command: request.command ?? [],
  };
}

/** A run taken up again: what its manifest says counts, not what the command line would say today. */
export function settingsOf(
  { path, manifest }: { readonly path: string; readonly manifest: Manifest },
  request: ResumeRequest & { readonly debug?: boolean },
): Settings {
  return resolveSettings({
    ...request,
    sweep: request.sweep ?? requireReferred(manifest.sweepFile, path, 'sweep'),
    ...(manifest.shard === null ? {} : { shard: manifest.shard }),
    ...(manifest.engine === 'none' ? {} : { engine: manifest.engine, device: manifest.device }),
    ...(manifest.dataChoice === null ? {} : { data: manifest.dataChoice }),
  });
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
  count('replicates', request.replicates, 1, MOST_REPLICATES);
  count('trials', request.trials, 1);
  count('retries', request.retries, 0, MOST_RETRIES);
  count('block size', request.blockSize, 1);
  const { timeoutMs, seed, seeds, replicates, shard, maxFailures } = request;
  if (seeds !== undefined) faults.push(...findSeedFaults(seeds, replicates));
  // Past 2^31 - 1 ms a timer would fire at once.
  if (timeoutMs !== undefined && !(timeoutMs > 0 && timeoutMs < 2 ** 31))
    faults.push(`timeout ${timeoutMs} ms: expected more than 0 and less than 24 days`);
  if (typeof maxFailures === 'number') count('max failures', maxFailures, 0);
  else if (maxFailures !== undefined && !(maxFailures.fraction > 0 && maxFailures.fraction <= 1))
    faults.push(`max failures ${maxFailures.fraction}: expected a fraction above 0 and up to 1 (no limit)`);
  if (seed !== undefined && !Number.isSafeInteger(seed)) faults.push(`seed ${seed}: expected an integer`);
  if (shard !== undefined && !isShard(shard))
    faults.push(`shard ${shard.index}/${shard.count}: expected i/n with 1 <= i <= n`);
  for (const name of ['out', 'root'] as const) {
    const path = request[name];
    if (path !== undefined && (typeof path !== 'string' || path.trim() === '' || path.includes('\0')))
      faults.push(`${name} ${showValue(path)}: expected the path of a folder`);
  }
  return faults;
}

/** A trial that has failed so often fails. */
const MOST_RETRIES = 1000;

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
