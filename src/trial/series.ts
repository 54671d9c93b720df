// Rows of metrics.csv, `trial,step,<series…>`: what a trial reports on its way. Reports of one step are one row.
import { formatCell, formatRow } from '../ground/csv.js';
import { SweeplineError } from '../ground/errors.js';
import { showValue } from '../ground/shape.js';
import { describeUnknown } from '../ground/text.js';
import { isRecord } from './metrics.js';

const decoder = new TextDecoder();

/** The header row with its line end. */
export function seriesHeaderOf(series: readonly string[]): string {
  return formatRow(['trial', 'step', ...series]);
}

type Values = Readonly<Record<string, number | null | undefined>>;

/** The rows of one trial. */
export interface SeriesWriter {
  /** Rows added so far. */
  readonly rows: string;
  /** Those of the steps before the last one. */
  readonly complete: string;
  /**
   * The same step again adds to the row of that step. Throws BAD_DEFINITION for a step that goes back, for a series that
   * is not declared and for a value that is no number; then the report counts for nothing.
   */
  add(step: number, values: Values): void;
  /** Throws what `add` would throw, and adds nothing. */
  check(step: number, values: Values): void;
  /**
   * Rows not taken before. The last step may still be added to: it is left out unless asked for, and what is added to it
   * once it was taken is not given again.
   */
  take(which: 'all' | 'complete'): string;
}

export function createSeriesWriter(trial: number, series: readonly string[]): SeriesWriter {
  let complete = '';
  let last = '';
  let lastStep = Number.NEGATIVE_INFINITY;
  let lastValues: readonly (number | null | undefined)[] = [];
  let taken = 0;
  let isLastTaken = false;
  const check = (step: number, values: Values): void => {
    const fault = findFault(step, lastStep, values, series);
    if (fault !== undefined) throw fault;
  };
  return {
    check,
    get rows() {
      return complete + last;
    },
    get complete() {
      return complete;
    },
    add(step, values) {
      check(step, values);
      if (step > lastStep) {
        complete += last;
        if (isLastTaken) taken = complete.length;
        isLastTaken = false;
        lastValues = [];
        lastStep = step;
      }
      lastValues = series.map((name, i) => values[name] ?? lastValues[i]);
      last = `${trial},${formatCell(step)}`;
      for (const value of lastValues) last += `,${formatCell(value)}`;
      last += '\n';
    },
    take(which) {
      const withLast = which === 'all' && !isLastTaken;
      const rows = complete.slice(taken) + (withLast ? last : '');
      taken = complete.length;
      isLastTaken ||= withLast;
      return rows;
    },
  };
}

function findFault(
  step: unknown,
  lastStep: number,
  values: unknown,
  series: readonly string[],
): SweeplineError | undefined {
  const refuse = (message: string, hint?: string) =>
    new SweeplineError('BAD_DEFINITION', `report: ${message}`, hint === undefined ? {} : { hint });
  if (typeof step !== 'number' || !Number.isFinite(step))
    return refuse(`step ${showValue(step)}; expected a finite number`);
  if (step < lastStep)
    return refuse(`step ${step} after ${lastStep}; expected the same step again, or a larger number`);
  if (!isRecord(values))
    return refuse(
      `step ${step}: ${showValue(values)}; expected an object of series: { ${series.join(', ')} }`,
    );
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (!series.includes(name))
      return refuse(describeUnknown('series', name, series), 'add it to the worker’s `series`');
    if (value !== undefined && value !== null && typeof value !== 'number')
      return refuse(`step ${step}: series "${name}" is ${showValue(value)}; expected a number`);
  }
  return undefined;
}

/** Rows of a trial up to where it paused, and those of what came after that lie behind them. */
export function joinSeries(before: Uint8Array, after: Uint8Array): Uint8Array {
  const last = Number(decoder.decode(before).trimEnd().split('\n').at(-1)!.split(',', 2)[1]);
  const text = decoder.decode(after);
  let at = 0;
  while (at < text.length && Number(text.slice(at, text.indexOf('\n', at)).split(',', 2)[1]) <= last)
    at = text.indexOf('\n', at) + 1;
  return Buffer.concat([before, after.subarray(at)]);
}
