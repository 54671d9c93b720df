// A run as a journal of Optuna: opened by Optuna itself where it is installed.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exportRun } from '../../src/export/export.js';
import { AxisValuesSeen, describeDistribution } from '../../src/export/optuna/distributions.js';
import { PythonFloat, toPythonJson } from '../../src/export/python-json.js';
import type { AxisValues } from '../../src/space/types.js';
import { findPython } from '../python.js';
import { makeManifest } from '../report/folders.js';
import { makeRun, newFolder } from './runs.js';

const list = (...values: (string | number | boolean | null | readonly number[])[]): AxisValues => ({
  kind: 'list',
  values,
});
const axis = (name: string, values: AxisValues) => ({ names: [name], values: [values] });

const manifest = makeManifest({
  sweep: 'mine',
  axes: ['alpha', 'size', 'rate', 'kind', 'deep', 'widths'],
  fixed: { epochs: 5 },
  space: {
    grids: [
      {
        axes: [
          axis('alpha', { kind: 'log', from: 1e-4, to: 1, count: 5 }),
          axis('size', list(2, 16, 256)),
          axis('rate', { kind: 'lin', from: 0, to: 1, count: 3 }),
          axis('kind', list('adam', 'sgd', null)),
          axis('deep', list(false, true)),
          axis('widths', list([1, 2], [3])),
        ],
      },
    ],
    replicates: 1,
  },
  worker: {
    params: [
      { name: 'alpha', type: 'number', default: 0 },
      { name: 'size', type: 'integer', default: 1 },
      { name: 'rate', type: 'number', default: 0 },
      { name: 'kind', type: 'string', nullable: true, default: null },
      { name: 'deep', type: 'boolean', default: false },
      { name: 'widths', type: 'json', default: [] },
      { name: 'epochs', type: 'integer', default: 1 },
    ],
    metrics: [
      { name: 'loss', type: 'number', goal: 'min' },
      { name: 'accuracy', type: 'number', goal: 'max' },
      { name: 'note', type: 'string' },
    ],
    series: ['other', 'loss'],
  },
});
const point = { alpha: 0.01, size: 16, rate: 0.5, kind: 'sgd', deep: true, widths: [3] };
const trials = [
  {
    point,
    replicate: 1,
    metrics: { loss: 0.1, accuracy: 1, note: 'é "' },
    series: [
      [0, { loss: 1, other: 7 }],
      [0.5, { loss: 0.75 }],
      [2, { loss: Number.NaN }],
    ] as const,
    runMs: 1500,
  },
  // An axis that does not exist at the point, one that is null, and a value that the grid no longer has.
  {
    point: { alpha: 2, size: 2, kind: null, deep: false, widths: [1, 2] },
    metrics: { loss: 5e-324, accuracy: 0 },
  },
  { point, status: 'failed' as const, error: { name: 'RangeError', message: 'too deep' } },
  { point, metrics: { loss: Number.NaN, accuracy: 0.5 } },
  { point, metrics: { loss: Number.POSITIVE_INFINITY, accuracy: 0.25 } },
];

const ATTRIBUTES = { replicate: 0, status: 'ok' };

function open(journal: string, python: string, ...also: string[]) {
  const said = execFileSync(python, [resolve('test/export/read_optuna.py'), journal, ...also], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return JSON.parse(said.toString());
}

const python = findPython('optuna');
if (python === undefined) console.warn('skipped: no Python with optuna');
const dashboard = findPython('optuna', 'optuna_dashboard');
if (dashboard === undefined) console.warn('skipped: no Python with optuna_dashboard');

describe('a journal of Optuna', () => {
  it.skipIf(python === undefined)('is opened by Optuna, which goes on from there', async () => {
    const out = join(newFolder(), 'study');
    await exportRun(await makeRun(manifest, trials), { format: 'optuna', out });
    const study = open(join(out, 'journal.log'), python!);
    expect(study).toMatchObject({
      name: 'mine',
      directions: ['MINIMIZE'],
      metrics: ['loss'],
      attributes: { run: 'test-run', title: manifest.title, fixed: { epochs: 5 } },
      best: [1],
      distributions: {
        alpha: 'FloatDistribution(high=2.0, log=True, low=0.0001, step=None)',
        size: 'IntDistribution(high=256, log=False, low=2, step=1)',
        rate: 'FloatDistribution(high=1.0, log=False, low=0.0, step=None)',
        kind: "CategoricalDistribution(choices=('adam', 'sgd', None))",
        deep: 'CategoricalDistribution(choices=(False, True))',
        widths: "CategoricalDistribution(choices=('[1,2]', '[3]'))",
      },
      after: 6,
    });
    const params = { alpha: '0.01', size: '16', rate: '0.5', kind: "'sgd'", deep: 'True', widths: "'[3]'" };
    const started = Date.parse(manifest.created) / 1000;
    const common = { params, intermediate: {}, seconds: 0, started };
    const own = (trial: number) => ({ ...ATTRIBUTES, trial, key: `key${trial}`, seed: 100 + trial });
    expect(study.trials).toEqual([
      {
        ...common,
        state: 'COMPLETE',
        values: ['0.1'],
        attributes: { ...own(0), replicate: 1, accuracy: 1, note: 'é "' },
        intermediate: { 0: '1.0', 2: 'nan' },
        seconds: 1.5,
      },
      {
        ...common,
        state: 'COMPLETE',
        values: ['5e-324'],
        params: { alpha: '2.0', size: '2', kind: 'None', deep: 'False', widths: "'[1,2]'" },
        attributes: { ...own(1), accuracy: 0 },
      },
      {
        ...common,
        state: 'FAIL',
        values: null,
        attributes: { ...own(2), status: 'failed', error: 'RangeError: too deep' },
      },
      {
        ...common,
        state: 'FAIL',
        values: null,
        attributes: { ...own(3), loss: 'nan', accuracy: 0.5 },
      },
      { ...common, state: 'COMPLETE', values: ['inf'], attributes: { ...own(4), accuracy: 0.25 } },
    ]);
  });

  it.skipIf(dashboard === undefined)('has several objectives, and the dashboard shows it', async () => {
    const out = join(newFolder(), 'study');
    const objectives = ['loss', 'accuracy:max'];
    await exportRun(await makeRun(manifest, trials), { format: 'optuna', out, objectives });
    const study = open(join(out, 'journal.log'), dashboard!, 'dashboard');
    expect(study).toMatchObject({
      directions: ['MINIMIZE', 'MAXIMIZE'],
      metrics: ['loss', 'accuracy'],
      best: [0, 1],
      dashboard: { status: ['200 OK'], trials: 5 },
    });
    expect(study.trials[0].values).toEqual(['0.1', '1.0']);
  });

  it('is refused where nothing says what is best, or something is there; then nothing is written', async () => {
    const { metrics } = manifest.worker;
    const aimless = makeManifest({
      ...manifest,
      worker: { ...manifest.worker, metrics: metrics.map(({ goal: _, ...metric }) => metric) },
    });
    const run = await makeRun(aimless, trials);
    const out = join(newFolder(), 'study');
    await expect(exportRun(run, { format: 'optuna', out })).rejects.toMatchObject({
      code: 'BAD_USAGE',
      hint: expect.stringContaining('--objective loss:min'),
    });
    await expect(exportRun(run, { format: 'optuna', out, objectives: ['los:min'] })).rejects.toThrow(
      '"loss"',
    );
    expect(() => readFileSync(out)).toThrow('ENOENT');
    await exportRun(run, { format: 'optuna', out, objectives: ['loss:min'] });
    const before = readFileSync(join(out, 'journal.log'));
    await expect(exportRun(run, { format: 'optuna', out, objectives: ['loss:max'] })).rejects.toThrow(
      'is not empty: it holds journal.log',
    );
    expect(readFileSync(join(out, 'journal.log')).equals(before)).toBe(true);
  });
});

describe('distributions', () => {
  const param = (type: 'number' | 'integer' | 'string') => ({ name: 'x', type, default: 0 });

  it('hold every value that was declared or tried', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }),
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })),
        (declared, tried) => {
          const seen = new AxisValuesSeen(param('number'), [list(...declared)]);
          for (const value of tried) seen.add(value);
          const found = seen.distribution()!;
          if (found.kind === 'categorical') throw new Error('expected numbers');
          expect(found.low).toBe(Math.min(...declared, ...tried));
          expect(found.high).toBe(Math.max(...declared, ...tried));
        },
      ),
    );
  });

  it('are the union of what several grids declare; text among numbers makes choices of all', () => {
    const log = { kind: 'loguniform', from: 1e-5, to: 1e-1 } as const;
    const both = new AxisValuesSeen(param('number'), [log, list(0.5)]);
    expect(both.distribution()).toEqual({ kind: 'float', low: 1e-5, high: 0.5, log: true, step: null });
    const zero = new AxisValuesSeen(param('number'), [log, list(0)]);
    expect(zero.distribution()).toMatchObject({ low: 0, log: false });
    const mixed = new AxisValuesSeen(param('string'), [list('a', 1)]);
    mixed.add('b');
    expect(mixed.distribution()).toEqual({ kind: 'categorical', choices: ['a', 1, 'b'] });
    expect([mixed.internal('b'), mixed.internal(1)]).toEqual([2, 1]);
  });

  it('have at most a thousand choices: a trial would repeat them all', () => {
    const many = new AxisValuesSeen(param('string'), [
      list(...Array.from({ length: 1001 }, (_, i) => `t${i}`)),
    ]);
    expect(many.distribution()).toBeUndefined();
    const few = new AxisValuesSeen(param('string'), [
      list(...Array.from({ length: 1000 }, (_, i) => `t${i}`)),
    ]);
    expect(few.distribution()).toMatchObject({ kind: 'categorical' });
    expect(new AxisValuesSeen(param('number'), []).distribution()).toBeUndefined();
  });

  it('are written as Python reads them', () => {
    const float = { kind: 'float', low: 0, high: 1e21, log: false, step: null } as const;
    expect(toPythonJson(describeDistribution(float))).toBe(
      '{"name":"FloatDistribution","attributes":{"low":0.0,"high":1e+21,"log":false,"step":null}}',
    );
    const words = {
      a: Number.NaN,
      b: -Infinity,
      c: new PythonFloat(2),
      d: [1, null, 'é"'],
      e: undefined,
      f: true,
    };
    expect(toPythonJson(words)).toBe('{"a":NaN,"b":-Infinity,"c":2.0,"d":[1,null,"é\\""],"f":true}');
  });
});
