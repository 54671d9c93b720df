// The median rule (Golovin et al. 2017, "Google Vizier", section 3.2.2), for any percentile: a trial goes on at a step if its
// best value so far is among the best half of those of the trials before it that have got to that step, itself included.
// Vizier takes completed trials alone; those that were pruned count too here: nobody waits for the end of others, and the
// bar does not rise with every trial that gets over it, which after some hundred trials would stop nearly all.
import { judgeRank } from './asha.js';
import type { Curve, PruningRule } from './contract.js';
import type { OptionsOf } from './options.js';
import { countIntervals, hasReached } from './steps.js';

export function createMedian(options: OptionsOf<'median'>): PruningRule {
  const { percentile, warmup, startup, interval, max = Number.POSITIVE_INFINITY } = options;
  return {
    pauses: false,
    bracketOf: () => 0,
    rungOf(step) {
      if (!hasReached(step, warmup) || hasReached(step, max)) return null;
      return warmup + countIntervals(step, { from: warmup, interval }) * interval;
    },
    compares: true,
    scores: 'best',
    score: bestOf,
    judge(curve, others) {
      if (others.length < startup) return { isPruned: false, cutoff: Number.POSITIVE_INFINITY };
      return judgeRank(bestOf(curve), others, Math.floor(((others.length + 1) * percentile) / 100));
    },
  };
}

function bestOf({ values, count }: Curve): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) if (values[i]! < best) best = values[i]!;
  return best;
}
