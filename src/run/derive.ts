// trials.csv, metrics.csv and timings.csv out of the journal: the rows lie there as they will stand in the files, so
// that they are copied in trial order and never parsed. The files are replaced whole or not at all. Memory does not
// grow with the number of trials.
import { join } from 'node:path';

import { formatRow } from '../ground/csv.js';
import { FileBatch } from '../ground/durable.js';
import type { FileStream } from '../ground/stream.js';
import { headerOf } from '../trial/prefixes.js';
import type { Epoch } from './epoch.js';
import { Excerpts } from './excerpts.js';
import { finishedTrials, type Stretch } from './finished.js';
import type { RunState } from './state.js';
import { TIMING_COLUMNS, writeTimings } from './timings.js';

/** From here on a stretch is copied straight from file to file. */
const LONG_STRETCH = 16 * 1024;

export interface Derived {
  /** Rows of trials.csv. */
  readonly trials: number;
  /** Bytes of all three files. */
  readonly bytes: number;
}

/** Writes the files of the state's current epoch. `state` must be the folder's own, with everything on disk. */
export async function writeDerived(folder: string, state: RunState): Promise<Derived> {
  const { epoch } = state;
  const { axes, worker } = epoch.record;
  const excerpts = new Excerpts(folder);
  const batch = new FileBatch();
  const files: FileStream[] = [];
  const begin = (name: string, header: string) => {
    const file = batch.stream(join(folder, name));
    files.push(file);
    file.appendText(header);
    return file;
  };
  try {
    const names = worker.metrics.map(({ name }) => name);
    const trials = begin('trials.csv', headerOf(axes, names));
    const hasSeries = worker.series.length > 0;
    const metrics = hasSeries
      ? begin('metrics.csv', formatRow(['trial', 'step', ...worker.series]))
      : undefined;
    await copyRows(epoch, excerpts, trials, metrics);
    await writeTimings(epoch.extents, excerpts, begin('timings.csv', formatRow(Object.keys(TIMING_COLUMNS))));
    await batch.commit();
    return { trials: epoch.doneCount, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
  } finally {
    await batch.discard();
    excerpts.close();
  }
}

async function copyRows(
  epoch: Epoch,
  excerpts: Excerpts,
  trials: FileStream,
  metrics: FileStream | undefined,
): Promise<void> {
  const copy = (file: FileStream, stretch: Stretch) => {
    if ('bytes' in stretch) file.append(stretch.bytes);
    else if (stretch.length >= LONG_STRETCH) file.copy(excerpts.fd, stretch.at, stretch.length);
    else if (stretch.length > 0) file.append(excerpts.slice(stretch.at, stretch.length));
  };
  for (const { rows, series } of finishedTrials(epoch.extents, excerpts)) {
    copy(trials, rows);
    if (metrics !== undefined) copy(metrics, series);
    const breath = trials.breathe();
    if (breath !== undefined) await breath;
  }
}
