// A row of trials.csv: `trial,key,replicate,seed,<axes…>,status,<metrics…>`. Its header, the cells from `status` on as
// they are written, and the whole row as it is read back. The cells before `status` are written in prefixes.ts; what
// cuts bytes into rows without reading them is in lines.ts.
import { formatCell, formatRow } from '../ground/csv.js';
import { InternalError, SweeplineError } from '../ground/errors.js';
import type { Point, Value } from '../space/types.js';
import { skipCell } from './lines.js';
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
  /** Axes that exist at the trial's point. */
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

/**
 * The cells from `status` on, with the line end, of a trial that ended `ok`. Throws BAD_DEFINITION for a metric that is
 * not declared or of another type.
 */
export function formatMetrics(metrics: readonly Metric[], values: MetricValues): string {
  const stray = Object.keys(values).find((name) => !metrics.some((known) => known.name === name));
  if (stray !== undefined) {
    const names = metrics.map(({ name }) => name).join(', ');
    throw new SweeplineError(
      'BAD_DEFINITION',
      `the worker returned a metric "${stray}" that it does not declare`,
      { hint: `add it to the worker's metrics (has: ${names})` },
    );
  }
  let text = 'ok';
  for (const { name, type } of metrics) {
    const value = values[name] ?? null;
    const expected = type === 'integer' ? 'number' : type;
    if (value !== null && typeof value !== expected) {
      throw new SweeplineError(
        'BAD_DEFINITION',
        `metric "${name}" is ${JSON.stringify(value)}; expected a ${type}`,
      );
    }
    text += `,${formatCell(value)}`;
  }
  return `${text}\n`;
}

/**
 * `,value` by row of a block's column: booleans are 0 and 1, NaN is no value. Neighbours are often equal (one trajectory
 * answers many rows), so the last text is kept.
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

/** Reads whole rows back, typed by their declarations. */
export function createRowReader({
  axes,
  params,
  metrics,
}: RowFormat): (rows: Uint8Array) => Generator<TrialRow> {
  const typeOf = new Map(params.map(({ name, type }) => [name, type]));
  const cells = LEADING.length + axes.length + 1 + metrics.length;
  return function* read(rows) {
    for (const row of splitRows(decoder.decode(rows))) {
      if (row.length !== cells) throw new InternalError(`a row of ${row.length} cells; expected ${cells}`);
      const status = LEADING.length + axes.length;
      yield {
        trial: Number(row[0]),
        key: row[1]!,
        replicate: Number(row[2]),
        seed: Number(row[3]),
        point: readPoint(axes, row, typeOf),
        status: row[status] as TrialStatus,
        metrics: Object.fromEntries(
          metrics.map(({ name, type }, i) => [name, readMetric(row[status + 1 + i]!, type)]),
        ),
      };
    }
  };
}

function readPoint(
  axes: readonly string[],
  row: readonly string[],
  typeOf: ReadonlyMap<string, SpaceParam['type']>,
): Point {
  const point: Record<string, Value> = {};
  axes.forEach((axis, i) => {
    const text = row[LEADING.length + i]!;
    if (text !== '') point[axis] = readCell(text, typeOf.get(axis));
  });
  return point;
}

function readMetric(text: string, type: MetricSpec['type']): MetricValue {
  return text === '' ? null : readCell(text, type);
}

/** The inverse of `formatCell` for a cell that is not empty. */
function readCell(text: string, type: MetricSpec['type'] | undefined): Value {
  if (type === 'boolean') return text === 'true';
  return type === 'string' ? text : Number(text);
}

/** Position of the `status` cell of the row that begins at `at`. */
export function skipToStatus(bytes: Uint8Array, at: number, axes: number): number {
  let cell = at;
  for (let i = 0; i < LEADING.length + axes; i++) cell = skipCell(bytes, cell);
  return cell;
}

/** The key of the row that begins at `at`. */
export function keyAt(bytes: Buffer, at: number): string {
  const key = skipCell(bytes, at);
  return bytes.toString('latin1', key, skipCell(bytes, key) - 1);
}

const decoder = new TextDecoder();

/** Rows of RFC 4180 as `formatRow` writes them. */
function* splitRows(text: string): Generator<string[]> {
  if (!text.includes('"')) {
    for (const line of text.split('\n')) if (line !== '') yield line.split(',');
    return;
  }
  let row: string[] = [];
  // One loop a stretch without quotes, not one a character: that ended at some 5 MB of text, for want of stack.
  for (const [, quoted, plain, end] of text.matchAll(/(?:"([^"]*(?:""[^"]*)*)"|([^",\n]*))(,|\n)/g)) {
    row.push(quoted === undefined ? plain! : quoted.replaceAll('""', '"'));
    if (end === '\n') {
      yield row;
      row = [];
    }
  }
}
