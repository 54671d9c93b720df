// Rows as text: CSV with every digit, Markdown with numbers as people read them.
import { writeToString } from 'fast-csv';
import type { Cell, Row, Rows } from './define.js';
import { formatNumber } from './theme.js';

/** Numbers in the shortest form that reads back as the same float64, empty cells for null, "\n" after every row. */
export function renderCsv({ columns, rows }: Rows): Promise<string> {
  return writeToString(
    rows.map((row) => columns.map((column) => row[column])),
    { headers: [...columns], alwaysWriteHeaders: true, includeEndRowDelimiter: true },
  );
}

/** A pipe table of the first `limit` rows: numbers to the right, in six significant digits. */
export function renderMarkdownTable({ columns, rows }: Rows, limit = Number.POSITIVE_INFINITY): string {
  const shown = rows.slice(0, limit);
  const rule = columns.map((column) => (isNumeric(column, shown) ? '---:' : '---'));
  const lines = [
    columns.map(escapeCell),
    rule,
    ...shown.map((row) => columns.map((column) => renderCell(row[column] ?? null))),
  ];
  return lines.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

function isNumeric(column: string, rows: readonly Row[]): boolean {
  const cells = rows.map((row) => row[column] ?? null).filter((cell) => cell !== null);
  return cells.length > 0 && cells.every((cell) => typeof cell === 'number');
}

function renderCell(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return formatNumber(cell);
  return typeof cell === 'boolean' ? (cell ? 'yes' : 'no') : escapeCell(cell);
}

function escapeCell(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('|', '\\|')
    .replace(/([*_`[\]<>])/g, '\\$1')
    .replace(/\s*\n\s*/g, ' ');
}
