// What a chart asks of its rows before it draws them: columns that are there, numbers where it needs numbers, and one
// row for one mark. A chart that drew all the same would be wrong without a word.
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { Cell, Row } from './define.js';

export interface MarkColumns {
  /** What is drawn, for the error: `lineChart`. */
  readonly chart: string;
  readonly columns: readonly (string | undefined)[];
  /** Of them, those that must hold numbers (or nothing). */
  readonly numbers: readonly (string | undefined)[];
}

/** Throws BAD_DEFINITION with all unknown columns and their candidates, or with text where a number is needed. */
export function requireColumns(rows: readonly Row[], { chart, columns, numbers }: MarkColumns): void {
  const there = [...new Set(rows.slice(0, 1000).flatMap((row) => Object.keys(row)))];
  const wanted = columns.filter((column) => column !== undefined);
  const unknown = [...new Set(wanted)].filter(
    (column) => !there.includes(column) && !rows.some((row) => Object.hasOwn(row, column)),
  );
  throwFaults(
    'BAD_DEFINITION',
    `${chart} cannot draw this`,
    unknown.map((column) => describeUnknown('column', column, there)),
  );
  const faults = [...new Set(numbers)].flatMap((column) => {
    if (column === undefined) return [];
    const odd = rows.find((row) => (row[column] ?? null) !== null && typeof row[column] !== 'number');
    if (odd === undefined) return [];
    return [`column "${column}" needs numbers, and holds ${JSON.stringify(odd[column])}`];
  });
  throwFaults('BAD_DEFINITION', `${chart} cannot draw this`, faults);
}

/**
 * Throws BAD_DEFINITION where two rows make one mark: same values of `keys`. `or` says what the chart offers for it.
 */
export function requireOneRow(
  rows: readonly Row[],
  chart: string,
  keys: readonly (string | undefined)[],
  or: string,
): void {
  const columns = keys.filter((key) => key !== undefined);
  const seen = new Map<string, Row>();
  for (const row of rows) {
    const place = JSON.stringify(columns.map((column) => row[column] ?? null));
    const other = seen.get(place);
    if (other === undefined) {
      seen.set(place, row);
      continue;
    }
    const where = columns.map((column) => `${column} = ${show(row[column])}`).join(', ');
    const apart = Object.keys(row).filter((column) => row[column] !== other[column]);
    const differ = apart.length === 0 ? 'they are equal' : `they differ in ${apart.slice(0, 8).join(', ')}`;
    throw new SweeplineError(
      'BAD_DEFINITION',
      `${chart} cannot draw this: two rows for one mark, at ${where} (${differ})`,
      { hint: or },
    );
  }
}

function show(cell: Cell | undefined): string {
  return typeof cell === 'string' ? JSON.stringify(cell) : String(cell ?? null);
}
