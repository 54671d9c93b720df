// Rows made outside SQL (from a trial's artifacts, or by a statistic that SQL lacks) as a query, so that a report's
// table can hold them like any other.
import { SweeplineError } from '../ground/errors.js';
import { type ColumnType, quoteName, quoteText, quoteValue, sqlType } from './columns.js';
import type { Cell, Row } from './define.js';

export type { ColumnType };

/**
 * SQL that gives these rows in this order. A cell that is missing or NaN becomes NULL, and so does an infinite one in a
 * column of integers. Throws BAD_DEFINITION for a number with a fraction in such a column: SQL would round it.
 */
export function rowsToSql(columns: Readonly<Record<string, ColumnType>>, rows: readonly Row[]): string {
  const names = Object.keys(columns);
  const typed = names.map((name) => `${quoteName(name)}::${sqlType(columns[name]!)} AS ${quoteName(name)}`);
  // The first row only carries the types: VALUES may not be empty.
  const empty = `(0${', NULL'.repeat(names.length)})`;
  const lines = rows.map(
    (row, i) =>
      `(${[i + 1, ...names.map((name) => literal(Object.hasOwn(row, name) ? row[name] : null, name, columns[name]!))].join(', ')})`,
  );
  const source = `(VALUES ${[empty, ...lines].join(', ')}) rows("#", ${names.map(quoteName).join(', ')})`;
  return `SELECT ${typed.join(', ')} FROM ${source} WHERE "#" > 0 ORDER BY "#"`;
}

function literal(cell: Cell | undefined, name: string, type: ColumnType): string {
  if (cell === null || cell === undefined) return 'NULL';
  if (typeof cell === 'number') {
    if (Number.isNaN(cell) || (type === 'integer' && !Number.isFinite(cell))) return 'NULL';
    if (type === 'integer' && !Number.isInteger(cell))
      throw new SweeplineError(
        'BAD_DEFINITION',
        `column "${name}" is one of integers, and a row has ${cell}`,
      );
    return quoteText(String(cell));
  }
  return quoteValue(cell);
}
