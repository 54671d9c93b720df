// What would run, and why: the counts that `sweepline plan` shows. Reads; writes nothing.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { countCarried } from '../run/carry.js';
import { MANIFEST_FILE, openRunFolder } from '../run/folder.js';
import { proposesPoints } from '../run/manifest.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import type { Point } from '../space/types.js';
import { describeAxisValues, describeValue } from '../space/values.js';
import { createKeyer } from '../trial/key.js';
import { createRowPrefixes } from '../trial/prefixes.js';
import type { WorkerQuestions } from '../worker/questions.js';
import { countPassing, sampleOf } from './constraint.js';
import type { Plan, Prediction, RunRequest } from './contract.js';
import { describeSpace } from './create-manifest.js';
import type { Job } from './job.js';
import { openSampler, prepareAgain, prepareJob } from './job.js';
import { loadSweep } from './load.js';
import { openPool, withPool } from './open-pool.js';
import { predict } from './predict.js';
import { samplePoints } from './resolve.js';
import { isSameSpace } from './same-space.js';
import type { Sampler } from './samplers/contract.js';
import { samplerOf } from './samplers/list.js';
import { resolveSettings, type Settings, settingsOf } from './settings.js';
import { type PlannedStage, planStages } from './stages.js';

export interface PlanFacts {
  readonly job: Job;
  readonly settings: Pick<Settings, 'workers'>;
  /** Its totals are of this shard, what is done included. */
  readonly sampler: Pick<Sampler, 'total' | 'excluded'>;
  readonly folder: string | null;
  readonly counts: Counts;
  /** Null where no run tells. */
  readonly prediction: Prediction | null;
  readonly stages: readonly PlannedStage[];
}

type Counts = Pick<Plan, 'done' | 'failed' | 'orphaned'>;

/** What `run` with this request would do. Loads the worker in a host, to check values against its own types. */
export async function planRun(request: RunRequest): Promise<Plan> {
  const settings = resolveSettings(request);
  const loaded = await loadSweep(settings.sweep);
  return withPool(openPool(settings, loaded.workerUrl, ignore), async ({ questions }) => {
    const job = await prepareJob(loaded, settings, questions);
    const known = await findKnown(settings, loaded.sweep.name);
    const folder = settings.out === null ? null : resolve(settings.out);
    const sampler = openSampler(job, settings);
    const stages = planStages(job, folder);
    const prediction = await predictFor(job, { known, stages, questions, root: settings.root });
    return describePlan({
      ...{ job, settings, folder, sampler, prediction, stages },
      counts: countKnown(known, job, sampler),
    });
  });
}

interface Known {
  readonly known: RunStatus | null;
  readonly stages: readonly PlannedStage[];
  readonly questions: WorkerQuestions;
  readonly root: string;
}

function predictFor(job: Job, { known, stages, questions, root }: Known): Promise<Prediction | null> {
  const epoch = known?.state.epoch;
  const isSame = epoch !== undefined && isSameSpace(epoch.record, describeSpace(job));
  return predict(job, {
    ...{ questions, root, before: known },
    points: samplePending(job, (trial) => isSame && epoch.isDone(trial)),
    stages: Object.fromEntries(stages.map(({ name, todo }) => [name, thin(todo, SAMPLE)])),
  });
}

/** The run that there is in the folder that was asked for, if any. */
async function findKnown({ out }: Settings, sweep: string): Promise<RunStatus | null> {
  if (out === null || !existsSync(resolve(out, MANIFEST_FILE))) return null;
  const known = await readRunStatus(out);
  if (known.manifest.sweep === sweep) return known;
  throw new SweeplineError('BAD_USAGE', `${out} holds a run of sweep ${known.manifest.sweep}, not ${sweep}`, {
    hint: 'give another --out',
  });
}

function countKnown(known: RunStatus | null, job: Job, { has }: Sampler): Counts {
  const none = { done: 0, failed: 0, orphaned: 0 };
  if (known === null) return none;
  const record = describeSpace(job);
  if (isSameSpace(known.state.epoch.record, record)) return known;
  return { ...none, done: countCarried(known.state.epochs, record, has) };
}

/** What `resume` would do with a run. */
export async function planResume(path: string): Promise<Plan> {
  const found = await openRunFolder(path);
  const { path: folder, manifest } = found;
  const status = await readRunStatus(folder);
  const settings = settingsOf(found, {});
  const loaded = await loadSweep(settings.sweep);
  return withPool(openPool(settings, loaded.workerUrl, ignore), async ({ questions }) => {
    const job = await prepareAgain(manifest, settings, { loaded, questions });
    const sampler = openSampler(job, settings);
    const stages = planStages(job, folder);
    const prediction = await predictFor(job, { known: status, stages, questions, root: settings.root });
    return describePlan({ job, settings, sampler, folder, counts: status, prediction, stages });
  });
}

export function describePlan(facts: PlanFacts): Plan {
  const { job, settings, sampler, folder, counts, prediction } = facts;
  const { space, resolved, loaded } = job;
  const { where } = loaded.sweep;
  const { workers } = settings;
  const definition = samplerOf(resolved.sampler);
  const total = sampler.total ?? definition.most(resolved.sampler, space);
  const passing =
    sampler.total !== null || where === null || proposesPoints(resolved.sampler)
      ? null
      : countPassing(where, space);
  // Of a sample of which none passes, at most one in so many does.
  const share = passing === null ? 1 : Math.max(1, passing.accepted) / passing.of;
  const fresh = Math.max(0, Math.round(total * share) - counts.done);
  const stages = facts.stages.map(({ todo, ...stage }) => ({
    ...stage,
    predictedMs: todo.length === 0 ? 0 : spend(prediction?.stages[stage.name], todo.length, workers),
  }));
  const trialsMs = spend(prediction?.trialMs, fresh, workers);
  return {
    sweep: loaded.sweep.name,
    title: loaded.sweep.title,
    folder,
    sampler: definition.describe(resolved.sampler),
    axes: describeAxes(job),
    trials: total,
    excluded: sampler.excluded,
    ...(passing === null ? {} : { passing }),
    done: counts.done,
    failed: counts.failed,
    orphaned: counts.orphaned,
    stages,
    new: fresh,
    ...(passing === null ? {} : { isEstimate: true }),
    predictedMs:
      trialsMs === null ? null : stages.reduce((sum, { predictedMs }) => sum + (predictedMs ?? 0), trialsMs),
    predictedFrom: trialsMs === null ? null : prediction!.from,
    ...(prediction?.isUpperBound ? { isUpperBound: true } : {}),
    predictedBytes: predictBytes(job, fresh),
    workers,
  };
}

function ignore(): void {}

/** The time that so many trials take side by side; null where it is not known of one. */
function spend(trialMs: number | null | undefined, trials: number, workers: number): number | null {
  if (trialMs === null || trialMs === undefined) return null;
  return trials === 0 ? 0 : (trialMs * trials) / Math.min(workers, trials);
}

/** Points whose cost is asked for, and those that are looked at for them where many do not count. */
const SAMPLE = 1000;
const LOOKED_AT = 20_000;

/** Points that stand for the trials to come: the constraint accepts them, and they have not ended. */
function samplePending({ space, resolved, loaded }: Job, isDone: (trial: number) => boolean): Point[] {
  const { asked, fixed, sampler } = resolved;
  const { where } = loaded.sweep;
  if (proposesPoints(sampler)) return samplePoints(asked, fixed);
  const { points, replicates } = space;
  const pending: Point[] = [];
  const isPending = (number: number) => {
    if (where !== null && !where(space.at(number))) return false;
    const first = number * replicates;
    return Array.from({ length: replicates }, (_, i) => first + i).some((trial) => !isDone(trial));
  };
  for (const number of sampleOf(points, LOOKED_AT)) if (isPending(number)) pending.push(space.at(number));
  return pending.length === 0
    ? samplePoints(asked, fixed)
    : thin(pending, SAMPLE).map((point) => ({ ...fixed, ...point }));
}

function thin<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from({ length: most }, (_, i) => list[Math.floor((i * list.length) / most)]!);
}

function describeAxes({ resolved: { asked } }: Job): string[] {
  const several = asked.length > 1;
  return asked.flatMap((grid, g) =>
    grid.axes.map((axis) => {
      const values = axis.names
        .map((name, i) => `${name}: ${describeAxisValues(axis.values[i]!)}`)
        .join(' zipped with ');
      const when = Object.entries(axis.when ?? {}).map(
        ([name, allowed]) => `${name} is ${allowed.map(describeValue).join(' or ')}`,
      );
      const grids = several ? `grid ${g + 1}, ` : '';
      return `${grids}${values}${when.length > 0 ? ` when ${when.join(' and ')}` : ''}`;
    }),
  );
}

/** Rows stand in the journal and in trials.csv; a number is taken at 18 characters. */
function predictBytes({ space, resolved, worker }: Job, trials: number): number {
  const { axes, fixed, seed: sweepSeed } = resolved;
  const keyer = createKeyer(worker.name, worker.version);
  const count = Math.min(10, space.trials);
  const { prefixes } = createRowPrefixes({ space, axes, params: worker.params, fixed, keyer, sweepSeed })({
    kind: 'range',
    first: 0,
    count,
  });
  const prefix = prefixes.reduce((sum, text) => sum + text.length, 0) / Math.max(1, prefixes.length);
  const cells = worker.metrics.reduce((sum, { type }) => sum + (type === 'number' ? 19 : 6), 3);
  const timing = 45;
  return Math.round(trials * (2 * (prefix + cells) + timing));
}
