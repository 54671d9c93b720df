// Runs the trials of one task in this thread and writes their rows: the bytes that will stand in trials.csv. A trial
// that throws is a row with status `failed`; nothing that a trial does ends the others of its task.
import { join } from 'node:path';
import type { Clock } from '../ground/clock.js';
import { InternalError, SweeplineError, toPlainError } from '../ground/errors.js';
import { disk } from '../ground/file-system.js';
import type { Continuation, Rungs } from '../search/pruning/contract.js';
import { unpackSpace } from '../space/packed.js';
import type { Space } from '../space/space.js';
import { createSpace } from '../space/space.js';
import type { Point } from '../space/types.js';
import { createKeyer } from '../trial/key.js';
import { createMetricsReader } from '../trial/metrics.js';
import { fillParams } from '../trial/params.js';
import { createRowPrefixes } from '../trial/prefixes.js';
import { countOf, type Selection, slice, trialAt } from '../trial/selection.js';
import type { TrialNote } from '../trial/status.js';
import { CHECKPOINTS, createFolderStore, type TrialStore } from '../trial/store.js';
import type { Worker } from '../worker/contract.js';
import { describeWorker } from '../worker/define.js';
import { createStageFinder, type StageFinder } from '../worker/stage-results.js';
import { createBlockRunner } from './block.js';
import type { CommandRunner, createCommandRunner } from './command/run.js';
import type { PoolSetup } from './contract.js';
import { createWarnings, type Executor } from './executor.js';
import { type Judging, Outcomes } from './outcomes.js';
import { RunningTrial } from './running-trial.js';
import type { Watched } from './step-watch.js';
import { type Guard, isThenable } from './strays.js';

export interface ExecutorOptions {
  readonly worker: Worker;
  readonly setup: PoolSetup;
  /** What the worker's `load` returned. */
  readonly shared: unknown;
  /** For how often reports travel. */
  readonly clock: Clock;
  readonly guard: Guard;
  /** See loadParts; absent: the worker is no program, and the run has no pruner. */
  readonly parts?: ExecutorParts;
}

/** What only some runs need. */
export interface ExecutorParts {
  readonly rungs?: Rungs;
  readonly createCommandRunner?: typeof createCommandRunner;
}

/** Loads no more than the run needs: every thread pays for it. */
export async function loadParts(
  { command }: Worker,
  { pruner, sweepSeed }: PoolSetup,
): Promise<ExecutorParts> {
  const rules = pruner && (await import('../search/pruning/rules.js'));
  const programs = command && (await import('./command/run.js'));
  return {
    ...(rules === undefined ? {} : { rungs: rules.createRungs(pruner!, sweepSeed) }),
    ...(programs === undefined ? {} : { createCommandRunner: programs.createCommandRunner }),
  };
}

const encoder = new TextEncoder();
/** Trials whose keys and cells are held as text at once: what lives as long as a task costs the garbage collector most. */
const BATCH = 256;

/** Prepares what all tasks have in common. The result for a task depends on the task alone. */
export function createExecutor(options: ExecutorOptions): Executor {
  const { worker, setup } = options;
  const description = describeWorker(worker);
  const space = createSpace(unpackSpace(setup.space));
  const { params } = description;
  const { axes, fixed, sweepSeed } = setup;
  const keyer = createKeyer(worker.name, worker.version);
  const prefixes = createRowPrefixes({ space, axes, params, fixed, keyer, sweepSeed });
  return worker.runBlock === undefined
    ? createTrialRunner({ ...options, description, space, prefixes })
    : createBlockRunner({ worker, description, space, fixed, prefixes, guard: options.guard });
}

interface TrialRunnerOptions extends ExecutorOptions {
  readonly description: ReturnType<typeof describeWorker>;
  readonly space: Space;
  readonly prefixes: ReturnType<typeof createRowPrefixes>;
}

/** For workers of `run`: one trial after another. */
function createTrialRunner(options: TrialRunnerOptions): Executor {
  const { worker, setup, shared, description, space, prefixes, clock, guard, parts = {} } = options;
  const { metrics, params, series: seriesNames } = description;
  const { engine, device, data, folder } = setup;
  const stages = createStageFinder(worker, setup.stages ?? []);
  const watch = createWatch(setup, worker, parts.rungs);
  const store = folder === null ? null : createFolderStore(folder);
  const warnings = createWarnings();
  const program = createProgramRunner(options, warnings.add);
  const run = program?.run ?? worker.run!;
  const readMetrics = createMetricsReader(metrics);
  const judging: Judging = {
    readMetrics,
    metrics: metrics.length,
    isProgram: program !== undefined,
    warnings,
  };

  return async ({ trials, attempt, from }, control) => {
    const outcomes = new Outcomes(judging);
    const hasCheckpoints = folder !== null && disk.now.exists(join(folder, CHECKPOINTS));
    const rows: Uint8Array[] = [];

    /** The cells of the i-th trial from `status` on; undefined where it stopped. No promise where `run` gives none. */
    const runOne = (
      i: number,
      key: string,
      seed: number,
    ): string | undefined | Promise<string | undefined> => {
      const number = trialAt(trials, i);
      const isStopAsked = () => control.isStopAsked(i);
      if (isStopAsked()) return void outcomes.left.push({ trial: number, hasBegun: false });
      const { point, replicate } = pointAt(space, trials, i);
      const { checkpoint, params: changed } = from ?? {};
      const filled = fillParams(
        changed === undefined ? point : { ...point, ...changed },
        params,
        setup.fixed,
      );
      const obstacle = findSkip(stages, filled) ?? findMissing(store, checkpoint);
      if (obstacle !== undefined) return outcomes.refuse(number, obstacle);
      const running = new RunningTrial(
        { params: filled, number, key, replicate, seed, attempt },
        {
          // Written out: a spread would copy all of it for every trial.
          engine,
          device,
          data,
          store,
          hasCheckpoints,
          checkpoint,
          splitSeed: splitSeedOf(setup),
          stages,
          shared,
          series: seriesNames,
          watched: watch?.(number, from),
          isStopAsked,
          clock,
          onReport: (reported) => control.report({ trial: number, ...reported }),
          onWarning: warnings.add,
        },
      );
      let returned: unknown;
      try {
        returned = guard(
          () => `trial ${number}`,
          () => run(running.trial as never),
        );
      } catch (error) {
        return outcomes.conclude(number, running, { error });
      }
      if (!isThenable(returned)) return outcomes.conclude(number, running, { returned });
      return Promise.resolve(returned).then(
        (value) => outcomes.conclude(number, running, { returned: value }),
        (error: unknown) => outcomes.conclude(number, running, { error }),
      );
    };

    const count = countOf(trials);
    for (let first = 0; first < count; first += BATCH) {
      const { prefixes: heads, keys, seeds } = prefixes(slice(trials, first, Math.min(BATCH, count - first)));
      let text = '';
      for (let i = 0; i < heads.length; i++) {
        const running = runOne(first + i, keys[i]!, seeds[i]!);
        const cells = typeof running === 'object' ? await running : running;
        if (cells !== undefined) text += heads[i]! + cells;
      }
      rows.push(encoder.encode(text));
    }
    await program?.settle();
    return { rows: joinBytes(rows), ...outcomes.take(), ...warnings.take() };
  };
}

function createProgramRunner(
  { worker, setup, parts }: ExecutorOptions,
  warn: (text: string) => void,
): CommandRunner | undefined {
  const { command } = worker;
  if (command === undefined) return undefined;
  if (parts?.createCommandRunner === undefined) throw new InternalError('what runs programs is not loaded');
  return parts.createCommandRunner(worker, command, setup.folder, warn);
}

/** What the run's pruner looks at of a trial; undefined where it has none. */
function createWatch(
  { pruner }: PoolSetup,
  { command }: Worker,
  rungs: Rungs | undefined,
): ((trial: number, from: Continuation | undefined) => Watched) | undefined {
  if (pruner === undefined) return undefined;
  if (rungs === undefined) throw new InternalError('the rungs of the pruner are not loaded');
  return (trial, from) => {
    const bracket = rungs.bracketOf(trial);
    const past = from?.past ?? Number.NEGATIVE_INFINITY;
    return {
      metric: pruner.metric,
      rungOf: (step) => rungs.rungOf(step, bracket),
      pausesPast: rungs.pauses ? past : Number.POSITIVE_INFINITY,
      closedBy: command === undefined ? 'value' : 'step',
    };
  };
}

/** What all trials of a population draw alike; undefined where there is none. */
function splitSeedOf({ pruner, sweepSeed }: PoolSetup): number | undefined {
  return pruner?.name === 'pbt' ? sweepSeed : undefined;
}

/** Why a trial cannot go on from where it, or another one, has paused. */
function findMissing(
  store: TrialStore | null,
  checkpoint: Continuation['checkpoint'],
): Pick<TrialNote, 'status' | 'error'> | undefined {
  if (store === null || checkpoint === undefined || checkpoint.load === checkpoint.save) return undefined;
  if (store.hasCheckpoint(checkpoint.save) || store.hasCheckpoint(checkpoint.load)) return undefined;
  const error = new SweeplineError(
    'BAD_DEFINITION',
    'the trial that it goes on from has paused without a checkpoint; call trial.saveCheckpoint(bytes) before `throw trial.stopped()`; and where trials had come to their end there, set the pruner’s max to that step',
  );
  return { status: 'failed', error: toPlainError(error) };
}

/** Why a trial cannot begin: a stage that it depends on has none of its results. */
function findSkip(stages: StageFinder, params: Point): Pick<TrialNote, 'status' | 'error'> | undefined {
  const message = stages.obstacle(params);
  return message === undefined ? undefined : { status: 'skipped', error: { name: 'StageFailed', message } };
}

function pointAt(
  space: Space,
  trials: Selection,
  i: number,
): { readonly point: Point; readonly replicate: number } {
  if (trials.kind === 'points') return trials.points[i]!;
  const trial = trialAt(trials, i);
  const point = Math.floor(trial / space.replicates);
  return { point: space.at(point), replicate: trial - point * space.replicates };
}

/** In a buffer of its own, which can be moved to another thread: those of `Buffer.concat` may be part of a pool. */
function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
