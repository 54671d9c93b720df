// Constraints: their own faults in words, what is ruled out at once, and how long a sampler looks for what passes.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import type { SweeplineError } from '../../../src/ground/errors.js';
import { createInlinePool } from '../../../src/pool/inline.js';
import { createSpace } from '../../../src/space/space.js';
import type { Point } from '../../../src/space/types.js';
import { lin } from '../../../src/space/values.js';
import { comparisonsOf } from '../../../src/sweep/definition/aims.js';
import {
  type Constraint,
  type ConstraintInput,
  countPassing,
  readConstraint,
} from '../../../src/sweep/definition/constraint.js';
import { defineSweep, type SweepOptions } from '../../../src/sweep/definition/define.js';
import { type Job, openSampler, prepareJob } from '../../../src/sweep/job.js';
import { createAccept } from '../../../src/sweep/samplers/finite.js';
import { resolveSettings } from '../../../src/sweep/settings.js';
import { meets, parseMetricConstraint } from '../../../src/trial/objective.js';
import { countOf, trialsOf } from '../../../src/trial/selection.js';
import type { Worker } from '../../../src/worker/contract.js';
import { defineWorker } from '../../../src/worker/define.js';

const number = z.number().default(1);
const worker = defineWorker({
  name: 'w',
  version: '1',
  params: { a: number, b: number, c: number, d: number, k: number },
  metrics: { y: { type: 'number' } },
  run: () => ({ y: 1 }),
}) as unknown as Worker;

function prepare(options: Partial<SweepOptions>): Promise<Job> {
  const file = 'file:///sweep.js';
  const sweep = defineSweep({
    name: 's',
    worker: './w.js',
    axes: { a: [1, 2, 3], b: [1, 2] },
    ...options,
  } as never);
  const loaded = { sweep, url: file, workerUrl: file, reportUrl: null };
  return prepareJob(loaded, resolveSettings({ sweep: 's' }), createInlinePool(worker).questions);
}

const refused = (where: unknown, more: Partial<SweepOptions> = {}) =>
  prepare({ ...more, where: where as ConstraintInput }).then(
    () => 'nothing is refused',
    (error: Error) => error.message,
  );

test.each<[string, unknown, string]>([
  ['no return', (p: Point) => void (p.a === 1), 'returns undefined at {"a":1,"b":1}; expected true or false'],
  ['a text', () => 'yes', 'returns "yes" at {"a":1,"b":1}'],
  ['a number', (p: Point) => p.a, 'returns 1 at'],
  ['a promise', async () => true, 'returns a Promise at'],
  [
    'throws',
    (p: Point) => (p.a as never as string[]).length.toFixed() === p.b,
    'throws at {"a":1,"b":1}: TypeError',
  ],
  ['throws late', (p: Point) => p.b !== 2 || (null as never as { x: boolean }).x, 'throws at {"a":1,"b":2}'],
  ['misspelt', (p: Point) => p.A === 1, 'reads "A": unknown axis "A"; did you mean "a"? (legal: a, b)'],
  ['fixed', (p: Point) => p.k === 5, 'reads "k", which is fixed at 5 and no axis (axes: a, b)'],
  ['no axis here', (p: Point) => p.c === 1, 'reads "c": unknown axis "c"'],
  ['asked for with in', (p: Point) => !('A' in p), 'reads "A"'],
  [
    'not among its own',
    [['a'], (p: Point) => p.b === 1],
    'reads "b", which is not among the axes that it is on (a)',
  ],
  ['on no axis', [['a', 'z'], () => true], 'is on "z": unknown axis "z"'],
  ['changes the point', (p: Record<string, unknown>) => delete p.a, 'changes the point it is given'],
  ['leaves nothing', (p: Point) => (p.a as number) > 5, 'leaves none of 6 points'],
  [
    'two that leave nothing',
    [(p: Point) => p.a === 1, [['a'], (p: Point) => p.a === 2]],
    'leaves none of 6 points',
  ],
])('%s', async (_, where, message) => {
  expect(await refused(where, { fixed: { k: 5 } })).toContain(`the constraint (where) ${message}`);
});

test('a metric is no part of a point: what to write instead is told', async () => {
  const hintOf = (where: unknown) =>
    prepare({ where: where as ConstraintInput }).then(
      () => 'nothing is refused',
      ({ message, hint }: SweeplineError) => `${message}\n${hint}`,
    );
  const simple = await hintOf((m: Point) => (m.y as number) < 1e6);
  expect(simple).toContain('reads "y", a metric, which no point has before its trial has run\n');
  expect(simple).toContain("write constraints: ['y < 1000000']");
  expect(await hintOf((m: Point) => Math.abs(m.y as number) < 3)).toContain("write constraints: ['y <= 1']");
  expect(await hintOf([['y'], () => true])).toContain('is on "y": unknown axis');
});

test('constraints on metrics may be functions, and are kept as texts', () => {
  const read = (constraints: unknown) =>
    defineSweep({ name: 's', worker: './w.js', axes: { a: [1] }, constraints } as never).constraints;
  type Metrics = { readonly y: number; readonly z: number };
  expect(read((m: Metrics) => m.y >= -2)).toEqual(['y >= -2']);
  expect(read(['y < 3', (m: Metrics) => m.y < 1_000_000 && m.z > 0.5])).toEqual([
    'y < 3',
    'y < 1000000',
    'z > 0.5',
  ]);
  const limit = 3;
  expect(() => read([(m: Metrics) => m.y < m.z, (m: Metrics) => m.y < limit, 4])).toThrow(
    /\(m\) => m.y < m.z is more than comparisons with numbers; .* write constraints: \['memory <= 2e9'\].*\n.*m.y < limit is more.*\n.*expected a list of texts/s,
  );
  expect(() => read(4)).toThrow('constraints: expected a list of texts');
});

test('a function that compares metrics with numbers is the same as its texts', () => {
  const operatorArb = fc.constantFrom('<', '<=', '>', '>=', '==', '===', '!=', '!==');
  const numberArb = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }));
  const headArb = fc.constantFrom('(m) =>', 'm =>', '( m )=>');
  const partArb = fc.tuple(fc.constantFrom('y', 'z'), operatorArb, numberArb, fc.boolean());
  const partsArb = fc.array(partArb, { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(headArb, partsArb, numberArb, (head, parts, value) => {
      const written = parts.map(([name, operator, bound, isBracketed]) => {
        const text = `m.${name} ${operator} ${bound}`;
        return isBracketed ? `(${text})` : text;
      });
      const source = `${head} ${written.join(' && ')}`;
      const constraints = comparisonsOf(source)!.map((text) => parseMetricConstraint(text, [])!);
      const accepts = new Function(`return ${source}`)() as (m: { y: number; z: number }) => boolean;
      for (const y of [value, parts[0]![2], Number.NaN]) {
        // A mean that is not known meets nothing.
        const isKnown = !Number.isNaN(y) || !parts.some(([name, [first]]) => name === 'y' && first === '!');
        const metrics = { y, z: value };
        expect(constraints.every((each) => meets(each, metrics[each.metric as 'y' | 'z']))).toBe(
          isKnown && accepts(metrics),
        );
      }
    }),
  );
  for (const more of [
    '(m) => m.y < k',
    '(m) => m.y < 3 || m.z < 2',
    '(m) => !(m.y < 3)',
    '(m) => m.y < 3 && n.z < 2',
    '(m) => n.y < 3',
    '(m, p) => m.y < 3',
    'function (m) { return m.y < 3; }',
  ])
    expect(comparisonsOf(more), more).toBeUndefined();
});

test('nothing is left of many points', async () => {
  const axes = { a: lin(1, 400, 400), b: lin(1, 400, 400) };
  expect(await refused((p: Point) => p.a === 0.5, { axes })).toContain('leaves none of 160,000 points');
});

test('reads that are right pass: conditional axes, JSON, spreading, destructuring', async () => {
  const axes = { a: [1, 2], b: { values: [1, 2], when: { a: 1 } } };
  const sees = (p: Point) => {
    const { a, ...rest } = p;
    return JSON.stringify({ ...rest, a }).length > 0 && (p.b === undefined || p.b === 1) && 'toString' in p;
  };
  const job = await prepare({ axes, where: sees });
  expect(openSampler(job).total).toBe(2);
  // An axis that --set has left nothing of may still be asked for.
  const loaded = { ...job.loaded };
  const settings = resolveSettings({ sweep: 's', set: { a: { kind: 'list', values: [2] } } });
  await prepareJob(loaded, settings, createInlinePool(worker).questions);
});

const share = lin(1, 300, 300);
const sum = (p: Point, names: readonly string[]) =>
  names.reduce((total, name) => total + (p[name] as number), 0);
const wide = { a: share, b: share, c: share, d: share };

test('a sampler gives nothing, and not the end, when it has looked at many points', async () => {
  const job = await prepare({ axes: wide, where: (p) => sum(p, ['a', 'b', 'c', 'd']) < 6 });
  let calls = 0;
  const { where } = job.loaded.sweep;
  const counted: Constraint = Object.assign((p: Point) => ++calls > 0 && where!(p), { parts: where!.parts });
  const sampler = openSampler(
    { ...job, loaded: { ...job.loaded, sweep: { ...job.loaded.sweep, where: counted } } },
    { turn: { isOver: () => calls % 500 === 0 } },
  );
  expect(sampler.total).toBeNull();
  const first = sampler.next(2);
  expect(typeof first === 'string' ? first : [...trialsOf(first)]).toEqual([0, 1]);
  sampler.next(100);
  calls = 0;
  const none = sampler.next(100);
  expect(typeof none === 'string' ? none : countOf(none)).toBe(0);
  expect(calls).toBe(500);
  expect(countPassing(job.space.points, (i) => where!(job.space.at(i)))).toEqual({
    accepted: expect.any(Number),
    of: 10_000,
  });
});

test('constraints on named axes rule out all points with these values at once', async () => {
  let calls = 0;
  const named = (names: readonly string[]): readonly [readonly string[], (p: Point) => boolean] => [
    names,
    (p) => ++calls > 0 && sum(p, names) < 6,
  ];
  const where = [['a'], ['a', 'b'], ['a', 'b', 'c'], ['a', 'b', 'c', 'd']].map(named);
  const job = await prepare({ axes: wide, where });
  calls = 0;
  const sampler = openSampler(job);
  expect(sampler).toMatchObject({ total: 5, excluded: 300 ** 4 - 5 });
  expect(calls).toBeLessThan(100_000);
  const points: Point[] = [];
  for (let next = sampler.next(3); next !== 'end'; next = sampler.next(3))
    if (next !== 'wait') for (const trial of trialsOf(next)) points.push(job.space.at(trial));
  expect(points.map((p) => Object.values(p).join())).toEqual([
    '1,1,1,1',
    '1,1,1,2',
    '1,1,2,1',
    '1,2,1,1',
    '2,1,1,1',
  ]);
});

test.each([1, 3])(
  'what is ruled out at once is what one by one is, with conditions, zips and %d replicates',
  (replicates) => {
    const sweep = defineSweep({
      name: 's',
      worker: './w.js',
      grids: [
        {
          axes: {
            a: [1, 2, 3],
            b: { values: [1, 2, 3, 4], when: { a: [1, 3] } },
            c: [5, 6, 7],
            d: [7, 6, 5],
            k: { values: [1, 2], when: { b: [2, 4] } },
          },
          zip: [['c', 'd']],
        },
        { axes: { a: [1, 2], k: [1, 2] } },
      ],
    });
    const faults: string[] = [];
    const parts = [
      [['a', 'c'], (p: Point) => sum(p, ['a', 'c']) % 3 !== 0],
      [['b'], (p: Point) => p.b !== 3],
      [['k', 'b'], (p: Point) => sum(p, ['k', 'b']) !== 4],
      (p: Point) => p.d !== 6 || p.a !== 1,
    ];
    const where = readConstraint(parts, faults)!;
    expect(faults).toEqual([]);
    const space = createSpace({ grids: sweep.grids as never, replicates });
    const accept = createAccept(space, where)!;
    const oneByOne = Array.from({ length: space.trials }, (_, i) => i).filter(accept);
    const atOnce: number[] = [];
    for (let trial = 0; trial < space.trials; ) {
      if (accept(trial)) atOnce.push(trial++);
      else trial = accept.after!(trial);
    }
    expect(atOnce).toEqual(oneByOne);
    expect(atOnce.length).toBeGreaterThan(5);
  },
);

test('its text is what was written', () => {
  const where = (p: Point) => p.a === 1;
  expect(String(readConstraint(where, []))).toBe(String(where));
  expect(String(readConstraint([['a'], where], []))).toBe(`["a"] ${where}`);
  expect(String(readConstraint([where, [['a'], where]], []))).toBe(`${where}\n["a"] ${where}`);
});
