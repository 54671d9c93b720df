// Carries one job out in its open folder: wires sampler, pool, coordinator and observers. Wiring only.
import type { Clock } from '../ground/clock.js';
import type { PlainError } from '../ground/errors.js';
import { clipText, quoteArgument } from '../ground/text.js';
import type { Pool } from '../pool/contract.js';
import type { Epoch } from '../run/epoch.js';
import { readHistory } from '../run/history.js';
import { proposesPoints } from '../run/manifest.js';
import { naming } from '../run/trust.js';
import { createFolderStore } from '../trial/store.js';
import type { FinishedStage } from '../worker/stage-results.js';
import { BlockSizer } from './blocks.js';
import { concludeJob } from './conclude.js';
import type { Outcome } from './contract.js';
import { Coordinator } from './coordinator.js';
import { FirstTrials, isTooMany } from './failures.js';
import { openSampler, type Progressing } from './job.js';
import { keepSeriesFresh } from './live-series.js';
import type { Observers } from './observers.js';
import type { OpenRun } from './open.js';
import { describePlan } from './plan.js';
import { Pruning } from './pruning.js';
import { Recorder } from './recorder.js';
import { findRetried, retryFirst } from './retry.js';
import type { Sampler } from './samplers/contract.js';
import { samplerOf } from './samplers/list.js';
import { createTurns, type Turn, type Turns } from './samplers/turn.js';
import type { Settings } from './settings.js';
import type { Steered } from './steering.js';
import { Tally } from './tally.js';
import { TimeLimit } from './time-limit.js';
import { readTimed } from './timed-trials.js';

/** How often observers hear of progress, in ms. */
const TICK_MS = 100;

export interface Undertaking {
  readonly open: OpenRun;
  readonly pool: Pool;
  readonly settings: Settings;
  readonly seen: Observers;
  /** Trials to run of those that there are; absent: all. */
  readonly only?: (trial: number) => boolean;
  /** Of a stage: its run, and its name. */
  readonly stageOf?: readonly [run: string, stage: string];
}

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
}

export function readyJob(undertaking: Undertaking): ReadyJob {
  const { open, pool, settings, seen } = undertaking;
  const { job, folder, manifest, journal, clock, isNew } = open;
  const { resolved } = job;
  const { epoch } = journal.state;
  for (const warning of journal.warnings) seen.tell('onLine', warning);

  const retried = findRetried(epoch, settings.retry).filter((trial) => undertaking.only?.(trial) ?? true);
  const openAgain = (turn?: Turn): Sampler => {
    const progress = describeProgress(undertaking, new Set(retried));
    const sampler = openSampler(job, turn === undefined ? progress : { ...progress, turn });
    // Under a pruner the order of the proposals counts, and each is made again.
    if (job.pruner !== undefined) return sampler;
    return retryFirst(sampler, epoch, retried);
  };
  const turns = createTurns(clock);
  const sampler = openAgain(turns);
  const before = epoch.counts();
  const fresh = keepSeriesFresh(folder, journal.state, { clock, check: () => open.lock.check() });
  const tally = createTally(undertaking, sampler.total, retried);
  const tick = createTicker(clock, () => {
    seen.tell('onProgress', tally.progress());
    fresh.tick();
  });
  const coordinator = createCoordinator(undertaking, { sampler, turns, tally, retried, tick });
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
        space: resolved.space,
        axes: resolved.axes,
        fixed: resolved.fixed,
        sweepSeed: resolved.seed,
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
      await coordinator.run().finally(() => fresh.end());
      seen.tell('onProgress', tally.progress());
      const outcome = await concludeJob({ open, coordinator, total: sampler.total, started });
      seen.tell('onEnd', outcome);
      return outcome;
    },
    async leave(failed) {
      const left = { interrupted: true, tooManyFailures: false, evicted: 0 };
      const outcome = await concludeJob({ open, coordinator: left, total: sampler.total, started });
      const ended = { ...outcome, failed: outcome.failed + failed, interrupted: false };
      seen.tell('onEnd', ended);
      return ended;
    },
    stop: () => coordinator.stop(),
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
    get isStopping() {
      return coordinator.interrupted;
    },
  };
}

/** What a sampler skips. */
function describeProgress({ open, only }: Undertaking, retried: ReadonlySet<number>): Progressing {
  const { epoch } = open.journal.state;
  const { sampler } = epoch.record;
  // One that listens proposes everything again, and is told what came of it; so does any under a pruner.
  if (samplerOf(sampler).listens || open.job.pruner !== undefined)
    return { only, nextUndone: (from) => from };
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

interface Parts {
  readonly sampler: Sampler;
  readonly turns: Turns;
  readonly tally: Tally;
  readonly retried: readonly number[];
  readonly tick: () => void;
}

function createCoordinator(
  { open, pool, settings, seen }: Undertaking,
  { sampler, turns, tally, retried, tick }: Parts,
): Coordinator {
  const { job, folder, journal, clock } = open;
  const spec = job.resolved.sampler;
  const { listens, lookAhead = Number.POSITIVE_INFINITY } = samplerOf(spec);
  const first = new FirstTrials({
    threads: pool.size,
    replicates: job.resolved.space.replicates,
    mode: job.worker.mode,
    isWatching: settings.maxFailures === null && journal.state.epoch.counts().ok === 0,
  });
  const named = naming(job.loaded.url, folder);
  const recorder = new Recorder({
    ...{ job, journal, clock, tally, first },
    store: createFolderStore(folder),
    isHeard: listens,
    onTrial: seen.hears('onTrial') ? (row) => seen.tell('onTrial', row) : undefined,
    onFailure: ({ trial, status, error = { name: 'Error', message: status } }) =>
      seen.tell('onFailure', {
        trial,
        status,
        error,
        replay: `sweepline replay ${quoteArgument(folder)} ${trial}${named}`,
      }),
    onEnded: (trials) => pruning?.ended(trials),
    onWarning: (text) => seen.tell('onLine', text),
  });
  const pruning = openPruning(open, recorder, { listens, retried, retries: settings.retries });
  let isTold = false;
  const areTooMany = (): boolean => {
    const { failed, done } = tally;
    const { total } = sampler;
    if (isTooMany(settings.maxFailures, { failed, done, total })) return true;
    const { commonError } = first;
    if (commonError === undefined || (total !== null && done >= total)) return false;
    if (!isTold) seen.tell('onLine', describeCommonError(commonError));
    isTold = true;
    return true;
  };
  return new Coordinator({
    ...{ pool, journal, turns, recorder, tally, settings, pruning },
    sampler: pruning?.watch(sampler) ?? sampler,
    lookAhead,
    limit: openLimit(settings, folder, journal.state.epoch),
    sizer: new BlockSizer(job.worker.mode, () => pool.size, settings.blockSize),
    history: proposesPoints(spec)
      ? readHistory(folder, journal.state, { listens, retried: new Set(retried) })
      : undefined,
    isTooManyFailures: areTooMany,
    onTick: tick,
  });
}

interface PruningChoice {
  readonly listens: boolean;
  readonly retried: readonly number[];
  readonly retries: number;
}

function openPruning(
  { job, folder, journal }: OpenRun,
  recorder: Recorder,
  { listens, retried, retries }: PruningChoice,
): Pruning | undefined {
  if (job.pruner === undefined) return undefined;
  return new Pruning({
    ...{ spec: job.pruner, seed: job.resolved.seed, series: job.worker.series },
    ...{ folder, journal, recorder, listens, retries },
    retried: new Set(retried),
    store: createFolderStore(folder),
  });
}

/** One that is a multiple of the median knows the trials of earlier sessions. */
function openLimit({ timeoutMs }: Settings, folder: string, epoch: Epoch): TimeLimit {
  const limit = new TimeLimit(timeoutMs);
  if (timeoutMs !== null && typeof timeoutMs !== 'number' && epoch.timed > 0)
    for (const { trials, ms } of readTimed(folder, epoch)) limit.learn(trials, ms);
  return limit;
}

function describeCommonError({ name, message }: PlainError): string {
  const [what] = message.split('\n', 1);
  return `All trials so far have failed in the same way (${name}: ${clipText(what!, 2000)}): no more are started. Add --max-failures 100% to run them all the same.`;
}
