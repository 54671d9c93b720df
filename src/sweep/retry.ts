// Trials that have ended badly and shall run again: before the rest, under their old numbers.

import type { Epoch } from '../run/epoch.js';
import { proposesPoints } from '../run/manifest.js';
import { selectNumbers } from '../trial/selection.js';
import type { RetryChoice } from './contract.js';
import type { Sampler } from './samplers/contract.js';
import { isTold } from './samplers/list.js';

/** Numbers of the trials that a choice means, in order. */
export function findRetried(epoch: Epoch, retry: RetryChoice | null): readonly number[] {
  const trials: number[] = [];
  for (const set of badSets(epoch, retry))
    for (const [from, to] of set.ranges()) for (let trial = from; trial < to; trial++) trials.push(trial);
  return trials.sort((a, b) => a - b);
}

function badSets(epoch: Epoch, retry: RetryChoice | null): readonly Epoch['done'][] {
  switch (retry) {
    case null:
      return [];
    // Skipped trials waited for a stage that failed or timed out, which is run again too.
    case 'failed':
      return [epoch.failed, epoch.skipped];
    case 'timeout':
      return [epoch.timeout, epoch.skipped];
    case 'all':
      return [epoch.failed, epoch.timeout, epoch.skipped];
  }
}

/** First the trials to be retried, as they stood when the run was resumed; then what the sampler gives. */
export function retryFirst(sampler: Sampler, epoch: Epoch, retried: readonly number[]): Sampler {
  // One that makes its points, or is told of results, proposes these again in its own order.
  const { sampler: spec } = epoch.record;
  if (retried.length === 0 || proposesPoints(spec) || isTold(spec)) return sampler;
  let cursor = 0;
  return {
    total: sampler.total,
    excluded: sampler.excluded,
    has: (trial) => sampler.has(trial),
    next(limit) {
      if (cursor === retried.length) return sampler.next(limit);
      const numbers = retried.slice(cursor, cursor + limit);
      cursor += numbers.length;
      return selectNumbers(numbers);
    },
  };
}
