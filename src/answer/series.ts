// The series of a run's finished trials, typed: the rows that stand in metrics.csv, read from the journal.
import type { Epoch } from '../run/epoch.js';
import { Excerpts } from '../run/excerpts.js';
import { finishedTrials, readStretch } from '../run/finished.js';

/** What a trial reported at one step. */
export interface SeriesRow {
  readonly trial: number;
  readonly step: number;
  /** By name; null where it was not reported. */
  readonly values: Readonly<Record<string, number | null>>;
}

/** In trial order, and by step within a trial. */
export function* readSeries(folder: string, epoch: Epoch): Generator<SeriesRow> {
  const { series: names } = epoch.record.worker;
  const excerpts = new Excerpts(folder);
  const decoder = new TextDecoder();
  try {
    for (const { series } of finishedTrials(epoch.extents, excerpts)) {
      for (const line of decoder.decode(readStretch(series, excerpts)).split('\n')) {
        if (line === '') continue;
        // Cells are numbers, or empty.
        const [trial, step, ...cells] = line.split(',');
        const values = names.map((name, i) => [name, readNumber(cells[i])] as const);
        yield { trial: Number(trial), step: Number(step), values: Object.fromEntries(values) };
      }
    }
  } finally {
    excerpts.close();
  }
}

function readNumber(cell: string | undefined): number | null {
  return cell === undefined || cell === '' ? null : Number(cell);
}
