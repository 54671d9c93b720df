// Patience: a trial stops once so many reports in a row have brought nothing better. Its own curve decides alone (early
// stopping; Prechelt 1998, "Early Stopping — But When?", the criterion UP counts reports in the same way).
import type { Curve, PruningRule } from './contract.js';
import type { OptionsOf } from './options.js';
import { hasReached } from './steps.js';

export function createPatience(options: OptionsOf<'patience'>): PruningRule {
  const { patience, minDelta, warmup, max = Number.POSITIVE_INFINITY } = options;
  return {
    pauses: false,
    bracketOf: () => 0,
    // Every report is a rung of its own.
    rungOf: (step) => (hasReached(step, warmup) && !hasReached(step, max) ? step : null),
    compares: false,
    scores: 'last',
    score: ({ values, count }) => values[count - 1]!,
    judge(curve) {
      const { best, since } = lookBack(curve, minDelta);
      return { isPruned: since >= patience, cutoff: best };
    },
  };
}

/** The value to be better than, and how many reports there were since it was reached. */
function lookBack(
  { values, count }: Curve,
  minDelta: number,
): { readonly best: number; readonly since: number } {
  let best = values[0]!;
  let since = 0;
  for (let i = 1; i < count; i++) {
    since++;
    // Of infinite values the difference would be NaN.
    if (values[i]! < best && !(best - values[i]! <= minDelta)) {
      best = values[i]!;
      since = 0;
    }
  }
  return { best, since };
}
