// For samplers that go through a space by number: axes must be finite, and the trials of a space can be counted.
import { isDomain, toFiniteValues } from '../../space/domain.js';
import type { Space } from '../../space/space.js';
import type { AxisDomain, AxisValues, GridSpec, Point } from '../../space/types.js';
import { describeAxisValues } from '../../space/values.js';
import type { Shard } from './contract.js';

/** Spaces up to this size are counted in advance where a constraint or several grids make that necessary. */
const COUNTED = 200_000;

/** Domains with finitely many values become those; for the others there is a fault that says what to write. */
export function requireFinite(
  grids: readonly GridSpec<AxisDomain>[],
  sampler: string,
  faults: string[],
): GridSpec[] {
  return grids.map((grid) => ({
    axes: grid.axes.map((axis) => ({
      ...axis,
      values: axis.values.map((values, i): AxisValues => {
        if (!isDomain(values)) return values;
        const finite = toFiniteValues(values);
        if (finite !== undefined) return finite;
        faults.push(
          `axis ${axis.names[i]}: ${describeAxisValues(values)} has no end of values, and sampler ${sampler} goes through them all; write lin(from,to,count) or log(from,to,count), give it a step, or use --sampler random --trials N`,
        );
        return { kind: 'list', values: [] };
      }),
    })),
  }));
}

/** Whether a trial of the space is one of the run's: its point passes the constraint and is in no earlier grid. */
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

export interface Counted {
  readonly total: number | null;
  readonly excluded: number | null;
}

/**
 * Trials of a space that are accepted, and those that are not. `stretches` are the parts that belong to this run, which
 * is all of the space without shards. Null where looking at every trial would take too long.
 */
export function countTrials(
  { trials }: Pick<Space, 'trials'>,
  accept: ((trial: number) => boolean) | null,
  stretches: Iterable<readonly [from: number, to: number]>,
): Counted {
  if (accept !== null && trials > COUNTED) return { total: null, excluded: null };
  let total = 0;
  let mine = 0;
  for (const [from, to] of stretches) {
    mine += to - from;
    if (accept === null) total += to - from;
    else for (let trial = from; trial < to; trial++) if (accept(trial)) total++;
  }
  return { total, excluded: mine - total };
}

/**
 * How a space is dealt to shards: they take turns by stretches of neighbouring trials, so that each gets cheap and dear
 * corners of the grid alike and blocks stay whole.
 */
export function dealStretches(trials: number, shard: Shard | null) {
  const length =
    shard === null ? trials : Math.min(4096, Math.max(1, Math.floor(trials / (shard.count * 64))));
  /** Whether the stretch that holds `trial` is this shard's, and where it ends. */
  const stretchOf = (trial: number): { readonly isMine: boolean; readonly end: number } => {
    if (shard === null) return { isMine: true, end: trials };
    const number = Math.floor(trial / length);
    return {
      isMine: number % shard.count === shard.index - 1,
      end: Math.min(trials, (number + 1) * length),
    };
  };
  function* mine(): Generator<readonly [number, number]> {
    for (let at = 0; at < trials; ) {
      const { isMine, end } = stretchOf(at);
      if (isMine) yield [at, end];
      at = end;
    }
  }
  return { stretchOf, mine };
}
