// For samplers that go through a space by number: axes must be finite, and the trials of a space can be counted.
import { SweeplineError } from '../../ground/errors.js';
import { formatCount } from '../../ground/text.js';
import { isDomain, toFiniteValues } from '../../space/domain.js';
import type { Space } from '../../space/space.js';
import type { AxisDomain, AxisValues, GridSpec } from '../../space/types.js';
import { describeAxisValues } from '../../space/values.js';
import type { Constraint } from '../definition/constraint.js';
import type { Accept } from './contract.js';

/** Spaces up to this size are counted in advance where a constraint or several grids make that necessary. */
const COUNTED = 200_000;

/** The grids with the ends of a domain in its place, for the axis that a sampler searches between two ends. */
export function withEnds(
  grids: readonly GridSpec<AxisDomain>[],
  axis: string | undefined,
): readonly GridSpec<AxisDomain>[] {
  return grids.map(({ axes }) => ({
    axes: axes.map((each) => ({
      ...each,
      values: each.values.map((values, i) =>
        each.names[i] === axis && (values.kind === 'uniform' || values.kind === 'loguniform')
          ? { kind: 'list' as const, values: [values.from, values.to] }
          : values,
      ),
    })),
  }));
}

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
          `axis ${axis.names[i]}: ${describeAxisValues(values)} has no end of values, and sampler ${sampler} goes through them all; write lin(from,to,count) or log(from,to,count), give it a step, or use a sampler that draws from it: --sampler auto --trials N`,
        );
        return { kind: 'list', values: [] };
      }),
    })),
  }));
}

/** For a space that was too large to be looked through before the run. */
export function nothingLeft(points: number): SweeplineError {
  return new SweeplineError(
    'BAD_DEFINITION',
    `the constraint (where) leaves none of ${formatCount(points)} points`,
    { hint: 'widen it, or give the axes values for which it holds' },
  );
}

/** The trials that are the run's: see Accept. Null where all are. */
export function createAccept(space: Space, where: Constraint | null): Accept | null {
  if (where === null && !space.mayRepeat) return null;
  let lastPoint = -1;
  let accepted = false;
  const accept = (trial: number) => {
    const point = Math.floor(trial / space.replicates);
    if (point !== lastPoint) {
      lastPoint = point;
      accepted = !space.isDuplicate(point) && (where === null || where(space.at(point)));
    }
    return accepted;
  };
  if (where === null || where.parts.every(({ names }) => names === null)) return accept;
  return Object.assign(accept, { after: createAfter(space, where) });
}

/** Past all points that share the values for which a constraint on named axes has refused this one. */
function createAfter(space: Space, { parts }: Constraint): (refused: number) => number {
  return (refused) => {
    const index = Math.floor(refused / space.replicates);
    const { first, shape } = space.boxes[space.boxIndexOf(index)]!;
    const point = space.at(index);
    let next = index + 1;
    for (const { names, accepts } of parts) {
      if (names === null || accepts(point)) continue;
      // Held axes have no stride, and stay what they are to the end of the box.
      const strides = names.map((name) => shape.byName.get(name)!.stride || shape.points);
      const stride = Math.min(...strides);
      next = Math.max(next, first + (Math.floor((index - first) / stride) + 1) * stride);
    }
    return next * space.replicates;
  };
}

export interface Counted {
  readonly total: number | null;
  readonly excluded: number | null;
}

/** Trials of a space that are accepted, and those that are not. Null where looking at every trial would take too long. */
export function countTrials({ trials }: Pick<Space, 'trials'>, accept: Accept | null): Counted {
  if (accept === null) return { total: trials, excluded: 0 };
  const unknown = { total: null, excluded: null };
  if (accept.after === undefined && trials > COUNTED) return unknown;
  let total = 0;
  let looks = 0;
  for (let trial = 0; trial < trials; ) {
    if (++looks > COUNTED) return unknown;
    if (accept(trial)) total++;
    else if (accept.after !== undefined) {
      trial = accept.after(trial);
      continue;
    }
    trial++;
  }
  return { total, excluded: trials - total };
}
