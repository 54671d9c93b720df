// Sweeps as people write them: other tools' spellings, what is refused and in which words, text that looks like numbers.
import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { defineReport } from '../../../src/report/define.js';
import type { AxisDomain, Value } from '../../../src/space/types.js';
import { lin, parseAxisValues } from '../../../src/space/values.js';
import { defineSuite } from '../../../src/suite/define.js';
import { defineSweep } from '../../../src/sweep/definition/define.js';
import { resolveSweep } from '../../../src/sweep/definition/resolve.js';
import { resolveSettings } from '../../../src/sweep/settings.js';
import type { Worker } from '../../../src/worker/contract.js';
import { defineWorker, describeWorker } from '../../../src/worker/define.js';

const define = (options: object) => defineSweep({ name: 's', worker: './w.ts', ...options } as never);
const axis = (values: unknown) => define({ axes: { lr: values } }).grids[0]!.axes[0]!.values[0];
const list = (...values: Value[]) => ({ kind: 'list', values });

describe('an axis', () => {
  it.each<[string, unknown, unknown]>([
    ['a typed array', Int8Array.of(-1, 2), list(-1, 2)],
    ['a Set of texts', new Set(['a', 'b']), list('a', 'b')],
    ['{ values }', { values: [1, 2] }, list(1, 2)],
    ['{ values } as text', { values: 'lin(0,1,3)' }, lin(0, 1, 3)],
    ['{ values } of lin', { values: lin(0, 1, 3) }, lin(0, 1, 3)],
    ['{ value }', { value: 'adam' }, list('adam')],
    ['when: undefined', { values: [1], when: undefined }, list(1)],
    ['when: {}', { values: [1], when: {} }, list(1)],
    ['lin beside a when that is none', { ...lin(0, 1, 3), when: null }, lin(0, 1, 3)],
    ['false', false, list(false)],
  ])('may be %s', (_, written, meant) => {
    expect(axis(written)).toEqual(meant);
  });

  it.each<[string, unknown, string]>([
    ['null', null, 'axis lr: expected a list such as [0.1, 0.2], lin(from, to, count)'],
    ['a bigint', 3n, 'found 3n: write 3'],
    ['bigints', [1n, 2n], '1n is no value'],
    ['{ min, max }', { min: 0, max: 1 }, '{ min, max } does not say which values: write lin(0, 1, count)'],
    ['{ low, high }', { low: 1e-4, high: 1, log: true }, 'or uniform(0.0001, 1) for a sampler that draws'],
    ['a distribution', { distribution: 'q_normal', mu: 1 }, 'found an object with distribution, mu'],
    ['a function', () => 0.1, 'found a function'],
    ['a Map', new Map([[1, 2]]), 'found a Map'],
    ['a Date', new Date(0), 'found a Date'],
    [
      'a kind misspelt',
      { kind: 'linear', from: 0, to: 1, count: 3 },
      'unknown kind of axis "linear" (legal: list, lin, log',
    ],
    [
      'a key misspelt',
      { kind: 'lin', from: 0, to: 1, cuont: 3 },
      'unknown key "cuont"; did you mean "count"?',
    ],
    ['a hole', new Array(1), 'undefined is no value'],
    ['a symbol', [Symbol('a')], 'Symbol(a) is no value'],
    ['a list of lists with a hole', [[64, 32], new Array(1)], 'item 1: undefined is no value'],
    ['an instance within a list', [[new Map()]], 'item 1: a Map is no value'],
    [
      'a list twice',
      [
        [64, 32],
        [64.0, 32],
      ],
      '[64,32] is given 2 times; expected once',
    ],
    ['when: a text', { values: [1], when: 'adam' }, "when: expected an object such as { optimizer: 'sgd' }"],
    ['when on a function', { values: [1], when: { o: () => 1 } }, 'when: o: a function is no value'],
    ['an empty text', '', 'no values; expected at least one'],
  ])('may not be %s', (_, written, message) => {
    expect(() => axis(written)).toThrow(message);
  });
});

describe('a sweep', () => {
  it.each<[string, object, string]>([
    [
      'axes as a Map',
      { axes: new Map([['lr', [1]]]) },
      'axes: expected an object such as { lr: [0.1, 0.2] }, found a Map',
    ],
    ['axes as an array', { axes: [['lr', [1]]] }, 'axes: expected an object'],
    [
      'zip of names',
      { axes: { a: [1], b: [2] }, zip: ['a', 'b'] },
      'zip: expected groups of axes: write [["a","b"]]',
    ],
    [
      'zip of an axis twice',
      {
        axes: { a: [1], b: [2] },
        zip: [
          ['a', 'b'],
          ['b', 'a'],
        ],
      },
      'zip: axis "b" is given twice',
    ],
    ['zip beside grids', { grids: [{ axes: { a: [1] } }], zip: [['a']] }, 'zip: write it into the grid'],
    [
      'where in a grid',
      { grids: [{ axes: { a: [1] }, where: () => true }] },
      'unknown key of a grid "where"',
    ],
    [
      'fixed in the second grid',
      { grids: [{ axes: {} }, { axes: {}, fixed: { k: 1 } }] },
      'grid 2: unknown key of a grid "fixed" (legal: axes, zip); write it beside `grids`; for this grid alone give it an axis of one value',
    ],
    ['replicates in a grid', { grids: [{ axes: {}, replicates: 2 }] }, 'every point has equally many'],
    ['no grids', { grids: [] }, 'grids: expected a list'],
    ['a grid that is none', { grids: [null] }, 'expected a grid such as'],
    ['axis and fixed', { axes: { lr: [1] }, fixed: { lr: 7 } }, 'fixed: "lr" is an axis too'],
    ['a fixed function', { axes: {}, fixed: { k: [() => 1] } }, 'fixed: k: item 1: a function is no value'],
    ['where as text', { axes: {}, where: 'x > 1' }, 'where: expected a function of a point'],
    ['a web page for worker', { axes: {}, worker: 'https://a.b/w.ts' }, 'worker: expected a file'],
    ['a sampler by number', { axes: {}, sampler: 1 }, 'sampler: expected its name'],
    [
      'a reserved axis in capitals',
      { axes: { Trial: [1] } },
      'axis "Trial": a column of trials.csv has that name',
    ],
    ['a symbol as axis', { axes: { [Symbol('lr')]: [1] } }, 'axis Symbol(lr): expected a text as its name'],
    ['an unknown symbol', { axes: {}, [Symbol('x')]: 1 }, 'unknown option "Symbol(x)"'],
  ])('may not have %s', (_, options, message) => {
    expect(() => define(options)).toThrow(message);
  });

  it('tells all faults together', () => {
    const axes = { a: null, b: { min: 1, max: 2 }, c: [1, 1], d: { values: [1], when: { e: 1 } } };
    const options = {
      name: 1n,
      title: 3,
      axes,
      seed: 0.5,
      replicates: 0,
      wehre: 1,
      where: 5,
      fixed: { c: 1 },
    };
    expect(() => define(options)).toThrow(
      /sweep 1n is invalid:[\s\S]*"wehre"[\s\S]*title: [\s\S]*name 1n[\s\S]*seed 0.5[\s\S]*replicates is 0[\s\S]*axis a: [\s\S]*axis b: [\s\S]*axis "c": 1 is given 2[\s\S]*axis "d": its `when`[\s\S]*fixed: "c"[\s\S]*where: /,
    );
  });

  it('is typed as it may be written', () => {
    const { where, grids } = defineSweep({
      name: 's',
      worker: './w.ts',
      axes: {
        a: Float64Array.of(1, 2),
        b: new Set(['x']),
        c: { value: 1 },
        d: { values: [1] },
        e: { values: lin(0, 1, 3), when: { b: 'x' } },
      },
      where: [[['a', 'c'], (p) => p.a !== p.c], (p) => p.d === 1],
      sampler: 'grid',
    });
    expect(grids[0]!.axes).toHaveLength(5);
    expect(where!.parts.map(({ names }) => names)).toEqual([['a', 'c'], null]);
    const one = defineSweep({
      name: 's',
      worker: './w.ts',
      axes: { a: 1 },
      where: [['a'], (p) => p.a === 1],
    });
    expect(one.where!({ a: 1 })).toBe(true);
  });

  it('takes a sampler by its name', () => {
    expect(define({ axes: {}, sampler: 'random' }).sampler).toEqual({ name: 'random' });
  });

  it('zips axes that exist together, whatever the order in their conditions, and no others', () => {
    const when = (...pairs: [string, Value][]) => ({ values: [1, 2], when: Object.fromEntries(pairs) });
    const axes = { o: ['a', 'b'], p: [1, 2], x: when(['o', 'a'], ['p', 1]), y: when(['p', 1], ['o', 'a']) };
    expect(define({ axes, zip: [['x', 'y']] }).grids[0]!.axes[2]).toEqual({
      ...{ names: ['x', 'y'], values: [list(1, 2), list(1, 2)] },
      when: { o: ['a'], p: [1] },
    });
    for (const y of [[1, 2], when(['o', 'b'], ['p', 1])])
      expect(() => define({ axes: { ...axes, y }, zip: [['x', 'y']] })).toThrow(
        'zip x + y: zipped axes exist together',
      );
  });
});

describe('text that looks like numbers', () => {
  const worker = describeWorker(
    defineWorker({
      ...{ name: 'w', version: '1', metrics: {}, run: () => ({}) },
      params: { tag: z.string().default('a'), x: z.number().default(1) },
    }) as unknown as Worker,
  );
  const resolved = (axes: object, set: Record<string, AxisDomain> = {}) => {
    const { space } = resolveSweep(define({ axes }), resolveSettings({ sweep: 's', set }), worker, undefined);
    return space.grids[0]!.axes.map((each) => each.values[0]);
  };
  const given = '3.10,007,1e3,1.0,+5,-0,12345678901234567890,true,0x10';

  test('is what was written for a parameter that is text, on the command line and in a file', () => {
    const texts = list(...given.split(','));
    expect(resolved({ tag: ['a'] }, { tag: parseAxisValues(given) })).toEqual([texts]);
    expect(resolved({ tag: given })).toEqual([texts]);
    expect(resolved({ tag: ['a'] }, { tag: parseAxisValues('1,1.0') })).toEqual([list('1', '1.0')]);
    expect(resolved({ tag: ['a'] }, { tag: parseAxisValues('choice(1,1.0)') })).toEqual([list('1', '1.0')]);
    expect(resolved({ tag: '007,8', x: { values: [1], when: { tag: '007' } } })).toHaveLength(2);
  });

  test('is a number for one that is a number, and there two ways to write it are one value', () => {
    expect(resolved({ x: [1] }, { x: parseAxisValues('1e3,007,-0') })).toEqual([list(1000, 7, 0)]);
    expect(() => resolved({ x: [1] }, { x: parseAxisValues('1,1.0') })).toThrow(
      'axis "x": 1 is given 2 times',
    );
    expect(() => resolved({ x: '0,-0' })).toThrow('axis "x": 0 is given 2 times');
    expect(() => resolved({ tag: ['a'] }, { tag: parseAxisValues('true,"true"') })).toThrow(
      'is given 2 times',
    );
  });
});

test('suites and reports are checked whole, too', () => {
  expect(() => defineSuite(null as never)).toThrow('a suite is invalid');
  expect(() =>
    defineSuite({
      name: 's',
      runs: [
        5,
        { sweep: 3 },
        { sweep: 'a', set: new Map() },
        { sweep: 'A', set: { h: null }, replicates: 0 },
      ],
    } as never),
  ).toThrow(
    /run 1: expected an object[\s\S]*run 2: expected a sweep[\s\S]*run 3: set: expected[\s\S]*run 4: replicates is 0[\s\S]*run 4: axis h: expected a list[\s\S]*two runs are called a/,
  );
  expect(() => defineReport(undefined as never)).toThrow('a report is invalid');
  const table = { name: 'all', about: 'A row.', sql: 'FROM trials' };
  expect(() =>
    defineReport({
      ...{ name: 'r', title: 'R', tabels: [], text: 'x', choices: { c: { about: 'x', values: [] } } },
      tables: [
        null,
        { ...table, columns: { y: 1 }, chekc: 1 },
        { ...table, name: 'x-y' },
        { ...table, name: 'x_y' },
      ],
      figures: [
        { name: 'f', about: 'x', render: 'svg', draw: 1 },
        { name: 'g', about: 'x', table: 7, draw: () => 1 },
      ],
    } as never),
  ).toThrow(
    /"tabels"[\s\S]*tables: expected objects, found null[\s\S]*table "all": unknown option "chekc"[\s\S]*columns: y: expected a text[\s\S]*figure "f": render: expected a function[\s\S]*figure "f" has render beside draw[\s\S]*figure "g": unknown table[\s\S]*text: expected a list[\s\S]*choice "c": values: /,
  );
});
