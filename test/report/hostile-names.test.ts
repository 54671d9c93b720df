// Names from somebody else: those that lead out of the run folder, those of Windows' devices, those that every object has,
// links in place of files and folders, and cells that a spreadsheet would run.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, neutraliseCell } from '../../src/ground/csv.js';
import { openDatabase } from '../../src/report/database.js';
import { defineReport, type Report } from '../../src/report/define.js';
import { writeReport } from '../../src/report/write.js';
import type { Manifest } from '../../src/run/manifest.js';
import { makeManifest, makeRunFolder } from './folders.js';

const manifest = makeManifest({
  axes: ['text'],
  worker: {
    params: [{ name: 'text', type: 'string', default: '' }],
    metrics: [{ name: 'y', type: 'number' }],
  },
});
const all = { name: 'all', about: 'A trial.', sql: 'SELECT text, y FROM trials ORDER BY trial' };
const report = defineReport({
  name: 'r',
  title: 'R',
  tables: [all],
  figures: [{ name: 'f', about: 'F.', render: () => '<svg xmlns="http://www.w3.org/2000/svg"/>' }],
});

/** A folder of a test's own, with `run` in it, and nothing else. */
async function makeHome(texts: readonly string[] = ['a'], which: Manifest = manifest) {
  const home = mkdtempSync(join(tmpdir(), 'sweepline-names-'));
  const run = await makeRunFolder(
    which,
    texts.map((text, i) => ({ text, y: -i })),
    join(home, 'run'),
  );
  return { home, run };
}

const listAll = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();

describe('names of tables and figures', () => {
  const NAMES = [
    '../../x',
    '/tmp/x',
    'a/b',
    'a\\b',
    '..',
    '.',
    '',
    'x\0',
    'x\u2028',
    'nul',
    'con',
    'com1',
    'X',
    'a b',
  ];

  test.each(NAMES.map((name) => [name]))('%j is refused, however the report was made', async (name) => {
    const { home, run } = await makeHome();
    const before = listAll(home);
    const tables = [{ ...all, name }];
    const figures = [{ name, about: 'F.', render: () => '<svg/>' }];
    for (const part of [{ tables }, { figures }]) {
      expect(() => defineReport({ ...report, ...part })).toThrow(
        expect.objectContaining({
          code: 'BAD_DEFINITION',
          message: expect.stringContaining(JSON.stringify(name)),
        }),
      );
      // As a module may export it that does without defineReport.
      const handmade = { ...report, ...part } as Report;
      await expect(writeReport(run, handmade)).rejects.toMatchObject({ code: 'BAD_DEFINITION' });
    }
    expect(listAll(home)).toEqual(before);
  });

  test('a page from somebody else has no file removed outside of the two folders', async () => {
    const { home, run } = await makeHome();
    writeFileSync(join(home, 'precious.csv'), '');
    mkdirSync(join(run, 'summary'));
    writeFileSync(join(run, 'summary/old.csv'), '');
    const list = ['../precious.csv', 'summary/../../precious.csv', 'trials.csv', 'summary/old.csv'];
    writeFileSync(join(run, 'report.html'), `<!-- files of this report: ${JSON.stringify(list)} -->`);
    await writeReport(run, report);
    expect([existsSync(join(home, 'precious.csv')), existsSync(join(run, 'trials.csv'))]).toEqual([
      true,
      true,
    ]);
    expect(existsSync(join(run, 'summary/old.csv'))).toBe(false);
  });
});

describe.skipIf(process.platform === 'win32')('links', () => {
  test.each(['summary', 'figures'])('%s as a link to elsewhere is not written through', async (name) => {
    const { home, run } = await makeHome();
    const elsewhere = join(home, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'all.csv'), 'mine');
    symlinkSync(elsewhere, join(run, name));
    await expect(writeReport(run, report)).rejects.toThrow(`${join(run, name)} is a link; expected a folder`);
    expect(listAll(elsewhere)).toEqual(['all.csv']);
    expect(existsSync(join(run, 'report.html'))).toBe(false);
  });

  test('links at the names of files are replaced, not followed', async () => {
    const { home, run } = await makeHome();
    const victim = join(home, 'victim');
    writeFileSync(victim, 'mine');
    mkdirSync(join(run, 'summary'));
    for (const name of ['report.html', 'report.md', 'summary/all.csv']) symlinkSync(victim, join(run, name));
    await writeReport(run, report);
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(readFileSync(join(run, 'summary/all.csv'), 'utf8')).toBe('text,y\na,0\n');
  });

  test.each(['trials.csv', 'timings.csv', 'metrics.csv'])(
    '%s as a link to elsewhere is not read',
    async (name) => {
      const { home, run } = await makeHome();
      const secret = join(home, 'secret.csv');
      writeFileSync(secret, 'password\nhunter2\n');
      rmSync(join(run, name), { force: true });
      symlinkSync(secret, join(run, name));
      const failure = await openDatabase([run]).catch((error: unknown) => error as Error);
      expect(failure).toMatchObject({ code: 'BAD_RUN_FOLDER', message: expect.stringContaining('a link') });
      expect(String(failure)).not.toContain('password');
    },
  );

  test('a run folder that is a link itself is one like any other', async () => {
    const { home, run } = await makeHome();
    symlinkSync(run, join(home, 'linked'));
    await writeReport(join(home, 'linked'), report);
    expect(existsSync(join(run, 'summary/all.csv'))).toBe(true);
  });
});

describe('names that every object has', () => {
  const ODD = [
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    '__defineGetter__',
    'x',
  ];

  test('in a manifest are refused, and pollute nothing; in a table they are names like any other', async () => {
    const before = Reflect.ownKeys(Object.prototype);
    const entries = <T>(value: T) => Object.fromEntries(ODD.map((name) => [name, value] as const));
    const json = JSON.parse(
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
    ) as object;
    const odd = {
      ...makeManifest({
        axes: ODD,
        fixed: { ...entries(json), ...json } as never,
        packages: entries('1'),
        worker: {
          params: [
            ...ODD.map((name) => ({ name, type: 'string' as const, default: json as never })),
            ...ODD.map((name) => ({ name: `d_${name}`, type: name as never, default: json as never })),
          ],
          metrics: ODD.map((name) => ({ name: `m_${name}`, type: 'number' as const })),
          series: ODD,
        },
      }),
      ...json,
    } as Manifest;
    const row = {
      ...entries('{"__proto__":{"polluted":1}}'),
      ...Object.fromEntries(ODD.map((name) => [`m_${name}`, 1])),
    };
    const folder = await makeRunFolder(odd, [row as never, { ...row, status: '__proto__' } as never]);
    writeFileSync(
      join(folder, 'metrics.csv'),
      `trial,step,${ODD.join(',')}\n0,1,${ODD.map(() => 2).join(',')}\n`,
    );
    const report = defineReport({
      name: 'r',
      title: 'R',
      tables: [{ name: 'made', about: 'M.', sql: `SELECT 1 AS "__proto__", 2 AS "constructor"` }],
    });
    await expect(writeReport(folder, report)).rejects.toThrow(
      /manifest\.json is damaged:\n {2}- __proto__: no field/,
    );
    expect(Reflect.ownKeys(Object.prototype)).toEqual(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const plain = await makeRunFolder(makeManifest(), []);
    expect((await writeReport(plain, report)).faults).toEqual([]);
    expect(readFileSync(join(plain, 'summary/made.csv'), 'utf8')).toBe('__proto__,constructor\n1,2\n');
  });

  test('are refused as choices of a report that has none of them', async () => {
    const { run } = await makeHome();
    for (const name of ODD)
      await expect(writeReport(run, report, Object.fromEntries([[name, 'x']]))).rejects.toMatchObject({
        code: 'BAD_USAGE',
      });
  });
});

describe('cells that a spreadsheet would run', () => {
  const TEXTS = [
    '=1+1',
    '+cmd',
    '-2+3',
    '@sum',
    '\tx',
    '\rx',
    '\n=1',
    '＝1',
    'plain',
    "'=1",
    ' =1',
    '-5',
    '+1e5',
    '',
  ];

  test('get an apostrophe on request, and are exact otherwise', async () => {
    const { run } = await makeHome(TEXTS);
    const big = `SELECT '-12345678901234567890'::HUGEINT AS big, 1 AS "=name"`;
    const which = defineReport({ ...report, tables: [all, { name: 'big', about: 'B.', sql: big }] });
    const read = () => readFileSync(join(run, 'summary/all.csv'), 'utf8');
    await writeReport(run, which);
    const exact = read();
    await writeReport(run, which, {}, { spreadsheetSafe: true });
    const cells = [
      "'=1+1",
      "'+cmd",
      "'-2+3",
      "'@sum",
      "'\tx",
      `"'\rx"`,
      `"'\n=1"`,
      "'＝1",
      'plain',
      "'=1",
      ' =1',
    ];
    expect(read()).toBe(
      `text,y\n${[...cells, '-5', '+1e5', ''].map((cell, i) => `${cell},${-i}\n`).join('')}`,
    );
    expect(readFileSync(join(run, 'summary/big.csv'), 'utf8')).toBe("big,'=name\n-12345678901234567890,1\n");
    await writeReport(run, which);
    expect(read()).toBe(exact);
    expect(exact).toContain('=1+1,0\n+cmd,-1\n');
  });

  test('whatever is in them, and no other cell is changed', () => {
    const cell: fc.Arbitrary<Cell> = fc.oneof(
      fc.string({ unit: fc.constantFrom(...'=+-@\t\r\n1e. a\'"') }),
      fc.double(),
      fc.boolean(),
      fc.constantFrom(null, undefined),
    );
    fc.assert(
      fc.property(cell, (value) => {
        const safe = neutraliseCell(value);
        if (typeof value !== 'string') return Object.is(safe, value);
        const isNumber = value.trim() === value && value !== '' && Number.isFinite(Number(value));
        if (!isNumber) expect(safe).not.toMatch(/^[=+\-@\t\r\n]/);
        return safe === value || safe === `'${value}`;
      }),
      { seed: 12, numRuns: 2000 },
    );
  });
});
