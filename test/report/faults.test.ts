// A report in which parts fail: they are named in their places, and all others are written.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { lineChart } from '../../src/report/charts.js';
import { defineReport, type Report, type TableSpec } from '../../src/report/define.js';
import { formatFault } from '../../src/report/faults.js';
import { writeReport } from '../../src/report/write.js';
import { makeManifest, makeRunFolder, newFolder, type TrialRow } from './folders.js';

const manifest = makeManifest({
  axes: ['rate'],
  worker: {
    params: [{ name: 'rate', type: 'number', default: 1 }],
    metrics: [
      { name: 'accuracy', type: 'number', goal: 'max' },
      { name: 'correct', type: 'integer' },
    ],
  },
});

const spread: TableSpec = {
  name: 'spread',
  about: 'Spread.',
  sql: 'SELECT rate, stddev(accuracy) AS spread FROM trials GROUP BY rate ORDER BY rate',
};
const best: TableSpec = {
  name: 'best',
  about: 'The best trial.',
  sql: 'SELECT trial, accuracy FROM trials ORDER BY accuracy DESC LIMIT 1',
};
const report = defineReport({
  name: 'diverge',
  title: 'Which rate?',
  tables: [spread, best],
  figures: [
    {
      name: 'spread',
      about: 'Spread over rate.',
      table: 'spread',
      draw: (rows) => lineChart(rows, { x: 'rate', y: 'spread' }),
    },
  ],
  text: [({ table }) => `## Answer\n\nTrial ${table('best').rows[0]!.trial} is best.`],
});

/** Six trials, one of which yields `odd`. */
const trialsWith = (odd: number): TrialRow[] =>
  [0.1, 0.1, 0.1, 3, 3, 3].map((rate, i) => ({ rate, accuracy: i === 4 ? odd : 1 - i / 10, correct: i }));

async function write(odd: number, which: Report = report, file?: string) {
  const folder = await makeRunFolder(manifest, trialsWith(odd));
  const written = await writeReport(folder, which, {}, file === undefined ? {} : { file });
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  return { folder, written, read };
}

describe('values that are not finite', () => {
  it('NaN is never best, counts in no mean, and is told', async () => {
    const { written, read } = await write(Number.NaN);
    expect(written.faults).toEqual([]);
    expect(read('summary/best.csv')).toBe('trial,accuracy\n0,1\n');
    expect(read('report.md')).toContain('1 of 6 trials has NaN in `accuracy`: trial 4.');
    expect(read('report.md')).toContain('`trials_raw`');
  });

  it.each([
    [Number.POSITIVE_INFINITY, 'trial,accuracy\n4,Infinity\n'],
    [Number.NEGATIVE_INFINITY, 'trial,accuracy\n0,1\n'],
    [1e200, 'trial,accuracy\n4,1e+200\n'],
  ])('%d: what cannot be computed is named in its place, the rest is written', async (odd, csv) => {
    const { folder, written, read } = await write(odd);
    expect(written.faults.map(({ part }) => part)).toEqual(['table "spread"', 'figure "spread"']);
    expect(written.faults[0]!.message).toMatch(/STDDEV.* out of range.*isfinite/s);
    expect(written.faults[1]!.message).toMatch(/reads the table "spread", which could not be made/);
    expect(read('summary/best.csv')).toBe(csv);
    expect(existsSync(join(folder, 'summary/spread.csv'))).toBe(false);
    const markdown = read('report.md');
    expect(markdown).toContain('**2 parts of this report failed: table "spread", figure "spread".**');
    expect(markdown).toContain('### spread\n\nSpread.\n\n**This table could not be made.**');
    expect(read('report.html')).toContain('<strong>This figure could not be drawn.</strong>');
    expect(markdown.includes('an infinite value in `accuracy`')).toBe(!Number.isFinite(odd));
  });

  it('does not leave an earlier file of a table that fails, nor of one that is no longer in the report', async () => {
    const { folder } = await write(0.5);
    const before = defineReport({ ...report, tables: [...report.tables, { ...best, name: 'old' }] });
    await writeReport(folder, before);
    writeFileSync(join(folder, 'summary', 'mine.csv'), 'a file of the user\n');
    expect(existsSync(join(folder, 'summary/old.md'))).toBe(true);
    await writeReport(folder, defineReport({ ...report, tables: [{ ...spread, sql: 'SELECT no' }, best] }));
    for (const path of ['summary/spread.csv', 'summary/spread.md', 'figures/spread.svg', 'summary/old.csv'])
      expect(existsSync(join(folder, path)), path).toBe(false);
    for (const path of ['summary/best.csv', 'summary/mine.csv'])
      expect(existsSync(join(folder, path)), path).toBe(true);
  });
});

describe('faults of the report itself', () => {
  const broken = (part: Partial<TableSpec>) =>
    defineReport({ ...report, tables: [{ ...best, ...part }], figures: [], text: [] });

  it('SQL that does not run is named with its place', async () => {
    const { written, read } = await write(1, broken({ sql: 'SELECT trial,\n  peek\nFROM trials' }));
    const [fault] = written.faults;
    expect(fault!.part).toBe('table "best"');
    expect(fault!.message).toMatch(/^the SQL does not run: .*"peek"[\s\S]*\nLINE 2: +peek\n +\^$/);
    expect(read('report.md')).toContain(fault!.message);
  });

  it('a check is a gate: the table is there, with the words above it', async () => {
    const check = () => {
      throw new Error('accuracy fell below 0.9');
    };
    const { written, read } = await write(1, broken({ check }));
    expect(written.faults).toEqual([{ part: 'table "best"', message: 'accuracy fell below 0.9' }]);
    expect(written.tables).toHaveLength(1);
    expect(read('report.md')).toMatch(
      /The check of this table failed.*accuracy fell below 0.9.*\| trial \|/s,
    );
  });

  const nonsense: readonly (readonly [what: string, spec: object, words: RegExp])[] = [
    ['draw', { table: 'best', draw: () => undefined }, /^draw returned no chart but undefined/],
    ['draw', { table: 'best', draw: () => ({ option: 3 }) }, /^draw returned no chart/],
    ['render', { render: () => 42 }, /^render returned number; expected SVG text/],
    [
      'sql',
      { sql: 'SELEC 1', draw: () => null },
      /^the SQL does not run: .*syntax error.*LINE 1: SELEC 1\n\s+\^$/s,
    ],
    ['sql', { sql: () => Promise.reject(new Error('no idea')), draw: () => null }, /^no idea$/],
  ];
  it.each(nonsense)('a figure whose %s gives nonsense (%#) is told in words', async (_, spec, words) => {
    const figure = { name: 'odd', about: 'Odd.', ...spec } as unknown as Report['figures'][number];
    const { written, read } = await write(1, defineReport({ ...report, figures: [figure], text: [] }));
    expect(written.faults.at(-1)).toMatchObject({
      part: 'figure "odd"',
      message: expect.stringMatching(words),
    });
    expect(read('report.md')).toContain('*odd*: Odd.\n\n**This figure could not be drawn.**');
  });

  it('an error in draw or text has the line of the report, and never is ours', async () => {
    const failing = defineReport({
      ...report,
      figures: [{ ...report.figures[0]!, draw: () => (undefined as unknown as { x: never }).x }],
      text: [() => Promise.reject(new TypeError('no text')), () => '## Second\n\nstill here'],
    });
    const { written, read } = await write(1, failing, import.meta.filename);
    expect(written.faults.map(({ part }) => part)).toEqual(['figure "spread"', 'section 1 of the text']);
    expect(written.faults[0]).toMatchObject({
      message: expect.stringMatching(/^TypeError: Cannot read/),
      place: expect.stringMatching(/^faults\.test\.ts:\d+:\d+$/),
    });
    expect(formatFault(written.faults[0]!)).toMatch(
      /^faults\.test\.ts:\d+:\d+: figure "spread": TypeError: /,
    );
    expect(read('report.md')).toContain('still here');
    expect(read('report.md')).not.toContain('internal');
  });
});

describe('files of earlier versions', () => {
  /** A run folder whose trials.csv has this text in the cells of `correct`. */
  async function withCells(cells: readonly string[]) {
    const folder = await makeRunFolder(manifest, []);
    const rows = cells.map((cell, i) => `${i},k${i},0,${i},0.1,ok,0.5,${cell}\n`);
    writeFileSync(
      join(folder, 'trials.csv'),
      `trial,key,replicate,seed,rate,status,accuracy,correct\n${rows.join('')}`,
    );
    const all = { ...best, sql: 'SELECT correct FROM trials ORDER BY trial' };
    const raw = { ...best, name: 'raw', sql: 'SELECT correct FROM trials_raw ORDER BY trial' };
    await writeReport(folder, defineReport({ ...report, tables: [all, raw], figures: [], text: [] }));
    const read = (path: string) => readFileSync(join(folder, path), 'utf8');
    const cellsOf = (name: string) => read(`summary/${name}.csv`).split('\n').slice(1, -1);
    return { cells: cellsOf('best'), raw: cellsOf('raw'), markdown: read('report.md') };
  }

  it.each([
    [['0.5', '1', '1.5'], undefined],
    [['3', '1e+21', '9007199254740992'], undefined],
    [['3', '-4', '5'], undefined],
    [['Infinity', '2'], undefined],
    [
      ['3', 'NaN', '5'],
      ['3', '', '5'],
    ],
    [
      ['3', 'n/a', '5'],
      ['3', '', '5'],
    ],
    [
      ['0.5', 'n/a', 'NaN'],
      ['0.5', '', ''],
    ],
  ])('a whole metric of %j is what it is', async (written, seen) => {
    const { cells, raw } = await withCells(written);
    expect(cells).toEqual(seen ?? written);
    expect(raw).toEqual(written);
  });

  it('values of another type are counted', async () => {
    const { markdown } = await withCells(['1', 'n/a', 'true']);
    expect(markdown).toContain('2 of 3 trials have another type than declared in `correct`: trials 1, 2.');
  });
});

describe('folders whose names are patterns', () => {
  let parent: string;
  beforeAll(async () => {
    parent = newFolder();
    await makeRunFolder(manifest, trialsWith(9), join(parent, 'lr1'));
  });
  it.each([
    'lr[1]',
    'lr?',
    'l*',
    '**',
    "a'b",
    'q"q',
    'x=1',
    '{lr1}',
    '[!x]',
    'ü ✓ [',
    'a[b]/c?d',
    '~',
    's3:',
  ])('%s: reads its own run', async (name) => {
    const folder = await makeRunFolder(manifest, trialsWith(7), join(parent, name));
    await writeReport(folder, defineReport({ ...report, tables: [best], figures: [], text: [] }));
    expect(readFileSync(join(folder, 'summary/best.csv'), 'utf8')).toBe('trial,accuracy\n4,7\n');
  });
});
