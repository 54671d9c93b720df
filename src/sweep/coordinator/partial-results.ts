// Parts of results: what a trial had reported before it ended, failures told together, a result without some trials.

import type { PlainError } from '../../ground/errors.js';
import type { TaskResult } from '../../pool/contract.js';
import { pickRows, pickSeries } from '../../trial/lines.js';
import { fitsMetric, type MetricValue } from '../../trial/metrics.js';
import { type Selection, trialsOf } from '../../trial/selection.js';
import type { TrialNote } from '../../trial/status.js';
import type { WorkerDescription } from '../../worker/contract.js';

/** Of rows of metrics.csv: the step at which a trial was pruned, of which alone its row tells. */
export function lastRow(series: Uint8Array): Uint8Array {
  return series.subarray(series.lastIndexOf(10, -2) + 1); // 10: the line end before its own
}

/** What a trial that was killed has reported last under the names of its metrics. */
export function lastReported(
  series: Uint8Array,
  { metrics, series: names }: WorkerDescription,
): MetricValue[] {
  const last = new Map<string, number>();
  for (const line of new TextDecoder().decode(series).split('\n')) {
    // Cells of metrics.csv are numbers, or empty.
    const [, , ...cells] = line.split(',');
    cells.forEach((cell, i) => {
      if (cell !== '') last.set(names[i]!, Number(cell));
    });
  }
  return metrics.map(({ name, type }) => {
    const value = last.get(name);
    return value !== undefined && fitsMetric(type, value) ? value : null;
  });
}

/** Trials that failed in the same way are told by one record: a block may hold thousands. */
export function groupByError(
  notes: readonly TrialNote[],
): { trials: number[]; error: PlainError | undefined }[] {
  const groups = new Map<string, { trials: number[]; error: PlainError | undefined }>();
  for (const { trial, error } of notes) {
    const name = `${error?.name}: ${error?.message}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { trials: [trial], error });
    else group.trials.push(trial);
  }
  return [...groups.values()];
}

type Rows = Pick<TaskResult, 'rows' | 'series' | 'notes'>;

/** A result without the trials that run again. */
export function cutResult({ rows, series, notes }: Rows, trials: Selection, gone: ReadonlySet<number>): Rows {
  const isKept = (trial: number) => !gone.has(trial);
  return {
    rows: pickRows(rows, trialsOf(trials), isKept),
    series: pickSeries(series, trialsOf(trials), isKept),
    notes: notes.filter(({ trial }) => isKept(trial)),
  };
}
