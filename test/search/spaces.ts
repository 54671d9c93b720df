// Random spaces of domains for properties of search: all kinds of axes, conditions on earlier ones, zipped ones, and several
// grids that share axes. Small on purpose: methods are asked for many proposals in each.
import fc from 'fast-check';
import type { SearchSpace } from '../../src/search/space.js';
import { axisAt, axisLength } from '../../src/space/axis.js';
import { choice, int, logint, loguniform, normal, toFiniteValues, uniform } from '../../src/space/domain.js';
import type { AxisDomain, AxisSpec, AxisValues, GridSpec, Value } from '../../src/space/types.js';
import { isSameValue } from '../../src/space/value.js';
import { lin, log, range } from '../../src/space/values.js';

const list = (...values: readonly Value[]): AxisValues => ({ kind: 'list', values });

const DOMAINS: readonly AxisDomain[] = [
  uniform(-1, 3),
  uniform(0, 1),
  uniform(-1e300, 1e300),
  uniform(0, 1, 0.25),
  loguniform(1e-5, 1),
  int(1, 8),
  int(0, 1_000_000),
  int(1, 2),
  logint(1, 1024),
  normal(5, 2),
  choice('adam', 'sgd', 'rmsprop'),
  choice(true, false),
  choice('only'),
  choice(1, 8, 64),
  list(0.1, 0.2, 0.5, 1),
  list('x'),
  list(3, 1, 2),
  lin(0, 2, 5),
  log(1e-4, 1, 3),
  range(1, 7, 2),
];

const CONTINUOUS = DOMAINS.filter((domain) => toFiniteValues(domain) === undefined);
const ZIPPED: readonly (readonly [AxisValues, AxisValues])[] = [
  [list(1, 2, 3), list('one', 'two', 'three')],
  [list(1, 1, 2), list('a', 'b', 'a')],
];

interface Picks {
  readonly kind: number;
  readonly zip: number;
  readonly whether: number;
  readonly which: number;
  readonly mask: number;
}

const picksArb: fc.Arbitrary<Picks> = fc.record({
  kind: fc.nat(999),
  zip: fc.nat(5),
  whether: fc.nat(1),
  which: fc.nat(99),
  mask: fc.nat(255),
});

function makeAxis(
  picks: Picks,
  name: string,
  earlier: readonly AxisSpec<AxisDomain>[],
): AxisSpec<AxisDomain> {
  const when = conditionFrom(picks, earlier);
  const rest = when === undefined ? {} : { when };
  if (picks.zip === 0)
    return { names: [name, `${name}${name}`], values: ZIPPED[picks.kind % ZIPPED.length]!, ...rest };
  return { names: [name], values: [DOMAINS[picks.kind % DOMAINS.length]!], ...rest };
}

function conditionFrom(
  { whether, which, mask }: Picks,
  earlier: readonly AxisSpec<AxisDomain>[],
): AxisSpec['when'] {
  const able = earlier.filter(({ values }) => {
    const finite = toFiniteValues(values[0]!);
    return finite !== undefined && axisLength(finite) <= 8;
  });
  if (able.length === 0 || whether === 0) return undefined;
  const axis = able[which % able.length]!;
  const k = which % axis.names.length;
  const finite = toFiniteValues(axis.values[k]!)!;
  const wanted: Value[] = [];
  for (let i = 0; i < axisLength(finite); i++) {
    const value = axisAt(finite, i);
    if ((mask >> i) & 1 && !wanted.some((known) => isSameValue(known, value))) wanted.push(value);
  }
  return { [axis.names[k]!]: wanted.length === 0 ? [axisAt(finite, 0)] : wanted };
}

const gridArb = (most: number): fc.Arbitrary<GridSpec<AxisDomain>> =>
  fc.array(picksArb, { minLength: 1, maxLength: most }).map((all) => {
    const axes: AxisSpec<AxisDomain>[] = [];
    for (const picks of all) axes.push(makeAxis(picks, 'abcdefgh'[axes.length]!, axes));
    return { axes };
  });

/** One to three grids; the second begins like the first in half of the cases. */
export const gridsArb: fc.Arbitrary<readonly GridSpec<AxisDomain>[]> = fc.oneof(
  { weight: 3, arbitrary: gridArb(6).map((grid) => [grid]) },
  { weight: 1, arbitrary: fc.array(gridArb(4), { minLength: 2, maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(gridArb(3), fc.nat(99))
      .map(([{ axes }, kind]) => [
        { axes },
        { axes: [...axes, { names: ['z'], values: [DOMAINS[kind % DOMAINS.length]!] }] },
      ]),
  },
);

/** One grid whose axes are all continuous, and always there. */
export const continuousArb: fc.Arbitrary<readonly GridSpec<AxisDomain>[]> = fc
  .array(fc.nat(99), { minLength: 1, maxLength: 6 })
  .map((kinds) => [
    {
      axes: kinds.map((kind, i) => ({
        names: ['abcdefgh'[i]!],
        values: [CONTINUOUS[kind % CONTINUOUS.length]!],
      })),
    },
  ]);

/** What is wrong with a place as a proposal, in words; undefined where it lies in the space. */
export function findMisplaced(space: SearchSpace, x: Float64Array): string | undefined {
  if (x.length !== space.dimensions.length) return `${x.length} coordinates`;
  for (let d = 0; d < x.length; d++) {
    const { size } = space.dimensions[d]!;
    const at = x[d]!;
    if (!space.exists(x, d)) {
      if (!Number.isNaN(at)) return `dimension ${d} does not exist there, and is ${at}`;
    } else if (size === Number.POSITIVE_INFINITY) {
      if (!(at >= 0 && at <= 1)) return `dimension ${d} is continuous, and is ${at}`;
    } else if (!(Number.isInteger(at) && at >= 0 && at < size)) return `dimension ${d} of ${size} is ${at}`;
  }
  return undefined;
}
