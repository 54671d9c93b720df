// Puts runs of one sweep together, such as the shards of several machines: the rows are the same bytes as those of a
// run in one piece. Refuses runs that differ in anything the rows depend on, and trials that two runs disagree about;
// all of that is looked at before the first byte is written.
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';

import { SweeplineError, throwFaults } from '../ground/errors.js';
import { plural } from '../ground/text.js';
import { skipRows } from '../trial/lines.js';
import { forEachRun, type TrialNumbers } from '../trial/selection.js';
import { ARTIFACTS } from '../trial/store.js';
import { type Derived, writeDerived } from './derive.js';
import type { Epoch } from './epoch.js';
import { Excerpts } from './excerpts.js';
import { finishedTrials, readStretch } from './finished.js';
import { openRunFolder, stageFolder } from './folder.js';
import { type Journal, openJournal } from './journal.js';
import type { Manifest } from './manifest.js';
import { type MergeFolder, openMergeFolder } from './merge-folder.js';
import { RangeSet } from './ranges.js';
import { readJournal, readRecords } from './read-journal.js';
import { spaceRecord } from './records.js';
import { findReferred, rebase } from './reference.js';
import type { RunState } from './state.js';

const PENDING_BYTES = 32 * 1024 * 1024;
const SHOWN = 5;

interface Source {
  readonly path: string;
  readonly manifest: Manifest;
  readonly state: RunState;
  readonly epoch: Epoch;
}

/** What is the merged run's own. */
export type MergedIdentity = Pick<Manifest, 'runId' | 'created' | 'host' | 'command'>;

export interface Merged extends Derived {
  readonly folder: string;
  /** Shards that none of the runs is: `2/3`. */
  readonly missing: readonly string[];
  /** What does not forbid a merge and is good to know. */
  readonly notes: readonly string[];
}

/**
 * Merges `folders` into a new run folder `out`, derived files and artifacts included. Killed on the way, it leaves what
 * nothing takes for a run, and what the next merge into it replaces.
 */
export async function mergeRuns(
  folders: readonly string[],
  out: string,
  identity: MergedIdentity,
): Promise<Merged> {
  const sources = await examine(folders);
  const [first] = sources;
  const manifest: Manifest = {
    ...first.manifest,
    ...referToFiles(sources, out),
    ...identity,
    trials: totalOf(sources),
    shard: null,
  };
  const folder = await openMergeFolder(out);
  try {
    return await writeMerged(folder, manifest, sources, identity);
  } finally {
    await folder.release();
  }
}

async function writeMerged(
  folder: MergeFolder,
  manifest: Manifest,
  sources: readonly [Source, ...Source[]],
  identity: MergedIdentity,
): Promise<Merged> {
  const { path, lock } = folder;
  const journal = await openJournal(path, () => lock.check());
  try {
    await journal.append(spaceRecord(manifest));
    const before = new RangeSet();
    for (const source of sources) {
      await appendSource(journal, source, before);
      for (const [from, to] of source.epoch.done.ranges()) before.add(from, to);
      const artifacts = join(source.path, ARTIFACTS);
      if (existsSync(artifacts)) cpSync(artifacts, join(path, ARTIFACTS), { recursive: true });
    }
    for (const [stage, parts] of stageParts(sources))
      if (parts.length > 0) await mergeRuns(parts, stageFolder(path, stage), identity);
    const missing = findMissing(sources);
    const isWhole = missing.length === 0 && sources.every(({ state }) => state.stopped === 'end');
    await journal.append({ t: 'stop', reason: isWhole ? 'end' : 'interrupted' });
    const derived = await writeDerived(path, journal.state);
    await folder.finish(manifest);
    return { ...derived, folder: path, missing, notes: findNotes(sources) };
  } finally {
    await journal.close();
  }
}

/** Trials of the whole run, where its parts tell. */
function totalOf(sources: readonly Source[]): number | null {
  const whole = sources.find(({ manifest }) => manifest.shard === null);
  if (whole !== undefined) return whole.manifest.trials ?? null;
  if (findMissing(sources).length > 0) return null;
  const totals = new Map(
    sources.map(({ manifest }) => [manifest.shard!.index, manifest.trials ?? Number.NaN]),
  );
  const sum = [...totals.values()].reduce((a, b) => a + b, 0);
  return Number.isNaN(sum) ? null : sum;
}

function findMissing(sources: readonly Source[]): string[] {
  const shards = sources.map(({ manifest }) => manifest.shard);
  const count = shards[0]?.count;
  // Parts of different cuts, or a whole run among them: nothing can be said.
  if (count === undefined || shards.some((shard) => shard?.count !== count)) return [];
  const there = new Set(shards.map((shard) => shard!.index));
  return Array.from({ length: count }, (_, i) => i + 1)
    .filter((index) => !there.has(index))
    .map((index) => `${index}/${count}`);
}

function findNotes([first, ...rest]: readonly Source[]): string[] {
  const sources = ({ manifest }: Source) => manifest.fingerprint?.sources;
  return rest
    .filter((one) => sources(one) !== sources(first!))
    .map((one) => `${one.path} ran other code of the worker than ${first!.path}, under the same version`);
}

/** The definition files of the first source that still has them. */
function referToFiles(
  sources: readonly [Source, ...Source[]],
  out: string,
): Pick<Manifest, 'sweepFile' | 'reportFile'> {
  const { path, manifest } =
    sources.find((source) => findReferred(source.manifest.sweepFile, source.path) !== undefined) ??
    sources[0];
  const { sweepFile, reportFile } = manifest;
  return {
    sweepFile: rebase(sweepFile, path, out),
    reportFile: reportFile === null ? null : rebase(reportFile, path, out),
  };
}

/** Opens runs that may be merged. Throws BAD_USAGE with everything about them, or about their stages, that forbids it. */
async function examine(folders: readonly string[]): Promise<readonly [Source, ...Source[]]> {
  const [first, ...rest] = await Promise.all(folders.map(openSource));
  if (first === undefined)
    throw new SweeplineError('BAD_USAGE', 'there is nothing to merge: expected one run or more');
  const differences = rest.flatMap((one) => findDifferences(first, one));
  throwFaults('BAD_USAGE', 'the runs do not belong together', differences);
  const disagreements = findDisagreements([first, ...rest]);
  throwFaults('BAD_USAGE', 'the runs disagree about trials that they share', disagreements);
  for (const parts of stageParts([first, ...rest]).values()) if (parts.length > 0) await examine(parts);
  return [first, ...rest];
}

/** By stage, the folders of those runs that have run it. */
function stageParts(sources: readonly Source[]): Map<string, readonly string[]> {
  const names = sources[0]?.manifest.worker.stages ?? [];
  return new Map(
    names.map((name) => [name, sources.map(({ path }) => stageFolder(path, name)).filter(existsSync)]),
  );
}

async function openSource(folder: string): Promise<Source> {
  const { path, manifest } = await openRunFolder(folder);
  const { state } = readJournal(path);
  return { path, manifest, state, epoch: state.epoch };
}

/** Everything that rows depend on, as text for people. */
function findDifferences(a: Source, b: Source): string[] {
  const facets = ({ manifest: m }: Source): Record<string, unknown> => ({
    sweep: m.sweep,
    'worker name': m.worker.name,
    'worker version': m.worker.version,
    metrics: m.worker.metrics.map(({ name }) => name),
    series: m.worker.series,
    space: m.space,
    constraint: m.fingerprint === undefined ? m.where : m.fingerprint.accepts,
    declaration: m.fingerprint?.declaration ?? null,
    axes: m.axes,
    'fixed parameters': m.fixed,
    sampler: m.sampler,
    seed: m.seed,
    engine: m.engine,
    data: m.data,
  });
  const mine = facets(a);
  return Object.entries(facets(b)).flatMap(([name, value]) => {
    const [x, y] = [JSON.stringify(mine[name]), JSON.stringify(value)];
    return x === y ? [] : [`${name}: ${clip(x)} in ${a.path}, ${clip(y)} in ${b.path}`];
  });
}

function clip(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}

/** Trials that two runs have finished with different rows. */
function findDisagreements(sources: readonly Source[]): string[] {
  return sources.flatMap((a, i) => sources.slice(i + 1).flatMap((b) => findDisagreement(a, b)));
}

function findDisagreement(a: Source, b: Source): string[] {
  let shared = 0;
  for (const [from, to] of a.epoch.done.ranges()) shared += b.epoch.done.countIn(from, to);
  if (shared === 0) return [];
  const trials: number[] = [];
  const excerpts = [new Excerpts(a.path), new Excerpts(b.path)] as const;
  try {
    const [left, right] = [rowsOf(a.epoch, excerpts[0]), rowsOf(b.epoch, excerpts[1])];
    let [x, y] = [left.next(), right.next()];
    while (x.done !== true && y.done !== true) {
      const distance = x.value.trial - y.value.trial;
      if (distance === 0 && !x.value.row.equals(y.value.row)) trials.push(x.value.trial);
      if (distance <= 0) x = left.next();
      if (distance >= 0) y = right.next();
    }
  } finally {
    for (const one of excerpts) one.close();
  }
  if (trials.length === 0) return [];
  const shown = trials.slice(0, SHOWN).join(', ') + (trials.length > SHOWN ? ', …' : '');
  return [`${a.path} and ${b.path} have other rows for ${plural(trials.length, 'trial')}: ${shown}`];
}

function* rowsOf(
  epoch: Epoch,
  excerpts: Excerpts,
): Generator<{ readonly trial: number; readonly row: Buffer }> {
  for (const { from, to, rows } of finishedTrials(epoch.extents, excerpts)) {
    const bytes = Buffer.from(readStretch(rows, excerpts));
    let at = 0;
    for (let trial = from; trial < to; trial++) {
      const end = skipRows(bytes, at, 1);
      yield { trial, row: bytes.subarray(at, end) };
      at = end;
    }
  }
}

/** Appends the records of the source's last epoch, but for those whose trials are all in `before`. */
async function appendSource(journal: Journal, source: Source, before: RangeSet): Promise<void> {
  const epoch = source.state.epochs.length - 1;
  let appends: Promise<void>[] = [];
  for (const { record, body } of readRecords(source.path)) {
    if ((record.t !== 'rows' && record.t !== 'attempt' && record.t !== 'propose') || record.epoch !== epoch)
      continue;
    if (record.t !== 'propose' && isWithin(record.trials, before)) continue;
    appends.push(journal.append({ ...record, epoch: 0 }, Uint8Array.from(body)));
    if (journal.pendingBytes > PENDING_BYTES) {
      await Promise.all(appends);
      appends = [];
    }
  }
  await Promise.all(appends);
}

function isWithin(trials: TrialNumbers, set: RangeSet): boolean {
  let isInside = true;
  forEachRun(trials, (first, count) => {
    if (set.countIn(first, first + count) < count) isInside = false;
  });
  return isInside;
}
