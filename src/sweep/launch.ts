// Carries a run out in its folder: takes the lock, opens the journal, runs the stages, wires sampler, pool and
// coordinator, and derives the files at the end. Wiring only.
import { systemClock } from '../ground/clock.js';
import { moveArtifacts, setArtifactsAside } from '../run/artifacts.js';
import { carryOver } from '../run/carry.js';
import { writeDerived } from '../run/derive.js';
import { writeManifest } from '../run/folder.js';
import { type Journal, openJournal } from '../run/journal.js';
import { acquireLock, type Lock } from '../run/lock.js';
import type { Manifest } from '../run/manifest.js';
import { spaceRecord } from '../run/records.js';
import { isSameSpace } from './again.js';
import type { Outcome, RunHandle, RunRequest } from './contract.js';
import { Coordinator } from './coordinator.js';
import { createFailedRows } from './failed.js';
import type { Observers } from './observers.js';
import { describePlan } from './plan.js';
import type { Prepared } from './prepare.js';
import { readRecall } from './recall.js';
import { countRetried, createSampler, type RetryChoice } from './samplers/create.js';
import { createAccept } from './samplers/grid.js';
import { runStages } from './stages.js';
import { Tally } from './tally.js';

const TICK_MS = 100;

export interface Launch {
  readonly prepared: Prepared;
  readonly request: RunRequest;
  readonly seen: Observers;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly isNew: boolean;
  readonly retry: RetryChoice | null;
  /** Trials to run of those that there are: a stage's are those that somebody needs. Absent: all. */
  readonly only?: (trial: number) => boolean;
}

/** Resolves once everything that could be refused has not been; the rest is the handle's `outcome`. */
export async function launch(run: Launch): Promise<RunHandle> {
  const lock = await acquireLock(run.folder);
  let journal: Journal | undefined;
  try {
    journal = await openJournal(run.folder);
    return await carryOut(run, lock, journal);
  } catch (error) {
    await journal?.close();
    await lock.release();
    throw error;
  }
}

async function carryOut(run: Launch, lock: Lock, journal: Journal): Promise<RunHandle> {
  const { prepared, request, seen, folder, manifest, isNew, retry, only } = run;
  for (const warning of journal.warnings) seen.tell('onLine', warning);
  const { pool, worker, space, resolved, loaded } = prepared;
  const accept = createAccept(space, loaded.sweep.where);
  const edited = await beginEpoch(folder, journal, manifest);
  if (edited && !isNew) await writeManifest(folder, manifest);
  if (journal.state.epochs.length > 1) {
    await carryOver(folder, journal, accept ?? undefined);
    moveArtifacts(folder, journal.state.epoch);
  }

  const { epoch } = journal.state;
  const openSampler = () =>
    createSampler({
      space,
      spec: resolved.sampler,
      accept: only ?? accept,
      shard: request.shard ?? null,
      nextUndone: (from) => epoch.nextUndone(from),
      ...(retry === null ? {} : { retry: { choice: retry, epoch } }),
    });
  const sampler = openSampler();
  const recall =
    resolved.sampler.name === 'grid' ? () => undefined : await readRecall(folder, journal.state, worker);
  const { engine, device } = manifest;
  const setup = {
    space: resolved.space,
    axes: resolved.axes,
    fixed: resolved.fixed,
    sweepSeed: resolved.seed,
    engine,
    device,
    data: request.data,
    folder,
  };
  const hasStages = worker.stages.length > 0;
  if (!hasStages) await pool.begin(setup);

  const before = epoch.counts();
  const { total } = sampler;
  const redone = retry === null ? 0 : countRetried(epoch, retry);
  const counted = { done: before.done - redone, failed: Math.max(0, before.failed - redone) };
  const tally = new Tally(systemClock, worker, total, counted, pool.size);
  const started = systemClock.elapsed();
  let lastTick = started;
  const coordinator = new Coordinator({
    pool,
    journal,
    sampler,
    worker,
    tally,
    clock: systemClock,
    blockSize: request.blockSize,
    retries: request.retries ?? 0,
    isTooManyFailures: createFailureLimit(request, total),
    failedRows: createFailedRows(space, resolved, worker),
    recall,
    onFailure: ({ trial, status, error }) =>
      seen.tell('onFailure', {
        trial,
        status,
        error: error ?? { name: 'Error', message: status },
        replay: `sweepline replay ${folder} ${trial}`,
      }),
    onTick: () => {
      if (systemClock.elapsed() - lastTick < TICK_MS) return;
      lastTick = systemClock.elapsed();
      seen.tell('onProgress', tally.progress());
    },
  });
  seen.tell('onStart', {
    folder,
    plan: describePlan({ prepared, sampler, folder, counts: before, meanRunMs: null }),
    resumed: !isNew,
  });

  let stage: RunHandle | undefined;
  const stop = () => {
    coordinator.stop();
    stage?.stop();
  };
  /** Stages first; the trials' own pool begins with what they left. */
  const beginWithStages = async (): Promise<void> => {
    const { stages, ended } = await runStages({
      main: run,
      launch,
      todo: openSampler(),
      onHandle: (handle) => {
        stage = handle;
        if (coordinator.interrupted) handle.stop();
      },
    });
    stage = undefined;
    if (ended?.tooManyFailures) coordinator.giveUp();
    if (ended === undefined && !coordinator.interrupted) await pool.begin({ ...setup, stages });
  };
  const conclude = async (): Promise<Outcome> => {
    const { interrupted, tooManyFailures } = coordinator;
    seen.tell('onProgress', tally.progress());
    await journal.append({
      t: 'stop',
      reason: interrupted ? 'interrupted' : tooManyFailures ? 'too many failures' : 'end',
    });
    await writeDerived(folder, journal.state);
    const counts = journal.state.epoch.counts();
    const outcome: Outcome = {
      folder,
      sweep: manifest.sweep,
      trials: counts.done,
      ok: counts.ok,
      failed: counts.failed + counts.timeout,
      skipped: counts.skipped,
      left: total === null ? 0 : Math.max(0, total - counts.done),
      interrupted,
      tooManyFailures,
      elapsedMs: systemClock.elapsed() - started,
    };
    seen.tell('onEnd', outcome);
    return outcome;
  };
  const finish = async (): Promise<Outcome> => {
    try {
      if (hasStages) await beginWithStages();
      await coordinator.run();
      return await conclude();
    } finally {
      if (coordinator.interrupted) pool.kill();
      else await pool.close();
      await journal.close();
      await lock.release();
    }
  };
  return { outcome: finish(), stop };
}

/** Adds a space record where the journal has none, or where the grid was edited; true in the latter case. */
async function beginEpoch(folder: string, journal: Journal, manifest: Manifest): Promise<boolean> {
  const record = spaceRecord(manifest);
  const last = journal.state.epochs.at(-1);
  if (last !== undefined && isSameSpace(last.record, record)) return false;
  // Under their old numbers until now: the record makes these mean other trials.
  if (last !== undefined) setArtifactsAside(folder, last);
  await journal.append(record);
  return last !== undefined;
}

function createFailureLimit(
  request: RunRequest,
  total: number | null,
): (failed: number, done: number) => boolean {
  const { maxFailures } = request;
  if (maxFailures === undefined) return () => false;
  if (typeof maxFailures === 'number') return (failed) => failed > maxFailures;
  return (failed, done) => failed > maxFailures.fraction * (total ?? done);
}
