// The sampler of a run, from its spec and what the journal already has.

import type { Epoch } from '../../run/epoch.js';
import type { SamplerSpec } from '../../space/sampling.js';
import type { Space } from '../../space/space.js';
import { createBisectSampler } from './bisect.js';
import type { Sampler } from './contract.js';
import { createGridSampler } from './grid.js';

/** Which ended trials to run again. */
export type RetryChoice = 'failed' | 'timeout' | 'all';

export interface SamplerOptions {
  readonly space: Space;
  readonly spec: SamplerSpec;
  /** Whether a trial is one of the run's (see `createAccept`); null: all are. */
  readonly accept: ((trial: number) => boolean) | null;
  readonly shard: { readonly index: number; readonly count: number } | null;
  /** The least trial from `from` on that is not done. */
  readonly nextUndone: (from: number) => number;
  /** Trials of the epoch that ended badly, to run once more before the rest. */
  readonly retry?: { readonly choice: RetryChoice; readonly epoch: Epoch };
}

export function createSampler({ space, spec, accept, shard, nextUndone, retry }: SamplerOptions): Sampler {
  if (spec.name === 'bisect') return createBisectSampler({ space, spec, accept, shard });
  const grid = createGridSampler({ space, accept, shard, nextUndone });
  return retry === undefined ? grid : createRetrySampler(retry.epoch, retry.choice, grid);
}

/** First the trials that ended badly, as they stood when the run was resumed; then what was not done yet. */
function createRetrySampler(epoch: Epoch, retry: RetryChoice, rest: Sampler): Sampler {
  const sets = badSets(epoch, retry);
  const trials: number[] = [];
  for (const set of sets)
    for (const [from, to] of set.rangesIn(0, Number.MAX_SAFE_INTEGER))
      for (let trial = from; trial < to; trial++) trials.push(trial);
  trials.sort((a, b) => a - b);
  return {
    total: rest.total,
    excluded: rest.excluded,
    next: (limit) =>
      trials.length > 0 ? { kind: 'trials', trials: trials.splice(0, limit) } : rest.next(limit),
  };
}

export function countRetried(epoch: Epoch, retry: RetryChoice): number {
  return badSets(epoch, retry).reduce((sum, set) => sum + set.count, 0);
}

function badSets(epoch: Epoch, retry: RetryChoice): readonly Epoch['done'][] {
  // Skipped trials waited for a stage that failed, which is run again too.
  if (retry === 'failed') return [epoch.failed, epoch.skipped];
  if (retry === 'timeout') return [epoch.timeout];
  return [epoch.failed, epoch.timeout, epoch.pruned, epoch.skipped];
}
