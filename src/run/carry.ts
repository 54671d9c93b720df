// An edited grid runs only the difference: finished trials of earlier epochs whose parameters are in the new space are
// appended again as rows of the new epoch, under their new numbers. Status and metrics are copied as they stand, the
// cells before them are written anew; so deriving stays a plain copy. Nothing is carried where numbers could differ:
// another worker version, seed, parameters or metrics, and points that a sampler proposed.

import { createSpace, type Space } from '../space/space.js';
import type { Point, SpaceSpec, Value } from '../space/types.js';
import { canonicalValue } from '../space/value.js';
import { createKeyer } from '../trial/key.js';
import { skipRows, skipTrials } from '../trial/lines.js';
import { fillParams, restingValue } from '../trial/params.js';
import { createRowPrefixes, type RowPrefixes } from '../trial/prefixes.js';
import { skipToStatus } from '../trial/row.js';
import { countNumbers } from '../trial/selection.js';
import type { TrialNote } from '../trial/status.js';
import type { Epoch } from './epoch.js';
import { Excerpts, type Header } from './excerpts.js';
import { finishedTrials, readStretch } from './finished.js';
import type { Journal } from './journal.js';
import { proposesPoints } from './manifest.js';
import { RangeSet } from './ranges.js';
import type { SpaceRecord } from './records.js';

/** Rows of one carried record at most, and bytes under way to the disk at most. */
const BATCH = 32_768;
const PENDING_BYTES = 16 * 1024 * 1024;

interface Carried {
  readonly trial: number;
  readonly note: TrialNote | undefined;
  /** `status,<metrics…>\n` */
  readonly tail: string;
  /** What follows the trial's number in its rows of metrics.csv. */
  readonly series: readonly string[];
}

/**
 * Fills the newest epoch from all earlier ones and resolves to the number of trials carried, all on disk. Skipped
 * trials are not carried, nor those that `accepts` refuses (new numbers, for constraints). May be repeated after a
 * kill: what was carried is not carried twice.
 */
export async function carryOver(
  folder: string,
  journal: Journal,
  accepts: (trial: number) => boolean = () => true,
): Promise<number> {
  const { epochs } = journal.state;
  const epoch = journal.state.epoch;
  const space = createSpace(epoch.record.space);
  const taken = new RangeSet();
  const excerpts = new Excerpts(folder);
  try {
    for (const old of epochs.slice(0, -1).reverse()) {
      if (!areComparable(old.record, epoch.record)) continue;
      const renumber = createRenumbering(old.record, epoch.record, space);
      const isWanted = (trial: number) =>
        trial >= 0 && !epoch.isDone(trial) && !taken.has(trial) && accepts(trial);
      await carryEpoch(old, excerpts, journal, (trial) => {
        const renumbered = renumber(trial);
        if (!isWanted(renumbered)) return -1;
        taken.add(renumbered, renumbered + 1);
        return renumbered;
      });
    }
    await journal.drained();
  } finally {
    excerpts.close();
  }
  return taken.count;
}

/** How many trials `carryOver` would carry into an edited grid that has not begun yet. */
export function countCarried(
  epochs: readonly Epoch[],
  edited: SpaceRecord,
  accepts: (trial: number) => boolean,
): number {
  const space = createSpace(edited.space);
  const taken = new RangeSet();
  for (const old of epochs) {
    if (!areComparable(old.record, edited)) continue;
    const renumber = createRenumbering(old.record, edited, space);
    for (const [from, to] of old.done.rangesIn(0, Number.MAX_SAFE_INTEGER)) {
      for (let trial = from; trial < to; trial++) {
        const renumbered = old.skipped.has(trial) ? -1 : renumber(trial);
        if (renumbered >= 0 && accepts(renumbered)) taken.add(renumbered, renumbered + 1);
      }
    }
  }
  return taken.count;
}

async function carryEpoch(
  old: Epoch,
  excerpts: Excerpts,
  journal: Journal,
  renumber: (trial: number) => number,
): Promise<void> {
  const epoch = journal.state.epochs.length - 1;
  const prefixes = prefixesOf(journal.state.epoch.record);
  const appends: Promise<void>[] = [];
  for (const { from, to, rows, series, record } of finishedTrials(old.extents, excerpts)) {
    const header = excerpts.header(record);
    const bytes = Buffer.from(readStretch(rows, excerpts));
    const seriesBytes = Buffer.from(readStretch(series, excerpts));
    let row = 0;
    let serie = 0;
    let batch: Carried[] = [];
    for (let trial = from; trial < to; trial++) {
      const end = skipRows(bytes, row, 1);
      const serieEnd = skipTrials(seriesBytes, serie, trial, trial + 1);
      const note = header.notes.get(trial);
      const renumbered = note?.status === 'skipped' ? -1 : renumber(trial);
      if (renumbered >= 0) {
        const tail = skipToStatus(bytes, row, old.record.axes.length);
        const lines = seriesBytes.toString('utf8', serie, serieEnd).split('\n').slice(0, -1);
        batch.push({
          trial: renumbered,
          note: note === undefined ? undefined : { ...note, trial: renumbered },
          tail: bytes.toString('utf8', tail, end),
          series: lines.map((line) => line.slice(line.indexOf(','))),
        });
      }
      row = end;
      serie = serieEnd;
      if (batch.length === BATCH || (trial === to - 1 && batch.length > 0)) {
        appends.push(appendCarried({ journal, epoch, header, prefixes }, batch));
        batch = [];
        if (journal.pendingBytes > PENDING_BYTES) await Promise.all(appends.splice(0));
      }
    }
  }
  await Promise.all(appends);
}

interface Appending {
  readonly journal: Journal;
  readonly epoch: number;
  readonly header: Header;
  readonly prefixes: RowPrefixes;
}

function appendCarried({ journal, epoch, header, prefixes }: Appending, batch: Carried[]): Promise<void> {
  const { attempt, worker, host, device, queue_ms, run_ms, at, trials } = header.record;
  const ran = { epoch, attempt, worker, host, device, queue_ms, ...(at === undefined ? {} : { at }) };
  // In the order of the new numbers, which makes the longest runs.
  batch.sort((a, b) => a.trial - b.trial);
  const numbers = batch.map(({ trial }) => trial);
  const heads = prefixes({ kind: 'numbers', numbers }).prefixes;
  const rows = batch.map(({ tail }, i) => heads[i]! + tail).join('');
  const series = batch.map((one) => one.series.map((rest) => `${one.trial}${rest}\n`).join('')).join('');
  const notes = batch.flatMap(({ note }) => (note === undefined ? [] : [note]));
  const part = (run_ms * batch.length) / countNumbers(trials);
  return journal.appendRows(
    { ...ran, trials: numbers, run_ms: part, notes, carried: true },
    Buffer.from(rows),
    Buffer.from(series),
  );
}

function areComparable(a: SpaceRecord, b: SpaceRecord): boolean {
  const words = ({ worker, seed }: SpaceRecord) =>
    JSON.stringify([
      seed,
      worker.name,
      worker.version,
      worker.params.map(({ name }) => name).sort(),
      worker.metrics.map(({ name }) => name),
      worker.series,
    ]);
  return !proposesPoints(a.sampler) && !proposesPoints(b.sampler) && words(a) === words(b);
}

/** From a trial's number in the old space to that in the new one; -1 where it is not there. */
function createRenumbering(old: SpaceRecord, next: SpaceRecord, space: Space): (trial: number) => number {
  const oldSpace = createSpace(old.space);
  const { params } = next.worker;
  const resting = new Map(
    params.map((param) => [param.name, canonicalValue(restingValue(param, next.fixed))]),
  );
  // An axis with a condition is part of some points only: each set of names that occurs is a way to be in the space.
  const nameSets = new Map(
    space.boxes.map(({ shape }) => [[...shape.byName.keys()].sort().join('\n'), [...shape.byName.keys()]]),
  );
  const find = (values: Readonly<Record<string, Value>>): number => {
    let least = -1;
    for (const names of nameSets.values()) {
      const rest = params.filter(({ name }) => !names.includes(name));
      if (rest.some(({ name }) => canonicalValue(values[name]!) !== resting.get(name))) continue;
      const point: Point = Object.fromEntries(names.map((name) => [name, values[name]!]));
      const index = space.indexOf(point);
      if (index >= 0 && (least < 0 || index < least)) least = index;
    }
    return least;
  };
  const findReplicate = createReplicateFinder(old.space, next.space);
  let lastPoint = -1;
  let lastFound = -1;
  return (trial) => {
    const point = Math.floor(trial / oldSpace.replicates);
    const replicate = trial - point * oldSpace.replicates;
    if (point !== lastPoint) {
      lastPoint = point;
      lastFound = find(fillParams(oldSpace.at(point), old.worker.params, old.fixed));
    }
    if (lastFound < 0) return -1;
    const renumbered = findReplicate(replicate);
    return renumbered < 0 ? -1 : lastFound * space.replicates + renumbered;
  };
}

/** From a replicate in the old space to the one with the same seed in the new one; -1 where there is none. */
function createReplicateFinder(old: SpaceSpec, next: SpaceSpec): (replicate: number) => number {
  if (old.seeds !== undefined) return (replicate) => next.seeds?.indexOf(old.seeds![replicate]!) ?? -1;
  return (replicate) => (next.seeds !== undefined || replicate >= next.replicates ? -1 : replicate);
}

/** What writes the first cells of an epoch's rows. */
export function prefixesOf(record: SpaceRecord): RowPrefixes {
  const { space, axes, worker, fixed, seed } = record;
  return createRowPrefixes({
    space: createSpace(space),
    axes,
    params: worker.params,
    fixed,
    keyer: createKeyer(worker.name, worker.version),
    sweepSeed: seed,
  });
}
