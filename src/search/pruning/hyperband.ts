// Hyperband with asynchronous halving (Li et al. 2018, "Hyperband: A Novel Bandit-Based Approach to Hyperparameter
// Optimization", JMLR 18): brackets whose first rungs lie ever later, so that no single guess decides how early is too early.
// A trial's bracket is drawn from the seed and its number; the share of bracket s of S is that of Algorithm 1, line 3:
// n ∝ factor^s / (s + 1), s counted from the bracket that never prunes.
import { randomFor } from '../../ground/random.js';
import { judgeHalving, lastOf } from './asha.js';
import type { PruningRule } from './contract.js';
import type { OptionsOf } from './options.js';
import { rungAt, rungStep } from './rungs.js';
import { hasReached } from './steps.js';

export function createHyperband(options: OptionsOf<'hyperband'>, seed: number): PruningRule {
  const { factor } = options;
  const brackets = countBrackets(options);
  const shares = Array.from({ length: brackets }, (_, bracket) => {
    const s = brackets - 1 - bracket;
    return Math.ceil((brackets * factor ** s) / (s + 1));
  });
  const all = shares.reduce((sum, share) => sum + share, 0);
  return {
    pauses: false,
    bracketOf(trial) {
      const random = randomFor(seed, 'bracket', trial);
      // Sums beyond 2^53 are rounded anyway, and may leave the last share none.
      let drawn = all <= 2 ** 53 ? random.below(all) : random.uniform() * all;
      const found = shares.findIndex((share) => {
        drawn -= share;
        return drawn < 0;
      });
      return found < 0 ? shares.length - 1 : found;
    },
    rungOf: (step, bracket) => rungAt(step, options, bracket),
    compares: true,
    scores: 'last',
    score: lastOf,
    judge: (curve, others) => judgeHalving(lastOf(curve), others, factor),
  };
}

/** The last one begins where nothing is pruned any more, or has less than a rung up to there. */
function countBrackets(options: OptionsOf<'hyperband'>): number {
  const { max } = options;
  let count = 0;
  while (Number.isFinite(rungStep(count, options))) count++;
  return hasReached(max, rungStep(count, { ...options, max: undefined })) ? count + 1 : count;
}
