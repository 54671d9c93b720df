// One CSV cell as fast-csv writes it (RFC 4180, "\n" between rows), for rows that are formatted by the million in the
// workers. A test holds it to fast-csv's bytes. Numbers are the shortest text that reads back as the same float64.

export type Cell = string | number | boolean | null | undefined;

/**
 * The text of one cell, empty for null and undefined. Quoted where it holds a comma, a quote or a line break, and, as
 * fast-csv does without need, a `|`; also where it is empty text, which is not null.
 */
export function formatCell(value: Cell): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return value === 0 ? '0' : String(value);
  const text = String(value);
  return text === '' || /[",\r\n|]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** One row with its line end. */
export function formatRow(cells: readonly Cell[]): string {
  let row = '';
  for (let i = 0; i < cells.length; i++) row += (i === 0 ? '' : ',') + formatCell(cells[i]);
  return `${row}\n`;
}

/**
 * Text that a spreadsheet would take for a formula, with an apostrophe before it; everything else as it is. A number stays
 * one, also where it is text (whole numbers past 2^53).
 */
export function neutraliseCell<T extends Cell>(value: T): T | string {
  if (typeof value !== 'string' || !/^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(value)) return value;
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ? value : `'${value}`;
}
