// Values of DuckDB's own types as texts and as JSON, with all their digits.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase, type RunDatabase } from '../../src/report/database.js';
import { toExactCell, toJsonValue } from '../../src/report/exact-cells.js';
import { makeManifest, makeRunFolder } from './folders.js';

let database: RunDatabase;
beforeAll(async () => {
  database = await openDatabase([await makeRunFolder(makeManifest(), [])]);
});
afterAll(() => database.close());

test.each<[sql: string, text: unknown, json: unknown]>([
  ['1.50::DECIMAL(10, 2)', '1.50', 1.5],
  ['100::DECIMAL(10, 0)', '100', 100],
  [
    '0.1234567890123456789012345::DECIMAL(38, 25)',
    '0.1234567890123456789012345',
    '0.1234567890123456789012345',
  ],
  ['9007199254740991::BIGINT', '9007199254740991', 9007199254740991],
  ['9007199254740993::BIGINT', '9007199254740993', '9007199254740993'],
  [
    "'-170141183460469231731687303715884105728'::HUGEINT",
    ...twice('-170141183460469231731687303715884105728'),
  ],
  ['5e-324::DOUBLE', 5e-324, 5e-324],
  ["'NaN'::DOUBLE", Number.NaN, 'NaN'],
  ["'-inf'::DOUBLE", Number.NEGATIVE_INFINITY, '-Infinity'],
  ["[1, NULL, 'inf'::DOUBLE]", '[1, NULL, Infinity]', [1, null, 'Infinity']],
  ["{'a': 1::BIGINT, 'b': ['x']}", "{'a': 1, 'b': ['x']}", { a: 1, b: ['x'] }],
  ["MAP {'k': 1.5::DOUBLE}", "{'k': 1.5}", { k: 1.5 }],
  ["TIMESTAMP '2026-01-02 03:04:05.000006'", ...twice('2026-01-02 03:04:05.000006')],
  ["DATE '2026-01-02'", ...twice('2026-01-02')],
  ["INTERVAL '3 days'", ...twice('3 days')],
  ["'a\\b'::VARCHAR", ...twice('a\\b')],
  ['NULL', null, null],
  ['true', true, true],
])('%s', async (sql, text, json) => {
  const { rows, columns } = await database.stream(`SELECT ${sql} AS x`);
  const found: unknown[] = [];
  for await (const some of rows()) found.push(...some.map((row) => row[0]));
  expect(columns).toEqual(['x']);
  expect(found.map(toExactCell)).toEqual([text]);
  expect(found.map(toJsonValue)).toEqual([json]);
});

function twice(text: string): [string, string] {
  return [text, text];
}

test('columns of one name are told apart; a PIVOT is read too', async () => {
  const { columns } = await database.stream('SELECT 1 AS a, 2 AS a');
  expect(columns).toEqual(['a', 'a:1']);
  const pivot = await database.stream("PIVOT (SELECT 'x' AS k, 2 AS v) ON k USING sum(v)");
  expect(pivot.columns).toEqual(['x']);
});
