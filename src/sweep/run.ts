// Starts and resumes runs: takes the folder's lock, opens the journal, wires sampler, pool and coordinator, and derives
// the files at the end. Wiring only.
import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import { systemClock } from '../ground/clock.js';
import { throwFaults } from '../ground/errors.js';
import { randomFor } from '../ground/random.js';
import { carryOver } from '../run/carry.js';
import { writeDerived } from '../run/derive.js';
import { createRunFolder, createRunId, openRunFolder, writeManifest } from '../run/folder.js';
import { type Journal, openJournal } from '../run/journal.js';
import { acquireLock } from '../run/lock.js';
import type { Manifest } from '../run/manifest.js';
import { spaceRecord } from '../run/records.js';
import { isSameSpace, requestOf, restorePrepared } from './again.js';
import type { Observer, Outcome, RunHandle, RunRequest } from './contract.js';
import { Coordinator } from './coordinator.js';
import { createFailedRows } from './failed.js';
import { Observers } from './observers.js';
import { describePlan } from './plan.js';
import { type Prepared, prepare } from './prepare.js';
import { readRecall } from './recall.js';
import { createManifest } from './record.js';
import { countRetried, createSampler, type RetryChoice } from './samplers/create.js';
import { createAccept } from './samplers/grid.js';
import { Tally } from './tally.js';

const TICK_MS = 100;

/**
 * Starts a run in a new folder, or goes on in `out` where it holds a run of the same sweep: points that are done there
 * are not run again. Rejects with a SweeplineError before anything is started or written.
 */
export async function startRun(request: RunRequest, observers: readonly Observer[] = []): Promise<RunHandle> {
  const seen = new Observers(observers);
  const prepared = await prepare(request, (line) => seen.tell('onLine', line));
  try {
    const runId = createRunId(systemClock, randomFor('run id', randomBytes(8).toString('hex')));
    const manifest = createManifest(prepared, request, runId, systemClock);
    const out = resolve(request.out ?? join(request.root ?? 'runs', manifest.sweep, runId));
    const folder = await createRunFolder(out, manifest);
    requireSameEngine(folder.manifest, manifest, out);
    return await launch({ prepared, request, seen, folder: out, manifest, isNew: folder.isNew, retry: null });
  } catch (error) {
    prepared.pool.kill();
    throw error;
  }
}

export type ResumeRequest = Pick<
  RunRequest,
  'workers' | 'retries' | 'maxFailures' | 'command' | 'blockSize'
> & {
  readonly retry?: RetryChoice;
};

/** Goes on with a run as its manifest describes it. Its sweep's file is read again only for a constraint. */
export async function resumeRun(
  path: string,
  request: ResumeRequest,
  observers: readonly Observer[] = [],
): Promise<RunHandle> {
  const { path: folder, manifest } = await openRunFolder(path);
  const seen = new Observers(observers);
  const again = requestOf(manifest, request);
  const prepared = restorePrepared(await prepare(again, (line) => seen.tell('onLine', line)), manifest);
  try {
    return await launch({
      prepared,
      request: again,
      seen,
      folder,
      manifest,
      isNew: false,
      retry: request.retry ?? null,
    });
  } catch (error) {
    prepared.pool.kill();
    throw error;
  }
}

/** Trials of another engine, device or data set are other numbers, which nothing in their keys would tell. */
function requireSameEngine(found: Manifest, asked: Manifest, out: string): void {
  const faults = (['engine', 'device', 'data'] as const)
    .filter((name) => JSON.stringify(found[name]) !== JSON.stringify(asked[name]))
    .map((name) => `its ${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(asked[name])}`);
  throwFaults('BAD_USAGE', `${out} holds a run that this one cannot go on with`, faults, {
    hint: 'give another --out',
  });
}

interface Launch {
  readonly prepared: Prepared;
  readonly request: RunRequest;
  readonly seen: Observers;
  readonly folder: string;
  readonly manifest: Manifest;
  readonly isNew: boolean;
  readonly retry: RetryChoice | null;
}

async function launch({
  prepared,
  request,
  seen,
  folder,
  manifest,
  isNew,
  retry,
}: Launch): Promise<RunHandle> {
  const lock = await acquireLock(folder);
  let journal: Journal | undefined;
  try {
    journal = await openJournal(folder);
    for (const warning of journal.warnings) seen.tell('onLine', warning);
    const edited = await beginEpoch(journal, manifest);
    const { pool, worker, space, resolved, loaded } = prepared;
    const { where } = loaded.sweep;
    if (edited && !isNew) await writeManifest(folder, manifest);
    if (journal.state.epochs.length > 1)
      await carryOver(folder, journal, createAccept(space, where) ?? undefined);

    const { epoch } = journal.state;
    const sampler = createSampler({
      space,
      spec: resolved.sampler,
      where,
      shard: request.shard ?? null,
      nextUndone: (from) => epoch.nextUndone(from),
      ...(retry === null ? {} : { retry: { choice: retry, epoch } }),
    });
    const recall =
      resolved.sampler.name === 'grid' ? () => undefined : await readRecall(folder, journal.state, worker);
    const { engine, device } = manifest;
    await pool.begin({
      space: resolved.space,
      axes: resolved.axes,
      fixed: resolved.fixed,
      sweepSeed: resolved.seed,
      engine,
      device,
      data: request.data,
      folder,
    });

    const before = epoch.counts();
    const { total } = sampler;
    const redone = retry === null ? 0 : countRetried(epoch, retry);
    const tally = new Tally(systemClock, worker, total, {
      done: before.done - redone,
      failed: Math.max(0, before.failed - redone),
    });
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
    const held = { lock, journal };
    return { outcome: finish(), stop: () => coordinator.stop() };

    async function finish(): Promise<Outcome> {
      try {
        await coordinator.run();
        const { interrupted, tooManyFailures } = coordinator;
        seen.tell('onProgress', tally.progress());
        await held.journal.append({
          t: 'stop',
          reason: interrupted ? 'interrupted' : tooManyFailures ? 'too many failures' : 'end',
        });
        await writeDerived(folder, held.journal.state);
        const counts = held.journal.state.epoch.counts();
        const outcome: Outcome = {
          folder,
          sweep: manifest.sweep,
          trials: counts.done,
          ok: counts.ok,
          failed: counts.failed + counts.timeout,
          left: total === null ? 0 : Math.max(0, total - counts.done),
          interrupted,
          tooManyFailures,
          elapsedMs: systemClock.elapsed() - started,
        };
        seen.tell('onEnd', outcome);
        return outcome;
      } finally {
        if (coordinator.interrupted) pool.kill();
        else await pool.close();
        await held.journal.close();
        await held.lock.release();
      }
    }
  } catch (error) {
    await journal?.close();
    await lock.release();
    throw error;
  }
}

/** Adds a space record where the journal has none, or where the grid was edited; true in the latter case. */
async function beginEpoch(journal: Journal, manifest: Manifest): Promise<boolean> {
  const record = spaceRecord(manifest);
  const last = journal.state.epochs.at(-1);
  if (last !== undefined && isSameSpace(last.record, record)) return false;
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
  return (failed, done) => failed > maxFailures.share * (total ?? done);
}
