import { join, resolve } from 'node:path';
import { systemClock } from '../ground/clock.js';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { plural } from '../ground/text.js';
import { createRunFolder, newRunId, openRunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import { readRunStatus } from '../run/status.js';
import type { Observer, ResumeRequest, RunHandle, RunRequest } from './contract.js';
import { Observers } from './coordinator/observers.js';
import { createManifest } from './create-manifest.js';
import { type LoadedSweep, loadSweep } from './definition/load.js';
import { describeNewCode, fingerprintOf, hasNewCode } from './fingerprint.js';
import { openSampler, prepareJob } from './job.js';
import { launch, launchIn } from './launch.js';
import { handingOn, openPool } from './open-pool.js';
import { findTrialsFaults } from './pruners/check.js';
import { requireSameRun, withLookahead } from './same-run.js';
import { samplerOf } from './samplers/list.js';
import { countFurther } from './samplers/racing.js';
import { givenLimits, resolveSettings, settingsOf } from './settings.js';
import { prepareShare } from './shards/same-shard.js';
import { takeShare } from './shards/share.js';
import { checkStagesOf } from './stages-of.js';

/**
 * Starts a run in a new folder, or continues in `out` where it holds a run of the same sweep: points that are done there
 * are not run again. Rejects with a SweeplineError before anything is started or written.
 */
export async function startRun(request: RunRequest, observers: readonly Observer[] = []): Promise<RunHandle> {
  const seen = new Observers(observers);
  const loaded = await loadSweep(resolveSettings(request).sweep);
  const asked = resolveSettings({ ...givenLimits(loaded.sweep.limits), ...request });
  const settings = await withLookahead(asked);
  const pool = await openPool(settings, loaded.workerUrl, (line) => seen.tell('onLine', line));
  return handingOn(pool, async () => {
    const whole = await prepareJob(loaded, settings, pool.questions);
    const job = await takeShare(whole, settings, pool.questions);
    const runId = newRunId(systemClock);
    const out = resolve(settings.out ?? join(settings.root, loaded.sweep.name, runId));
    const { total } = openSampler(job);
    const created = new Date(systemClock.now()).toISOString();
    const made = createManifest(job, settings, { runId, created, total }, out);
    await checkStagesOf(made, settings);
    const folder = await createRunFolder(out, made);
    requireSameRun(folder.manifest, made, out);
    // A run that goes on is the same one: a queue knows it by its id.
    const manifest = { ...made, runId: folder.manifest.runId, created: folder.manifest.created };
    if (!folder.isNew && hasNewCode(folder.manifest, job.worker))
      seen.tell('onLine', describeNewCode(job.worker));
    const run = { job, pool, settings, seen, manifest, clock: systemClock };
    return { ...(await launchIn(folder, run)), files: filesOf(loaded) };
  });
}

/**
 * Continues a run as its manifest describes it. Its sweep's file, which the manifest names, is loaded: of a run folder from
 * somebody else, give your own as `sweep`.
 */
export async function resumeRun(
  path: string,
  request: ResumeRequest,
  observers: readonly Observer[] = [],
): Promise<RunHandle> {
  const found = await openRunFolder(path);
  const { path: folder } = found;
  const manifest = await withTrials(found, request.trials);
  const seen = new Observers(observers);
  const settings = settingsOf(found, request);
  const loaded = await loadSweep(settings.sweep);
  const pool = await openPool(settings, loaded.workerUrl, (line) => seen.tell('onLine', line));
  return handingOn(pool, async () => {
    const job = await prepareShare(manifest, settings, { loaded, questions: pool.questions });
    const { total } = openSampler(job);
    if (hasNewCode(manifest, job.worker)) seen.tell('onLine', describeNewCode(job.worker));
    const now = {
      ...{ ...manifest, fingerprint: fingerprintOf(job), trials: total },
      ...(settings.budgetMs === null ? {} : { budgetMs: settings.budgetMs }),
    };
    const run = { job, pool, settings, seen, folder, manifest: now, isNew: false, clock: systemClock };
    return { ...(await launch(run)), files: filesOf(loaded) };
  });
}

/** A run that goes on to another number of trials: a total, as it is everywhere. Throws BAD_USAGE where its sampler has its own. */
async function withTrials(
  { path, manifest }: { readonly path: string; readonly manifest: Manifest },
  trials: number | undefined,
): Promise<Manifest> {
  if (trials === undefined) return manifest;
  const { sampler } = manifest;
  if (!samplerOf(sampler).takesTrials)
    throw new SweeplineError(
      'BAD_USAGE',
      `--trials ${trials}: sampler ${sampler.name} runs as many trials as it needs; leave --trials out`,
    );
  const status = await readRunStatus(path);
  const done = status.done - countFurther(sampler, manifest.space, status.state.epoch.done);
  if (trials < done)
    throw new SweeplineError(
      'BAD_USAGE',
      `--trials ${trials}: ${plural(done, 'trial')} of the run are done, and the number is a total; expected at least ${done}`,
    );
  const asked = { ...manifest, sampler: { ...sampler, trials } };
  throwFaults('BAD_USAGE', `--trials ${trials}`, findTrialsFaults(manifest, asked), {
    hint: 'ask for no other number of trials, or start a new run',
  });
  return asked;
}

function filesOf({ url, reportUrl }: LoadedSweep): RunHandle['files'] {
  return { sweep: url, report: reportUrl };
}
