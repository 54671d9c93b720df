// The finished trials of a run for programs of others, one at a time: rows, series and how long they ran, out of the
// journal, so that a run that goes on or was stopped has those that it has.
import { readSeries, type SeriesRow } from '../answer/series.js';
import type { PlainError } from '../ground/errors.js';
import type { Epoch } from '../run/epoch.js';
import { Excerpts } from '../run/excerpts.js';
import { finishedTrials } from '../run/finished.js';
import { readRows } from '../run/history.js';
import type { TrialRow } from '../trial/row.js';
import { countNumbers } from '../trial/selection.js';

export interface ExportedTrial {
  readonly row: TrialRow;
  /** In the order of their steps. */
  readonly series: readonly SeriesRow[];
  /** Milliseconds; of a trial that ran in a block, its part. */
  readonly runMs: number;
  readonly host: string;
  readonly error: PlainError | undefined;
}

/** In trial order; memory holds one of them. */
export function* readTrials(folder: string, epoch: Epoch): Generator<ExportedTrial> {
  const excerpts = new Excerpts(folder);
  const rows = readRows(folder, epoch);
  const series = readSeries(folder, epoch);
  let next = series.next();
  try {
    for (const { from, to, record: at } of finishedTrials(epoch.extents, excerpts)) {
      const { record, notes } = excerpts.header(at);
      const ran = { runMs: record.run_ms / countNumbers(record.trials), host: record.host };
      for (let trial = from; trial < to; trial++) {
        const row = rows.next();
        if (row.done === true) return;
        const own: SeriesRow[] = [];
        for (; next.done !== true && next.value.trial === trial; next = series.next()) own.push(next.value);
        yield { row: row.value, series: own, ...ran, error: notes.get(trial)?.error };
      }
    }
  } finally {
    rows.return(undefined);
    series.return(undefined);
    excerpts.close();
  }
}

/** Whole numbers for steps, which is what others have: 0, 1, 2, … where a trial has reported parts of steps. */
export function wholeSteps(series: readonly SeriesRow[]): number[] {
  const steps = series.map(({ step }) => step);
  return steps.every((step) => Number.isSafeInteger(step)) ? steps : steps.map((_, i) => i);
}
