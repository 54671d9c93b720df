// Rows of metrics.csv, `trial,step,<series…>`: what a trial reports on its way.
import { formatCell, formatRow } from '../ground/csv.js';
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';

/** The header row with its line end. */
export function seriesHeaderOf(series: readonly string[]): string {
  return formatRow(['trial', 'step', ...series]);
}

/** The rows of one trial. */
export interface SeriesWriter {
  /** Rows added so far. */
  readonly rows: string;
  /** Throws BAD_DEFINITION for a step that does not increase and for a series that is not declared. */
  add(step: number, values: Readonly<Record<string, number>>): void;
}

export function createSeriesWriter(trial: number, series: readonly string[]): SeriesWriter {
  let rows = '';
  let lastStep = Number.NEGATIVE_INFINITY;
  return {
    get rows() {
      return rows;
    },
    add(step, values) {
      if (!(Number.isFinite(step) && step > lastStep)) {
        throw new SweeplineError(
          'BAD_DEFINITION',
          `report: step ${step} after ${lastStep}; expected a larger number`,
        );
      }
      const stray = Object.keys(values).find((name) => !series.includes(name));
      if (stray !== undefined) {
        throw new SweeplineError('BAD_DEFINITION', `report: ${describeUnknown('series', stray, series)}`, {
          hint: 'add it to the worker’s `series`',
        });
      }
      lastStep = step;
      rows += `${trial},${formatCell(step)}`;
      for (const name of series) rows += `,${formatCell(values[name])}`;
      rows += '\n';
    },
  };
}
