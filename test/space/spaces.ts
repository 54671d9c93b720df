// Random spaces for properties, and the plain way to list their points: nested loops over every axis.
import fc from 'fast-check';
import { axisAt, axisLength } from '../../src/space/axis.js';
import type { AxisSpec, AxisValues, GridSpec, Point, SpaceSpec, Value } from '../../src/space/types.js';
import { lin, log, range } from '../../src/space/values.js';

const TEXTS: readonly Value[] = ['adam', 'sgd', '1', 'true', 'é,"x"'];

/** Parameters of a pretended worker: every axis name that `spaceArb` uses, and two it does not. */
export const PARAMS = [
  { name: 'a', type: 'number', default: 0.5 },
  { name: 'b', type: 'string', default: 'adam' },
  { name: 'c', type: 'boolean', default: false },
  { name: 'd', type: 'integer', default: 7 },
  { name: 'e', type: 'number', default: -0 },
  { name: 'f', type: 'string', default: 'none' },
  { name: 'zeta', type: 'number', default: 1e-8 },
  { name: 'Aleph', type: 'string', default: 'x"y' },
] as const;

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'] as const;

function listOf(values: readonly Value[]): fc.Arbitrary<AxisValues> {
  return fc
    .shuffledSubarray([...values], { minLength: 1, maxLength: Math.min(4, values.length) })
    .map((picked) => ({ kind: 'list', values: picked }));
}

function valuesFor(name: string): fc.Arbitrary<AxisValues> {
  const type = PARAMS.find((param) => param.name === name)!.type;
  if (type === 'string') return listOf(TEXTS);
  if (type === 'boolean') return listOf([true, false]);
  if (type === 'integer')
    return fc.oneof(
      listOf([0, 1, 2, 3, -4]),
      fc.integer({ min: 2, max: 9 }).map((to) => range(1, to, 2)),
    );
  const count = fc.integer({ min: 2, max: 5 });
  return fc.oneof(
    listOf([0, 0.1, 1, 1e-7, 1e21, -2.5]),
    count.map((n) => lin(0, 2, n)),
    count.map((n) => log(1e-4, 1, n)),
  );
}

/** The same axis with at most `count` values, to zip it. */
function shortened(values: AxisValues, count: number): AxisValues {
  return { kind: 'list', values: Array.from({ length: count }, (_, i) => axisAt(values, i)) };
}

const gridArb: fc.Arbitrary<GridSpec> = fc
  .record({
    names: fc.shuffledSubarray([...NAMES]),
    zip: fc.boolean(),
    picks: fc.array(fc.nat(), { minLength: 24, maxLength: 24 }),
  })
  .chain(({ names, zip, picks }) =>
    fc.tuple(...names.map(valuesFor)).map((values) => {
      const axes: AxisSpec[] = [];
      for (let i = 0; i < names.length; i++) {
        const pair = zip && i + 1 < names.length && picks[i]! % 3 === 0;
        const when = conditionFrom(axes, picks.slice(6 + 3 * i, 9 + 3 * i));
        const count = pair ? Math.min(axisLength(values[i]!), axisLength(values[i + 1]!)) : 0;
        axes.push({
          names: pair ? [names[i]!, names[i + 1]!] : [names[i]!],
          values: pair ? [shortened(values[i]!, count), shortened(values[i + 1]!, count)] : [values[i]!],
          ...(when === undefined ? {} : { when }),
        });
        if (pair) i++;
      }
      return { axes };
    }),
  );

function conditionFrom(earlier: readonly AxisSpec[], picks: readonly number[]): AxisSpec['when'] {
  const [whether, which, mask] = picks as [number, number, number];
  if (earlier.length === 0 || whether % 2 === 0) return undefined;
  const axis = earlier[which % earlier.length]!;
  const k = which % axis.names.length;
  const values = Array.from({ length: axisLength(axis.values[k]!) }, (_, i) => axisAt(axis.values[k]!, i));
  const wanted = values.filter((_, i) => (mask >> i) & 1);
  return { [axis.names[k]!]: wanted.length === 0 ? [values[0]!] : wanted };
}

export const spaceArb: fc.Arbitrary<SpaceSpec> = fc.record({
  grids: fc.array(gridArb, { minLength: 1, maxLength: 3 }),
  replicates: fc.integer({ min: 1, max: 3 }),
});

/** Every point in order: loops over the axes that others depend on first, then over the rest. */
export function listPoints(spec: SpaceSpec): Point[] {
  return spec.grids.flatMap((grid) => {
    const deciding = new Set(grid.axes.flatMap((axis) => Object.keys(axis.when ?? {})));
    const decides = (axis: AxisSpec) => axis.names.some((name) => deciding.has(name));
    const order = [...grid.axes.filter(decides), ...grid.axes.filter((axis) => !decides(axis))];
    let points: Point[] = [{}];
    for (const axis of order) points = points.flatMap((point) => extend(point, axis));
    return points;
  });
}

function extend(point: Point, axis: AxisSpec): Point[] {
  for (const [name, wanted] of Object.entries(axis.when ?? {})) {
    if (!wanted.some((value) => value === point[name])) return [point];
  }
  return Array.from({ length: axisLength(axis.values[0]!) }, (_, i) => ({
    ...point,
    ...Object.fromEntries(axis.names.map((name, k) => [name, axisAt(axis.values[k]!, i)])),
  }));
}
