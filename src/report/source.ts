// One CSV of a run as SQL. A value never keeps a file from being read: what is no number in a column of numbers is
// counted and kept as text, and a column that is declared whole is DOUBLE where it is not.
import { existsSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { formatRow } from '../ground/csv.js';
import { SweeplineError } from '../ground/errors.js';
import { leadsOut } from '../ground/inside.js';
import { type Column, type Columns, quoteName, quoteText, sqlType } from './columns.js';

/** What is asked of the database's connection here: the package itself is loaded in database.ts alone. */
export interface Connection {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRowsJS(): unknown[][] }>;
}

export interface Csv {
  /** Of the table it is read into. */
  readonly name: string;
  readonly path: string;
  readonly columns: Columns;
  /** Whether it is read into memory where it is small enough. */
  readonly keep: boolean;
}

/** Cells of a measured column that are not finite, or not of its type. */
export interface Oddity {
  readonly column: string;
  readonly what: 'NaN' | 'an infinite value' | 'another type than declared';
  readonly cells: number;
  /** Trials that have some, and the first of them. */
  readonly trials: number;
  readonly first: readonly number[];
}

export interface Source {
  /** Names the rows in SQL. */
  readonly from: string;
  /** Expressions of the columns, in order: NaN and what is of another type is NULL. */
  readonly cells: readonly string[];
  /** The same with every cell as the file has it. */
  readonly raw: readonly string[];
  readonly oddities: readonly Oddity[];
}

/** Up to this many bytes a CSV is read once into memory; larger ones are read anew by every query, in constant memory. */
const IN_MEMORY_BYTES = 100e6;

/** DuckDB's own limit of a row; its buffers are a multiple of it, so that it is raised for long texts only. */
const USUAL_ROW = 2 ** 21;
const LONGEST_ROW = 2 ** 28;

/** Trials that an oddity names. */
const FIRST = 12;

export const REMAKE = '`sweepline resume <run>` makes the CSVs again from journal.bin';

/** No rows where the file is not there (a run that has not got so far). Throws BAD_RUN_FOLDER where it is damaged. */
export async function openSource(connection: Connection, csv: Csv): Promise<Source> {
  const { path, columns } = csv;
  if (!existsSync(path)) {
    const none = columns.map((column) => `NULL::${sqlType(column.type)} AS ${quoteName(column.sql)}`);
    const cells = columns.map((column) => quoteName(column.sql));
    return { from: `(SELECT ${none.join(', ')} WHERE false)`, cells, raw: cells, oddities: [] };
  }
  if (leadsOut(resolve(path), resolve(dirname(path))) || !statSync(path).isFile())
    throw new SweeplineError(
      'BAD_RUN_FOLDER',
      `${path} is no file of this run folder: a link or something else`,
      {
        hint: REMAKE,
      },
    );
  await checkHeader(path, columns);
  let typed = true;
  let longest = USUAL_ROW;
  for (;;) {
    try {
      const from = await readFile(connection, csv, { typed, longest });
      return await examine(connection, { from, columns, typed });
    } catch (error) {
      const { message } = error as Error;
      if (typed && /Could not convert/i.test(message)) typed = false;
      else if (longest < LONGEST_ROW && /maximum line size/i.test(message))
        longest = Math.min(LONGEST_ROW, statSync(path).size + 1);
      else throw error;
    }
  }
}

interface Reading {
  /** With the columns' types; otherwise all that a trial yields as text. */
  readonly typed: boolean;
  readonly longest: number;
}

async function readFile(
  connection: Connection,
  { name, path, columns, keep }: Csv,
  { typed, longest }: Reading,
): Promise<string> {
  const types = columns.map((column) => `${quoteText(column.sql)}: '${fileType(column, typed)}'`).join(', ');
  const csv = `read_csv(${quoteText(literalPath(resolve(path)))}, auto_detect = false, header = true, delim = ',',
    quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, hive_partitioning = false,
    max_line_size = ${longest}, columns = {${types}})`;
  if (!keep || statSync(path).size > IN_MEMORY_BYTES) return csv;
  await connection.run(`CREATE OR REPLACE TABLE ${quoteName(name)} AS SELECT * FROM ${csv}`);
  return quoteName(name);
}

/** Whole numbers are read as DOUBLE, which is what a worker gave: as BIGINT, 0.5 would be rounded without a word. */
function fileType({ type, role }: Column, typed: boolean): string {
  if (role === 'own') return sqlType(type);
  if (!typed) return 'VARCHAR';
  return type === 'integer' ? 'DOUBLE' : sqlType(type);
}

/** DuckDB takes every path for a pattern: a character of patterns stands for itself within brackets. */
export function literalPath(path: string): string {
  if (!/[*?[]/.test(path)) return path;
  if (process.platform !== 'win32' && path.includes('\\'))
    throw new SweeplineError('BAD_RUN_FOLDER', `${path}: a path with a backslash and one of * ? [ in it`, {
      hint: 'rename the folder',
    });
  return path.replace(/[*?[]/g, (character) => `[${character}]`);
}

/** A column while it is looked at. */
interface Look {
  readonly column: Column;
  /** As the file has it, and as a value of the column's type. */
  readonly cell: string;
  readonly value: string;
  readonly tests: readonly { readonly what: Oddity['what']; readonly sql: string }[];
}

const ODD_TYPE = 'another type than declared';

function lookAt(column: Column, typed: boolean): Look {
  const { type, role } = column;
  const cell = quoteName(column.sql);
  if (role === 'own' || type === 'string') return { column, cell, value: cell, tests: [] };
  const value = typed ? cell : `TRY_CAST(${cell} AS ${type === 'boolean' ? 'BOOLEAN' : 'DOUBLE'})`;
  const tests: Look['tests'][number][] = [];
  if (!typed) tests.push({ what: ODD_TYPE, sql: `${cell} IS NOT NULL AND ${value} IS NULL` });
  if (role === 'measured' && type !== 'boolean')
    tests.push(
      { what: 'NaN', sql: `isnan(${value})` },
      { what: 'an infinite value', sql: `isinf(${value})` },
    );
  return { column, cell, value, tests };
}

/** Looks once through the columns that may hold what they should not. */
async function examine(
  connection: Connection,
  { from, columns, typed }: { readonly from: string; readonly columns: Columns; readonly typed: boolean },
): Promise<Source> {
  const looks = columns.map((column) => lookAt(column, typed));
  const questions = looks.flatMap(({ column, value, tests }) => [
    ...tests.map(({ sql }) => countSql(sql)),
    ...(isWholeNumber(column) ? [countSql(brokenSql(column, value))] : []),
  ]);
  if (questions.length === 0) {
    const cells = looks.map(({ cell }) => cell);
    return { from, cells, raw: cells, oddities: [] };
  }
  const answers = await connection.runAndReadAll(`SELECT ${questions.join(', ')} FROM ${from}`);
  const found = answers.getRowsJS()[0]!.values();
  const source = { from, cells: [] as string[], raw: [] as string[], oddities: [] as Oddity[] };
  for (const { column, cell, value, tests } of looks) {
    const odd = new Map<Oddity['what'], string>();
    for (const { what, sql } of tests) if (Number(found.next().value) > 0) odd.set(what, sql);
    const whole = isWholeNumber(column) && Number(found.next().value) === 0;
    // An axis that holds text is text; what was measured and is no number has no value.
    const kept = column.role === 'axis' && odd.has(ODD_TYPE) ? cell : value;
    const number = odd.has('NaN') ? `CASE WHEN NOT isnan(${kept}) THEN ${kept} END` : kept;
    source.cells.push(whole && kept === value ? `(${number})::BIGINT` : number);
    source.raw.push(odd.size === 0 ? source.cells.at(-1)! : cell);
    for (const [what, sql] of odd)
      source.oddities.push({ column: column.name, what, ...(await whichTrials(connection, from, sql)) });
  }
  return source;
}

function isWholeNumber({ type, role }: Column): boolean {
  return type === 'integer' && role !== 'own';
}

/** Rows that pass a test. A FILTER says the same, and takes 16 s to be planned where there are 2,000 columns. */
function countSql(test: string): string {
  return `count(CASE WHEN ${test} THEN 1 END)::DOUBLE`;
}

/** True for values that are not whole; a NaN that will be no value does not count. Beyond 2^53 a DOUBLE says best what it is. */
function brokenSql({ role }: Column, value: string): string {
  const kept = role === 'measured' ? `NOT isnan(${value}) AND ` : '';
  return `${kept}NOT (${value} = trunc(${value}) AND abs(${value}) <= 2 ** 53)`;
}

async function whichTrials(connection: Connection, from: string, test: string) {
  const reader = await connection.runAndReadAll(
    `SELECT trial::DOUBLE, count(*)::DOUBLE FROM ${from} WHERE ${test} GROUP BY trial ORDER BY trial`,
  );
  const rows = reader.getRowsJS().map(([trial, cells]) => [Number(trial), Number(cells)] as const);
  return {
    cells: rows.reduce((sum, [, cells]) => sum + cells, 0),
    trials: rows.length,
    first: rows.slice(0, FIRST).map(([trial]) => trial),
  };
}

async function checkHeader(path: string, columns: Columns): Promise<void> {
  const expected = formatRow(columns.map(({ name }) => name));
  const file = await open(path);
  try {
    const bytes = Buffer.alloc(Buffer.byteLength(expected));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
    const found = bytes.toString('utf8', 0, bytesRead);
    if (found === expected) return;
    throw new SweeplineError(
      'BAD_RUN_FOLDER',
      `${path} begins "${found.split('\n')[0]}"; its manifest says "${expected.trimEnd()}"`,
      { hint: REMAKE },
    );
  } finally {
    await file.close();
  }
}
