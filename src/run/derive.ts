// trials.csv, metrics.csv and timings.csv out of the journal: the rows lie there as they will stand in the files, so
// that they are copied in trial order and never parsed. Of population-based training, schedules.csv beside them. The files are replaced whole or not at all. Memory does not
// grow with the number of trials.
import { join } from 'node:path';

import { formatRow } from '../ground/csv.js';
import { FileBatch } from '../ground/durable.js';
import type { FileStream } from '../ground/stream.js';
import { headerOf } from '../trial/row.js';
import { joinSeries, seriesHeaderOf } from '../trial/series.js';
import type { Epoch } from './epoch.js';
import { Excerpts } from './excerpts.js';
import { finishedTrials, type Stretch } from './finished.js';
import type { Manifest } from './manifest.js';
import type { Place } from './reports.js';
import { mutatedAxes, readSchedule, SCHEDULE_COLUMNS, SCHEDULES_FILE, writeSchedule } from './schedule.js';
import type { RunState } from './state.js';
import { TIMING_COLUMNS, writeTimings } from './timings.js';

/** From here on a stretch is copied straight from file to file. */
const LONG_STRETCH = 16 * 1024;

export interface Derived {
  /** Rows of trials.csv. */
  readonly trials: number;
  /** Bytes of all files. */
  readonly bytes: number;
}

/** What the files of a run depend on beside its journal. */
export type DerivedFrom = Pick<Manifest, 'pruner'>;

/**
 * Writes the files of the state's current epoch. `state` must be the folder's own, with everything on disk. metrics.csv
 * holds also what trials have reported that have not ended.
 */
export function writeDerived(folder: string, { epoch }: RunState, from: DerivedFrom = {}): Promise<Derived> {
  return writeEpoch({ folder, into: folder }, epoch, from);
}

interface Where {
  /** Of the journal. */
  readonly folder: string;
  /** Where the files go. */
  readonly into: string;
}

/** The same for one of the epochs, in another folder. */
export async function writeEpoch(where: Where, epoch: Epoch, from: DerivedFrom = {}): Promise<Derived> {
  const { axes, worker } = epoch.record;
  const mutated = mutatedAxes({ ...from, axes });
  return writeFiles(where, async (begin, excerpts) => {
    const trials = begin('trials.csv', headerOf({ axes, metrics: worker.metrics }));
    await copyRows(epoch, excerpts, trials);
    if (worker.series.length > 0)
      await copySeries(epoch, excerpts, begin('metrics.csv', seriesHeaderOf(worker.series)));
    await writeTimings(epoch.extents, excerpts, begin('timings.csv', formatRow(Object.keys(TIMING_COLUMNS))));
    if (mutated.length > 0) {
      const header = formatRow([...Object.keys(SCHEDULE_COLUMNS), ...mutated]);
      const schedule = readSchedule(where.folder, epoch, mutated);
      await writeSchedule(schedule, epoch, mutated, begin(SCHEDULES_FILE, header));
    }
    return epoch.doneCount;
  });
}

/** Writes metrics.csv alone, for those who want to see curves while the run goes on. */
export async function writeSeries(folder: string, { epoch }: RunState): Promise<Derived> {
  return writeFiles({ folder, into: folder }, async (begin, excerpts) => {
    await copySeries(epoch, excerpts, begin('metrics.csv', seriesHeaderOf(epoch.record.worker.series)));
    return epoch.doneCount;
  });
}

type Begin = (name: string, header: string) => FileStream;

async function writeFiles(
  { folder, into }: Where,
  write: (begin: Begin, excerpts: Excerpts) => Promise<number>,
): Promise<Derived> {
  const excerpts = new Excerpts(folder);
  const batch = new FileBatch();
  const files: FileStream[] = [];
  try {
    const trials = await write((name, header) => {
      const file = batch.stream(join(into, name));
      files.push(file);
      file.appendText(header);
      return file;
    }, excerpts);
    await batch.commit();
    return { trials, bytes: files.reduce((sum, file) => sum + file.bytes, 0) };
  } finally {
    await batch.discard();
    excerpts.close();
  }
}

async function copyRows(epoch: Epoch, excerpts: Excerpts, file: FileStream): Promise<void> {
  for (const { rows } of finishedTrials(epoch.extents, excerpts)) {
    copy(file, rows, excerpts);
    const breath = file.breathe();
    if (breath !== undefined) await breath;
  }
}

/** Finished trials and those under way, in trial order. */
async function copySeries(epoch: Epoch, excerpts: Excerpts, file: FileStream): Promise<void> {
  const reported = epoch.reports.all();
  const paused = epoch.parked.all();
  let next = 0;
  const copyReportedBelow = (before: number) => {
    for (; next < reported.length && reported[next]!.trial < before; next++) {
      const { trial, places } = reported[next]!;
      copyReported(file, places, paused.get(trial)?.place, excerpts);
    }
  };
  for (const { from, series } of finishedTrials(epoch.extents, excerpts)) {
    copyReportedBelow(from);
    copy(file, series, excerpts);
    const breath = file.breathe();
    if (breath !== undefined) await breath;
  }
  copyReportedBelow(Number.POSITIVE_INFINITY);
}

/** One that goes on from a pause need not report again what came before it. */
function copyReported(
  file: FileStream,
  places: readonly Place[],
  pause: Place | undefined,
  excerpts: Excerpts,
): void {
  if (pause === undefined || places[0]!.at === pause.at)
    for (const place of places) copy(file, place, excerpts);
  else file.append(joinSeries(readAll(excerpts, [pause]), readAll(excerpts, places)));
}

function readAll(excerpts: Excerpts, places: readonly Place[]): Uint8Array {
  return Buffer.concat(places.map(({ at, length }) => Uint8Array.from(excerpts.slice(at, length))));
}

function copy(file: FileStream, stretch: Stretch, excerpts: Excerpts): void {
  if ('bytes' in stretch) file.append(stretch.bytes);
  else if (stretch.length >= LONG_STRETCH) file.copy(excerpts.fd, stretch.at, stretch.length);
  else if (stretch.length > 0) file.append(excerpts.slice(stretch.at, stretch.length));
}
