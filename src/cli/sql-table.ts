// Rows of a query as a table for people: as wide as the terminal, the first rows only. Numbers are never cut: a column
// that does not fit is left out, and the text below says so.
import { formatCount, plural } from '../ground/text.js';
import { renderColumns } from './columns.js';

export interface SqlTable {
  readonly columns: readonly string[];
  /** DuckDB's names of the types. */
  readonly types: readonly string[];
  /** Those to be shown. */
  readonly rows: readonly (readonly string[])[];
  /** Rows in all. */
  readonly total: number;
}

/** A text column is cut to no fewer characters. */
const NARROW = 20;
const NUMERIC = /^(U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?|DOUBLE|FLOAT|DECIMAL)/;

/** The table, and a line about what is not in it; undefined where everything is. */
export function renderSqlTable(
  { columns, types, rows, total }: SqlTable,
  width: number,
): { readonly table: string; readonly note: string | undefined } {
  const cells = [columns, ...rows].map((row) => row.map(inOneLine));
  const widths = columns.map((_, c) => cells.reduce((most, row) => Math.max(most, row[c]!.length), 1));
  const isNumber = types.map((type) => NUMERIC.test(type));
  fitTexts(widths, isNumber, width);
  const shown = countFitting(widths, width);
  const clipped = cells.map((row) => row.slice(0, shown).map((cell, c) => clip(cell, widths[c]!)));
  const right = Array.from({ length: shown }, (_, c) => c).filter((c) => isNumber[c]);
  const left = [
    ...(shown < columns.length ? [`${shown} of ${plural(columns.length, 'column')}`] : []),
    ...(rows.length < total ? [`${formatCount(rows.length)} of ${plural(total, 'row')}`] : []),
  ];
  return {
    table: renderColumns(clipped, right),
    note: left.length === 0 ? undefined : `${left.join(', ')}; --csv for all`,
  };
}

/** A line's end or a tab would break the table. */
function inOneLine(text: string): string {
  return text.replaceAll('\r', '\\r').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

/** Two spaces before each column. */
function widthOf(widths: readonly number[]): number {
  return widths.reduce((sum, each) => sum + each + 2, 0);
}

/** Takes from the widest text column first. */
function fitTexts(widths: number[], isNumber: readonly boolean[], width: number): void {
  for (;;) {
    const over = widthOf(widths) - width;
    if (over <= 0) return;
    const texts = widths.map((each, c) => (isNumber[c] ? 0 : each));
    const widest = Math.max(...texts);
    if (widest <= NARROW) return;
    const next = Math.max(NARROW, ...texts.filter((each) => each < widest));
    const c = texts.indexOf(widest);
    // Down to the next widest: what several share is taken from them in turn.
    widths[c] = Math.max(NARROW, next === widest ? widest - 1 : Math.max(next - 1, widest - over));
  }
}

function countFitting(widths: readonly number[], width: number): number {
  let shown = widths.length;
  while (shown > 1 && widthOf(widths.slice(0, shown)) > width) shown--;
  return shown;
}

function clip(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
