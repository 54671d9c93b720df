import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { openDatabase, type RunDatabase } from '../../src/report/database.js';
import type { ReportContext, Rows } from '../../src/report/define.js';
import { type ThresholdSpec, thresholdTable } from '../../src/report/thresholds.js';
import type { Manifest } from '../../src/run/manifest.js';
import { escapeTrials, makeManifest, makeRunFolder, type TrialRow } from './folders.js';

const SPEC: ThresholdSpec = {
  axis: 'h',
  metric: 'escaped',
  by: ['optimizer', 'alpha', 'beta1', 'beta2', 'eps', 'steps'],
  least: 0,
  monotone: true,
};
const EXACT = 'CASE WHEN max(peak) IS NOT NULL THEN greatest(0, (max(peak) - 1) * slope_up) END';
const AXES = ['optimizer', 'alpha', 'beta1', 'beta2', 'h'];

const opened: RunDatabase[] = [];
afterAll(() => {
  for (const database of opened) database.close();
});

async function makeTable(
  manifest: Manifest,
  trials: readonly TrialRow[],
  spec: ThresholdSpec,
): Promise<Rows> {
  const folder = await makeRunFolder(manifest, trials);
  const database = await openDatabase([folder]);
  opened.push(database);
  const context: ReportContext = {
    manifest,
    folder,
    query: (sql) => database.query(sql),
    choice: () => '',
    table: () => ({ columns: [], rows: [] }),
  };
  const table = thresholdTable(spec);
  const sql = typeof table.sql === 'string' ? table.sql : await table.sql(context);
  const rows = await database.query(sql);
  await table.check?.(rows, context);
  return rows;
}

/** Plain gradient descent with slopes 1 stops at α·k for the least k with α·k ≥ 1, in the roundings of its steps. */
function sgdThreshold(alpha: number): number {
  let theta = 0;
  while (theta < 1) theta += alpha;
  return theta - 1;
}

const heights = Array.from({ length: 41 }, (_, i) => i / 40);

describe('thresholdTable', () => {
  it('has the columns of the contract and the study’s numbers', async () => {
    const trials = escapeTrials(
      [
        { optimizer: 'sgd', alpha: 0.3 },
        { optimizer: 'adam', alpha: 0.3, beta1: 0.9, beta2: 0.999 },
      ],
      heights,
    );
    const { columns, rows } = await makeTable(makeManifest({ axes: AXES }), trials, {
      ...SPEC,
      exact: EXACT,
    });
    expect(columns.join()).toBe('optimizer,alpha,beta1,beta2,eps,steps,threshold,lower,upper,method,trials');
    expect(
      rows.map((row) => [row.optimizer, row.beta1, row.lower, row.upper, row.method, row.trials]),
    ).toEqual([
      ['adam', 0.9, 0.4, 0.425, 'exact', 41],
      ['sgd', null, 0.175, 0.2, 'exact', 41],
    ]);
    expect(rows[0]!.threshold).toBeCloseTo(0.410184281028, 12);
    expect(rows[1]!.threshold).toBeCloseTo(0.2, 12);
  });

  it('equals α·ceil(1/α) − 1 for sgd at any α, exactly and within half a grid step', async () => {
    const alphas = [
      ...new Set(fc.sample(fc.double({ min: 0.06, max: 0.99, noNaN: true }), { numRuns: 40, seed: 1 })),
    ];
    const trials = escapeTrials(
      alphas.map((alpha) => ({ optimizer: 'sgd' as const, alpha })),
      heights,
    );
    const manifest = makeManifest({ axes: AXES });
    const exact = await makeTable(manifest, trials, { ...SPEC, exact: EXACT });
    const grid = await makeTable(manifest, trials, SPEC);
    expect(exact.rows).toHaveLength(alphas.length);
    for (const [i, row] of exact.rows.entries()) {
      const alpha = row.alpha as number;
      expect(row.threshold).toBe(sgdThreshold(alpha));
      expect(row.threshold).toBeCloseTo(alpha * Math.ceil(1 / alpha) - 1, 12);
      expect(grid.rows[i]!.method).toBe('grid');
      expect(Math.abs((grid.rows[i]!.threshold as number) - (row.threshold as number))).toBeLessThanOrEqual(
        0.0125 + 1e-12,
      );
    }
  });

  it('names the search, and says 0 where nothing is escaped and the lower end where everything is', async () => {
    const sampler = {
      name: 'bisect',
      axis: 'h',
      metric: 'escaped',
      from: 0,
      to: 2,
      tolerance: 0.01,
    } as const;
    const row = (optimizer: string, h: number, escaped: boolean | null, status = 'ok') => ({
      optimizer,
      h,
      escaped,
      status,
    });
    const { rows } = await makeTable(
      makeManifest({ axes: ['optimizer', 'h'], sampler }),
      [
        row('adagrad', 0, false),
        row('momentum', 1, true),
        row('momentum', 2, true),
        row('nadam', 1, null, 'failed'),
        row('sgd', 0.125, true),
        row('sgd', 0.25, false),
      ],
      SPEC,
    );
    expect(
      rows.map((each) => [each.optimizer, each.threshold, each.lower, each.upper, each.method, each.trials]),
    ).toEqual([
      ['adagrad', 0, null, 0, 'bisect', 1],
      ['momentum', 2, 2, null, 'bisect', 2],
      ['nadam', null, null, null, null, 0],
      ['sgd', 0.1875, 0.125, 0.25, 'bisect', 2],
    ]);
  });

  it('gives what else varies a column, and no row mixes two configurations', async () => {
    const trials = escapeTrials(
      [0, 0.9].flatMap((momentum) => [{ optimizer: 'momentum' as const, alpha: 0.3, momentum, decay: 0 }]),
      heights,
    );
    const manifest = makeManifest({ axes: ['optimizer', 'alpha', 'momentum', 'decay', 'h'] });
    const { columns, rows } = await makeTable(manifest, trials, { ...SPEC, exact: EXACT });
    expect(columns.slice(-2)).toEqual(['trials', 'momentum']);
    expect(rows.map((row) => row.momentum)).toEqual([0, 0.9]);
    expect(rows[0]!.threshold).toBe(sgdThreshold(0.3));
    expect(rows[1]!.threshold).toBeGreaterThan(0.2);
  });

  it('calls contradictions what they are: errors of ours, with their row', async () => {
    const manifest = makeManifest({ axes: ['optimizer', 'h'] });
    const twice = [
      { optimizer: 'sgd', h: 0.1, escaped: false, peak: 1.2 },
      { optimizer: 'sgd', h: 0.2, escaped: true, peak: 1.2 },
    ];
    await expect(makeTable(manifest, twice, SPEC)).rejects.toThrow(
      /^table thresholds, row optimizer=sgd.*turned twice/,
    );
    const outside = [
      { optimizer: 'sgd', h: 0.1, escaped: true, peak: 1.05 },
      { optimizer: 'sgd', h: 0.2, escaped: false, peak: 1.05 },
    ];
    await expect(makeTable(manifest, outside, { ...SPEC, exact: EXACT })).rejects.toThrow(
      /outside the bracket/,
    );
    // On the edge: a bump as high as the threshold is not escaped.
    const edge = [
      { optimizer: 'sgd', h: 0.25, escaped: true, peak: 1.5 },
      { optimizer: 'sgd', h: 0.5, escaped: false, peak: 1.5 },
    ];
    expect((await makeTable(manifest, edge, { ...SPEC, exact: EXACT })).rows[0]!.threshold).toBe(0.5);
  });

  it('refuses parameters and metrics that the worker does not have', async () => {
    await expect(
      makeTable(makeManifest({ axes: ['h'] }), [], { ...SPEC, by: ['alhpa'], metric: 'escapes' }),
    ).rejects.toThrow(/did you mean "alpha"[\s\S]*did you mean "escaped"/);
  });
});

describe('an axis that goes below zero', () => {
  const worker = {
    name: 'switch',
    params: [
      { name: 'mode', type: 'string', default: 'a' },
      { name: 'x', type: 'number', default: 0 },
      { name: 'turns', type: 'number', default: 0 },
    ],
    metrics: [{ name: 'on', type: 'boolean' }],
  } as const;
  const spec: ThresholdSpec = { axis: 'x', metric: 'on', by: ['mode'], monotone: true };
  const lin = (from: number, to: number, count: number) =>
    Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
  const trialsOf = (turns: Readonly<Record<string, number>>, xs: readonly number[]) =>
    Object.entries(turns).flatMap(([mode, turn]) => xs.map((x) => ({ mode, x, turns: turn, on: x < turn })));
  const turnsOf = async (trials: readonly TrialRow[], more: Partial<ThresholdSpec> = {}, bisect = false) => {
    const sampler = { name: 'bisect', axis: 'x', metric: 'on', from: -4, to: 4, tolerance: 0.01 } as const;
    const manifest = makeManifest({
      axes: ['mode', 'x', 'turns'],
      worker,
      ...(bisect ? { sampler } : {}),
    });
    const { rows } = await makeTable(manifest, trials, { ...spec, by: ['mode', 'turns'], ...more });
    return rows.map(({ mode, threshold, lower, upper, method }) => [mode, threshold, lower, upper, method]);
  };

  it('entirely: the middle of the bracket, and the ends where it has but one', async () => {
    const trials = trialsOf({ all: 0, none: -2, some: -1.3 }, lin(-2, -1, 5));
    expect(await turnsOf(trials)).toEqual([
      ['all', -1, -1, null, 'grid'],
      ['none', -2, null, -2, 'grid'],
      ['some', -1.375, -1.5, -1.25, 'grid'],
    ]);
  });

  it('across zero: on lin(-1,1,21) within half a step of where it turns, on either side', async () => {
    const turns = { a: -1, b: -0.95, c: -0.33, d: 0, e: 0.02, f: 0.77, g: 2 };
    const found = await turnsOf(trialsOf(turns, lin(-1, 1, 21)));
    expect(found.map(([mode]) => mode)).toEqual(Object.keys(turns));
    for (const [mode, threshold, lower, upper] of found) {
      const turn = Math.min(1, turns[mode as keyof typeof turns]);
      expect(Math.abs((threshold as number) - turn)).toBeLessThanOrEqual(0.05 + 1e-9);
      if (lower !== null) expect(lower as number).toBeLessThan(turns[mode as keyof typeof turns]);
      if (upper !== null) expect(upper as number).toBeGreaterThanOrEqual(turn);
    }
    expect(found[0]).toEqual(['a', -1, null, -1, 'grid']);
    expect(found.at(-1)).toEqual(['g', 1, 1, null, 'grid']);
  });

  it('searched: bisect rows are read the same way', async () => {
    const trials = [
      ...trialsOf({ low: -3.3 }, [-4, 4, 0, -2, -3, -3.5, -3.25]),
      ...trialsOf({ never: -9 }, [-4]),
      ...trialsOf({ over: 0.1 }, [-4, 4, 0, 2, 1, 0.5, 0.25, 0.125, 0.0625]),
    ];
    expect(await turnsOf(trials, {}, true)).toEqual([
      ['low', -3.375, -3.5, -3.25, 'bisect'],
      ['never', -4, null, -4, 'bisect'],
      ['over', 0.09375, 0.0625, 0.125, 'bisect'],
    ]);
  });

  it('searched where answers are wrong: the posterior, whose ends are empty where it lies outside', async () => {
    const sampler = {
      ...{ name: 'bisect', axis: 'x', metric: 'on', from: -4, to: 4, tolerance: 0.01 },
      ...{ noise: 0.1, most: 50 },
    };
    const manifest = makeManifest({ axes: ['mode', 'x', 'turns'], worker, sampler });
    const asked = (mode: string, answers: readonly (readonly [x: number, on: boolean])[]) =>
      answers.map(([x, on]) => ({ mode, x, turns: 0, on }));
    const often = (x: number, on: boolean, times: number) =>
      Array.from({ length: times }, () => [x, on] as const);
    const trials = [
      ...asked('all', [...often(-4, true, 6), ...often(4, true, 6)]),
      ...asked('none', [...often(-4, false, 6), ...often(4, false, 6), ...often(0, true, 1)]),
      ...asked('some', [
        ...often(-4, true, 3),
        ...often(4, false, 3),
        ...often(1, true, 8),
        ...often(2, false, 8),
        [1, false],
      ]),
      { mode: 'lost', x: 0, turns: 0, on: null, status: 'failed' },
    ];
    const { rows } = await makeTable(manifest, trials, { ...spec, by: ['mode'], least: -9 });
    const found = new Map(rows.map((row) => [row.mode, row]));
    expect(rows.map(({ mode }) => mode)).toEqual(['all', 'lost', 'none', 'some']);
    expect(found.get('all')).toMatchObject({ threshold: 4, lower: null, upper: null, trials: 12 });
    expect(found.get('none')).toMatchObject({ lower: null, upper: null, method: 'posterior', trials: 13 });
    expect(found.get('lost')).toMatchObject({
      threshold: null,
      lower: null,
      upper: null,
      method: null,
      trials: 0,
    });
    // Between 1 and 2 the chance is even; little lies outside.
    const { threshold, lower, upper } = found.get('some') as Record<string, number>;
    expect(threshold).toBeCloseTo(1.5, 3);
    expect(lower).toBeCloseTo(1.025, 2);
    expect(upper).toBeCloseTo(1.975, 2);
  });

  it('exactly: an exact threshold below zero stands as it is', async () => {
    const trials = trialsOf({ a: -0.7, b: -5 }, lin(-1, 1, 21));
    expect(await turnsOf(trials, { exact: 'max(turns)' })).toEqual([
      ['a', -0.7, expect.closeTo(-0.8, 12), expect.closeTo(-0.7, 12), 'exact'],
      ['b', -5, null, -1, 'exact'],
    ]);
  });

  it('with the end that its author names: the threshold of what never was true', async () => {
    expect(await turnsOf(trialsOf({ a: -3 }, [-2, -1]), { least: -2.5 })).toEqual([
      ['a', -2.5, null, -2, 'grid'],
    ]);
  });

  it('says in its columns what a threshold is where the metric never was true', () => {
    expect(thresholdTable(spec).columns!.threshold).toBe(
      'least upper bound of the x with on true; the lowest x tried where none is',
    );
    expect(thresholdTable({ ...spec, least: 0 }).columns!.threshold).toMatch(/; 0 where none is$/);
  });
});
