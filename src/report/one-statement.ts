// SQL of a report is one statement that reads. How it is told: DuckDB splits the text and names the kind of each part; a
// PIVOT that lists no values is the one statement that DuckDB itself splits, and is told from several by the semicolons.
import { SweeplineError } from '../ground/errors.js';

interface Statement<Reader, Result> {
  readonly statementType: number;
  runAndReadAll(): Promise<Reader>;
  run(): Promise<Result>;
  destroySync(): void;
}

interface Parts<Reader, Result> {
  readonly count: number;
  prepare(index: number): Promise<Statement<Reader, Result>>;
}

/** What is asked of the database's connection here. */
interface Splitter<Reader, Result> {
  extractStatements(sql: string): Promise<Parts<Reader, Result>>;
  runAndReadAll(sql: string): Promise<Reader>;
  run(sql: string): Promise<Result>;
}

/** Kinds of statements by DuckDB's own numbers (StatementType): the package is loaded in database.ts alone. */
const SELECT = 1;
const CREATE = 7;

/**
 * The rows of SQL that is one statement that reads: SELECT, WITH, FROM, VALUES, PIVOT, SHOW, DESCRIBE, SUMMARIZE and some
 * PRAGMA are. Throws BAD_DEFINITION for anything else, of which nothing is run; DuckDB's own error where it does not run.
 */
export function readOne<Reader>(connection: Splitter<Reader, unknown>, sql: string): Promise<Reader> {
  return withOne(connection, sql, (way) =>
    way === undefined ? connection.runAndReadAll(sql) : way.runAndReadAll(),
  );
}

/** The same, whose rows are yet to be read. */
export function runOne<Result>(connection: Splitter<unknown, Result>, sql: string): Promise<Result> {
  return withOne(connection, sql, (way) => (way === undefined ? connection.run(sql) : way.run()));
}

/** Calls `run` with the statement, or with nothing where it is one that only the whole text can run. */
async function withOne<Reader, Result, Found>(
  connection: Splitter<Reader, Result>,
  sql: string,
  run: (statement: Statement<Reader, Result> | undefined) => Promise<Found>,
): Promise<Found> {
  const parts = await split(connection, sql);
  const first = await parts.prepare(0);
  try {
    if (parts.count === 1 && first.statementType === SELECT) return await run(first);
    if (!isPivot(parts, first, sql)) throw refuseParts(parts, sql);
  } finally {
    first.destroySync();
  }
  return run(undefined);
}

/** Throws as `readOne` does for SQL that is not one statement. That it reads, `CREATE TABLE … AS` sees to in its grammar. */
export async function requireOne(connection: Splitter<unknown, unknown>, sql: string): Promise<void> {
  const parts = await split(connection, sql);
  if (parts.count === 1) return;
  const first = await parts.prepare(0);
  const reads = isPivot(parts, first, sql);
  first.destroySync();
  if (!reads) throw refuseParts(parts, sql);
}

async function split<Reader, Result>(
  connection: Splitter<Reader, Result>,
  sql: string,
): Promise<Parts<Reader, Result>> {
  // DuckDB would run what stands before it.
  if (sql.includes('\0')) throw refuse('it holds a NUL character');
  const written = countStatements(sql);
  if (written !== 1) throw refuse(written === 0 ? 'it is empty' : `it holds ${written} statements`);
  return connection.extractStatements(sql);
}

/** Such a PIVOT makes a type of the values that there are, and then selects. */
function isPivot(
  { count }: Parts<unknown, unknown>,
  first: Statement<unknown, unknown>,
  sql: string,
): boolean {
  return count > 1 && first.statementType === CREATE && firstWord(sql) !== 'CREATE' && /\bpivot/i.test(sql);
}

function refuseParts({ count }: Parts<unknown, unknown>, sql: string): SweeplineError {
  const word = firstWord(sql);
  return refuse(word === 'SELECT' ? `it holds ${count} statements` : `it begins with ${word}`);
}

function refuse(what: string): SweeplineError {
  return new SweeplineError('BAD_DEFINITION', `the SQL is not run: ${what}; expected one SELECT`, {
    hint: 'a report only reads: write what goes on from one query to the next as tables of the report',
  });
}

function firstWord(sql: string): string {
  return /[a-z]+/i.exec(sql.replaceAll(SKIPPED, ' '))?.[0].toUpperCase() ?? '';
}

/** Comments, and everything in quotes. What is not closed goes on to the end, of which DuckDB will complain. */
const SKIPPED =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\be'(?:\\[\s\S]|''|[^'\\])*(?:'|$)|'(?:''|[^'])*(?:'|$)|"(?:""|[^"])*(?:"|$)|\$([a-z_]\w*)?\$[\s\S]*?(?:\$\1\$|$)/gi;

/** How many statements a text holds, empty ones not counted. */
export function countStatements(sql: string): number {
  const bare = sql.replaceAll(SKIPPED, (skipped) => (/^(--|\/\*)/.test(skipped) ? ' ' : 'x'));
  return bare.split(';').filter((part) => part.trim() !== '').length;
}
