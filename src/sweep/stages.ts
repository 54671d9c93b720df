// Runs the stages that trials depend on, each as a run of its own in a folder within that of the run it belongs to, and
// reads what they left. A stage runs at the points that the trials still to run need, and at no others.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../ground/clock.js';
import { randomFor } from '../ground/random.js';
import { Excerpts } from '../run/excerpts.js';
import { finishedTrials, readStretch } from '../run/finished.js';
import { createRunFolder, createRunId, MANIFEST_FILE, stageFolder } from '../run/folder.js';
import { replayJournal } from '../run/read-journal.js';
import { spaceRecord } from '../run/records.js';
import { createSpace } from '../space/space.js';
import type { Value } from '../space/types.js';
import { canonicalParams } from '../trial/key.js';
import { fillParams } from '../trial/params.js';
import { readMetrics } from '../trial/row.js';
import type { MetricValue, WorkerDescription } from '../worker/define.js';
import type { FinishedStage, StageDescription, StageResult } from '../worker/stage.js';
import { isSameSpace } from './again.js';
import type { Outcome, RunHandle, RunRequest, StagePlan } from './contract.js';
import type { Launch } from './launch.js';
import { loadedStage } from './load.js';
import { Observers } from './observers.js';
import { openPool, type Prepared } from './prepare.js';
import { createManifest } from './record.js';
import type { Sampler } from './samplers/contract.js';
import { createSampler, type RetryChoice } from './samplers/create.js';
import { createAccept } from './samplers/grid.js';

/** The values that a stage's parameters have over some trials: one entry for each combination, in order of first use. */
type StagePoints = ReadonlyMap<string, Readonly<Record<string, Value>>>;

/** What a stage is run for. */
export interface StageRun {
  readonly main: Launch;
  readonly launch: (run: Launch) => Promise<RunHandle>;
  /** A sampler of what the run has still to do; it is used up. */
  readonly todo: Sampler;
  /** Called with the handle of each stage that runs, so that the run can be stopped meanwhile. */
  readonly onHandle: (handle: RunHandle) => void;
}

/**
 * Runs all stages of the run's worker, one after another, as far as they are not done. Resolves early where a stage was
 * interrupted or gave up (`ended`).
 */
export async function runStages({ main, launch, todo, onHandle }: StageRun): Promise<{
  readonly stages: readonly FinishedStage[];
  readonly ended: Outcome | undefined;
}> {
  const { prepared, folder, retry } = main;
  const trials = [...drain(todo)];
  const finished: FinishedStage[] = [];
  for (const stage of prepared.worker.stages) {
    const points = findPoints(stage, prepared, allTrials(prepared));
    const needed = findPoints(stage, prepared, trials);
    const own = prepareStage(stage, prepared, points, main);
    const numbers = new Set([...points.keys()].flatMap((text, i) => (needed.has(text) ? [i] : [])));
    const path = stageFolder(folder, stage.name);
    if (isToRun(path, own, numbers, retry, main.request)) {
      const handle = await launchStage(stage.name, path, own, numbers, main, launch);
      onHandle(handle);
      const outcome = await handle.outcome;
      if (outcome.interrupted || outcome.tooManyFailures) return { stages: finished, ended: outcome };
    }
    finished.push(readStage(folder, stage));
  }
  return { stages: finished, ended: undefined };
}

/** The stages of a run as its folder has them, whether or not all of their trials have run. */
export function readStages(folder: string, worker: WorkerDescription): FinishedStage[] {
  return worker.stages.map((stage) => readStage(folder, stage));
}

/** How often each stage runs for the whole space, and how much of that is done in `folder` (null: there is none yet). */
export function planStages(prepared: Prepared, folder: string | null): StagePlan[] {
  return prepared.worker.stages.map((stage) => {
    const { name, worker } = stage;
    const points = findPoints(stage, prepared, allTrials(prepared));
    const results = folder === null ? {} : readStage(folder, stage).results;
    return {
      name,
      about: worker.about ?? '',
      trials: points.size,
      done: Object.values(results).filter(({ status }) => status === 'ok').length,
    };
  });
}

function allTrials({ space, resolved, loaded }: Prepared): Iterable<number> {
  const accept = createAccept(space, loaded.sweep.where);
  return drain(
    createSampler({ space, spec: resolved.sampler, accept, shard: null, nextUndone: (from) => from }),
  );
}

/** The numbers of all trials that a sampler proposes; it must not wait for results. */
function* drain(sampler: Sampler): Generator<number> {
  for (;;) {
    const proposal = sampler.next(4096);
    if (typeof proposal === 'string') return;
    if (proposal.kind === 'range') for (let i = 0; i < proposal.count; i++) yield proposal.first + i;
    else if (proposal.kind === 'trials') yield* proposal.trials;
  }
}

function findPoints(stage: StageDescription, prepared: Prepared, trials: Iterable<number>): StagePoints {
  const { space, resolved } = prepared;
  const { params } = stage.worker;
  const points = new Map<string, Readonly<Record<string, Value>>>();
  let last = -1;
  for (const trial of trials) {
    const number = Math.floor(trial / space.replicates);
    if (number === last) continue;
    last = number;
    const point = fillParams(space.at(number), params, resolved.fixed);
    points.set(canonicalParams(point), point);
  }
  return points;
}

/** The stage as a sweep whose one axis goes through its points. Its pool is not started before it is asked something. */
function prepareStage(
  { name, worker }: StageDescription,
  main: Prepared,
  points: StagePoints,
  { request, seen }: Launch,
): Prepared {
  const names = worker.params.map((param) => param.name);
  const values = names.map((each) => ({
    kind: 'list' as const,
    values: [...points.values()].map((point) => point[each]!),
  }));
  const space = { grids: [{ axes: names.length === 0 ? [] : [{ names, values }] }], replicates: 1 };
  const loaded = loadedStage(main.loaded, name);
  const workers = Math.min(main.workers, Math.max(1, points.size));
  return {
    loaded,
    worker,
    resolved: { space, axes: names, fixed: {}, sampler: { name: 'grid' }, seed: main.resolved.seed },
    space: createSpace(space),
    pool: openPool(request, loaded.workerUrl, workers, (line) => seen.tell('onLine', line)),
    workers,
    device: main.device,
    data: main.data,
  };
}

/** Whether anything is left to do at the points that are needed. */
function isToRun(
  path: string,
  prepared: Prepared,
  needed: ReadonlySet<number>,
  retry: RetryChoice | null,
  request: RunRequest,
): boolean {
  if (needed.size === 0) return false;
  if (!existsSync(join(path, MANIFEST_FILE))) return true;
  const { state } = replayJournal(path);
  const epoch = state.epochs.at(-1);
  const asked = spaceRecord(createManifest(prepared, request, '', systemClock));
  if (epoch === undefined || !isSameSpace(epoch.record, asked)) return true;
  if (retry !== null && epoch.counts().ok < epoch.doneCount) return true;
  return [...needed].some((trial) => !epoch.isDone(trial));
}

async function launchStage(
  stage: string,
  path: string,
  prepared: Prepared,
  needed: ReadonlySet<number>,
  { request, seen, retry }: Launch,
  launch: StageRun['launch'],
): Promise<RunHandle> {
  const { shard: _, ...own } = request;
  const runId = createRunId(systemClock, randomFor('run id', randomBytes(8).toString('hex')));
  const manifest = createManifest(prepared, own, runId, systemClock);
  const { isNew } = await createRunFolder(path, manifest);
  const watch = new Observers([
    {
      onStart: ({ plan }) => seen.tell('onStage', { stage, plan }),
      onProgress: (progress) => seen.tell('onProgress', { ...progress, stage }),
      onFailure: (failure) => seen.tell('onFailure', { ...failure, stage }),
      onLine: (line) => seen.tell('onLine', line),
    },
  ]);
  try {
    return await launch({
      prepared,
      request: own,
      seen: watch,
      folder: path,
      manifest,
      isNew,
      retry,
      only: (trial) => needed.has(trial),
    });
  } catch (error) {
    prepared.pool.kill();
    throw error;
  }
}

function readStage(folder: string, { name, worker }: StageDescription): FinishedStage {
  const path = stageFolder(folder, name);
  const params = worker.params.map((param) => param.name);
  const results: Record<string, StageResult> = {};
  if (!existsSync(join(path, MANIFEST_FILE))) return { name, params, folder: path, results };
  const { state } = replayJournal(path);
  if (state.epochs.length === 0) return { name, params, folder: path, results };
  const excerpts = new Excerpts(path);
  try {
    for (const { rows, record } of finishedTrials(state.epoch.extents, excerpts)) {
      const { notes } = excerpts.header(record);
      for (const { trial, key, status, metrics } of readMetrics(readStretch(rows, excerpts), worker)) {
        const error = notes.get(trial)?.error?.message;
        results[key] = {
          trial,
          status,
          ...(error === undefined ? {} : { error }),
          metrics: readValues(metrics, worker),
        };
      }
    }
  } finally {
    excerpts.close();
  }
  return { name, params, folder: path, results };
}

function readValues(
  metrics: ReadonlyMap<string, string>,
  worker: WorkerDescription,
): Record<string, MetricValue> {
  return Object.fromEntries(
    worker.metrics.map(({ name, type }) => {
      const text = metrics.get(name) ?? '';
      if (text === '') return [name, null];
      return [name, type === 'string' ? text : type === 'boolean' ? text === 'true' : Number(text)];
    }),
  );
}
