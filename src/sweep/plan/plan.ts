// What would run, and why: the counts that `sweepline plan` shows. Reads; writes nothing.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SweeplineError } from '../../ground/errors.js';
import { countCarried } from '../../run/carry.js';
import type { Epoch } from '../../run/epoch.js';
import { MANIFEST_FILE, openRunFolder } from '../../run/folder.js';
import { isSameSpace } from '../../run/same-space.js';
import { type RunStatus, readRunStatus } from '../../run/status.js';
import { describeAxisValues, describeValue } from '../../space/values.js';
import { createKeyer } from '../../trial/key.js';
import { createRowPrefixes } from '../../trial/prefixes.js';
import type { WorkerQuestions } from '../../worker/questions.js';
import type { Plan, Prediction, RunRequest } from '../contract.js';
import { describeSpace, shardRecord } from '../create-manifest.js';
import { loadSweep } from '../definition/load.js';
import type { Job } from '../job.js';
import { openSampler, prepareJob } from '../job.js';
import { openPool, withPool } from '../open-pool.js';
import { describePruner } from '../pruners/list.js';
import type { Sampler } from '../samplers/contract.js';
import { samplerOf } from '../samplers/list.js';
import { countFurther } from '../samplers/racing.js';
import { resolveSettings, type Settings, settingsOf } from '../settings.js';
import { prepareShare } from '../shards/same-shard.js';
import { takeShare } from '../shards/share.js';
import { planStages } from '../stages.js';
import { createPredictor } from './predict.js';
import { estimateTrials, sampleNew } from './sample-new.js';

export interface PlanFacts {
  readonly job: Job;
  readonly settings: Pick<Settings, 'workers'>;
  /** Its totals are of this shard, what is done included. */
  readonly sampler: Pick<Sampler, 'total' | 'excluded'>;
  readonly folder: string | null;
  readonly counts: Counts;
  /** Null where nobody asks how long it takes. */
  readonly times: Times | null;
}

interface Counts extends Pick<Plan, 'done' | 'failed' | 'orphaned'> {
  /** Of those done: see `countFurther`. Absent: none. */
  readonly further?: number;
}

/** What is done of a run whose trials are the job's. */
export function countDone(
  counts: Counts,
  { space, resolved }: Pick<Job, 'space' | 'resolved'>,
  { done }: Pick<Epoch, 'done'>,
): Counts {
  return { ...counts, further: countFurther(resolved.sampler, space, done) };
}

/** Of one trial, and of one of each stage by its name; null where no run tells. */
interface Times {
  readonly trial: Prediction | null;
  readonly stages: Readonly<Record<string, Prediction | null>>;
}

/** What `run` with this request would do. Loads the worker in a host, to check values against its own types. */
export async function planRun(request: RunRequest): Promise<Plan> {
  // Nothing runs: this machine alone can answer.
  const settings = { ...resolveSettings(request), queue: null };
  const loaded = await loadSweep(settings.sweep);
  return withPool(await openPool(settings, loaded.workerUrl, ignore), async ({ questions }) => {
    const job = await takeShare(await prepareJob(loaded, settings, questions), settings, questions);
    const known = await findKnown(settings, loaded.sweep.name);
    const folder = settings.out === null ? null : resolve(settings.out);
    const sampler = openSampler(job);
    const same = known !== null && isSameSpace(known.state.epoch.record, describeSpace(job)) ? known : null;
    const times = await predictTimes(job, { settings, questions, known, same, folder });
    return describePlan({ job, settings, folder, sampler, counts: countKnown(known, job, sampler), times });
  });
}

interface Surroundings {
  readonly settings: Settings;
  readonly questions: WorkerQuestions;
  readonly known: RunStatus | null;
  /** The same run, where its trials are those of the job. */
  readonly same: RunStatus | null;
  readonly folder: string | null;
}

async function predictTimes(
  job: Job,
  { settings, questions, known, same, folder }: Surroundings,
): Promise<Times> {
  const before = known?.folder ?? null;
  const predict = await createPredictor({ job, before, questions, root: settings.root });
  const epoch = same?.state.epoch;
  const progress = epoch === undefined ? {} : { nextUndone: (from: number) => epoch.nextUndone(from) };
  const stages: Record<string, Prediction | null> = {};
  for (const { name, points } of planStages(job, folder)) stages[name] = await predict(points, name);
  return { trial: await predict(sampleNew(job, progress)), stages };
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
  if (isSameSpace(known.state.epoch.record, record)) return countDone(known, job, known.state.epoch);
  return { ...none, done: countCarried(known.state.epochs, record, has) };
}

/** What `resume` would do with a run; `sweep` is its sweep's file, where the one that the manifest names is not to be loaded. */
export async function planResume(path: string, sweep?: string): Promise<Plan> {
  const found = await openRunFolder(path);
  const { path: folder, manifest } = found;
  const status = await readRunStatus(folder);
  const settings = settingsOf(found, sweep === undefined ? {} : { sweep });
  const loaded = await loadSweep(settings.sweep);
  return withPool(await openPool(settings, loaded.workerUrl, ignore), async ({ questions }) => {
    const job = await prepareShare(manifest, settings, { loaded, questions });
    const sampler = openSampler(job);
    const times = await predictTimes(job, { settings, questions, known: status, same: status, folder });
    const counts = countDone(status, job, status.state.epoch);
    return describePlan({ job, settings, sampler, folder, counts, times });
  });
}

export function describePlan({ job, settings, sampler, folder, counts, times }: PlanFacts): Plan {
  const { space, resolved, loaded } = job;
  const { workers } = settings;
  const definition = samplerOf(resolved.sampler);
  const shards = job.share?.count ?? 1;
  const total = sampler.total ?? Math.ceil(definition.most(resolved.sampler, space) / shards);
  const estimate = times === null ? {} : estimateTrials(job, sampler.total, shards);
  const done = counts.done - (counts.further ?? 0);
  const toRun = Math.max(0, (estimate.estimated ?? total) - done);
  const timeOf = (prediction: Prediction | null | undefined, trials: number) =>
    prediction == null || !Number.isFinite(trials)
      ? null
      : prediction.startMs + prediction.trialMs * Math.ceil(trials / workers);
  const stages = planStages(job, folder).map(({ points: _, ...stage }) => ({
    ...stage,
    predictedMs: stage.new === 0 ? 0 : timeOf(times?.stages[stage.name], stage.new),
    predictedFrom: times?.stages[stage.name]?.from ?? null,
  }));
  const ofTrials = toRun === 0 && times !== null ? 0 : timeOf(times?.trial, toRun);
  return {
    sweep: loaded.sweep.name,
    title: loaded.sweep.title,
    folder,
    sampler: definition.describe(resolved.sampler),
    ...(job.pruner === undefined ? {} : { pruner: describePruner(job.pruner) }),
    axes: describeAxes(job),
    shard: job.share === null ? null : shardRecord(job.share),
    trials: total,
    excluded: sampler.excluded,
    ...estimate,
    done: counts.done,
    failed: counts.failed,
    orphaned: counts.orphaned,
    stages,
    new: Math.max(0, total - done - counts.orphaned),
    predictedMs:
      ofTrials === null ? null : stages.reduce((sum, stage) => sum + (stage.predictedMs ?? 0), ofTrials),
    predictedFrom: times?.trial?.from ?? null,
    ...(times?.trial == null || times.trial.with.length === 0 ? {} : { predictedWith: times.trial.with }),
    predictedBytes: Number.isFinite(toRun) ? predictBytes(job, toRun) : null,
    workers,
  };
}

function ignore(): void {}

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
