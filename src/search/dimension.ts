// One dimension of a search space: what its axis can be, as a coordinate. Coordinates are numbers from 0 to 1 where the
// axis is continuous, and positions 0, 1, … elsewhere. Methods that want every dimension between 0 and 1 have `toUnit`.
import { axisIndexOf, compileAxis } from '../space/axis.js';
import { isDomain, toFiniteValues } from '../space/domain.js';
import type { AxisDomain, AxisSpec, AxisValues, Value } from '../space/types.js';
import { isSameValue } from '../space/value.js';
import { normalCdf, normalQuantile } from '../stats/normal.js';

export interface Dimension {
  /** Names of its axes; several where they are zipped. */
  readonly names: readonly string[];
  /** `ordinal`: positions have an order, and distances; `categorical`: they have not. */
  readonly kind: 'continuous' | 'ordinal' | 'categorical';
  /** Number of positions; Infinity where it is continuous. */
  readonly size: number;
  /** It exists where each of these (earlier) dimensions has one of the positions; empty: everywhere. */
  readonly conditions: readonly Condition[];
  /** How far a search that climbs stays from 0 and 1: 0 where the axis has ends, which may be the best values. */
  readonly margin: number;
  /** The middle of the part of [0, 1] that a coordinate stands for: itself where it is continuous. */
  toUnit(coordinate: number): number;
  /** The coordinate whose part `u` lies in; u in [0, 1]. */
  fromUnit(u: number): number;
  /** Values of its axes, in the order of the names. */
  valuesAt(coordinate: number): readonly Value[];
  /** The coordinate of values; NaN where it has none. */
  coordinateOf(values: readonly Value[]): number;
}

export interface Condition {
  readonly dimension: number;
  readonly positions: ReadonlySet<number>;
}

export function createDimension(
  { names, values }: Pick<AxisSpec<AxisDomain>, 'names' | 'values'>,
  conditions: readonly Condition[] = [],
): Dimension {
  const [first] = values;
  const rest = { names, conditions };
  const made =
    names.length === 1 && isDomain(first!) && toFiniteValues(first) === undefined
      ? continuous(first)
      : discrete(values.map((each) => toFiniteValues(each)!));
  if (names.length === 1 && first!.kind === 'logint')
    return { ...rest, ...made, ...logParts(first!.from, first!.to) };
  return { ...rest, ...made, ...(isOrdered(values) ? {} : { kind: 'categorical' as const }) };
}

type Parts = Omit<Dimension, 'names' | 'conditions'>;

function continuous(domain: AxisDomain): Parts {
  const scale = scaleOf(domain);
  const inside = (value: number) => Math.min(Math.max(value, scale.least), scale.most) + 0;
  return {
    kind: 'continuous',
    size: Number.POSITIVE_INFINITY,
    margin: domain.kind === 'normal' ? normalCdf(-UNUSUAL) : 0,
    toUnit: (coordinate) => coordinate,
    fromUnit: (u) => Math.min(Math.max(u, 0), 1),
    valuesAt: (coordinate) => [inside(scale.valueAt(coordinate))],
    coordinateOf: ([value]) =>
      typeof value === 'number' && value >= scale.least && value <= scale.most
        ? Math.min(Math.max(scale.unitOf(value), 0), 1)
        : Number.NaN,
  };
}

interface Scale {
  readonly least: number;
  readonly most: number;
  valueAt(u: number): number;
  unitOf(value: number): number;
}

/** Further out a normal number is not drawn: about once in 10^15. */
const FAR = 8;

/** As far out it is drawn once in 16,000 times. Who gives a mean and a standard deviation does not mean values beyond. */
const UNUSUAL = 4;

function scaleOf(domain: AxisDomain): Scale {
  if (domain.kind === 'normal') {
    const { mean, sd } = domain;
    const z = (u: number) => Math.min(Math.max(normalQuantile(u), -FAR), FAR);
    return {
      least: mean - FAR * sd,
      most: mean + FAR * sd,
      valueAt: (u) => mean + sd * z(u),
      unitOf: (value) => normalCdf((value - mean) / sd),
    };
  }
  const { from, to } = domain as { readonly from: number; readonly to: number };
  if (domain.kind === 'loguniform') {
    const [low, high] = [Math.log(from), Math.log(to)];
    return {
      least: from,
      most: to,
      // The logarithm of an end does not lead back to it exactly.
      valueAt: (u) => (u === 0 ? from : u === 1 ? to : Math.exp(low + u * (high - low))),
      unitOf: (value) => share(Math.log(value) - low, high - low),
    };
  }
  // Weighed, so that ends further apart than the largest float64 do not overflow.
  return {
    least: from,
    most: to,
    valueAt: (u) => from * (1 - u) + to * u,
    unitOf: (value) => share(value / 2 - from / 2, to / 2 - from / 2),
  };
}

/** 0 of ends so close that nothing is left between them: halves of the least numbers, logarithms of the largest. */
function share(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}

/** Zipped axes move together: one position for all. */
function discrete(axes: readonly AxisValues[]): Parts {
  const compiled = axes.map(compileAxis);
  const size = compiled[0]!.length;
  return {
    kind: 'ordinal',
    size,
    margin: 0,
    toUnit: (position) => (position + 0.5) / size,
    fromUnit: (u) => Math.min(Math.max(Math.floor(u * size), 0), size - 1),
    valuesAt: (position) => compiled.map((axis) => axis.at(position)),
    coordinateOf: (values) => positionOf(axes, values),
  };
}

function positionOf(axes: readonly AxisValues[], values: readonly Value[]): number {
  const found = axisIndexOf(axes[0]!, values[0]!);
  if (axes.length === 1) return found < 0 ? Number.NaN : found;
  // A zipped list may hold a value several times: the position is where all of them are.
  const compiled = axes.map(compileAxis);
  for (let i = Math.max(0, found); i < compiled[0]!.length; i++)
    if (compiled.every((axis, k) => isSameValue(axis.at(i), values[k]))) return i;
  return Number.NaN;
}

/** Whole numbers, of which each has the part of the logarithmic scale that rounds to it. */
function logParts(from: number, to: number): Pick<Parts, 'toUnit' | 'fromUnit'> {
  const [low, high] = [Math.log(from - 0.5), Math.log(to + 0.5)];
  const edge = (value: number) => (Math.log(value) - low) / (high - low);
  return {
    toUnit: (position) => (edge(from + position - 0.5) + edge(from + position + 0.5)) / 2,
    fromUnit: (u) => Math.min(Math.max(Math.round(Math.exp(low + u * (high - low)) - from), 0), to - from),
  };
}

/** Numbers that go up or down have an order; of `choice` the author has said that there is none. */
function isOrdered(values: readonly AxisDomain[]): boolean {
  const [first] = values;
  if (values.length > 1 || first === undefined || first.kind === 'choice') return false;
  if (first.kind !== 'list') return true;
  const list = first.values;
  if (list.length < 2 || !list.every((value) => typeof value === 'number')) return false;
  const sign = Math.sign((list[1] as number) - (list[0] as number));
  return list.every((value, i) => i === 0 || Math.sign((value as number) - (list[i - 1] as number)) === sign);
}
