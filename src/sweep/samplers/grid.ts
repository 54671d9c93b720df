// The whole grid in trial order, less what is done, what the constraint leaves out, what an earlier grid holds already,
// and what belongs to other shards. Shards take turns by chunks of neighbouring trials, so that each gets cheap and dear
// corners of the grid alike and blocks stay whole.
import type { Space } from '../../space/space.js';
import type { Point } from '../../space/types.js';
import type { Proposal, Sampler } from './contract.js';

export interface GridOptions {
  readonly space: Space;
  /** Whether a trial is one; null: all are. */
  readonly accept: ((trial: number) => boolean) | null;
  readonly shard: { readonly index: number; readonly count: number } | null;
  /** The least trial from `from` on that is not done. */
  readonly nextUndone: (from: number) => number;
}

/** Spaces up to this size are counted in advance where a constraint or several grids make that necessary. */
const COUNTED = 200_000;

/** Whether a trial is one: its point passes the constraint and is in no earlier grid. */
export function createAccept(
  space: Space,
  where: ((point: Point) => boolean) | null,
): ((trial: number) => boolean) | null {
  if (where === null && !space.mayRepeat) return null;
  let lastPoint = -1;
  let accepted = false;
  return (trial) => {
    const point = Math.floor(trial / space.replicates);
    if (point !== lastPoint) {
      lastPoint = point;
      accepted = !space.isDuplicate(point) && (where === null || where(space.at(point)));
    }
    return accepted;
  };
}

export function createGridSampler({ space, accept, shard, nextUndone }: GridOptions): Sampler {
  const { trials } = space;
  const chunk =
    shard === null ? trials : Math.min(4096, Math.max(1, Math.floor(trials / (shard.count * 64))));
  const counted = countTrials();
  let cursor = 0;

  /** End of this shard's stretch that holds `trial`, or where the next one begins when it holds it not. */
  function stretch(trial: number): { readonly mine: boolean; readonly end: number } {
    if (shard === null) return { mine: true, end: trials };
    const number = Math.floor(trial / chunk);
    const mine = number % shard.count === shard.index - 1;
    return { mine, end: Math.min(trials, (number + 1) * chunk) };
  }

  function countTrials(): { total: number | null; excluded: number | null } {
    if (accept === null && shard === null) return { total: trials, excluded: 0 };
    if (accept !== null && trials > COUNTED) return { total: null, excluded: null };
    let total = 0;
    let mineAll = 0;
    for (let at = 0; at < trials; ) {
      const { mine, end } = stretch(at);
      if (mine) {
        mineAll += end - at;
        if (accept === null) total += end - at;
        else for (let trial = at; trial < end; trial++) if (accept(trial)) total++;
      }
      at = end;
    }
    return { total, excluded: mineAll - total };
  }

  return {
    ...counted,
    next(limit) {
      const list: number[] = [];
      for (;;) {
        const first = nextUndone(cursor);
        if (first >= trials) {
          cursor = trials;
          return list.length > 0 ? propose(list) : 'end';
        }
        const { mine, end } = stretch(first);
        if (!mine) {
          cursor = end;
          continue;
        }
        if (accept === null) {
          const count = countFree(first, Math.min(end, first + limit));
          cursor = first + count;
          return { kind: 'range', first, count };
        }
        cursor = first + 1;
        if (accept(first)) list.push(first);
        if (list.length === limit) return propose(list);
      }
    },
  };

  /** Trials from `first` on up to `end` with none done between. */
  function countFree(first: number, end: number): number {
    let at = first + 1;
    while (at < end && nextUndone(at) === at) at++;
    return at - first;
  }
}

function propose(list: readonly number[]): Proposal {
  const first = list[0]!;
  return list.at(-1)! - first === list.length - 1
    ? { kind: 'range', first, count: list.length }
    : { kind: 'trials', trials: list };
}
