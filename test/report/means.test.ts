// Means over replicates as a table, the rows they are made of, and rows as SQL, through a real DuckDB.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/report/database.js';
import { defineReport } from '../../src/report/define.js';
import { logAxis, logTicks } from '../../src/report/log-axis.js';
import { meansTable } from '../../src/report/means.js';
import { groupRows, settingSql, varyingAxes } from '../../src/report/settings.js';
import { rowsToSql } from '../../src/report/values.js';
import { writeReport } from '../../src/report/write.js';
import { makeManifest, makeRunFolder, type TrialRow } from './folders.js';

const report = defineReport({
  name: 'means',
  title: 'Means',
  tables: [
    meansTable({
      name: 'means',
      about: 'Means.',
      by: ['alpha'],
      means: ['peak', 'final_theta'],
      intervals: { peak: null },
      counts: ['escaped'],
    }),
  ],
});

async function meansOf(
  axes: readonly string[],
  trials: readonly TrialRow[],
  asked = report,
): Promise<string[]> {
  const folder = await makeRunFolder(makeManifest({ axes }), trials);
  await writeReport(folder, asked);
  return readFileSync(join(folder, 'summary', 'means.csv'), 'utf8')
    .trimEnd()
    .split('\n');
}

const trial = (alpha: number, peak: number | null, rest: TrialRow = {}): TrialRow => ({
  ...{ alpha, peak, escaped: false, final_theta: 1 },
  ...rest,
});

describe('meansTable', () => {
  it('has a mean with Student’s interval, and counts what is true', async () => {
    const rows = await meansOf(
      ['alpha'],
      [trial(0.5, 1), trial(0.5, 2, { escaped: true }), trial(0.5, 3), trial(0.25, 7, { final_theta: 4 })],
    );
    expect(rows[0]).toBe('alpha,replicates,peak,peak_low,peak_high,final_theta,escaped');
    // One value: a mean, and no interval.
    expect(rows[1]).toBe('0.25,1,7,,,4,0');
    const cells = rows[2]!.split(',').map(Number);
    // s = 1; with two degrees of freedom t(p) is (2p − 1) / √(2p(1 − p)).
    const half = 0.95 / Math.sqrt(2 * 0.975 * 0.025) / Math.sqrt(3);
    expect(cells.slice(0, 3)).toEqual([0.5, 3, 2]);
    expect(cells[3]).toBeCloseTo(2 - half, 12);
    expect(cells[4]).toBeCloseTo(2 + half, 12);
    expect(cells.slice(5)).toEqual([1, 1]);
  });

  it('cuts intervals off where the metric ends', async () => {
    const bounded = defineReport({
      name: 'means',
      title: 'Means',
      tables: [
        meansTable({
          name: 'means',
          about: 'Cut off.',
          by: ['alpha'],
          means: ['peak'],
          intervals: { peak: [0, 3] },
        }),
      ],
    });
    const rows = await meansOf(['alpha'], [trial(0.5, 1), trial(0.5, 2)], bounded);
    expect(rows[1]).toBe('0.5,2,1.5,0,3');
  });

  it('does not mix settings that differ in an axis it does not name', async () => {
    const trials = [trial(0.5, 1, { optimizer: 'sgd' }), trial(0.5, 3, { optimizer: 'adam' })];
    const rows = await meansOf(['alpha', 'optimizer'], trials);
    expect(rows).toEqual([
      'alpha,optimizer,replicates,peak,peak_low,peak_high,final_theta,escaped',
      '0.5,adam,1,3,,,1,0',
      '0.5,sgd,1,1,,,1,0',
    ]);
    const alike = await meansOf(['alpha', 'optimizer'], [trials[0]!, { ...trials[0]!, peak: 3 }]);
    expect(alike[0]).toBe('alpha,replicates,peak,peak_low,peak_high,final_theta,escaped');
    expect(alike[1]).toMatch(/^0\.5,2,2,/);
  });

  it('takes only the trials asked for, axis or not, without a column for what they share', async () => {
    const trials = [
      trial(0.5, 1, { optimizer: 'sgd' }),
      trial(0.5, 3, { optimizer: 'adam' }),
      trial(0.25, 5, { optimizer: 'adam' }),
    ];
    const adam = defineReport({
      ...report,
      tables: [
        meansTable({
          ...{ name: 'means', about: 'Means.', by: ['alpha'], means: ['peak'] },
          where: { optimizer: 'adam' },
        }),
      ],
    });
    const rows = ['alpha,replicates,peak', '0.25,1,5', '0.5,1,3'];
    expect(await meansOf(['alpha', 'optimizer'], trials, adam)).toEqual(rows);
    // Not an axis: every trial has the default, sgd.
    expect(await meansOf(['alpha'], trials, adam)).toEqual(rows.slice(0, 1));
  });

  it('leaves out trials that did not end ok, and cells without a number', async () => {
    const rows = await meansOf(
      ['alpha'],
      [trial(1, 5), trial(1, null), { alpha: 1, status: 'failed' }, trial(2, null)],
    );
    expect(rows.slice(1)).toEqual(['1,2,5,,,1,0', '2,1,,,,1,0']);
  });
});

describe('settings', () => {
  it('name what varies, an axis that is not there at a point included', async () => {
    const folder = await makeRunFolder(makeManifest({ axes: ['optimizer', 'alpha', 'beta1', 'steps'] }), [
      { optimizer: 'sgd', alpha: 1, beta1: null, steps: 20 },
      { optimizer: 'sgd', alpha: 2, beta1: 0.9, steps: 20 },
    ]);
    const database = await openDatabase([folder]);
    try {
      const context = { manifest: database.manifests[0]!, query: database.query };
      expect(await varyingAxes(context, ['alpha'])).toEqual(['beta1']);
      expect(await varyingAxes(context, ['alpha', 'beta1'])).toEqual([]);
      const named = await database.query(
        `SELECT ${settingSql('optimizer', ['steps'])} AS s FROM trials LIMIT 1`,
      );
      expect(named.rows).toEqual([{ s: 'sgd, steps 20' }]);
    } finally {
      database.close();
    }
  });

  it('group rows in the order of first mention', () => {
    const rows = [{ a: 2 }, { a: 1 }, { a: 2 }];
    expect(groupRows(rows, 'a')).toEqual([
      ['2', [{ a: 2 }, { a: 2 }]],
      ['1', [{ a: 1 }]],
    ]);
  });
});

describe('rowsToSql', () => {
  it('gives the rows back, in order, whatever they hold', async () => {
    const database = await openDatabase([await makeRunFolder(makeManifest(), [])]);
    const columns = { 'a b': 'number', i: 'integer', yes: 'boolean', "te'xt": 'string' } as const;
    const row = fc.record({
      'a b': fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((v) => v + 0)),
      i: fc.option(fc.integer()),
      yes: fc.option(fc.boolean()),
      "te'xt": fc.option(fc.string().filter((text) => !text.includes('\0'))),
    });
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(row, { maxLength: 8 }), async (rows) => {
          const found = await database.query(rowsToSql(columns, rows));
          expect(found.columns).toEqual(Object.keys(columns));
          expect(found.rows).toEqual(rows);
        }),
        { seed: 1, numRuns: 60 },
      );
      const odd = await database.query(rowsToSql({ x: 'number' }, [{ x: Number.NaN }, {}, { x: 1 }]));
      expect(odd.rows).toEqual([{ x: null }, { x: null }, { x: 1 }]);
    } finally {
      database.close();
    }
  });
});

describe('short log axes', () => {
  it('have ticks at 1, 2 and 5, and hold all values between the first and the last', () => {
    expect(logTicks(0.056, 0.3)).toEqual([0.05, 0.1, 0.2, 0.5]);
    expect(logTicks(0.1, 0.1)).toEqual([0.1, 0.2]);
    const value = fc.double({ min: 1e-9, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(value, fc.double({ min: 1, max: 100, noNaN: true }), (low, factor) => {
        const ticks = logTicks(low, low * factor);
        expect(ticks[0]).toBeLessThanOrEqual(low);
        expect(ticks[1]).toBeGreaterThan(low);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(low * factor);
        expect(ticks.length).toBeLessThanOrEqual(9);
        expect(ticks.every((tick) => /^[125](e|\.?0*$)|^0\.0*[125]$/.test(String(tick)))).toBe(true);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('have powers of ten alone over more than two decades, and end near the values or where they are told to', () => {
    const ticks = [0.001, 0.01, 0.1, 1, 10];
    expect(logAxis([0.0013, 30])).toMatchObject({ min: 0.001, max: 50, axisTick: { customValues: ticks } });
    expect(logAxis([1e-9, 30], { min: 0.001 })).toMatchObject({
      min: 0.001,
      axisTick: { customValues: ticks },
    });
    expect(logAxis([0, -1, Number.NaN])).toEqual({});
    expect(logAxis([0, 0.06, 0.3])).toMatchObject({ min: 0.05, max: 0.5 });
  });

  it('have no more labels than they have room for', () => {
    const { axisTick } = logAxis([1e-40, 1]) as { readonly axisTick: { readonly customValues: number[] } };
    expect(axisTick.customValues.length).toBeLessThanOrEqual(9);
    expect(axisTick.customValues[0]).toBe(1e-40);
  });
});
