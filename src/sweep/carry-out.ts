// Carries one job out in its open folder: wires sampler, pool, coordinator and observers. Wiring only.
import type { Clock } from '../ground/clock.js';
import { type History, readHistory } from '../run/history.js';
import { proposesPoints } from '../run/manifest.js';
import type { FinishedStage } from '../worker/stage-results.js';
import { concludeJob, type Ending } from './conclude.js';
import type { Outcome } from './contract.js';
import { keepSeriesFresh } from './coordinator/live-series.js';
import { openCoordinator, type Undertaking } from './coordinator/open-coordinator.js';
import { Tally } from './coordinator/tally.js';
import { openSampler, type Progressing } from './job.js';
import type { OpenRun } from './open.js';
import { countDone, describePlan } from './plan/plan.js';
import { findRetried, retryFirst } from './retry.js';
import type { Sampler } from './samplers/contract.js';
import { isTold } from './samplers/list.js';
import { createTurns } from './samplers/turn.js';
import type { Steered } from './steering.js';

/** Of a job that ends before any trial. */
const LEFT = { interrupted: true, tooManyFailures: false, evicted: 0 };

/** How often observers hear of progress, in ms. */
const TICK_MS = 100;

/** A job that is ready to run. */
export interface ReadyJob extends Steered {
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
  /** Ends it, resumable, before any trial: its stages have run, `failed` of their trials in vain. */
  leave(failed: number): Promise<Outcome>;
  /** See Coordinator. */
  giveUp(): void;
  readonly isStopping: boolean;
  /** Whether a trial has been started in this session. */
  hasBegun(): boolean;
}

export function readyJob(undertaking: Undertaking): ReadyJob {
  const { open, pool, settings, seen } = undertaking;
  const { job, folder, manifest, journal, clock, isNew } = open;
  const { epoch } = journal.state;
  for (const warning of journal.warnings) seen.tell('onLine', warning);

  const retried = findAgain(undertaking);
  const history = readProposed(open, retried);
  const openAgain = (more: Progressing = {}): Sampler => {
    const progress = describeProgress(undertaking, new Set(retried));
    const opened = openSampler(job, { ...progress, ...more });
    // Under a pruner the order of the proposals counts, and each is made again.
    return job.pruner === undefined ? retryFirst(opened, epoch, retried) : opened;
  };
  const turns = createTurns(clock);
  const sampler = openAgain({
    turn: turns,
    proposed: (trial) => history?.proposals.get(trial)?.point,
    wake: () => coordinator.wake(),
    fail: (error) => coordinator.abort(error as Error),
  });
  const before = countDone(epoch.counts(), job, epoch);
  const fresh = keepSeriesFresh(folder, journal.state, { clock, check: () => open.lock.check() });
  const tally = createTally(undertaking, sampler.total, retried);
  const tick = createTicker(clock, () => {
    seen.tell('onProgress', tally.progress());
    fresh.tick();
  });
  const parts = { sampler, turns, tally, history, retried, tick };
  const coordinator = openCoordinator(undertaking, parts);
  const started = clock.elapsed();
  return {
    openSampler: () => openAgain(),
    done: before.done,
    announce: () =>
      seen.tell('onStart', {
        folder,
        plan: describePlan({ job, settings, sampler, folder, counts: before, times: null }),
        resumed: !isNew,
      }),
    async begin(stages) {
      const begun = pool.begin({
        space: job.resolved.space,
        axes: job.resolved.axes,
        fixed: job.resolved.fixed,
        sweepSeed: job.resolved.seed,
        engine: manifest.engine,
        device: manifest.device,
        data: settings.data ?? undefined,
        folder,
        sources: job.worker.sources,
        ...(job.pruner === undefined ? {} : { pruner: job.pruner }),
        run: undertaking.stageOf?.join('.') ?? manifest.runId,
        ...(stages === undefined ? {} : { stages }),
      });
      await begun.catch((error: unknown) => {
        if (coordinator.broken !== undefined) throw coordinator.broken;
        if (!coordinator.interrupted) throw error; // killed meanwhile, as it was asked to: `run` ends at once
      });
    },
    async run() {
      await coordinator.run().finally(() => {
        sampler.close?.();
        return fresh.end();
      });
      seen.tell('onProgress', tally.progress());
      const ends = endsOf(undertaking, sampler);
      const outcome = await concludeJob({ open, coordinator, total: sampler.total, started, ...ends });
      seen.tell('onEnd', outcome);
      return outcome;
    },
    async leave(failed) {
      const ending = { open, coordinator: LEFT, total: sampler.total, started, ended: null, endedBy: null };
      const { failed: own, ...outcome } = await concludeJob(ending);
      const ended = { ...outcome, failed: own + failed, interrupted: false };
      seen.tell('onEnd', ended);
      return ended;
    },
    stop: () => coordinator.stop(),
    finish: () => coordinator.finish(),
    giveUp: () => coordinator.giveUp(),
    abort: (reason) => coordinator.abort(reason),
    pause: () => void coordinator.pause(),
    continue: () => coordinator.continue(),
    stopTrial: (trial, force) => coordinator.stopTrial(trial, force),
    progress: () => tally.progress(),
    get workers() {
      return pool.size;
    },
    busy: () => pool.busy(),
    hasBegun: () => tally.hasBegun,
    get isStopping() {
      return coordinator.interrupted;
    },
  };
}

/** Trials that have a row and run again: those to be retried, and those whose later result only waits to be recorded. */
function findAgain({ open, settings, only }: Undertaking): number[] {
  const { epoch } = open.journal.state;
  const again = new Set([...findRetried(epoch, settings.retry), ...epoch.heldAgain()]);
  return [...again].filter((trial) => only?.(trial) ?? true);
}

/** Why a job ended before its trials were run, though nobody stopped it. */
function endsOf({ budget }: Undertaking, sampler: Sampler): Pick<Ending, 'ended' | 'endedBy'> {
  const spent = budget?.spent ?? null;
  return { ended: spent ?? sampler.ended ?? null, endedBy: spent === null ? null : 'budget spent' };
}

/** What a sampler that makes its points has proposed so far. */
function readProposed({ job, folder, journal }: OpenRun, retried: readonly number[]): History | undefined {
  const spec = job.resolved.sampler;
  const listens = isTold(spec);
  if (!proposesPoints(spec) && !listens) return undefined;
  return readHistory(folder, journal.state, { listens, retried: new Set(retried) });
}

/** What a sampler skips. */
function describeProgress({ open, only }: Undertaking, retried: ReadonlySet<number>): Progressing {
  const { epoch } = open.journal.state;
  const { sampler } = epoch.record;
  // One that listens proposes everything again, and is told what came of it; so does any under a pruner.
  if (isTold(sampler) || open.job.pruner !== undefined) return { only, nextUndone: (from) => from };
  const nextUndone = (from: number) => epoch.nextUndone(from);
  if (!proposesPoints(sampler)) return { only, nextUndone };
  return { only, nextUndone: (from) => (retried.has(from) ? from : nextUndone(from)) };
}

function createTally({ open, pool }: Undertaking, total: number | null, retried: readonly number[]): Tally {
  const { job, journal, clock, manifest } = open;
  const { worker, resolved } = job;
  const [shown] = manifest.aims?.objectives ?? [];
  const { epoch } = journal.state;
  const { done, failed, timeout, pruned } = epoch.counts();
  const redone = retried.length;
  const failedBefore = retried.filter((trial) => epoch.failed.has(trial) || epoch.timeout.has(trial)).length;
  return new Tally(clock, {
    format: { axes: resolved.axes, params: worker.params, metrics: worker.metrics },
    mode: worker.mode,
    total,
    ...(shown === undefined ? {} : { shown }),
    before: {
      done: done - redone,
      failed: failed + timeout - failedBefore,
      ...(job.pruner === undefined ? {} : { pruned }),
    },
    threads: () => pool.size,
  });
}

function createTicker(clock: Clock, act: () => void): () => void {
  let last = clock.elapsed();
  return () => {
    if (clock.elapsed() - last < TICK_MS) return;
    last = clock.elapsed();
    act();
  };
}
