// Pareto fronts: front 1 is what nothing beats in all objectives, front 2 what only front 1 beats, and so on. All
// objectives are minimised here; who maximises hands in the negative.

/**
 * The front of each point, from 1. Two objectives take O(n log n) (a sweep with a binary search over the fronts, Jensen
 * 2003); more take the search over the members of each front (ENS-BS, Zhang et al. 2015), O(n²) at worst.
 */
export function findFronts(objectives: readonly Float64Array[]): Uint32Array {
  const count = objectives[0]?.length ?? 0;
  const order = Uint32Array.from({ length: count }, (_, i) => i).sort((a, b) => {
    for (const values of objectives) if (values[a] !== values[b]) return values[a]! - values[b]!;
    return a - b;
  });
  const fronts = new Uint32Array(count);
  // Whoever comes later in this order never dominates whoever came before, and equal points stand together.
  const isBeaten = objectives.length === 2 ? beatenByLast(objectives[1]!) : beatenByAny(objectives);
  const members: number[][] = [];
  let before = -1;
  for (const i of order) {
    if (before >= 0 && objectives.every((values) => values[before] === values[i])) {
      fronts[i] = fronts[before]!;
    } else {
      let [low, high] = [0, members.length];
      while (low < high) {
        const middle = (low + high) >>> 1;
        if (isBeaten(members[middle]!, i)) low = middle + 1;
        else high = middle;
      }
      if (low === members.length) members.push([i]);
      else members[low]!.push(i);
      fronts[i] = low + 1;
    }
    before = i;
  }
  return fronts;
}

type IsBeaten = (members: readonly number[], i: number) => boolean;

/** With two objectives the last member of a front has the least second value of all. */
function beatenByLast(second: Float64Array): IsBeaten {
  return (members, i) => second[members.at(-1)!]! <= second[i]!;
}

function beatenByAny(objectives: readonly Float64Array[]): IsBeaten {
  const rest = objectives.slice(1);
  return (members, i) => {
    for (let m = members.length - 1; m >= 0; m--) {
      const member = members[m]!;
      if (rest.every((values) => values[member]! <= values[i]!)) return true;
    }
    return false;
  };
}
