// SQL of a report reads the run's views and nothing else, whatever it says.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDatabase, type RunDatabase } from '../../src/report/database.js';
import { countStatements } from '../../src/report/one-statement.js';
import { makeManifest, makeRunFolder } from './folders.js';

const manifest = makeManifest({
  axes: ['alpha'],
  worker: {
    params: [{ name: 'alpha', type: 'number', default: 0 }],
    metrics: [{ name: 'kind', type: 'string' }],
  },
});
const TIMINGS = 'trial,attempt,worker,host,device,queue_ms,run_ms,status,error\n0,1,0,h,cpu,1,2,ok,\n';

/** A folder with what nobody may read or change, and a run beside it. */
const home = mkdtempSync(join(tmpdir(), 'sweepline-sql-'));
const at = (name: string) => join(home, name);
let folder: string;
let database: RunDatabase;

beforeAll(async () => {
  writeFileSync(at('secret.csv'), 'a,b\n1,2\n');
  // A name with characters that DuckDB takes for patterns.
  folder = await makeRunFolder(
    manifest,
    [
      { alpha: 1, kind: 'a;b' },
      { alpha: 2, kind: 'c' },
    ],
    at('run [1]*'),
  );
  writeFileSync(join(folder, 'timings.csv'), TIMINGS);
  database = await openDatabase([folder]);
});
afterAll(() => database.close());

/** Every file below `home` with what it holds. */
function everything(): string {
  return readdirSync(home, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      try {
        return `${name}: ${readFileSync(at(name), 'latin1')}`;
      } catch {
        return name; // a folder
      }
    })
    .join('\n');
}

const WRITES = [
  `COPY (SELECT 1) TO '${at('copied')}'`,
  `COPY trials TO '${at('copied')}' (FORMAT parquet)`,
  `SELECT 1; COPY (SELECT 1) TO '${at('copied')}'`,
  `SELECT 1; -- and then\nCOPY (SELECT 1) TO '${at('copied')}'`,
  `EXPLAIN ANALYZE COPY (SELECT 1) TO '${at('copied')}'`,
  `ATTACH '${at('new.db')}' AS other`,
  `EXPORT DATABASE '${at('exported')}'`,
  'SELECT 1; SELECT 2',
  'CREATE OR REPLACE VIEW trials AS SELECT 1 AS alpha',
  'CREATE TABLE mine AS SELECT 1',
  'DROP VIEW trials',
  'DELETE FROM trials_0',
  'INSERT INTO trials_0 SELECT * FROM trials_0',
  'INSTALL httpfs',
  'LOAD httpfs',
  'SET enable_external_access = true',
  "SET allowed_paths = ['/etc/passwd']",
  'RESET lock_configuration',
  'PRAGMA enable_profiling',
  'CALL duckdb_functions()',
  'PREPARE mine AS SELECT 1',
  'CHECKPOINT',
  'CREATE SECRET (TYPE s3)',
  'EXPLAIN SELECT 1',
  'BEGIN TRANSACTION',
  'PIVOT trials ON kind; DROP VIEW metrics',
  'SELECT 1\0; SELECT 2',
  '',
  ' -- nothing\n;;',
];
const READS = [
  "SELECT * FROM read_csv('/etc/passwd')",
  "SELECT * FROM read_text('/etc/passwd')",
  "SELECT * FROM read_blob('/etc/passwd')",
  "SELECT * FROM '/etc/passwd'",
  `SELECT * FROM '${at('secret.csv')}'`,
  `SELECT * FROM read_csv_auto('${at('*.csv')}')`,
  `SELECT * FROM read_text('${join(at('run [[]1[]][*]'), 'manifest.json')}')`,
  "SELECT * FROM glob('/etc/*')",
  "SELECT * FROM sniff_csv('/etc/passwd')",
  "SELECT getenv('HOME')",
  "SELECT * FROM query('COPY trials TO ''/tmp/copied''')",
  'SELECT * FROM duckdb_secrets()',
];

describe.each([
  ['query', (sql: string) => database.query(sql)],
  ['keep', (sql: string) => database.keep('kept', sql)],
] as const)('%s refuses', (_, run) => {
  test.each([...WRITES, ...READS].map((sql) => [sql]))('%s', async (sql) => {
    const before = everything();
    await expect(run(sql)).rejects.toMatchObject({
      code: 'BAD_DEFINITION',
      message: expect.stringMatching(/^the SQL (is not run: .*; expected one SELECT$|does not run: )/m),
    });
    expect(everything()).toBe(before);
    // The views stand as they stood.
    expect((await database.query('SELECT alpha FROM trials ORDER BY ALL')).rows).toEqual([
      { alpha: 1 },
      { alpha: 2 },
    ]);
  });
});

test('says how many statements there are, or what it begins with', async () => {
  await expect(database.query("SELECT ';'; SELECT 2;")).rejects.toThrow('it holds 2 statements');
  await expect(database.query("-- a\n/* b */ copy trials TO 'x'")).rejects.toThrow(
    /begins with COPY|disabled/,
  );
  await expect(database.query('')).rejects.toThrow('it is empty');
});

test('asks nothing of the network', async () => {
  let requests = 0;
  const server = createServer((_, response) => {
    requests++;
    response.end('a,b\n1,2\n');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.csv`;
  try {
    for (const sql of [`SELECT * FROM '${url}'`, `SELECT * FROM read_csv('${url}')`])
      await expect(database.query(sql)).rejects.toMatchObject({ code: 'BAD_DEFINITION' });
    await expect(
      database.query("SELECT * FROM read_csv('http://x@127.0.0.1/'); LOAD httpfs"),
    ).rejects.toMatchObject({ code: 'BAD_DEFINITION' });
    expect(requests).toBe(0);
  } finally {
    server.close();
  }
});

test.each([
  ['FROM trials ORDER BY alpha', 2],
  ["SELECT * FROM trials WHERE kind = 'a;b';", 1],
  ['WITH a AS (SELECT 1) SELECT * FROM a', 1],
  ['VALUES (1), (2)', 2],
  ['DESCRIBE trials', 8],
  ['SHOW TABLES', undefined],
  ['SUMMARIZE trials', 8],
  ['PIVOT trials ON kind USING count(*) GROUP BY alpha', 2],
  ["PIVOT trials ON kind IN ('c') USING count(*) GROUP BY alpha", 2],
  ['SELECT * FROM timings', 1],
  ['SELECT $$a;b$$ AS "x;y" /* ; */ -- ;', 1],
])('runs %s', async (sql, rows) => {
  for (const found of [await database.query(sql), await database.keep(`kept ${sql}`, wrap(sql))])
    if (rows !== undefined) expect(found.rows).toHaveLength(rows);
});

/** What a table cannot be made of. */
function wrap(sql: string): string {
  return /^(DESCRIBE|SHOW|SUMMARIZE)/.test(sql) ? `FROM (${sql})` : sql;
}

test('a query that needs more than memory may still use the disk', async () => {
  const { rows } = await database.query("SELECT current_setting('temp_directory') AS place");
  expect(String(rows[0]!.place)).toContain('sweepline-duckdb-');
});

test('a folder that lies elsewhere later is read there', async () => {
  const moved = at('moved');
  mkdirSync(moved);
  const run = await makeRunFolder(manifest, [{ alpha: 3, kind: 'x' }], at('short'));
  renameSync(run, join(moved, 'run'));
  const other = await openDatabase([join(moved, 'run'), folder]);
  try {
    expect((await other.query('SELECT count(*) AS n FROM trials')).rows).toEqual([{ n: 3 }]);
    expect((await other.query('SELECT count(*) AS n FROM timings')).rows).toEqual([{ n: 1 }]);
  } finally {
    other.close();
  }
});

describe('statements are counted', () => {
  const piece = fc.constantFrom(
    'SELECT 1',
    'x',
    "'a;b'",
    "'it''s;'",
    '"q;"',
    '$$;$$',
    '$t$;$$;$t$',
    '/*;*/',
    "E'\\';'",
  );
  test('whatever stands in quotes and comments', () => {
    fc.assert(
      fc.property(fc.array(fc.array(piece, { minLength: 1 }), { maxLength: 5 }), (statements) => {
        const texts = statements.map((pieces) => `SELECT ${pieces.join(' ')} -- ;\n`);
        expect(countStatements(texts.join(';'))).toBe(statements.length);
        expect(countStatements(`${texts.join(' ; ')};`)).toBe(statements.length);
      }),
    );
  });
  test('for any text, without end', () => {
    fc.assert(fc.property(fc.string(), (text) => countStatements(text) >= 0));
  });
});
