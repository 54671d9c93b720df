// A run as a list of jobs in order: the stages that its trials depend on, each in a folder of its own, then the trials.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../ground/clock.js';
import { SweeplineError } from '../ground/errors.js';
import type { Pool } from '../pool/contract.js';
import { createRunFolder, discardRunFolder, MANIFEST_FILE, newRunId, type RunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import { readJournal } from '../run/read-journal.js';
import { isSameSpace } from '../run/same-space.js';
import type { FinishedStage } from '../worker/stage-results.js';
import { type ReadyJob, readyJob } from './carry-out.js';
import type { Outcome, RunHandle } from './contract.js';
import { Observers } from './coordinator/observers.js';
import { createManifest, describeSpace } from './create-manifest.js';
import type { Job } from './job.js';
import { type OpenRun, openRun } from './open.js';
import { handingOn, openPool } from './open-pool.js';
import type { Settings } from './settings.js';
import { createStageJob, findTodo, readStage, readStages, type StageJob } from './stages.js';
import { takeStages } from './stages-of.js';
import { Steering } from './steering.js';
import { beginBudget } from './time-budget.js';

export interface Launch {
  readonly job: Job;
  /** Has described the job's worker; closed when the run has ended. */
  readonly pool: Pool;
  readonly settings: Settings;
  readonly seen: Observers;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly isNew: boolean;
  readonly clock: Clock;
}

interface Launched extends Omit<RunHandle, 'files'> {
  /** Whether a trial has been started in this session. */
  hasBegun(): boolean;
}

/** Launches a run in a folder that may have been made for it: of one that is refused before anything has run, nothing is left. */
export async function launchIn(
  found: RunFolder,
  run: Omit<Launch, 'folder' | 'isNew'>,
): Promise<Omit<RunHandle, 'files'>> {
  const { path: folder, isNew } = found;
  const takeBack = async (error: unknown): Promise<never> => {
    if (isNew && error instanceof SweeplineError && error.code !== 'LOCKED') await discardRunFolder(found);
    throw error;
  };
  const { outcome, stop, hasBegun } = await launch({ ...run, folder, isNew }).catch(takeBack);
  // A definition may be found wrong only once the first trials are proposed.
  const isRefusal = (error: unknown) =>
    error instanceof SweeplineError && error.code === 'BAD_DEFINITION' && !hasBegun();
  return {
    outcome: outcome.catch(async (error: unknown) => {
      if (isRefusal(error)) await takeBack(error);
      throw error;
    }),
    stop,
  };
}

/** Resolves once everything that could be refused has not been; the rest is the handle's `outcome`. */
export async function launch(run: Launch): Promise<Launched> {
  const { job, pool, settings, seen } = run;
  const open = await openRun({ ...run, onLine: (line) => seen.tell('onLine', line) });
  const steering = new Steering({
    folder: run.folder,
    clock: run.clock,
    say: (line) => seen.tell('onLine', line),
  });
  seen.onStop(() => steering.stop());
  open.onLost((reason) => steering.abort(reason));
  try {
    // Of an earlier session: whoever asks from now on, asks this one.
    await steering.clear();
    const budget = await beginBudget(open, settings.budgetMs, steering);
    const main = readyJob({ open, pool, settings, seen, ...(budget === undefined ? {} : { budget }) });
    if (job.worker.stages.length === 0) await main.begin();
    main.announce();
    steering.reach(main);
    steering.watch();
    const outcome = runAll(run, open, main, steering).finally(() => budget?.close());
    return { outcome, stop: () => steering.stop(), hasBegun: main.hasBegun };
  } catch (error) {
    await open.close();
    throw error;
  }
}

async function runAll(run: Launch, open: OpenRun, main: ReadyJob, steering: Steering): Promise<Outcome> {
  try {
    if (run.job.worker.stages.length > 0) await runStages(run, main, steering);
    if (run.settings.onlyStages && !main.isStopping) return await main.leave(countFailed(run));
    return await main.run();
  } catch (error) {
    run.pool.kill(); // what runs still has nobody to bring its results to
    throw error;
  } finally {
    if (main.isStopping) run.pool.kill();
    await run.pool.close();
    await steering.end();
    await open.close();
  }
}

/** Runs the stages as far as they are not done, and tells the trials' pool what they left. */
async function runStages(run: Launch, main: ReadyJob, steering: Steering): Promise<void> {
  const { job, folder, settings } = run;
  const isWhole = job.share === null && job.resolved.sampler.trials === undefined;
  const isFresh = main.done === 0 && isWhole;
  const finished: FinishedStage[] = [];
  if (settings.stagesOf !== null) {
    const names = job.worker.stages.map(({ name }) => name);
    const taken = await takeStages(settings.stagesOf, folder, names);
    if (taken.length > 0) run.seen.tell('onLine', `stages of ${settings.stagesOf}: ${taken.join(', ')}`);
  }
  for (const stage of job.worker.stages) {
    const todo = findTodo(job, isFresh, () => main.openSampler());
    const stageJob = createStageJob(job, stage, folder, todo);
    if (isToRun(stageJob, settings)) {
      const { interrupted, tooManyFailures, evicted } = await runStage(run, stageJob, steering);
      // Without it the trials would be skipped, which nothing says that they deserve.
      if (evicted > 0) throw describeEviction(stage.name);
      if (tooManyFailures) main.giveUp();
      if (interrupted || tooManyFailures) return;
    }
    finished.push(readStage(folder, stage));
  }
  if (!main.isStopping && !settings.onlyStages) await main.begin(finished);
}

/** Trials of stages that have not ended well. */
function countFailed({ job, folder }: Launch): number {
  return readStages(folder, job.worker).reduce(
    (sum, { results }) => sum + Object.values(results).filter(({ status }) => status !== 'ok').length,
    0,
  );
}

/** Whether anything is left to do at the points that are needed. */
function isToRun({ job, folder, needed }: StageJob, settings: Settings): boolean {
  if (needed.size === 0) return false;
  if (!existsSync(join(folder, MANIFEST_FILE))) return true;
  const epoch = readJournal(folder).state.epochs.at(-1);
  if (epoch === undefined || !isSameSpace(epoch.record, describeSpace(job))) return true;
  if (settings.retry !== null && epoch.counts().ok < epoch.doneCount) return true;
  return [...needed].some((trial) => !epoch.isDone(trial));
}

async function runStage(run: Launch, { stage, job, folder, needed }: StageJob, steering: Steering) {
  const { seen, clock } = run;
  const settings = {
    ...run.settings,
    workers: Math.min(run.settings.workers, Math.max(1, job.space.points)),
    // Whatever is tried again needs its stages, however those ended.
    retry: run.settings.retry === null ? null : ('all' as const),
  };
  const pool = await openPool(settings, job.loaded.workerUrl, (line) => seen.tell('onLine', line));
  const open = await handingOn(pool, async () => {
    const identity = { runId: newRunId(clock), created: new Date(clock.now()).toISOString() };
    const manifest = createManifest(job, settings, { ...identity, total: needed.size }, folder);
    const { isNew } = await createRunFolder(folder, manifest);
    return openRun({ job, folder, manifest, isNew, clock });
  });
  const only = (trial: number) => needed.has(trial);
  let unreach: (() => void) | undefined;
  try {
    const stageOf = [run.manifest.runId, stage.name] as const;
    const ready = readyJob({ open, pool, settings, seen: observeStage(seen, stage.name), only, stageOf });
    unreach = steering.reach(ready, stage.name);
    open.onLost((reason) => steering.abort(reason));
    await ready.begin();
    ready.announce();
    const outcome = await ready.run();
    if (!ready.isStopping) await pool.close();
    return outcome;
  } finally {
    unreach?.();
    pool.kill();
    await pool.close();
    await open.close();
  }
}

function describeEviction(stage: string): SweeplineError {
  return new SweeplineError(
    'HOST_DIED',
    `stage ${stage}: something outside has ended its process time and again`,
    { hint: 'see the system log for what sent the signal, then resume the run' },
  );
}

/** What observers hear of a stage carries its name. */
function observeStage(seen: Observers, stage: string): Observers {
  return new Observers([
    {
      onStart: ({ plan }) => seen.tell('onStage', { stage, plan }),
      onProgress: (progress) => seen.tell('onProgress', { ...progress, stage }),
      onFailure: (failure) => seen.tell('onFailure', { ...failure, stage }),
      onLine: (line) => seen.tell('onLine', line),
    },
  ]);
}
