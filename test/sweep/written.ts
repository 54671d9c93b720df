// Random definitions for a property: axes, zips, conditions, constraints, metrics and options as people write them, right
// and wrong. Each right part comes with its meaning, each wrong one with the place that an error must name.
import fc from 'fast-check';
import { z } from 'zod';
import type { Point, Value } from '../../src/space/types.js';
import { lin, log, range } from '../../src/space/values.js';

/** Something written, and what it means (undefined: nothing, and `place` must be named). */
export interface Part<T> {
  readonly written: unknown;
  readonly meaning?: T;
  readonly place?: string;
  /** Seen only once the worker is known. */
  readonly late?: boolean;
}

const right = <T>(written: unknown, meaning: T): Part<T> => ({ written, meaning });
const wrong = (place: string, written: unknown): Part<never> => ({ written, place });
const wrongLate = (place: string, written: unknown): Part<never> => ({ written, place, late: true });

const VALUES: Readonly<Record<string, readonly Value[]>> = {
  lr: [0.1, 0.2, 0.5, 1e-3, 0],
  units: [16, 32, 64, 128],
  optimizer: ['adam', 'sgd', 'momentum'],
  flag: [true, false],
  tag: ['007', 'a', 'x y', '1e3', 'ä,"b"'],
  mom: [0.8, 0.9, 0.95, 2],
  'net.hidden': [[64, 32], [64], [], null, [32, 64]],
  'opt/β': [
    { name: 'adam', lr: 0.1 },
    { lr: 0.2, name: 'sgd' },
    { lr: 0.1, name: 'sgd' },
  ],
};
export const NAMES = Object.keys(VALUES);

export const params = {
  lr: z.number().default(0.1),
  units: z.int().default(8),
  optimizer: z.enum(['adam', 'sgd', 'momentum']).default('adam'),
  flag: z.boolean().default(false),
  tag: z.string().default('none'),
  mom: z.union([z.number().min(0), z.int()]).default(0),
  'net.hidden': z.array(z.int()).nullable().default([8]),
  'opt/β': z.object({ name: z.string(), lr: z.number() }).default({ name: 'adam', lr: 1 }),
};

const SPELLINGS: readonly ((values: readonly Value[]) => unknown)[] = [
  (values) => values,
  (values) => new Set(values),
  (values) => ({ values }),
  (values) => ({ values, when: null }),
  (values) => ({ kind: 'list', values }),
  (values) => ({ kind: 'choice', values }),
  (values) => (values.every((v) => typeof v === 'number') ? Float64Array.from(values) : values),
  (values) => (values.length === 1 ? { value: values[0] } : values),
  (values) => values.map((value) => JSON.stringify(value)).join(','),
];

const SPACED: Readonly<Record<string, readonly Part<readonly Value[]>[]>> = {
  lr: [
    right(lin(0, 1, 3), [0, 0.5, 1]),
    right('log(0.001,1,4)', [0.001, 0.01, 0.1, 1]),
    right({ values: log(0.0001, 0.0008, 4) }, [0.0001, 0.0002, 0.0004, 0.0008]),
    right(0.3, [0.3]),
  ],
  units: [
    right(range(2, 8, 3), [2, 5, 8]),
    right('int(1,3)', [1, 2, 3]),
    right(log(8, 64, 4), [8, 16, 32, 64]),
  ],
  tag: [
    right('007,1.0,+5,a', ['007', '1.0', '+5', 'a']),
    right('[1, 2],{"a":1},null', ['[1, 2]', '{"a":1}', 'null']),
  ],
  flag: [right(true, [true]), right('true,false', [true, false])],
  'net.hidden': [right('[1, 2],null', [[1, 2], null]), right({ value: [1] }, [[1]])],
};

const NONSENSE: readonly unknown[] = [
  ...[null, undefined, 1n, Symbol('axis'), () => 1, {}, [], [1n], [1, 1], [Number.NaN], [[1n]]],
  ...[Object.create(null), [Symbol('v')], new Array(2), new Map(), new Date(0), /x/],
  ...[
    { min: 0, max: 1 },
    { low: 0, high: 1 },
    { from: 0, to: 1 },
    { from: 0, to: 1, count: 3 },
    { start: 1 },
  ],
  ...[{ distribution: 'uniform', min: 1 }, { kind: 'linear', from: 0, to: 1, count: 3 }, { kind: 3 }],
  ...[
    { kind: 'lin', from: 0, to: 1, cuont: 3 },
    { kind: 'lin', from: 0n, to: 1, count: 3 },
    { kind: 'list' },
  ],
  ...[
    { kind: 'log', from: -1, to: 1, count: 3 },
    { kind: 'int', from: 1, to: 2.5 },
    { kind: 'choice', values: 3 },
  ],
  ...[{ kind: 'range', from: 0, to: 1, step: Symbol('s') }, { kind: 'constructor' }, { kind: '__proto__' }],
  ...[
    { values: {} },
    { values: null },
    { values: [1], whn: {} },
    { value: undefined },
    { value: 1, values: [1] },
  ],
  ...[
    { values: [], when: {} },
    { values: [1], when: 3 },
    { values: [1], when: { nope: 1 } },
    { values: [1], when: { lr: [] } },
  ],
  ...[
    { values: [1], when: { optimizer: null } },
    { values: [1], when: new Map() },
    'lin(0,1)',
    '',
    'linn(1,2,3)',
    '[1,2],[3',
  ],
  ...[BigInt64Array.of(1n), new DataView(new ArrayBuffer(8)), Promise.resolve([1]), new (class Uniform {})()],
];

/** Values that no parameter takes that is a number, a text, true or false; but a text takes what is written as text. */
const STRUCTURED: readonly unknown[] = [
  ...[[[1]], [null], [{}], { value: [1] }, { value: null }, '[1,2],[3]', '{"a":1}', [Object.create(null)]],
];

/** Lists and objects with parts that are no value, and those that the worker does not take. */
const NO_VALUES: readonly unknown[] = [
  ...[[[new Date(0)]], '[relu]', [[undefined]], [[Number.NaN]], [[1], [1.0]], '{a:1}', {}, null, []],
];
const OTHER_STRUCTURE: readonly unknown[] = [
  1,
  [1],
  ['a'],
  [[1.5, 'a']],
  [[[1]]],
  [{ name: 'a', lr: 1, more: 1 }],
];

export interface WrittenAxis extends Part<readonly Value[]> {
  readonly name: string;
  readonly when?: Readonly<Record<string, readonly Value[]>>;
}

function axisOf(name: string): fc.Arbitrary<WrittenAxis> {
  const listed = fc
    .tuple(
      fc.shuffledSubarray([...VALUES[name]!], { minLength: 1, maxLength: Math.min(3, VALUES[name]!.length) }),
      fc.constantFrom(...SPELLINGS),
    )
    .map(([values, spell]) => right(spell(values), values));
  const spaced = SPACED[name] === undefined ? listed : fc.constantFrom(...SPACED[name]);
  const isStructured = typeof VALUES[name]![0] === 'object';
  const nonsense = fc.oneof(
    fc.constantFrom(...(isStructured ? NO_VALUES : NONSENSE)).map((each) => wrong(name, each)),
    fc
      .constantFrom(
        ...(isStructured
          ? OTHER_STRUCTURE
          : STRUCTURED.filter((each) => name !== 'tag' || typeof each !== 'string')),
      )
      .map((each) => wrongLate(name, each)),
  );
  return fc
    .oneof(
      { weight: 40, arbitrary: listed },
      { weight: 8, arbitrary: spaced },
      { weight: 2, arbitrary: nonsense },
    )
    .map((part) => ({ name, ...part }));
}

export interface WrittenGrid {
  readonly axes: readonly WrittenAxis[];
  /** Two axes that move together. */
  readonly zip: readonly string[] | undefined;
  readonly faults: readonly Part<never>[];
}

/** Zipped axes have positions, which what is drawn from has not. */
function isDomain(written: unknown): boolean {
  if (typeof written === 'string') return written.startsWith('int(');
  return typeof written === 'object' && written !== null && 'kind' in written && written.kind === 'choice';
}

/** The second axis may exist at the first value of the first alone; the last two may be zipped. */
export const gridArb: fc.Arbitrary<WrittenGrid> = fc
  .record({
    names: fc.shuffledSubarray(NAMES, { maxLength: 4 }),
    isConditional: fc.boolean(),
    isZipped: fc.boolean(),
  })
  .chain(({ names, isConditional, isZipped }) =>
    fc.tuple(...names.map(axisOf)).map((found) => {
      const axes = [...found];
      const [first, second] = axes;
      const isSound = axes.every(({ meaning }) => meaning !== undefined);
      if (isSound && isConditional && first !== undefined && second !== undefined) {
        const when = { [first.name]: [first.meaning![0]!] };
        const written = { values: [...second.meaning!], when };
        axes[1] = { ...second, written, when };
      }
      const last = axes.slice(-2);
      const canZip = isSound && axes.length >= (isConditional ? 4 : 2) && isZipped;
      if (!canZip) return { axes, zip: undefined, faults: [] };
      const zip = last.map(({ name }) => name);
      const isEven = last[0]!.meaning!.length === last[1]!.meaning!.length;
      const isListed = last.every(({ written }) => !isDomain(written));
      return { axes, zip, faults: isEven && isListed ? [] : [wrong(zip[0]!, zip)] };
    }),
  );

/** What is asked for beside the axes. `late`: seen only once the worker is known. */
export interface Extra {
  readonly options: Readonly<Record<string, unknown>>;
  readonly place?: string;
  readonly late?: boolean;
}

export const extraArb: fc.Arbitrary<Extra> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.constantFrom<Extra>(
      { options: {} },
      { options: { sampler: 'grid' } },
      { options: { sampler: { name: 'grid' }, title: 'T', about: 'A' } },
      { options: { replicates: 2, seed: -3, report: null } },
      { options: { seeds: [7, 0, 4294967295] } },
    ),
  },
  {
    weight: 6,
    arbitrary: fc.constantFrom<Extra>(
      ...['sampler', 'replicates', 'seed', 'title', 'zip', 'fixed', 'worker', 'name'].map((place) => ({
        options: { [place]: 3.5 },
        place,
      })),
      { options: { zip: ['lr', 'units'] }, place: 'zip' },
      { options: { zip: [['lr', 'nope']] }, place: 'zip' },
      { options: { zip: [['lr', 'lr']] }, place: 'zip' },
      { options: { zip: new Set([['lr', 'units']]) }, place: 'zip' },
      { options: { fixed: { extra: null } }, place: 'extra', late: true },
      { options: { fixed: { extra: undefined } }, place: 'extra' },
      { options: { fixed: { extra: [Symbol('x')] } }, place: 'extra' },
      ...[[], [1, 1], [-1], [1.5], 'x', [null], new Set([1])].map((seeds) => ({
        options: { seeds },
        place: 'seeds',
      })),
      { options: { seeds: [1, 2], replicates: 2 }, place: 'replicates and seeds' },
      { options: { seeds: [1, 2], replicates: 'auto' }, place: 'replicates and seeds' },
      { options: { pruner: { name: 'asha', min: 10, max: 5 } }, place: 'pruner asha: max 5' },
      { options: { fixed: new Map() }, place: 'fixed' },
      { options: { replicates: 0 }, place: 'replicates' },
      { options: { wehre: () => true }, place: 'wehre' },
      { options: { [Symbol('odd')]: 1 } as never, place: 'odd' },
      { options: { worker: 'https://example.org/w.ts' }, place: 'worker' },
      { options: { worker: 'http://[' }, place: 'worker' },
      { options: { name: 'two words' }, place: 'two words' },
      { options: { sampler: 'gird' }, place: 'gird', late: true },
      { options: { sampler: { name: 'grid', trials: 3 } }, place: 'trials', late: true },
      { options: { fixed: { nope: 1 } }, place: 'nope', late: true },
      { options: { fixed: { constructor: 1 } }, place: 'constructor', late: true },
    ),
  },
);

/** A constraint: its meaning is what it leaves, wrong ones are told with `where`. */
export interface WrittenConstraint {
  readonly written: unknown;
  readonly accepts?: (point: Point) => boolean;
  readonly isStatic?: boolean;
}

function isPicked(point: Point, salt: number): boolean {
  const text = JSON.stringify(Object.entries(point).sort());
  let sum = salt;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) >>> 0;
  return sum % 4 !== 0;
}

export const constraintArb: fc.Arbitrary<WrittenConstraint | undefined> = fc.oneof(
  { weight: 20, arbitrary: fc.constant(undefined) },
  {
    weight: 15,
    arbitrary: fc.nat(99).map((salt): WrittenConstraint => {
      const accepts = (point: Point) => isPicked(point, salt);
      return { written: accepts, accepts };
    }),
  },
  {
    weight: 15,
    arbitrary: fc
      .tuple(fc.shuffledSubarray(NAMES, { minLength: 1, maxLength: 2 }), fc.nat(99), fc.boolean())
      .map(([names, salt, isListed]): WrittenConstraint => {
        const named = [names, (point: Point) => isPicked(point, salt)];
        const written = isListed ? [named, (point: Point) => isPicked(point, salt + 1)] : named;
        const accepts = (point: Point): boolean => {
          const few = Object.fromEntries(names.map((name) => [name, point[name]]));
          const holds = names.some((name) => !(name in point)) || isPicked(few as Point, salt);
          return holds && (!isListed || isPicked(point, salt + 1));
        };
        return { written, accepts };
      }),
  },
  {
    weight: 5,
    arbitrary: fc.constantFrom<WrittenConstraint>(
      ...['x > 1', 5, {}, [], [['lr']], [[], () => true], [['lr'], 'x'], true, new Map()].map((written) => ({
        written,
        isStatic: true,
      })),
      ...[
        () => undefined,
        () => 'yes',
        () => 1,
        () => null,
        async () => true,
        () => {
          throw new Error('broken');
        },
        () => {
          throw undefined;
        },
        (p: Point) => (p as never as { lr: { deep: { er: 1 } } }).lr.deep.er === 1,
        (p: Point) => p.lerning_rate === 1,
        (p: Point) => 'nope' in p,
        (p: Point) => Object.hasOwn(p, 'nope'),
        (p: Record<string, Value>) => {
          p.lr = 3;
          return true;
        },
        () => false,
        [['nope'], () => true],
        [() => true, () => 0],
      ].map((written) => ({ written })),
    ),
  },
);

/** Metrics, and a parameter more, of the worker. */
export const workerArb: fc.Arbitrary<Part<{ goal?: 'min' | 'max' }> & { readonly options: object }> =
  fc.oneof(
    {
      weight: 30,
      arbitrary: fc.constantFrom(
        ...[undefined, 'min', 'max', 'minimize', 'MAXIMISE', 'Minimum'].map((goal) => ({
          ...right(
            goal,
            goal === undefined ? {} : { goal: /^min/i.test(goal) ? ('min' as const) : ('max' as const) },
          ),
          options: { metrics: { y: { type: 'number', ...(goal === undefined ? {} : { goal }) } } },
        })),
      ),
    },
    {
      weight: 4,
      arbitrary: fc.constantFrom(
        ...['up', null, 1, '', 'minmax', 'MIN '].map((goal) =>
          metricsAre({ y: { type: 'number', goal } }, 'goal'),
        ),
        ...['float', null, undefined, 'Number'].map((type) => metricsAre({ y: { type } }, 'type')),
        ...['number', null, [], () => 1].map((spec) => metricsAre({ y: spec }, '"y"')),
        ...[null, [], new Map(), 'y'].map((metrics) => metricsAre(metrics, 'metrics')),
        metricsAre({ y: { type: 'number', gaol: 'min' } }, 'gaol'),
        ...['Status', 'LR', 'Trial', 'run', 'a b', 'constructor', 'UNITS', 'step', '1st', 'e\u0301'].map(
          (name) => metricsAre({ [name]: { type: 'number' } }, `"${name}"`),
        ),
        ...[['step'], ['a', 'A'], 'loss', [1], ['a b']].map((series) => ({
          ...wrong('series', series),
          options: { series },
        })),
        ...[
          z.number(),
          z.coerce.number().default(1),
          z.string().trim().default('a'),
          z.preprocess(Number, z.number()).default(1),
          z.number().catch(1).default(1),
          z.any().default(1),
          z.union([z.number(), z.string()]).default(1),
          z.number().default(() => Math.random()),
          z.bigint().default(1n),
          z.number().default(Number.POSITIVE_INFINITY),
          z.array(z.string().trim()).default([]),
          z.null().default(null),
          { _def: { typeName: 'ZodNumber' } },
          5,
          null,
        ].map((type) => ({ ...wrong('"more"', type), options: { params: { ...params, more: type } } })),
        { ...wrong('params', null), options: { params: null } },
        { ...wrong('params', 1), options: { params: z.object(params) } },
        { ...wrong('expected one of run', 1), options: { run: undefined } },
        { ...wrong('check', 1), options: { check: 'x' } },
      ),
    },
  );

function metricsAre(metrics: unknown, place: string) {
  return { ...wrong(place, metrics), options: { metrics } };
}
