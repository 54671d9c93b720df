// The whole grid in trial order, less what is done, what the constraint leaves out, what an earlier grid holds already,
// and what belongs to other shards.
import { z } from 'zod';
import type { GridSpec } from '../../space/types.js';
import { selectNumbers } from '../../trial/selection.js';
import type { Sampler, SamplerDefinition, Surroundings } from './contract.js';
import { countTrials, nothingLeft } from './finite.js';

export const gridSampler: SamplerDefinition = {
  name: 'grid',
  about: 'every point',
  options: z.object({}),
  domains: 'finite',
  listens: () => false,
  takesReplicates: true,
  takesTrials: false,
  canShard: () => true,
  resolve(_, { grids, trials }, faults) {
    if (trials !== null) faults.push(`grid: --trials ${trials}: it runs every point; use --sampler random`);
    return { spec: { name: 'grid' }, grids: grids as readonly GridSpec[] };
  },
  describe: () => 'grid',
  most: (_, space) => space.trials,
  create: createGridSampler,
};

function createGridSampler({ space, accept, where, share, nextUndone, turn }: Surroundings): Sampler {
  const { trials } = space;
  const { total, excluded } = countTrials(space, accept);
  let cursor = 0;
  let isEmpty = trials > 0;

  return {
    total: share === null ? total : share.total,
    excluded,
    has: (trial) => (accept === null || accept(trial)) && (share === null || share.has(trial)),
    next(limit) {
      const list: number[] = [];
      do {
        const first = nextUndone(cursor);
        if (first > cursor) isEmpty = false; // something has been done
        if (first >= trials) {
          cursor = trials;
          if (isEmpty && where !== null) throw nothingLeft(space.points);
          return list.length > 0 ? selectNumbers(list) : 'end';
        }
        if (accept === null && share === null) {
          const count = countFree(first, Math.min(trials, first + limit));
          cursor = first + count;
          return { kind: 'range', first, count };
        }
        if (accept === null || accept(first)) {
          isEmpty = false;
          cursor = first + 1;
          if (share !== null && !share.has(first)) continue;
          if (list.push(first) === limit) return selectNumbers(list);
        } else cursor = Math.min(trials, accept.after?.(first) ?? first + 1);
      } while (!turn.isOver());
      return selectNumbers(list);
    },
  };

  /** Trials from `first` on up to `end` with none done between. */
  function countFree(first: number, end: number): number {
    let at = first + 1;
    while (at < end && nextUndone(at) === at) at++;
    return at - first;
  }
}
