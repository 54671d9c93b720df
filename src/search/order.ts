// Which of two observations is better, where there is one objective. First what ended well and meets the constraints, by its
// value. Then what was pruned: it was not good enough to go on, and its value is one of an earlier step, so that it
// compares with others of the same step alone: who got further comes first. Then what misses the constraints, by how much.
// Last what failed, or has no value, or misses constraints by nobody knows how much: all alike.
import type { Observation } from './contract.js';

/** Less than 0: `a` is better; 0: they are alike. */
export function compareObservations(a: Observation, b: Observation): number {
  const tier = tierOf(a);
  if (tier !== tierOf(b)) return tier - tierOf(b);
  if (tier === 0) return compare(a.values![0]!, b.values![0]!);
  if (tier === 1) return compare(b.step ?? 0, a.step ?? 0) || compare(a.values![0]!, b.values![0]!);
  if (tier === 2) return compare(a.violation, b.violation);
  return 0;
}

function tierOf({ status, values, violation }: Observation): 0 | 1 | 2 | 3 {
  if (status === 'failed' || values === null || violation === Number.POSITIVE_INFINITY) return 3;
  if (violation > 0) return 2;
  return status === 'pruned' ? 1 : 0;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
