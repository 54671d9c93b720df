import type { PlainError } from '../../ground/errors.js';
import { clipText, quoteArgument } from '../../ground/text.js';
import type { Pool } from '../../pool/contract.js';
import type { Epoch } from '../../run/epoch.js';
import type { History } from '../../run/history.js';
import type { SamplerSpec } from '../../run/manifest.js';
import { naming } from '../../run/trust.js';
import { createFolderStore, type TrialStore } from '../../trial/store.js';
import type { Job } from '../job.js';
import type { OpenRun } from '../open.js';
import { readTimed } from '../plan/timed-trials.js';
import { ProposedPopulation } from '../pruners/population.js';
import { Pruning } from '../pruners/pruning.js';
import type { Sampler } from '../samplers/contract.js';
import { isTold, samplerOf } from '../samplers/list.js';
import { isFurther, replicatesOf } from '../samplers/racing.js';
import type { SearchSpec } from '../samplers/search-spec.js';
import type { Turns } from '../samplers/turn.js';
import type { Settings } from '../settings.js';
import type { TimeBudget } from '../time-budget.js';
import { BlockSizer } from './blocks.js';
import { Coordinator } from './coordinator.js';
import { FirstTrials, isTooMany } from './failures.js';
import type { Observers } from './observers.js';
import { Recorder } from './recorder.js';
import type { Tally } from './tally.js';
import { TimeLimit } from './time-limit.js';

export interface Undertaking {
  readonly open: OpenRun;
  readonly pool: Pool;
  readonly settings: Settings;
  readonly seen: Observers;
  /** Trials to run of those that there are; absent: all. */
  readonly only?: (trial: number) => boolean;
  /** Of a stage: its run, and its name. */
  readonly stageOf?: readonly [run: string, stage: string];
  /** Absent: it may take as long as it takes. */
  readonly budget?: TimeBudget;
}

interface Parts {
  readonly sampler: Sampler;
  readonly turns: Turns;
  readonly tally: Tally;
  readonly history: History | undefined;
  /** Trials that have ended, and run again. */
  readonly retried: readonly number[];
  readonly tick: () => void;
}

export function openCoordinator(
  { open, pool, settings, seen }: Undertaking,
  { sampler, turns, tally, history, retried, tick }: Parts,
): Coordinator {
  const { job, folder, journal, clock } = open;
  const spec = job.resolved.sampler;
  const { lookAhead = Number.POSITIVE_INFINITY } = samplerOf(spec);
  const listens = isTold(spec);
  const first = new FirstTrials({
    threads: pool.size,
    replicates: job.resolved.space.replicates,
    mode: job.worker.mode,
    isWatching: settings.maxFailures === null && journal.state.epoch.counts().ok === 0,
  });
  const named = naming(job.loaded.url, folder);
  const store = createFolderStore(folder);
  const recorder = new Recorder({
    ...{ job, journal, clock, tally, first },
    joinEarlier: (trial, series) => pruning?.joinEarlier(trial, series) ?? series,
    dropCheckpoint(name) {
      // Of a population others may go on from it: its board knows when nobody does.
      if (job.pruner?.name === 'pbt') return;
      store.dropCheckpoint(name);
      pool.dropCheckpoints?.([name]);
    },
    isHeard: listens,
    onTrial: seen.hears('onTrial') ? (row) => seen.tell('onTrial', row) : undefined,
    onFailure: ({ trial, status, error = { name: 'Error', message: status } }) =>
      seen.tell('onFailure', {
        trial,
        status,
        error,
        ...commandsOn(trial, folder, { journal, named }),
      }),
    onEnded: (trials) => pruning?.ended(trials),
    onWarning: (text) => seen.tell('onLine', text),
  });
  const onWarning = (text: string) => seen.tell('onLine', text);
  const { retries } = settings;
  const onSpent = (names: readonly string[]) => pool.dropCheckpoints?.(names);
  const pruning = openPruning(open, recorder, { listens, retried, retries, store, onWarning, onSpent });
  let hasSaid = false;
  const areTooMany = (): boolean => {
    const { failed, done } = tally;
    const { total } = sampler;
    if (isTooMany(settings.maxFailures, { failed, done, total })) return true;
    const { commonError } = first;
    if (commonError === undefined || (total !== null && done >= total)) return false;
    if (!hasSaid) seen.tell('onLine', describeCommonError(commonError));
    hasSaid = true;
    return true;
  };
  return new Coordinator({
    ...{ pool, journal, turns, recorder, tally, settings, pruning },
    sampler: pruning?.watch(sampler) ?? sampler,
    lookAhead,
    limit: openLimit(settings, folder, journal.state.epoch),
    sizer: new BlockSizer(job.worker.mode, () => pool.size, settings.blockSize, windowOf(spec, job)),
    history: history && (pruning?.withSteps(history) ?? history),
    isTooManyFailures: areTooMany,
    onTick: tick,
  });
}

/** What shows more of a trial that has not ended well. */
function commandsOn(
  trial: number,
  folder: string,
  { journal, named }: Pick<OpenRun, 'journal'> & { readonly named: string },
): { readonly replay: string | null; readonly explain: string } {
  const shown = quoteArgument(folder);
  const isAlone = !journal.state.epoch.parked.hasTakenOver(trial);
  return {
    replay: isAlone ? `sweepline replay ${shown} ${trial}${named}` : null,
    explain: `sweepline explain ${shown} ${trial}`,
  };
}

/** Trials that a search can have under way: those of the configurations that it proposes without each other's results. */
export function windowOf(spec: SamplerSpec, { resolved }: Pick<Job, 'resolved'>): number | undefined {
  const { search } = spec as Partial<SearchSpec>;
  const isHeard = samplerOf(spec).listens(spec) && search !== undefined;
  return isHeard ? search.lookahead * replicatesOf(spec, resolved.space).width : undefined;
}

interface PruningChoice {
  readonly listens: boolean;
  readonly retried: readonly number[];
  readonly retries: number;
  readonly store: TrialStore;
  readonly onWarning: (text: string) => void;
  readonly onSpent: (names: readonly string[]) => void;
}

function openPruning(
  { job, folder, journal }: OpenRun,
  recorder: Recorder,
  { retried, ...choice }: PruningChoice,
): Pruning | undefined {
  if (job.pruner === undefined) return undefined;
  return new Pruning({
    ...{ spec: job.pruner, seed: job.resolved.seed, series: job.worker.series },
    ...{ ...choice, folder, journal, recorder },
    retried: new Set(retried),
    isFurther: (trial) => isFurther(job.resolved.sampler, job.resolved.space, trial),
    population: new ProposedPopulation(job),
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
