// Ask and tell: a program that has a loop of its own asks for trials and tells their metrics. The same samplers, the same
// journal and the same run folder as of any other run, and no threads.
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemClock } from '../../ground/clock.js';
import { SweeplineError, throwFaults } from '../../ground/errors.js';
import { isPlainObject, showValue } from '../../ground/shape.js';
import { describeUnknown } from '../../ground/text.js';
import { type AskingPool, createAskingPool } from '../../pool/asking.js';
import { createRunFolder, newRunId } from '../../run/folder.js';
import { studyUrl } from '../../run/reference.js';
import type { MetricSpec } from '../../trial/metrics.js';
import { parseMetricConstraint, parseObjective } from '../../trial/objective.js';
import type { Trial, Worker } from '../../worker/contract.js';
import { defineWorker } from '../../worker/define.js';
import { zodOf } from '../../worker/param-types.js';
import type { Outcome, RunHandle } from '../contract.js';
import { Observers } from '../coordinator/observers.js';
import { windowOf } from '../coordinator/open-coordinator.js';
import { createManifest } from '../create-manifest.js';
import { defineSweep, type Sweep, type SweepOptions } from '../definition/define.js';
import { inferParam } from '../definition/inferred-params.js';
import type { LoadedSweep } from '../definition/load.js';
import { openSampler, prepareJob } from '../job.js';
import { launchIn } from '../launch.js';
import { handingOn } from '../open-pool.js';
import { requireSameRun, withLookahead } from '../same-run.js';
import { racingOf } from '../samplers/racing.js';
import { resolveSettings } from '../settings.js';
import { tellingStudy } from './study-words.js';
import { type Expected, expectedOf, requireMetrics, requireTrial } from './told-metrics.js';

type Searched = Pick<
  SweepOptions,
  | 'title'
  | 'axes'
  | 'zip'
  | 'grids'
  | 'where'
  | 'objectives'
  | 'constraints'
  | 'sampler'
  | 'pruner'
  | 'seed'
  | 'replicates'
  | 'seeds'
>;

export interface StudyOptions extends Searched {
  /** A word; it names the folder. Default: `study`. */
  readonly name?: string;
  /** Part of every trial's key: raise it when the same parameters would give other numbers. Default: 1. */
  readonly version?: string;
  /** Metrics beside those of objectives and constraints, which need not be declared. */
  readonly metrics?: Readonly<Record<string, MetricSpec>>;
  /** Names that `trial.report` uses: a pruner looks at one of them, and `report` answers whether the trial is to stop. */
  readonly series?: readonly string[];
  /**
   * Configurations that may be asked for before the first of them is told. Default: 1. Not for samplers that do not look
   * at results: they hand out any number, unless `target` or `plateau` is given.
   */
  readonly lookahead?: number;
  /** See RunRequest. */
  readonly trials?: number;
  readonly target?: number;
  readonly plateau?: number;
  /** The run folder; one that holds this study is continued. Default: a new one under `runs`. */
  readonly folder?: string;
}

export interface Study {
  readonly folder: string;
  /**
   * Resolves with the next trial once its turn has come, with undefined when there are no more: also where the study has
   * as many as `trials` says, or more. Rejects with BAD_USAGE
   * where it depends on trials that are asked for and not told, and as many of them are out as `lookahead` allows, or
   * nothing else goes on in this process; once the study is closed; and with what broke the run, if anything did.
   */
  ask(): Promise<Trial | undefined>;
  /**
   * What a trial came to, by metric. Resolves once it is on disk. Rejects with BAD_USAGE for a trial that was not asked
   * for, or was told before, and once the study is closed; and for metrics that were not declared, values that do not fit,
   * and objectives or constraints without a value: nothing is recorded then, and the trial can be told again. NaN is a
   * value. Of a trial that has seen that it is to stop, what is told is not kept: it is pruned where the pruner says so, and
   * else comes again, from its pause or when the study is continued.
   */
  tell(trial: Pick<Trial, 'number'>, metrics: Readonly<Record<string, unknown>>): Promise<void>;
  /** The trial failed; it is kept as failed. Resolves once it is on disk. */
  fail(trial: Pick<Trial, 'number'>, error: unknown): Promise<void>;
  /**
   * Ends the session once what was told is on disk; trials that were asked for and not told come again when the study is
   * continued.
   */
  close(): Promise<Outcome>;
}

/** Opens a study, or continues the one that lies in `folder`. Rejects with a SweeplineError with every fault. */
export function openStudy(options: StudyOptions): Promise<Study> {
  return tellingStudy(() => open(options));
}

async function open(options: StudyOptions): Promise<Study> {
  const { sweep, worker } = defineStudy(options);
  const { lookahead, trials, target, plateau, folder } = options;
  const name = sweep.name;
  const asked = resolveSettings({
    ...{ sweep: name, workers: 1, blockSize: 1 },
    ...(lookahead === undefined ? {} : { lookahead }),
    ...(trials === undefined ? {} : { trials }),
    ...(target === undefined ? {} : { target }),
    ...(plateau === undefined ? {} : { plateau }),
    ...(folder === undefined ? {} : { out: folder }),
    maxFailures: { fraction: 1 },
  });
  const settings = await withLookahead({ ...asked, ends: { ...asked.ends, usual: 1 } });
  const url = studyUrl(name);
  const loaded: LoadedSweep = { sweep, url, workerUrl: url, reportUrl: null };
  const pool = createAskingPool(worker);
  return handingOn(pool, async () => {
    const job = await prepareJob(loaded, settings, pool.questions);
    const runId = newRunId(systemClock);
    const out = resolve(settings.out ?? join(settings.root, name, runId));
    const created = new Date(systemClock.now()).toISOString();
    const made = createManifest(job, settings, { runId, created, total: openSampler(job).total }, out);
    const found = await createRunFolder(out, made);
    requireSameRun(found.manifest, made, out);
    // One that is continued is the same run.
    const manifest = { ...made, runId: found.manifest.runId, created: found.manifest.created };
    const { sampler } = job.resolved;
    // A race has rounds that are larger than what the search looks ahead.
    const most = racingOf(sampler) === undefined ? windowOf(sampler, job) : undefined;
    if (most !== undefined) pool.allow(most);
    const seen = new Observers([]);
    const run = { job, pool, settings, seen, manifest, clock: systemClock };
    const expected = expectedOf(job.worker.metrics, job.aims);
    return studyOf({ pool, folder: out, expected }, await launchIn(found, run));
  });
}

function studyOf(
  {
    pool,
    folder,
    expected,
  }: { readonly pool: AskingPool; readonly folder: string; readonly expected: Expected },
  { outcome, stop }: Pick<RunHandle, 'outcome' | 'stop'>,
): Study {
  let closed: Promise<Outcome> | undefined;
  outcome.then(
    () => pool.end(),
    (error) => pool.end(error),
  );
  const requireOpen = (): void => {
    if (closed === undefined) return;
    throw new SweeplineError('BAD_USAGE', 'the study is closed', {
      hint: 'open it again with the same folder: trials that were asked for and not told come again',
    });
  };
  const end = async (): Promise<Outcome> => {
    await pool.leave();
    await setImmediate(); // where that was all, the run ends by itself
    stop();
    stop();
    return outcome;
  };
  return {
    folder,
    async ask() {
      requireOpen();
      return pool.ask();
    },
    async tell(trial, metrics) {
      requireOpen();
      const number = requireTrial('tell', trial);
      await pool.tell(number, requireMetrics(number, metrics, expected));
    },
    async fail(trial, error) {
      requireOpen();
      await pool.fail(requireTrial('fail', trial), error);
    },
    close() {
      closed ??= end();
      return closed;
    },
  };
}

const OPTIONS =
  'name version title axes zip grids where objectives constraints sampler pruner seed replicates seeds metrics series lookahead trials target plateau folder'.split(
    ' ',
  );

/** The sweep and the worker that the program is. */
function defineStudy(options: StudyOptions): { readonly sweep: Sweep; readonly worker: Worker } {
  if (!isPlainObject(options))
    throwFaults('BAD_DEFINITION', 'a study is invalid', [
      `expected an object such as { axes, objectives }, found ${showValue(options)}`,
    ]);
  const unknown = Object.keys(options).filter((key) => !OPTIONS.includes(key));
  throwFaults(
    'BAD_DEFINITION',
    'a study is invalid',
    unknown.map((key) => describeUnknown('option', key, OPTIONS)),
  );
  const { name = 'study', version = '1', series = [], sampler = 'auto' } = options;
  const {
    metrics: _,
    version: __,
    series: ___,
    lookahead,
    trials,
    target,
    plateau,
    folder,
    ...rest
  } = options;
  const sweep = defineSweep({ ...rest, name, sampler, worker: 'study' });
  const axes = sweep.grids.flatMap((grid) => grid.axes);
  const params = new Map(
    axes.flatMap(({ names, values }) => names.map((axis, i) => [axis, inferParam(axis, values[i]!).param])),
  );
  const worker = defineWorker({
    ...{ name, version, series: [...series], metrics: metricsOf(options, sweep) },
    params: Object.fromEntries([...params].map(([axis, param]) => [axis, zodOf(param)])),
    run: () => {
      throw new SweeplineError('BAD_USAGE', 'the trials of a study are evaluated by the program that asks');
    },
  });
  return { sweep, worker: worker as unknown as Worker };
}

/** Those that are declared, and numbers for what objectives and constraints name. */
function metricsOf({ metrics = {} }: StudyOptions, sweep: Sweep): Record<string, MetricSpec> {
  const all: Record<string, MetricSpec> = { ...metrics };
  for (const text of sweep.objectives) {
    const { metric, goal } = parseObjective(text, [])!;
    all[metric] ??= { type: 'number', ...(goal === undefined ? {} : { goal }) };
  }
  for (const text of sweep.constraints) all[parseMetricConstraint(text, [])!.metric] ??= { type: 'number' };
  return all;
}
