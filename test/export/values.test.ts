// Values of every type come out as they went in: through SQL, and through Parquet as DuckDB, pandas and Polars read it.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeTables } from '../../src/export/parquet.js';
import { withQuery } from '../../src/export/query.js';
import { toExactCell, toJsonValue } from '../../src/report/exact-cells.js';
import type { Value } from '../../src/space/types.js';
import { canonicalValue } from '../../src/space/value.js';
import { findPython } from '../python.js';
import { makeManifest } from '../report/folders.js';
import { type MadeTrial, makeRun, newFolder } from './runs.js';

type Type = 'number' | 'integer' | 'boolean' | 'string' | 'json';

const texts = fc.oneof(
  fc.constantFrom(
    '',
    '007',
    'true',
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
    '=1+1',
    '\t',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom(...'ab"\',\n\r\t|\\ é✓🎉'), maxLength: 8 }),
);
/** A double of any size; -0 is 0 in a run. */
const doubles = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const json = fc
  .jsonValue({ maxDepth: 2, noUnicodeString: false })
  .filter((value) => typeof value === 'object' && value !== null)
  .map((value) => JSON.parse(JSON.stringify(value)) as Value);
const PARAMS: Readonly<Record<Type, fc.Arbitrary<Value>>> = {
  number: doubles,
  integer: fc.maxSafeInteger(),
  boolean: fc.boolean(),
  string: texts.filter((text) => text !== ''),
  json,
};
const METRICS = {
  number: fc.oneof(doubles, fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY)),
  integer: fc.maxSafeInteger(),
  boolean: fc.boolean(),
  string: texts,
} as const;

const KINDS = ['number', 'integer', 'boolean', 'string'] as const;
const manifest = makeManifest({
  axes: [...KINDS, 'json'],
  worker: {
    params: [...KINDS, 'json' as const].map((type) => ({
      name: type,
      type,
      nullable: true as const,
      default: null,
    })),
    metrics: KINDS.map((type) => ({ name: `m_${type}`, type })),
    series: ['s'],
  },
});

const option = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 4 });
const trials: fc.Arbitrary<MadeTrial[]> = fc.array(
  fc.record({
    point: fc.record(
      Object.fromEntries([...KINDS, 'json' as const].map((type) => [type, option(PARAMS[type])])),
    ) as fc.Arbitrary<Record<string, Value>>,
    metrics: fc.record(
      Object.fromEntries(
        KINDS.map((type) => [`m_${type}`, option<string | number | boolean>(METRICS[type])]),
      ),
    ),
    series: METRICS.number.map((value) => [[0, { s: value }]] as const),
  }),
  { minLength: 1, maxLength: 24 },
);

const COLUMNS = [...KINDS, 'json', ...KINDS.map((type) => `m_${type}`)];

/** The cells of a trial as they should be seen, in the order of the columns. */
function cellsOf({ point = {}, metrics = {} }: MadeTrial): (string | number | boolean | null)[] {
  return [
    ...KINDS.map((type) => point[type] as string | number | boolean | null),
    point.json === null ? null : canonicalValue(point.json!),
    ...KINDS.map((type) => metrics[`m_${type}`]!),
  ];
}

const RUNS = 16;
const LIST = COLUMNS.map((name) => `"${name}"`).join(', ');

describe('values of every type', () => {
  it('come out of SQL as they went in, NaN from the raw tables', async () => {
    await fc.assert(
      fc.asyncProperty(trials, async (made) => {
        const folder = await makeRun(manifest, made);
        await withQuery([folder], {}, async (database) => {
          const { rows } = await database.stream(`SELECT ${LIST} FROM trials_raw ORDER BY trial`);
          const seen: unknown[][] = [];
          for await (const some of rows()) seen.push(...some.map((row) => [...row]));
          const wanted = made.map(cellsOf);
          // Whole numbers of any size are read back with all their digits.
          expect(seen.map((row) => row.map((cell) => String(toExactCell(cell))))).toEqual(
            wanted.map((row) => row.map(String)),
          );
          const read = JSON.parse(JSON.stringify(seen.map((row) => row.map(toJsonValue))));
          expect(read).toEqual(
            wanted.map((row) =>
              row.map((cell) => (typeof cell === 'number' && !Number.isFinite(cell) ? String(cell) : cell)),
            ),
          );
        });
      }),
      { numRuns: RUNS, seed: 20261129 },
    );
  }, 240_000);

  for (const [reader, packages] of [
    ['pandas', ['pandas', 'pyarrow']],
    ['polars', ['polars']],
  ] as const) {
    const python = findPython(...packages);
    if (python === undefined) console.warn(`skipped: no Python with ${packages.join(' and ')}`);
    it.skipIf(python === undefined)(
      `come out of Parquet as they went in, as ${reader} reads it`,
      () => readBack(reader, python!),
      240_000,
    );
  }
});

async function readBack(reader: string, python: string): Promise<void> {
  const samples = fc.sample(trials, { numRuns: RUNS, seed: 20261130 });
  const folders: string[] = [];
  for (const made of samples) {
    const into = newFolder();
    await writeTables(await makeRun(manifest, made), into);
    folders.push(into);
  }
  const list = join(newFolder(), 'folders.json');
  writeFileSync(list, JSON.stringify({ folders, columns: COLUMNS }));
  const said = execFileSync(python, [resolve('test/export/read_parquet.py'), reader, list], {
    maxBuffer: 2 ** 30,
  });
  const tables = said
    .toString()
    .trimEnd()
    .split('\n')
    .map(
      (line) =>
        JSON.parse(line) as { types: string[]; rows: (string | boolean | null)[][]; series: string[] },
    );
  for (const [i, { types, rows, series }] of tables.entries()) {
    expect(types).toEqual([...TYPES, 'string', ...TYPES]);
    expect(rows.map((row) => row.map(readCell))).toEqual(samples[i]!.map(cellsOf));
    expect(series.map(Number)).toEqual(samples[i]!.map((made) => made.series![0]![1].s));
  }
  expect(tables).toHaveLength(RUNS);
}

const TYPES = ['double', 'int64', 'bool', 'string'];

/** Numbers come as `{"n": "0.1"}`: JSON has neither NaN nor whole numbers of every size. */
function readCell(cell: unknown): unknown {
  if (typeof cell !== 'object' || cell === null) return cell;
  return Number((cell as { n: string }).n);
}
