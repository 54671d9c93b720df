// Compares the rows of one trial cell by cell: bytes, or numbers within a tolerance where two devices need not agree to
// the last bit. Pure.
import { NEWLINE, skipCell, skipRows } from '../../trial/lines.js';

/** A cell that is other the second time. */
export interface CellDifference {
  readonly trial: number;
  readonly file: 'trials.csv' | 'metrics.csv';
  /** Of metrics.csv. */
  readonly step: string | null;
  readonly column: string;
  /** The cells as they stand in the files; '' where there is none. */
  readonly run: string;
  readonly again: string;
  /** How far apart two numbers are, in parts of the larger one; null where not both are numbers. */
  readonly difference: number | null;
}

/** By column: how far apart its numbers may be, in parts of the larger one. 0: the bytes must be the same. */
export type Tolerances = (column: string) => number;

/** What a trial's rows are: their columns, and which numbers may differ. */
export interface Comparison {
  /** Of trials.csv. */
  readonly columns: readonly string[];
  /** Of metrics.csv. */
  readonly seriesColumns: readonly string[];
  readonly tolerances: Tolerances;
}

interface Rows {
  readonly row: Uint8Array;
  readonly series: Uint8Array;
}

/** Pseudo column of a trial that has reported another number of times. */
const ROWS = '(rows)';

export function compareTrial(trial: number, run: Rows, again: Rows, how: Comparison): CellDifference[] {
  const { columns, seriesColumns, tolerances } = how;
  const found: CellDifference[] = [];
  const compare = (file: CellDifference['file'], names: readonly string[], a: Uint8Array, b: Uint8Array) => {
    if (Buffer.compare(a, b) === 0) return;
    const [x, y] = [cellsOf(a), cellsOf(b)];
    const step = file === 'metrics.csv' ? (x[1] ?? '') : null;
    names.forEach((column, i) => {
      const [one, two] = [x[i] ?? '', y[i] ?? ''];
      if (one === two) return;
      const difference = distance(one, two);
      if (difference !== null && difference <= tolerances(column)) return;
      found.push({ trial, file, step, column, run: one, again: two, difference });
    });
  };
  compare('trials.csv', columns, run.row, again.row);
  if (Buffer.compare(run.series, again.series) === 0) return found;
  const [x, y] = [splitRows(run.series), splitRows(again.series)];
  for (let i = 0; i < Math.min(x.length, y.length); i++) compare('metrics.csv', seriesColumns, x[i]!, y[i]!);
  if (x.length !== y.length)
    found.push({
      ...{ trial, file: 'metrics.csv', step: null, column: ROWS, difference: null },
      run: String(x.length),
      again: String(y.length),
    });
  return found;
}

/** Cells of the first row in `bytes`, as they stand there. */
export function cellsOf(bytes: Uint8Array): string[] {
  const cells: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = skipCell(bytes, at);
    cells.push(decoder.decode(bytes.subarray(at, end - 1)));
    if (bytes[end - 1] === NEWLINE) break;
    at = end;
  }
  return cells;
}

function splitRows(bytes: Uint8Array): Uint8Array[] {
  const rows: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = skipRows(bytes, at, 1);
    rows.push(bytes.subarray(at, end));
    at = end;
  }
  return rows;
}

/** In parts of the larger number; null where one of the cells holds none. */
function distance(a: string, b: string): number | null {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (Number.isNaN(x) || Number.isNaN(y)) return null;
  return x === y ? 0 : Math.abs(x - y) / Math.max(Math.abs(x), Math.abs(y));
}

/** Cells are the shortest text of a number: nothing else is meant as one. */
function numberOf(cell: string): number {
  return /^-?\d/.test(cell) ? Number(cell) : Number.NaN;
}

const decoder = new TextDecoder();
