// The stages that trials depend on, each as a job of its own in a folder within that of the run it belongs to, and what
// they left. A stage's points are the projection of the grid on its parameters; it runs at those that the trials still to
// run need, and at no others.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Excerpts } from '../run/excerpts.js';
import { finishedTrials, readStretch } from '../run/finished.js';
import { MANIFEST_FILE, stageFolder } from '../run/folder.js';
import { readJournal } from '../run/read-journal.js';
import { projectPoints } from '../space/projection.js';
import { createSpace } from '../space/space.js';
import type { Point, Value } from '../space/types.js';
import { canonicalObject } from '../space/value.js';
import { createKeyer } from '../trial/key.js';
import { fillParams } from '../trial/params.js';
import { createRowReader } from '../trial/row.js';
import { trialsOf } from '../trial/selection.js';
import type { StageDescription, WorkerDescription } from '../worker/contract.js';
import type { FinishedStage, StageResult } from '../worker/stage-results.js';
import type { StagePlan } from './contract.js';
import { loadedStage } from './definition/load.js';
import type { Resolved } from './definition/resolve.js';
import type { Job } from './job.js';
import type { Sampler } from './samplers/contract.js';
import { createAccept } from './samplers/finite.js';
import { SAMPLERS } from './samplers/list.js';

/** The values that a stage's parameters have over some trials: one entry for each combination, in order of first use. */
type StagePoints = ReadonlyMap<string, Readonly<Record<string, Value>>>;

/** Spaces with a constraint are walked point by point up to this size; of larger ones every projected point counts. */
const WALKED = 200_000;

/** A stage to be run. */
export interface StageJob {
  readonly stage: StageDescription;
  readonly job: Job;
  readonly folder: string;
  /** Numbers of its trials that somebody needs. */
  readonly needed: ReadonlySet<number>;
}

/** A stage of the run's worker as a job whose one axis goes through its points. `todo` is used up. */
export function createStageJob(main: Job, stage: StageDescription, folder: string, todo: Todo): StageJob {
  const points = findPoints(main, stage);
  const needed = todo.isAll ? points : projectTrials(main, stage, todo.trials());
  const numbers = new Set([...points.keys()].flatMap((text, i) => (needed.has(text) ? [i] : [])));
  const names = stage.worker.params.map((param) => param.name);
  const values = names.map((each) => ({
    kind: 'list' as const,
    values: [...points.values()].map((point) => point[each]!),
  }));
  const space = { grids: [{ axes: names.length === 0 ? [] : [{ names, values }] }], replicates: 1 };
  const { seed } = main.resolved;
  const sampler = { name: SAMPLERS[0]!.name };
  return {
    stage,
    folder: stageFolder(folder, stage.name),
    needed: numbers,
    job: {
      ...main,
      share: null,
      loaded: loadedStage(main.loaded, stage.name),
      worker: stage.worker,
      resolved: { space, asked: space.grids, axes: names, fixed: {}, sampler, seed },
      space: createSpace(space),
    },
  };
}

/** The trials that a run has still to do. */
export interface Todo {
  /** All that there are, or too many to look at one by one. */
  readonly isAll: boolean;
  trials(): Iterable<number>;
}

/** `open` gives a sampler of what is to do. */
export function findTodo({ space }: Job, isFresh: boolean, open: () => Sampler): Todo {
  return { isAll: isFresh || space.trials > WALKED, trials: () => drain(open()) };
}

/** A stage before it is known how long it takes. */
export interface PlannedStage extends Omit<StagePlan, 'predictedMs' | 'predictedFrom'> {
  /** Where it has not run yet. */
  readonly points: readonly Point[];
}

/** How often each stage runs for the whole space, and how much of that is done in `folder` (null: there is none yet). */
export function planStages(job: Job, folder: string | null): PlannedStage[] {
  return job.worker.stages.map((stage) => {
    const results = folder === null ? {} : readStage(folder, stage).results;
    const keyer = createKeyer(stage.worker.name, stage.worker.version);
    const all = [...findPoints(job, stage).values()];
    const points = all.filter((point) => results[keyer.key(point, 0)] === undefined);
    return {
      name: stage.name,
      about: stage.worker.about ?? '',
      trials: all.length,
      done: Object.values(results).filter(({ status }) => status === 'ok').length,
      new: points.length,
      points,
    };
  });
}

/** The points of a stage over all trials of the space. */
function findPoints(job: Job, stage: StageDescription): StagePoints {
  const { space, resolved, loaded } = job;
  const { where } = loaded.sweep;
  if (where !== null && space.trials <= WALKED) {
    const accept = createAccept(space, where)!;
    return projectTrials(job, stage, acceptedTrials(space.trials, accept));
  }
  const names = new Set(stage.worker.params.map(({ name }) => name));
  return collect(stage, resolved, projectPoints(space, names));
}

function* acceptedTrials(trials: number, accept: (trial: number) => boolean): Generator<number> {
  for (let trial = 0; trial < trials; trial++) if (accept(trial)) yield trial;
}

/** The numbers of all trials that a sampler proposes; it must not wait for results. */
export function* drain(sampler: Sampler): Generator<number> {
  for (;;) {
    const proposal = sampler.next(4096);
    if (typeof proposal === 'string') return;
    yield* trialsOf(proposal);
  }
}

function projectTrials(
  { space, resolved }: Job,
  stage: StageDescription,
  trials: Iterable<number>,
): StagePoints {
  function* points(): Generator<Point> {
    let last = -1;
    for (const trial of trials) {
      const number = Math.floor(trial / space.replicates);
      if (number === last) continue;
      last = number;
      yield space.at(number);
    }
  }
  return collect(stage, resolved, points());
}

function collect(stage: StageDescription, { fixed }: Resolved, points: Iterable<Point>): StagePoints {
  const found = new Map<string, Readonly<Record<string, Value>>>();
  for (const each of points) {
    const point = fillParams(each, stage.worker.params, fixed);
    const text = canonicalObject(point);
    if (!found.has(text)) found.set(text, point);
  }
  return found;
}

/** The stages of a run as its folder has them, whether or not all of their trials have run. */
export function readStages(folder: string, worker: Pick<WorkerDescription, 'stages'>): FinishedStage[] {
  return worker.stages.map((stage) => readStage(folder, stage));
}

export function readStage(folder: string, { name, worker }: StageDescription): FinishedStage {
  const path = stageFolder(folder, name);
  const params = worker.params.map((param) => param.name);
  const results: Record<string, StageResult> = {};
  const left = { name, params, folder: path, results };
  if (!existsSync(join(path, MANIFEST_FILE))) return left;
  const { state } = readJournal(path);
  if (state.epochs.length === 0) return left;
  const read = createRowReader({ axes: params, params: worker.params, metrics: worker.metrics });
  const excerpts = new Excerpts(path);
  try {
    for (const { rows, record } of finishedTrials(state.epoch.extents, excerpts)) {
      const { notes } = excerpts.header(record);
      for (const { trial, key, status, metrics } of read(readStretch(rows, excerpts))) {
        const error = notes.get(trial)?.error?.message;
        results[key] = { trial, status, ...(error === undefined ? {} : { error }), metrics };
      }
    }
  } finally {
    excerpts.close();
  }
  return left;
}
