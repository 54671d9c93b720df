// What a report's SQL sees is what trials.csv holds, cell by cell: 400 random tables, read back with fast-csv. Where
// Python has pandas, it reads the same.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { parseString } from 'fast-csv';
import { describe, expect, it } from 'vitest';
import { formatRow } from '../../src/ground/csv.js';
import { openDatabase } from '../../src/report/database.js';
import { defineReport } from '../../src/report/define.js';
import { writeReport } from '../../src/report/write.js';
import type { Manifest } from '../../src/run/manifest.js';
import { findPython } from '../python.js';
import { makeManifest, makeRunFolder, type TrialRow } from './folders.js';

type Type = 'number' | 'integer' | 'boolean' | 'string';

const odd = fc.constantFrom(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  1e21,
  1e308,
  5e-324,
);
const texts = fc.oneof(
  fc.constantFrom(
    '007',
    'true',
    '1e3',
    'NaN',
    'null',
    'NULL',
    ' padded ',
    '"',
    "'",
    ',',
    '\n',
    '\r\n',
    '|',
    '#x',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...'ab"\',\n\r\t|\\ é✓'), minLength: 1, maxLength: 8 }),
);
const VALUES: Readonly<Record<Type, fc.Arbitrary<number | string | boolean>>> = {
  number: fc.oneof(fc.double(), fc.integer(), odd),
  // Runs of earlier versions have integer metrics that are not whole.
  integer: fc.oneof({ arbitrary: fc.maxSafeInteger(), weight: 8 }, fc.constantFrom(0.5, 1e21, Number.NaN)),
  boolean: fc.boolean(),
  string: texts,
};
const types = fc.constantFrom<Type>('number', 'integer', 'boolean', 'string');
const columns = fc.uniqueArray(
  fc.record({
    name: fc.oneof(
      fc.constantFrom('lr', 'optimizer.lr', 'val/loss', 'β1', 'select', 'run', 'Loss', 'loss'),
      fc
        .string({ unit: fc.constantFrom(...'abcXYZ_-.'), minLength: 1, maxLength: 6 })
        .map((name) => `c${name}`),
    ),
    type: types,
    isAxis: fc.boolean(),
  }),
  { selector: ({ name }) => name, minLength: 1, maxLength: 6 },
);
const tables = columns.chain((list) =>
  fc.record({
    list: fc.constant(list),
    rows: fc.array(
      fc.tuple(
        ...list.map(({ type, isAxis }) =>
          fc.option(isAxis && type === 'integer' ? fc.integer() : VALUES[type]),
        ),
      ),
      { maxLength: 12 },
    ),
  }),
);

function readCsv(text: string): Promise<string[][]> {
  return new Promise((resolve, reject) => {
    const rows: string[][] = [];
    parseString<string[], string[]>(text, { headers: false })
      .on('error', reject)
      .on('data', (row: string[]) => rows.push(row))
      .on('end', () => resolve(rows));
  });
}

/** What SQL must see in a cell of the file. */
function expected(text: string, type: Type): number | string | boolean | null {
  if (text === '') return null;
  if (type === 'string') return text;
  return type === 'boolean' ? text === 'true' : Number(text);
}

/** Integers beyond 2^53 are told as text where a column holds nothing else. */
const same = (cell: unknown) => (typeof cell === 'number' && Object.is(cell, -0) ? 0 : cell);

function manifestOf(list: readonly { name: string; type: Type; isAxis: boolean }[]): Manifest {
  const axes = list.filter(({ isAxis }) => isAxis);
  const metrics = list.filter(({ isAxis }) => !isAxis);
  return makeManifest({
    axes: axes.map(({ name }) => name),
    worker: {
      params: axes.map(({ name, type }) => ({ name, type, default: type === 'string' ? '' : 0 })),
      metrics: metrics.map(({ name, type }) => ({ name, type })),
    },
  });
}

const RUNS = 400;

const python = findPython('pandas');
if (python === undefined) console.warn('skipped: no Python with pandas');

interface Frame {
  readonly names: readonly string[];
  readonly columns: readonly (readonly (string | boolean | null)[])[];
}

type Declared = Parameters<typeof manifestOf>[0];

function trialsOf(list: Declared, rows: readonly (readonly unknown[])[]): TrialRow[] {
  return rows.map(
    (cells) => Object.fromEntries(list.map(({ name }, c) => [name, cells[c] ?? null])) as TrialRow,
  );
}

/** Of every column of trials.csv, in order. */
function typesOf(list: Declared): Record<string, Type> {
  const own = (isAxis: boolean) =>
    Object.fromEntries(list.filter((each) => each.isAxis === isAxis).map(({ name, type }) => [name, type]));
  return {
    ...({ trial: 'integer', key: 'string', replicate: 'integer', seed: 'integer' } as const),
    ...own(true),
    status: 'string',
    ...own(false),
  };
}

function ofPandas(cell: string | boolean | null, type: Type): unknown {
  if (type === 'string' || type === 'boolean') return cell;
  return same(Number(String(cell).replace(/^(-?)inf$/, '$1Infinity')));
}

describe('the cells of trials.csv', () => {
  it('are what SQL sees, NaN apart, which is NULL in `trials` and itself in `trials_raw`', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async ({ list, rows }) => {
        const folder = await makeRunFolder(manifestOf(list), trialsOf(list, rows));
        const file = await readCsv(readFileSync(join(folder, 'trials.csv'), 'utf8'));
        const types = Object.values(typesOf(list));
        const axes = list.filter(({ isAxis }) => isAxis);
        const database = await openDatabase([folder]);
        try {
          for (const view of ['trials', 'trials_raw']) {
            const { rows: seen, columns } = await database.query(`FROM ${view} ORDER BY trial`);
            // The run's id comes first.
            const cells = seen.map((row) =>
              columns.slice(1, 1 + types.length).map((name) => same(row[name])),
            );
            const wanted = file.slice(1).map((row) =>
              row.map((text, c) => {
                const cell = expected(text, types[c]!);
                const isMetric = c > 4 + axes.length;
                return view === 'trials' && isMetric && Number.isNaN(cell) ? null : cell;
              }),
            );
            expect(cells).toEqual(wanted);
          }
        } finally {
          database.close();
        }
      }),
      { numRuns: RUNS, seed: 20261125 },
    );
  }, 240_000);

  it.skipIf(python === undefined)(
    'are what pandas reads',
    async () => {
      const asked: { path: string; types: Readonly<Record<string, Type>> }[] = [];
      for (const { list, rows } of fc.sample(tables, { numRuns: RUNS, seed: 20261125 })) {
        const folder = await makeRunFolder(manifestOf(list), trialsOf(list, rows));
        asked.push({ path: join(folder, 'trials.csv'), types: typesOf(list) });
      }
      const file = join(mkdtempSync(join(tmpdir(), 'sweepline-pandas-')), 'tables.json');
      writeFileSync(file, JSON.stringify(asked));
      const said = execFileSync(python!, [resolve('test/report/pandas_cells.py'), file], {
        maxBuffer: 2 ** 30,
      });
      const read = said
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Frame);
      expect(read).toHaveLength(RUNS);
      for (const [i, { path, types }] of asked.entries()) {
        const [header, ...lines] = await readCsv(readFileSync(path, 'utf8'));
        expect(read[i]!.names).toEqual(header);
        const kinds = Object.values(types);
        const seen = lines.map((_, row) =>
          read[i]!.columns.map((cells, c) => ofPandas(cells[row]!, kinds[c]!)),
        );
        // Nothing and empty text are one to pandas.
        const wanted = lines.map((line) =>
          line.map((text, c) => {
            const cell = expected(text, kinds[c]!);
            if (cell !== null) return same(cell);
            return kinds[c] === 'string' ? '' : kinds[c] === 'boolean' ? null : Number.NaN;
          }),
        );
        expect(seen).toEqual(wanted);
      }
    },
    240_000,
  );

  it('empty text in quotes is text, nothing is NULL', async () => {
    const manifest = manifestOf([{ name: 'note', type: 'string', isAxis: false }]);
    const folder = await makeRunFolder(manifest, []);
    writeFileSync(
      join(folder, 'trials.csv'),
      'trial,key,replicate,seed,status,note\n0,k,0,1,ok,""\n1,k,0,2,ok,\n',
    );
    const database = await openDatabase([folder]);
    const { rows } = await database.query('SELECT note FROM trials ORDER BY trial');
    database.close();
    expect(rows).toEqual([{ note: '' }, { note: null }]);
  });

  it('may be a text of several megabytes', async () => {
    const manifest = manifestOf([{ name: 'note', type: 'string', isAxis: false }]);
    const folder = await makeRunFolder(manifest, [{ note: 'é"\n,'.repeat(1e6) }, { note: 'short' }]);
    const database = await openDatabase([folder]);
    const { rows } = await database.query('SELECT length(note) AS n FROM trials ORDER BY trial');
    database.close();
    expect(rows).toEqual([{ n: 4e6 }, { n: 5 }]);
  });
});

describe('large tables', () => {
  const all = (sql: string) =>
    defineReport({ name: 'all', title: 'All', tables: [{ name: 'all', about: 'All.', sql }] });

  it('of 2,000 columns come out as they went in', async () => {
    const list = Array.from({ length: 2000 }, (_, c) => ({
      name: `m${c}`,
      type: c % 3 === 0 ? ('integer' as const) : ('number' as const),
      isAxis: c < 20,
    }));
    const rows = [0, 1, 2].map((r) =>
      Object.fromEntries(list.map(({ name, type }, c) => [name, type === 'integer' ? r * c : r / (c + 1)])),
    );
    const folder = await makeRunFolder(manifestOf(list), rows);
    const names = list.map(({ name }) => `"${name}"`).join(', ');
    await writeReport(folder, all(`SELECT ${names} FROM trials ORDER BY trial`));
    const text = readFileSync(join(folder, 'summary/all.csv'), 'utf8');
    expect(text).toBe(
      formatRow(list.map(({ name }) => name)) +
        rows.map((row) => formatRow(list.map(({ name }) => row[name] as number))).join(''),
    );
  });

  it('of 200,000 rows come out as they went in', async () => {
    const manifest = manifestOf([{ name: 'loss', type: 'number', isAxis: false }]);
    const folder = await makeRunFolder(manifest, []);
    const lines = Array.from({ length: 200_000 }, (_, i) => `${i},k${i},0,${i},ok,${i / 7}\n`);
    writeFileSync(join(folder, 'trials.csv'), `trial,key,replicate,seed,status,loss\n${lines.join('')}`);
    await writeReport(folder, all('SELECT * EXCLUDE (run) FROM trials ORDER BY trial'));
    const trials = readFileSync(join(folder, 'trials.csv'));
    expect(readFileSync(join(folder, 'summary/all.csv')).equals(trials)).toBe(true);
  });
});
