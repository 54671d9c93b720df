// The median rule (Golovin et al. 2017, "Google Vizier", section 3.2.2), for any percentile: a trial stops at a step if its
// best value so far is worse than the median of the best values so far of the trials before it that went on after that step.
// Vizier takes completed trials alone; those that were pruned at a later step count too here, so that nobody waits for the
// end of others, and which trials are pruned need not depend on it.
import type { Curve, PruningRule } from './contract.js';
import type { OptionsOf } from './options.js';

export function createMedian(options: OptionsOf<'median'>): PruningRule {
  const { percentile, warmup, startup, interval, max = Number.POSITIVE_INFINITY } = options;
  return {
    pauses: false,
    bracketOf: () => 0,
    rungOf(step) {
      if (step < warmup || step >= max) return null;
      return warmup + Math.floor((step - warmup) / interval) * interval;
    },
    compares: true,
    countsPruned: false,
    score: bestOf,
    judge(curve, others) {
      if (others.length < startup) return { isPruned: false, cutoff: Number.POSITIVE_INFINITY };
      const cutoff = percentileOf(others, percentile / 100);
      return { isPruned: bestOf(curve) > cutoff, cutoff };
    },
  };
}

function bestOf({ values, count }: Curve): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) if (values[i]! < best) best = values[i]!;
  return best;
}

/** Linear between neighbours, as NumPy's default (Hyndman and Fan 1996, type 7). Of sorted values, at least one. */
function percentileOf(sorted: readonly number[], fraction: number): number {
  const place = (sorted.length - 1) * fraction;
  const low = Math.floor(place);
  const [a, b] = [sorted[low]!, sorted[Math.min(low + 1, sorted.length - 1)]!];
  return place === low || a === b ? a : a + (place - low) * (b - a);
}
