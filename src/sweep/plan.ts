// What would run, and why: the counts that `sweepline plan` shows. Reads; writes nothing.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { countCarried } from '../run/carry.js';
import { MANIFEST_FILE, openRunFolder } from '../run/folder.js';
import { proposesPoints } from '../run/manifest.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import { describeAxisValues, describeValue } from '../space/values.js';
import { createKeyer } from '../trial/key.js';
import { createRowPrefixes } from '../trial/prefixes.js';
import { countPassing } from './constraint.js';
import type { Plan, Prediction, RunRequest } from './contract.js';
import { describeSpace } from './create-manifest.js';
import type { Job } from './job.js';
import { openSampler, prepareAgain, prepareJob } from './job.js';
import { loadSweep } from './load.js';
import { openPool, withPool } from './open-pool.js';
import { predictTrial } from './predict.js';
import { isSameSpace } from './same-space.js';
import type { Sampler } from './samplers/contract.js';
import { samplerOf } from './samplers/list.js';
import { resolveSettings, type Settings, settingsOf } from './settings.js';
import { planStages } from './stages.js';

export interface PlanFacts {
  readonly job: Job;
  readonly settings: Pick<Settings, 'workers'>;
  /** Its totals are of this shard, what is done included. */
  readonly sampler: Pick<Sampler, 'total' | 'excluded'>;
  readonly folder: string | null;
  readonly counts: Counts;
  /** Of one trial; null where no run tells. */
  readonly prediction: Prediction | null;
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
    const { root } = settings;
    return describePlan({
      ...{ job, settings, folder },
      sampler,
      counts: countKnown(known, job, sampler),
      prediction: await predictTrial(job, known, { questions, root }),
    });
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
    const { root } = settings;
    const prediction = await predictTrial(job, status, { questions, root });
    return describePlan({ job, settings, sampler, folder, counts: status, prediction });
  });
}

export function describePlan({ job, settings, sampler, folder, counts, prediction }: PlanFacts): Plan {
  const { space, resolved, loaded } = job;
  const { where } = loaded.sweep;
  const { workers } = settings;
  const definition = samplerOf(resolved.sampler);
  const total = sampler.total ?? definition.most(resolved.sampler, space);
  const fresh = Math.max(0, total - counts.done);
  return {
    sweep: loaded.sweep.name,
    title: loaded.sweep.title,
    folder,
    sampler: definition.describe(resolved.sampler),
    axes: describeAxes(job),
    trials: total,
    excluded: sampler.excluded,
    ...(sampler.total !== null || where === null || proposesPoints(resolved.sampler)
      ? {}
      : { passing: countPassing(where, space) }),
    done: counts.done,
    failed: counts.failed,
    orphaned: counts.orphaned,
    stages: planStages(job, folder),
    new: fresh,
    predictedMs: prediction === null ? null : (prediction.trialMs * fresh) / workers,
    predictedFrom: prediction?.from ?? null,
    predictedBytes: predictBytes(job, fresh),
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
