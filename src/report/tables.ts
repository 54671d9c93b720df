// Rows as text: CSV with every digit, Markdown with numbers as people read them.
import { formatRow, neutraliseCell } from '../ground/csv.js';
import type { Cell, Row, Rows } from './define.js';
import { ODD } from './markup.js';
import { formatNumber } from './theme.js';

/** Rows joined to one text before they become bytes: a million rows are more than one string holds. */
const BATCH = 8192;

/**
 * Numbers in the shortest form that reads back as the same float64, empty cells for null, "\n" after every row. Where it
 * must be safe for spreadsheets, no text is a formula there (see `neutraliseCell`).
 */
export function renderCsv(
  { columns, rows }: Rows,
  { spreadsheetSafe = false }: { readonly spreadsheetSafe?: boolean } = {},
): Uint8Array {
  const write = (cells: readonly (Cell | undefined)[]) =>
    formatRow(spreadsheetSafe ? cells.map(neutraliseCell) : cells);
  const parts = [Buffer.from(write(columns))];
  for (let first = 0; first < rows.length; first += BATCH) {
    let text = '';
    for (const row of rows.slice(first, first + BATCH)) text += write(columns.map((name) => row[name]));
    parts.push(Buffer.from(text));
  }
  return Buffer.concat(parts);
}

/**
 * A pipe table of the first `limit` rows: numbers to the right, in six significant digits. Text is text, but in the columns
 * named by `markdown`, whose cells are Markdown.
 */
export function renderMarkdownTable(
  { columns, rows }: Rows,
  limit = Number.POSITIVE_INFINITY,
  markdown: readonly string[] = [],
): string {
  const shown = rows.slice(0, limit);
  const rule = columns.map((column) => (isNumeric(column, shown) ? '---:' : '---'));
  const lines = [
    columns.map(escapeMarkdown),
    rule,
    ...shown.map((row) =>
      columns.map((column) =>
        markdown.includes(column) ? String(row[column] ?? '') : renderCell(row[column] ?? null),
      ),
    ),
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
  return typeof cell === 'boolean' ? (cell ? 'yes' : 'no') : escapeMarkdown(cell);
}

/** Text of others within a line of Markdown: no markup, no link, no HTML, no other line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\|*_`[\]<>]/g, '\\$&')
    .replace(LINE_ENDS, ' ')
    .replaceAll(ODD, '\ufffd');
}

/** As code in a line of Markdown: a backtick would end it. */
export function markdownCode(text: string): string {
  const plain = text.replaceAll('`', "'").replace(LINE_ENDS, ' ').replaceAll(ODD, '\ufffd').trim();
  return plain === '' ? '' : `\`${plain}\``;
}

/** Whatever somebody takes for the end of a line. */
const LINE_ENDS = /\s*[\n\r\v\f\u0085\u2028\u2029]+\s*/g;
