// Carries one job out in its open folder: wires sampler, pool, coordinator and observers. Wiring only.
import type { Pool } from '../pool/contract.js';
import { readHistory } from '../run/history.js';
import { proposesPoints } from '../run/manifest.js';
import type { FinishedStage } from '../worker/stage-results.js';
import { BlockSizer } from './blocks.js';
import { concludeJob } from './conclude.js';
import type { Outcome } from './contract.js';
import { Coordinator } from './coordinator.js';
import { isTooMany } from './failures.js';
import { openSampler, type Progressing } from './job.js';
import { keepSeriesFresh } from './live-series.js';
import type { Observers } from './observers.js';
import type { OpenRun } from './open.js';
import { describePlan } from './plan.js';
import { Recorder } from './recorder.js';
import { findRetried, forget, retryFirst } from './retry.js';
import type { Sampler } from './samplers/contract.js';
import type { Settings } from './settings.js';
import { Tally } from './tally.js';

/** How often observers hear of progress, in ms. */
const TICK_MS = 100;

export interface Undertaking {
  readonly open: OpenRun;
  readonly pool: Pool;
  readonly settings: Settings;
  readonly seen: Observers;
  /** Trials to run of those that there are; absent: all. */
  readonly only?: (trial: number) => boolean;
}

/** A job that is ready to run. */
export interface ReadyJob {
  /** A sampler of what is still to do, as it stands now; the job's own is another. */
  openSampler(): Sampler;
  /** Trials that have a row already. */
  readonly done: number;
  /** Tells the pool what the trials are; after their stages, where there are some. */
  begin(stages?: readonly FinishedStage[]): Promise<void>;
  /** Tells observers that it starts. */
  announce(): void;
  /** Runs what there is to run, and writes the files. */
  run(): Promise<Outcome>;
  /** See Coordinator. */
  stop(): void;
  giveUp(): void;
  readonly isStopping: boolean;
}

export function readyJob({ open, pool, settings, seen, only }: Undertaking): ReadyJob {
  const { job, folder, manifest, journal, clock, isNew } = open;
  const { worker, resolved } = job;
  const { epoch } = journal.state;
  for (const warning of journal.warnings) seen.tell('onLine', warning);

  const retried = findRetried(epoch, settings.retry);
  const isRetried = new Set(retried);
  const progressing: Progressing = {
    shard: settings.shard,
    only,
    nextUndone: proposesPoints(resolved.sampler)
      ? (from) => from // it proposes everything again, and is told what came of it
      : (from) => epoch.nextUndone(from),
  };
  const open_ = (): Sampler => retryFirst(openSampler(job, progressing), epoch, retried);
  const sampler = open_();
  const before = epoch.counts();
  const redone = [...isRetried].filter((trial) => epoch.isDone(trial)).length;
  const tally = new Tally(clock, {
    format: { axes: resolved.axes, params: worker.params, metrics: worker.metrics },
    mode: worker.mode,
    total: sampler.total,
    before: { done: before.done - redone, failed: Math.max(0, before.failed + before.timeout - redone) },
    threads: () => pool.size,
  });
  const recorder = new Recorder({
    job,
    journal,
    tally,
    isHeard: sampler.tell !== undefined,
    onFailure: ({ trial, status, error = { name: 'Error', message: status } }) =>
      seen.tell('onFailure', { trial, status, error, replay: `sweepline replay ${folder} ${trial}` }),
  });
  const fresh = keepSeriesFresh(folder, journal.state, clock);
  let lastTick = clock.elapsed();
  const coordinator = new Coordinator({
    pool,
    journal,
    sampler,
    recorder,
    tally,
    settings,
    sizer: new BlockSizer(worker.mode, () => pool.size, settings.blockSize),
    history: proposesPoints(resolved.sampler)
      ? forget(readHistory(folder, journal.state), retried)
      : undefined,
    isTooManyFailures: () =>
      isTooMany(settings.maxFailures, { failed: tally.failed, done: tally.done, total: sampler.total }),
    onTick: () => {
      if (clock.elapsed() - lastTick < TICK_MS) return;
      lastTick = clock.elapsed();
      seen.tell('onProgress', tally.progress());
      fresh.tick();
    },
  });
  open.onLost((reason) => coordinator.abort(reason));

  const started = clock.elapsed();
  return {
    openSampler: open_,
    done: before.done,
    announce: () =>
      seen.tell('onStart', {
        folder,
        plan: describePlan({ job, settings, sampler, folder, counts: before, meanRunMs: null }),
        resumed: !isNew,
      }),
    begin: (stages) =>
      pool.begin({
        space: resolved.space,
        axes: resolved.axes,
        fixed: resolved.fixed,
        sweepSeed: resolved.seed,
        engine: manifest.engine,
        device: manifest.device,
        data: settings.data ?? undefined,
        folder,
        ...(stages === undefined ? {} : { stages }),
      }),
    async run() {
      await coordinator.run().finally(() => fresh.end());
      seen.tell('onProgress', tally.progress());
      const outcome = await concludeJob({ open, coordinator, total: sampler.total, started });
      seen.tell('onEnd', outcome);
      return outcome;
    },
    stop: () => coordinator.stop(),
    giveUp: () => coordinator.giveUp(),
    get isStopping() {
      return coordinator.interrupted;
    },
  };
}
