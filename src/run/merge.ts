// Puts runs of one sweep together, such as the shards of several machines: the rows are the same bytes as those of a
// run in one piece. Refuses runs that differ in anything the rows depend on, and trials that two runs disagree about;
// all of that is looked at before the first byte is written.
import { cpSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import { plural } from '../ground/text.js';
import { skipRows, skipTrials } from '../trial/lines.js';
import { countNumbers, forEachRun, type TrialNumbers } from '../trial/selection.js';
import { ARTIFACTS } from '../trial/store.js';
import { type Derived, writeDerived } from './derive.js';
import { stageFolder } from './folder.js';
import { type Journal, openJournal } from './journal.js';
import type { Manifest } from './manifest.js';
import { type MergeFolder, openMergeFolder } from './merge-folder.js';
import { requireOneSearch } from './merge-proposals.js';
import { openSources, type Source, type Sources, stageParts } from './merge-sources.js';
import { findOverlaps, type Overlaps } from './overlaps.js';
import { partName, partsOf } from './parts.js';
import type { RangeSet } from './ranges.js';
import { readRecords } from './read-journal.js';
import { type PruneRecord, type RowsRecord, spaceRecord } from './records.js';
import { findReferred, rebase } from './reference.js';
import { type Whole, wholeOf } from './whole.js';

const PENDING_BYTES = 32 * 1024 * 1024;

/** What is the merged run's own. */
export type MergedIdentity = Pick<Manifest, 'runId' | 'created' | 'host' | 'command'>;

export interface MergeChoices {
  /** Folders of runs whose rows count where runs disagree, the first of them first. */
  readonly prefer?: readonly string[];
  /** Whether the worker's code may differ between the runs, under one version. */
  readonly anyCode?: boolean;
}

export interface Merged extends Derived, Whole {
  readonly folder: string;
  /** Trials that several runs have with the same row, and those of which a row of another run gave way. */
  readonly repeated: number;
  readonly replaced: number;
}

interface Part {
  readonly sources: Sources;
  readonly overlaps: Overlaps;
  readonly stages: readonly (readonly [stage: string, part: Part])[];
}

/**
 * Merges `folders` into a new run folder `out`, derived files and artifacts included. Killed on the way, it leaves what
 * nothing takes for a run, and what the next merge into it replaces.
 */
export async function mergeRuns(
  folders: readonly string[],
  out: string,
  identity: MergedIdentity,
  choices: MergeChoices = {},
): Promise<Merged> {
  const prefer = (choices.prefer ?? []).map((folder) => resolve(folder));
  const strangers = prefer.filter((folder) => !folders.some((source) => resolve(source) === folder));
  throwFaults(
    'BAD_USAGE',
    'prefer names what is not merged',
    strangers.map((folder) => `${folder}: expected one of the runs`),
  );
  return writePart(await examine(folders, { ...choices, prefer }), out, identity, false);
}

/** Opens runs that may be merged, and their stages. Throws BAD_USAGE or RUNS_DISAGREE. */
async function examine(folders: readonly string[], choices: MergeChoices): Promise<Part> {
  const { prefer = [], anyCode = false } = choices;
  const sources = await openSources(folders, anyCode);
  requireOneSearch(sources);
  const overlaps = findOverlaps(sources, prefer);
  const stages: [string, Part][] = [];
  for (const [stage, parts] of stageParts(sources)) {
    const preferred = prefer.map((path) => stageFolder(path, stage));
    stages.push([stage, await examine(parts, { ...choices, prefer: preferred })]);
  }
  return { sources, overlaps, stages };
}

async function writePart(
  part: Part,
  out: string,
  identity: MergedIdentity,
  isStage: boolean,
): Promise<Merged> {
  const { sources, overlaps } = part;
  const whole = wholeOf(sources, overlaps.union, isStage);
  requireWholePopulations(sources, whole);
  const { parts: _, ...first } = sources[0].manifest;
  const parts = partsOf(sources, overlaps.lost, out);
  const manifest: Manifest = {
    ...first,
    ...(parts === undefined ? {} : { parts }),
    ...referToFiles(sources, out),
    ...identity,
    trials: whole.total,
    shard: null,
  };
  const folder = await openMergeFolder(out);
  try {
    const derived = await writeMerged(folder, manifest, part, whole.isWhole);
    const { repeated, replaced } = overlaps;
    return { ...derived, ...whole, folder: folder.path, repeated: repeated.count, replaced: replaced.count };
  } finally {
    await folder.release();
  }
}

/** A merged run could not go on: each of its parts has populations of its own, and checkpoints stay where they are. */
function requireWholePopulations(sources: Sources, { isWhole, left, missing }: Whole): void {
  if (isWhole || sources[0].manifest.pruner?.name !== 'pbt') return;
  const what = [
    ...(left === null ? [] : [`${plural(left, 'trial')} ${left === 1 ? 'has' : 'have'} not run`]),
    ...(missing.length > 0 ? [`shards ${missing.join(', ')} are missing`] : []),
  ];
  throw new SweeplineError(
    'BAD_USAGE',
    `pruner pbt: trials train together in their own run, so that parts are merged once all have ended${what.length > 0 ? `; ${what.join(', ')}` : ''}`,
    { hint: 'resume the parts to their ends, and merge all of them' },
  );
}

async function writeMerged(
  folder: MergeFolder,
  manifest: Manifest,
  { sources, overlaps, stages }: Part,
  isWhole: boolean,
): Promise<Derived> {
  const { path, lock } = folder;
  const { runId, created, host, command } = manifest;
  const identity = { runId, created, host, command };
  const journal = await openJournal(path, () => lock.check());
  try {
    await journal.append(spaceRecord(manifest));
    for (const [place, source] of sources.entries()) {
      const others = { lost: overlaps.lost[place]!, union: overlaps.union };
      const isPart = sources.length > 1 && manifest.pruner !== undefined;
      await appendSource(journal, source, { ...others, place: isPart ? place : null });
      copyArtifacts(source, path, overlaps.lost[place]!);
    }
    for (const [stage, part] of stages) await writePart(part, stageFolder(path, stage), identity, true);
    await journal.append({ t: 'stop', reason: isWhole ? 'end' : 'interrupted' });
    const derived = await writeDerived(path, journal.state, manifest);
    await folder.finish(manifest);
    return derived;
  } finally {
    await journal.close();
  }
}

/** The definition files of the first source that still has them. */
function referToFiles(sources: Sources, out: string): Pick<Manifest, 'sweepFile' | 'reportFile'> {
  const { path, manifest } =
    sources.find((source) => findReferred(source.manifest.sweepFile, source.path) !== undefined) ??
    sources[0];
  const { sweepFile, reportFile } = manifest;
  return {
    sweepFile: rebase(sweepFile, path, out),
    reportFile: reportFile === null ? null : rebase(reportFile, path, out),
  };
}

/** What finished trials have left, and nothing of those that have not ended: another run may have all of it. */
function copyArtifacts({ path, epoch }: Source, into: string, lost: RangeSet): void {
  const artifacts = join(path, ARTIFACTS);
  if (!disk.now.exists(artifacts)) return;
  for (const { name } of disk.now.readdir(artifacts)) {
    // What is kept by its key is of points that the grid no longer has.
    if (!/^\d+$/.test(name) || !epoch.isDone(Number(name)) || lost.has(Number(name))) continue;
    cpSync(join(artifacts, name), join(into, ARTIFACTS, name), { recursive: true });
  }
}

/** Trials of which another run's row counts: those that this run has finished, and all that some run has. */
interface Others {
  readonly lost: RangeSet;
  readonly union: RangeSet;
  /** Of the source among the parts; null: its records say what they said. */
  readonly place: number | null;
}

/** Appends the records of the source's last epoch, but for trials of which another run's row counts. */
async function appendSource(journal: Journal, source: Source, { lost, union, place }: Others): Promise<void> {
  const inPart = <R extends RowsRecord | PruneRecord>(record: R): R =>
    place === null ? record : { ...record, part: partName(place, record.part) };
  const isLost = (trial: number) => lost.has(trial);
  // Of one that this run has begun and another has finished, there is nothing to tell.
  const isElsewhere = (trial: number) => isLost(trial) || (!source.epoch.isDone(trial) && union.has(trial));
  const epoch = source.state.epochs.length - 1;
  let appends: Promise<void>[] = [];
  for (const { record, body, at } of readRecords(source.path)) {
    if (at >= source.end) break; // a run that goes on
    const isDecision = record.t === 'prune' || record.t === 'exploit';
    if (isDecision && record.epoch === epoch && !isElsewhere(record.trial))
      appends.push(journal.append({ ...(record.t === 'prune' ? inPart(record) : record), epoch: 0 }));
    if ((record.t !== 'rows' && record.t !== 'attempt' && record.t !== 'propose') || record.epoch !== epoch)
      continue;
    const bytes = Uint8Array.from(body);
    if (record.t === 'propose') appends.push(journal.append({ ...record, epoch: 0 }, bytes));
    else {
      const isDropped = record.t === 'rows' ? isLost : isElsewhere;
      const trials = record.t === 'rows' && lost.count === 0 ? null : takeNumbers(record.trials, isDropped);
      if (trials?.length === 0) continue;
      if (trials === null || trials.length === countNumbers(record.trials))
        appends.push(journal.append({ ...(record.t === 'rows' ? inPart(record) : record), epoch: 0 }, bytes));
      else if (record.t === 'attempt') appends.push(journal.append({ ...record, epoch: 0, trials }));
      else appends.push(appendRows(journal, cutRows(inPart(record), bytes, isLost), trials));
    }
    if (journal.pendingBytes > PENDING_BYTES) {
      await Promise.all(appends);
      appends = [];
    }
  }
  await Promise.all(appends);
}

function takeNumbers(trials: TrialNumbers, isDropped: (trial: number) => boolean): number[] {
  const taken: number[] = [];
  forEachRun(trials, (first, count) => {
    for (let trial = first; trial < first + count; trial++) if (!isDropped(trial)) taken.push(trial);
  });
  return taken;
}

interface CutRows {
  readonly record: RowsRecord;
  readonly rows: Buffer;
  readonly series: Buffer;
}

/** The rows of the trials of a record that are not dropped. */
function cutRows(record: RowsRecord, body: Uint8Array, isDropped: (trial: number) => boolean): CutRows {
  const rows = body.subarray(0, record.rowsBytes);
  const series = body.subarray(record.rowsBytes);
  const taken: [Uint8Array[], Uint8Array[]] = [[], []];
  let [row, serie] = [0, 0];
  forEachRun(record.trials, (first, count) => {
    for (let trial = first; trial < first + count; trial++) {
      const [rowEnd, serieEnd] = [skipRows(rows, row, 1), skipTrials(series, serie, trial, trial + 1)];
      if (!isDropped(trial)) {
        taken[0].push(rows.subarray(row, rowEnd));
        taken[1].push(series.subarray(serie, serieEnd));
      }
      [row, serie] = [rowEnd, serieEnd];
    }
  });
  const notes = record.notes.filter(({ trial }) => !isDropped(trial));
  return { record: { ...record, notes }, rows: Buffer.concat(taken[0]), series: Buffer.concat(taken[1]) };
}

function appendRows(journal: Journal, { record, rows, series }: CutRows, trials: number[]): Promise<void> {
  const { t: _, rowsBytes: __, seriesBytes: ___, ...rest } = record;
  const part = trials.length / countNumbers(record.trials);
  const cpu = record.cpu_ms === undefined ? {} : { cpu_ms: record.cpu_ms * part };
  return journal.appendRows(
    { ...rest, epoch: 0, trials, run_ms: record.run_ms * part, ...cpu },
    rows,
    series,
  );
}
