// A row of trials.csv: `trial,key,replicate,seed,<axes…>,status,<metrics…>`. Its header, the cells from `status` on as
// they are written, and the whole row as it is read back. The cells before `status` are written in prefixes.ts; what
// cuts bytes into rows without reading them is in lines.ts.
import { formatCell, formatRow } from '../ground/csv.js';
import { InternalError } from '../ground/errors.js';
import type { Point, Value } from '../space/types.js';
import { readCell } from './cells.js';
import { COMMA, NEWLINE, QUOTE, skipCell } from './lines.js';
import type { Metric, MetricSpec, MetricValue, MetricValues } from './metrics.js';
import type { SpaceParam } from './params.js';
import type { TrialStatus } from './status.js';

/** What the columns of a run's trials.csv are and hold. */
export interface RowFormat {
  /** Axis columns, in order. */
  readonly axes: readonly string[];
  /** Types of the axes, among others. */
  readonly params: readonly SpaceParam[];
  readonly metrics: readonly Metric[];
}

/** A row as it is read back. */
export interface TrialRow {
  readonly trial: number;
  readonly key: string;
  readonly replicate: number;
  readonly seed: number;
  /** Axes that exist at the trial's point; one that may be null is null also where it does not exist. */
  readonly point: Point;
  readonly status: TrialStatus;
  /** Every declared metric; null where the cell is empty. */
  readonly metrics: MetricValues;
}

const LEADING = ['trial', 'key', 'replicate', 'seed'] as const;

/** The header row of trials.csv with its line end. */
export function headerOf({ axes, metrics }: Pick<RowFormat, 'axes' | 'metrics'>): string {
  return formatRow([...LEADING, ...axes, 'status', ...metrics.map(({ name }) => name)]);
}

/** The cells from `status` on, with the line end, of a trial that has no metrics. */
export function cellsWithoutMetrics(status: TrialStatus, metrics: number): string {
  return `${status}${','.repeat(metrics)}\n`;
}

/** The cells from `status` on, with the line end. `values` are in the order of the metrics; null where there is none. */
export function formatMetrics(status: TrialStatus, values: readonly MetricValue[]): string {
  let text: string = status;
  for (const value of values) text += `,${formatCell(value)}`;
  return `${text}\n`;
}

/**
 * `,value` by row of a block's column, of values that fit: booleans are 0 and 1, NaN is no value. Neighbours are often
 * equal (one trajectory answers many rows), so the last text is kept.
 */
export function createColumnWriter(spec: MetricSpec, values: Float64Array): (row: number) => string {
  if (spec.type === 'boolean') {
    return (row) => (values[row] === 1 ? ',true' : values[row] === 0 ? ',false' : ',');
  }
  let last = Number.NaN;
  let text = ',';
  return (row) => {
    const value = values[row]!;
    if (value !== last) {
      last = value;
      text = Number.isNaN(value) ? ',' : `,${formatCell(value)}`;
    }
    return text;
  };
}

/** The cells of whole rows, as they stand in the file: for whoever needs a few of them, of a million rows. */
export function* readCells({ axes, metrics }: RowFormat, rows: Uint8Array): Generator<readonly string[]> {
  const cells = LEADING.length + axes.length + 1 + metrics.length;
  for (const row of splitRows(decoder.decode(rows))) {
    if (row.length !== cells) throw new InternalError(`a row of ${row.length} cells; expected ${cells}`);
    yield row;
  }
}

/** Places of the cells in a row: the first axis, and `status`; the metrics follow it. */
export const FIRST_AXIS = LEADING.length;
export const statusPlace = ({ axes }: Pick<RowFormat, 'axes'>): number => FIRST_AXIS + axes.length;

/** Reads whole rows back, typed by their declarations. */
export function createRowReader(format: RowFormat): (rows: Uint8Array) => Generator<TrialRow> {
  const { axes, params, metrics } = format;
  const paramOf = new Map(params.map((param) => [param.name, param]));
  const status = statusPlace(format);
  return function* read(rows) {
    for (const row of readCells(format, rows)) {
      yield {
        trial: Number(row[0]),
        key: row[1]!,
        replicate: Number(row[2]),
        seed: Number(row[3]),
        point: readPoint(axes, row, paramOf),
        status: row[status] as TrialStatus,
        metrics: Object.fromEntries(
          metrics.map(({ name, type }, i) => [name, readCell(row[status + 1 + i]!, type) as MetricValue]),
        ),
      };
    }
  };
}

function readPoint(
  axes: readonly string[],
  row: readonly string[],
  paramOf: ReadonlyMap<string, SpaceParam>,
): Point {
  const point: Record<string, Value> = {};
  axes.forEach((axis, i) => {
    const cell = row[LEADING.length + i]!;
    const param = paramOf.get(axis);
    if (cell !== '' || param?.nullable) point[axis] = readCell(cell, param?.type);
  });
  return point;
}

/** Position of the `status` cell of the row that begins at `at`. */
export function skipToStatus(bytes: Uint8Array, at: number, axes: number): number {
  let cell = at;
  for (let i = 0; i < LEADING.length + axes; i++) cell = skipCell(bytes, cell);
  return cell;
}

/** The key of the row that begins at `at`. */
export function keyAt(bytes: Uint8Array, at: number): string {
  const key = skipCell(bytes, at);
  return String.fromCharCode(...bytes.subarray(key, skipCell(bytes, key) - 1));
}

const decoder = new TextDecoder();

/** Rows of RFC 4180 as they are written here; cells as they stand in the file, with their quotes. */
function* splitRows(text: string): Generator<string[]> {
  if (!text.includes('"')) {
    for (const line of text.split('\n')) if (line !== '') yield line.split(',');
    return;
  }
  // A plain loop: a regular expression runs out of stack at some megabytes of text, or of quotes.
  let row: string[] = [];
  let at = 0;
  while (at < text.length) {
    let end = at;
    if (text.charCodeAt(at) === QUOTE) {
      end = closingQuote(text, at) + 1;
    } else {
      while (end < text.length && !isEnd(text.charCodeAt(end))) end++;
    }
    row.push(text.slice(at, end));
    if (text.charCodeAt(end) === NEWLINE) {
      yield row;
      row = [];
    }
    at = end + 1;
  }
}

/** Where the quoted cell that begins at `at` ends; two quotes in a row are one within it. */
function closingQuote(text: string, at: number): number {
  let end = text.indexOf('"', at + 1);
  while (end >= 0 && text.charCodeAt(end + 1) === QUOTE) end = text.indexOf('"', end + 2);
  return end < 0 ? text.length : end;
}

function isEnd(code: number): boolean {
  return code === COMMA || code === NEWLINE;
}
