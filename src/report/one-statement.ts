// SQL of a report is one statement that reads. How it is told: DuckDB splits the text and names the kind of each part; a
// PIVOT that lists no values is the one statement that DuckDB itself splits, and is told from several by the semicolons.
import { SweeplineError } from '../ground/errors.js';

/** What is asked of the database's connection here. */
interface Splitter {
  extractStatements(sql: string): Promise<{
    readonly count: number;
    prepare(index: number): Promise<{ readonly statementType: number; destroySync(): void }>;
  }>;
}

/** Kinds of statements by DuckDB's own numbers (StatementType): the package is loaded in database.ts alone. */
const SELECT = 1;
const CREATE = 7;

/**
 * Throws BAD_DEFINITION for SQL that is not one statement that reads: SELECT, WITH, FROM, VALUES, PIVOT, SHOW, DESCRIBE,
 * SUMMARIZE and some PRAGMA are. Throws DuckDB's own error where it cannot be prepared. Runs nothing.
 */
export async function requireOneSelect(connection: Splitter, sql: string): Promise<void> {
  // DuckDB would run what stands before it.
  if (sql.includes('\0')) throw refuse('it holds a NUL character');
  const written = countStatements(sql);
  if (written !== 1) throw refuse(written === 0 ? 'it is empty' : `it holds ${written} statements`);
  const parts = await connection.extractStatements(sql);
  const first = await parts.prepare(0);
  const kind = first.statementType;
  first.destroySync();
  const word = firstWord(sql);
  // Such a PIVOT makes a type of the values that there are, and then selects.
  const isPivot = parts.count > 1 && kind === CREATE && word !== 'CREATE' && /\bpivot/i.test(sql);
  if (isPivot || (parts.count === 1 && kind === SELECT)) return;
  throw refuse(word === 'SELECT' ? `it holds ${parts.count} statements` : `it begins with ${word}`);
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
