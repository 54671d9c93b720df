// Runs a sample of a run's finished trials again, on another number of threads and in other blocks, on another engine or
// device where that is asked for, and compares every cell. Nothing of the run is changed: what the trials save goes to a
// folder that is removed afterwards.
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SweeplineError, throwFaults } from '../../ground/errors.js';
import { describeUnknown } from '../../ground/text.js';
import type { Pool } from '../../pool/contract.js';
import { openRunFolder } from '../../run/folder.js';
import type { Manifest } from '../../run/manifest.js';
import { readJournal } from '../../run/read-journal.js';
import { NEWLINE } from '../../trial/lines.js';
import { headerOf } from '../../trial/row.js';
import { seriesHeaderOf } from '../../trial/series.js';
import { loadSweep } from '../definition/load.js';
import { hasNewCode } from '../fingerprint.js';
import { type Job, prepareAgain } from '../job.js';
import { openPool, withPool } from '../open-pool.js';
import { type Settings, settingsOf } from '../settings.js';
import { readStages } from '../stages.js';
import { runAgain } from './verify-again.js';
import { type CellDifference, type Comparison, cellsOf, compareTrial } from './verify-cells.js';
import { drawSample, type Sample, type SampleSize } from './verify-sample.js';

export interface VerifyRequest {
  /** How many finished trials; default 20. */
  readonly sample?: SampleSize;
  /** Threads; default: another number than the run had. */
  readonly workers?: number;
  readonly engine?: string;
  readonly device?: string;
  /** The sweep's file, where it is no longer found from the run. */
  readonly sweep?: string;
  /** By metric or series: how far apart its numbers may be, in parts of the larger one. */
  readonly tolerance?: Readonly<Record<string, number>>;
}

export interface VerifyHooks {
  /** What the worker prints, and what is good to know. */
  readonly onLine?: (line: string) => void;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Aborted: stops at once. */
  readonly signal?: AbortSignal;
}

export interface VerifyProgress {
  readonly total: number;
  readonly done: number;
  readonly running: number;
  /** Trials that have other cells. */
  readonly differing: number;
}

export interface Verification {
  readonly folder: string;
  readonly sweep: string;
  /** Trials that were compared, and how many could have been. */
  readonly trials: number;
  readonly of: number;
  /** Finished trials that are not verified, by why. */
  readonly leftOut: Sample['leftOut'];
  readonly cells: number;
  readonly workers: number;
  readonly engine: string;
  readonly device: string;
  /** How far apart numbers may be where no tolerance was given; 0: the bytes are compared. */
  readonly tolerance: number;
  readonly differingTrials: number;
  readonly differingCells: number;
  /** The first of them. */
  readonly differences: readonly CellDifference[];
  /** True where it was stopped: then nothing is known of the trials that are missing. */
  readonly interrupted: boolean;
}

const SAMPLE = 20;
/** Of another engine or device, whose arithmetic is another. */
const ELSEWHERE = 1e-3;
const KEPT = 1000;

/** Throws BAD_USAGE for a request that does not fit, BAD_RUN_FOLDER where the run's definition has changed since. */
export async function verifyRun(
  runFolder: string,
  request: VerifyRequest = {},
  hooks: VerifyHooks = {},
): Promise<Verification> {
  const { onLine = () => undefined } = hooks;
  const found = await openRunFolder(runFolder);
  const { path, manifest } = found;
  const { sample: size = SAMPLE } = request;
  throwFaults('BAD_USAGE', 'the request is invalid', findFaults(manifest, request, size));
  const { state } = readJournal(path);
  if (state.epochs.length === 0 || state.epoch.doneCount === 0) {
    throw new SweeplineError('BAD_USAGE', `${path} has no finished trial to verify`, {
      hint: 'resume the run first',
    });
  }
  const sample = drawSample(path, manifest, state, size);
  const settings = settingsFor(found, request, sample);
  const loaded = await loadSweep(settings.sweep);
  return withPool(await openPool(settings, loaded.workerUrl, onLine), async (pool) => {
    const stop = () => pool.kill();
    hooks.signal?.addEventListener('abort', stop, { once: true });
    try {
      const job = await prepareAgain(manifest, settings, { loaded, questions: pool.questions });
      for (const note of findNotes(manifest, job)) onLine(note);
      return await compareAll({ path, manifest, settings, job, pool, sample, request, hooks });
    } finally {
      hooks.signal?.removeEventListener('abort', stop);
    }
  });
}

function findFaults(manifest: Manifest, { tolerance = {} }: VerifyRequest, size: SampleSize): string[] {
  const { metrics, series } = manifest.worker;
  const legal = [...new Set([...metrics.map(({ name }) => name), ...series])];
  const faults = Object.entries(tolerance).flatMap(([name, value]) => [
    ...(legal.includes(name) ? [] : [`tolerance: ${describeUnknown('metric or series', name, legal)}`]),
    ...(value >= 0 && Number.isFinite(value) ? [] : [`tolerance ${name}=${value}: expected a number from 0`]),
  ]);
  const isSound =
    typeof size === 'number'
      ? Number.isSafeInteger(size) && size >= 1
      : size.fraction > 0 && size.fraction <= 1;
  if (!isSound) faults.push('sample: expected a number of trials from 1, or a fraction above 0 and up to 1');
  return faults;
}

/** Another device is found anew for another engine. */
function settingsFor(
  found: { readonly path: string; readonly manifest: Manifest },
  { workers, engine, device, sweep }: VerifyRequest,
  { threads }: Sample,
): Settings {
  const settings = settingsOf(found, {
    workers: workers ?? otherThan(threads),
    ...(sweep === undefined ? {} : { sweep }),
  });
  const isOther = engine !== undefined && engine !== settings.engine;
  return {
    ...settings,
    engine: engine ?? settings.engine,
    device: device ?? (isOther ? 'auto' : settings.device),
  };
}

/** Several threads where there was one; else as many as there are cores, or one fewer. */
function otherThan(threads: number): number {
  const cores = availableParallelism();
  if (threads === 1) return Math.max(2, cores);
  return threads === cores ? cores - 1 : cores;
}

function findNotes(manifest: Manifest, { worker }: Job): string[] {
  const notes: string[] = [];
  if (hasNewCode(manifest, worker))
    notes.push(
      `the code of worker ${worker.name} is not what the run was made with, and its version is still "${worker.version}": cells may differ for that`,
    );
  if (manifest.host !== hostname())
    notes.push(`the run was made on ${manifest.host}: another processor may round otherwise`);
  return notes;
}

interface Comparing {
  readonly path: string;
  readonly manifest: Manifest;
  readonly settings: Settings;
  readonly job: Job;
  readonly pool: Pool;
  readonly sample: Sample;
  readonly request: VerifyRequest;
  readonly hooks: VerifyHooks;
}

async function compareAll(what: Comparing): Promise<Verification> {
  const { path, manifest, settings, job, pool, sample, request, hooks } = what;
  const { engine, device } = job.device;
  const isElsewhere = engine !== manifest.engine || device !== manifest.device;
  const tolerance = isElsewhere ? ELSEWHERE : 0;
  const how = describeComparison(job, request.tolerance ?? {}, tolerance);
  const differences: CellDifference[] = [];
  const counts = { done: 0, cells: 0, differingTrials: 0, differingCells: 0 };
  const { trials } = sample;
  const folder = await mkdtemp(join(tmpdir(), 'sweepline-verify-'));
  try {
    await begin(pool, what, folder);
    const known = new Map(trials.map((one) => [one.trial, one]));
    await runAgain({ job, pool, sample, name: manifest.runId }, (again, running) => {
      const before = known.get(again.trial)!;
      // A trial that takes its process down tells no more of its series than has arrived by then.
      const run = again.isLost ? { ...before, series: again.series } : before;
      const found = compareTrial(again.trial, run, again, how);
      counts.done++;
      counts.cells += how.columns.length + countCells(before.series, how.seriesColumns.length);
      counts.differingCells += found.length;
      if (found.length > 0) counts.differingTrials++;
      for (const one of found) if (differences.length < KEPT) differences.push(one);
      const { done, differingTrials: differing } = counts;
      hooks.onProgress?.({ total: trials.length, done, running, differing });
    });
  } catch (error) {
    if (hooks.signal?.aborted !== true) throw error; // what was killed has nothing to say
  } finally {
    await pool.close();
    await rm(folder, { recursive: true, force: true });
  }
  const { done, ...counted } = counts;
  return {
    folder: path,
    sweep: manifest.sweep,
    trials: done,
    ...{ of: sample.of, leftOut: sample.leftOut, workers: settings.workers, engine, device, tolerance },
    ...counted,
    differences: differences.sort((a, b) => a.trial - b.trial),
    interrupted: hooks.signal?.aborted === true,
  };
}

function begin(pool: Pool, { path, job, settings }: Comparing, folder: string): Promise<void> {
  const { space, axes, fixed, seed: sweepSeed } = job.resolved;
  return pool.begin({
    ...{ space, axes, fixed, sweepSeed, folder },
    engine: job.device.engine,
    device: job.device.device,
    data: settings.data ?? undefined,
    sources: job.worker.sources,
    stages: readStages(path, job.worker),
  });
}

function describeComparison(
  { worker, resolved }: Job,
  given: Readonly<Record<string, number>>,
  otherwise: number,
): Comparison {
  const { metrics, series } = worker;
  const columns = cellsOf(Buffer.from(headerOf({ axes: resolved.axes, metrics })));
  const seriesColumns = cellsOf(Buffer.from(seriesHeaderOf(series)));
  const measured = new Set([...metrics.map(({ name }) => name), ...series]);
  return {
    columns,
    seriesColumns,
    tolerances: (column) =>
      measured.has(column) ? (Object.hasOwn(given, column) ? given[column]! : otherwise) : 0,
  };
}

function countCells(series: Uint8Array, columns: number): number {
  let rows = 0;
  for (const byte of series) if (byte === NEWLINE) rows++;
  return rows * columns;
}
