// Values and points that stand for all of a space: what is checked before a run, and what a prediction is made for.
import { isDomain, toFiniteValues } from '../../space/domain.js';
import { createSpace } from '../../space/space.js';
import type { AxisDomain, AxisValues, Domain, GridSpec, Point, Value } from '../../space/types.js';
import { axisAt, axisLength } from '../../space/values.js';

/** Longer axes are checked at their ends and at so many places between. */
const CHECKED_VALUES = 10_000;
const CHECKED_POINTS = 1000;

export function sampleValues(domain: AxisDomain): Value[] {
  const values = toSamples(domain);
  const samples = spread(axisLength(values), CHECKED_VALUES).map((i) => axisAt(values, i));
  return isOpen(domain) ? [...samples, withinOf(domain)] : samples;
}

export function isOpen(domain: AxisDomain): domain is Domain {
  return isDomain(domain) && toFiniteValues(domain) === undefined;
}

/** A number with a fraction: of an open domain nearly all have one, but the ends often none. */
function withinOf(domain: Domain): Value {
  const [low, high] = endsOf(domain) as readonly number[];
  return low! + (high! - low!) * 0.381966;
}

/** A domain that is open is checked at its ends. */
function toSamples(domain: AxisDomain): AxisValues {
  if (!isDomain(domain)) return domain;
  const finite = toFiniteValues(domain);
  if (finite !== undefined) return finite;
  return { kind: 'list', values: endsOf(domain) };
}

/** Of a normal distribution: where it lies mostly. */
function endsOf(domain: Domain): readonly Value[] {
  if (domain.kind === 'choice') return domain.values;
  if (domain.kind !== 'normal') return [domain.from, domain.to];
  const { mean, sd } = domain;
  return [mean - 3 * sd, mean, mean + 3 * sd];
}

export function samplePoints(
  asked: readonly GridSpec<AxisDomain>[],
  fixed: Readonly<Record<string, Value>>,
): Point[] {
  const space = createSpace({ grids: sampledGrids(asked), replicates: 1 });
  return spread(space.points, CHECKED_POINTS).map((i) => ({ ...fixed, ...space.at(i) }));
}

export function sampledGrids(asked: readonly GridSpec<AxisDomain>[]): GridSpec[] {
  return asked.map(({ axes }) => ({
    axes: axes.map((axis) => ({ ...axis, values: axis.values.map(toSamples) })),
  }));
}

/** 0 to length - 1, thinned evenly to `most` numbers with both ends. */
function spread(length: number, most: number): number[] {
  if (length <= most) return Array.from({ length }, (_, i) => i);
  return Array.from({ length: most }, (_, i) => Math.floor((i * (length - 1)) / (most - 1)));
}
