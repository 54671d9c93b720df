// The answer of a query as it is asked for: a table, CSV, lines of JSON, a Parquet file. What is printed ends where nobody
// reads it any more, and waits where somebody reads it slowly.
import { writeWhole } from '../export/parquet.js';
import { formatRow } from '../ground/csv.js';
import { plural } from '../ground/text.js';
import type { RunDatabase } from '../report/database.js';
import { toExactCell, toJsonValue } from '../report/exact-cells.js';
import { showPath } from './paths.js';
import { renderSqlTable } from './sql-table.js';
import type { Terminal } from './terminal.js';

export interface Asking {
  readonly database: Pick<RunDatabase, 'stream' | 'write'>;
  readonly sql: string;
  readonly terminal: Terminal;
  /** Whether to print no more. */
  isInterrupted(): boolean;
}

export async function printTable({ database, sql, terminal }: Asking, most: number): Promise<void> {
  const { columns, types, rows } = await database.stream(sql);
  const shown: string[][] = [];
  let total = 0;
  for await (const some of rows()) {
    for (const row of some.slice(0, most - shown.length))
      shown.push(row.map((value) => String(toExactCell(value) ?? 'NULL')));
    total += some.length;
  }
  const { table, note } = renderSqlTable({ columns, types, rows: shown, total }, terminal.width);
  terminal.print(table);
  if (note !== undefined) terminal.say(note);
}

export async function printCsv({ database, sql, terminal, isInterrupted }: Asking): Promise<void> {
  const { columns, rows } = await database.stream(sql);
  terminal.print(formatRow(columns));
  for await (const some of rows()) {
    terminal.print(some.map((row) => formatRow(row.map(toExactCell))).join(''));
    if (!(await terminal.printed()) || isInterrupted()) return;
  }
}

export async function printJson({ database, sql, terminal, isInterrupted }: Asking): Promise<void> {
  const { columns, rows } = await database.stream(sql);
  for await (const some of rows()) {
    const objects = some.map((row) =>
      Object.fromEntries(columns.map((name, c) => [name, toJsonValue(row[c])] as const)),
    );
    terminal.print(objects.map((object) => `${JSON.stringify(object)}\n`).join(''));
    if (!(await terminal.printed()) || isInterrupted()) return;
  }
}

export function writeParquet(
  file: string,
  ask: (writable: readonly string[], answer: (asking: Asking) => Promise<void>) => Promise<void>,
): Promise<void> {
  return writeWhole(file, (draft) =>
    ask([draft], async ({ database, sql, terminal }) => {
      const rows = await database.write(draft, sql);
      terminal.print(showPath(file));
      terminal.say(plural(rows, 'row'));
    }),
  );
}
