// Random declarations of a worker, spaces over its parameters, and trials in them: everything that a row can hold.
import fc from 'fast-check';
import { createSpace, type Space } from '../../src/space/space.js';
import type { AxisSpec, Point, Value } from '../../src/space/types.js';
import { canonicalValue } from '../../src/space/value.js';
import type { Metric, MetricValues } from '../../src/trial/metrics.js';
import type { FixedValues, SpaceParam } from '../../src/trial/params.js';
import { type Selection, selectNumbers } from '../../src/trial/selection.js';
import type { TrialStatus } from '../../src/trial/status.js';

type Type = SpaceParam['type'];

export interface RowCase {
  readonly params: readonly SpaceParam[];
  readonly axes: readonly string[];
  readonly metrics: readonly Metric[];
  readonly fixed: FixedValues;
  readonly sweepSeed: number;
  readonly space: Space;
  readonly trials: Selection;
  /** How each trial ended, as often as needed: taken in turn. */
  readonly ends: readonly { readonly status: TrialStatus; readonly values: MetricValues }[];
}

const TYPES: readonly Metric['type'][] = ['number', 'integer', 'boolean', 'string'];

/** Whatever a CSV could stumble over, and what a spreadsheet or a parser takes for something else. */
const text = fc.oneof(
  fc.string({
    unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', ';', '|', "'", '\t', 'é', '🎉', '=', '\0'),
  }),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '""', 'true', '1', 'NaN', 'null', 'ok', '\ufeff', '\u2028', ' ', 'a,b\r\n"c"'),
);
const finite = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 5e-324, 1.7976931348623157e308, 1e21, 1e-7, 0.1 + 0.2, 2 ** 53),
);

function scalarOf(type: Metric['type']): fc.Arbitrary<number | string | boolean> {
  if (type === 'number') return finite;
  if (type === 'integer') return fc.maxSafeInteger();
  return type === 'boolean' ? fc.boolean() : text;
}

/** Lists and objects of everything, and scalars, which such a parameter may be as well. */
export const structured: fc.Arbitrary<Value> = fc.letrec<{
  any: Value;
  list: Value[];
  object: Record<string, Value>;
}>((tie) => ({
  any: fc.oneof(
    { depthSize: 'small' },
    finite,
    text,
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('any'), { maxLength: 3 }),
  object: fc.dictionary(text, tie('any'), { maxKeys: 3 }),
})).any;

function anyOf({ type, nullable }: Pick<SpaceParam, 'type' | 'nullable'>): fc.Arbitrary<Value> {
  if (type === 'json') return nullable ? structured : structured.filter((value) => value !== null);
  return nullable ? fc.oneof(scalarOf(type), fc.constant(null)) : scalarOf(type);
}

function metricValueOf(type: Metric['type']): fc.Arbitrary<MetricValues[string] | undefined> {
  const numbers = fc.oneof(
    finite,
    fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
  );
  return fc.oneof(
    { arbitrary: type === 'number' ? numbers : scalarOf(type), weight: 5 },
    { arbitrary: fc.constantFrom(null, undefined), weight: 1 },
  );
}

const declared = (names: string) =>
  fc.uniqueArray(fc.record({ name: fc.constantFrom(...names.split('')), type: fc.constantFrom(...TYPES) }), {
    selector: ({ name }) => name,
    maxLength: names.length,
  });

const paramType = fc.record({
  name: fc.constantFrom('a', 'b.c', 'd/e', 'ζ', 'é', 'f', 'g'),
  type: fc.constantFrom<Type>(...TYPES, 'json'),
  nullable: fc.constantFrom(undefined, true as const),
});
const paramsArb = fc.uniqueArray(paramType, { selector: ({ name }) => name, maxLength: 7 }).chain((specs) =>
  fc.tuple(
    ...specs.map(({ name, type, nullable }) => {
      const known = { name, type, ...(nullable === undefined ? {} : { nullable }) };
      return anyOf(known).map((value): SpaceParam => ({ ...known, default: value }));
    }),
  ),
);

/** Crossed axes with a few values each; a later one may exist only at one value of an earlier one. */
function gridOf(params: readonly SpaceParam[]): fc.Arbitrary<readonly AxisSpec[]> {
  const axis = (param: SpaceParam) =>
    fc.record({
      values: fc.uniqueArray(anyOf(param), {
        minLength: 1,
        maxLength: 3,
        selector: canonicalValue,
      }),
      condition: fc.option(fc.nat()),
    });
  return fc.tuple(...params.map(axis)).map((axes) => {
    const specs: AxisSpec[] = [];
    axes.forEach(({ values, condition }, i) => {
      const on = condition === null || i === 0 ? undefined : condition % i;
      specs.push({
        names: [params[i]!.name],
        values: [{ kind: 'list', values }],
        ...(on === undefined ? {} : { when: { [params[on]!.name]: [axes[on]!.values[0]!] } }),
      });
    });
    return specs;
  });
}

function trialsIn(space: Space): fc.Arbitrary<Selection> {
  const { trials } = space;
  return fc.oneof(
    fc.tuple(fc.nat({ max: trials - 1 }), fc.nat({ max: 12 })).map(([first, count]): Selection => {
      return { kind: 'range', first, count: Math.min(count, trials - first) };
    }),
    fc.uniqueArray(fc.nat({ max: trials - 1 }), { maxLength: 8 }).map(selectNumbers),
  );
}

/** Points that no space holds: any values, and any axes missing. */
function proposals(axes: readonly SpaceParam[]): fc.Arbitrary<Selection> {
  const point = fc
    .tuple(...axes.map((param) => fc.option(anyOf(param).map((value) => [param.name, value] as const))))
    .map((entries): Point => Object.fromEntries(entries.filter((entry) => entry !== null)));
  const trial = fc.record({ trial: fc.nat(), replicate: fc.nat({ max: 9 }), point });
  return fc
    .uniqueArray(trial, { selector: (each) => each.trial, maxLength: 8 })
    .map((points): Selection => ({ kind: 'points', points }));
}

function endOf(metrics: readonly Metric[]): fc.Arbitrary<RowCase['ends'][number]> {
  const values = fc
    .tuple(...metrics.map(({ name, type }) => metricValueOf(type).map((value) => [name, value] as const)))
    .map(
      (entries): MetricValues =>
        Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as never,
    );
  return fc.oneof(
    { arbitrary: values.map((each) => ({ status: 'ok' as const, values: each })), weight: 4 },
    {
      arbitrary: fc
        .constantFrom('failed', 'timeout', 'skipped')
        .map((status) => ({ status, values: {} }) as const),
      weight: 1,
    },
  );
}

export const rowCase: fc.Arbitrary<RowCase> = fc
  .record({ params: paramsArb, metrics: declared('uvwxyz'), cut: fc.nat(), isProposed: fc.boolean() })
  .chain(({ params, metrics, cut, isProposed }) => {
    const varied = params.slice(0, cut % (params.length + 1));
    const replicates = fc.integer({ min: 1, max: 3 });
    return fc.tuple(gridOf(isProposed ? [] : varied), replicates).chain(([axes, times]) => {
      const space = createSpace({ grids: [{ axes }], replicates: times });
      return fc.record({
        params: fc.constant(params),
        axes: fc.constant(varied.map(({ name }) => name)),
        metrics: fc.constant(metrics),
        fixed: fc.constant(Object.fromEntries(params.slice(-1).map((param) => [param.name, param.default]))),
        sweepSeed: fc.maxSafeInteger(),
        space: fc.constant(space),
        trials: isProposed ? proposals(varied) : trialsIn(space),
        ends: fc.array(endOf(metrics), { minLength: 1, maxLength: 8 }),
      });
    });
  });
