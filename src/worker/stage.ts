// Stages: work that several trials of a sweep depend on, done once for them all. A stage belongs to a worker and takes
// some of its parameters; seen by a pool it is a worker itself, whose trials are the different values of those
// parameters, so that everything that holds for trials (journal, resume, retry, checkpoints, artifacts) holds for it.
import { SweeplineError } from '../ground/errors.js';
import {
  findFunctionFaults,
  findTextFaults,
  findUnknownKeys,
  isPlainObject,
  isWord,
  showValue,
} from '../ground/shape.js';
import { describeUnknown } from '../ground/text.js';
import { foldName } from '../space/names.js';
import type { Trial, Worker } from './contract.js';
import { findNameFaults, findSeriesFaults, readMetrics } from './metrics.js';

/** The URL by which a pool loads a stage of the worker (or a sweep) at `url`. */
export function stageUrl(url: string, stage: string): string {
  return `${url}#stage=${stage}`;
}

export function splitStageUrl(url: string): { readonly url: string; readonly stage: string | undefined } {
  const [plain, stage] = url.split('#stage=');
  return { url: plain!, stage };
}

const KEYS = ['about', 'params', 'metrics', 'series', 'cost', 'run'];

/** The stages with their metrics read; undefined where there are none. What does not hold together goes to `faults`. */
export function readStages(
  worker: { readonly stages?: unknown; readonly run?: unknown },
  params: readonly string[],
  faults: string[],
): Readonly<Record<string, object>> | undefined {
  const { stages, run } = worker;
  if (stages === undefined) return undefined;
  if (!isPlainObject(stages)) {
    faults.push(
      `stages: expected an object such as { judge: { params, metrics, run } }, found ${showValue(stages)}`,
    );
    return undefined;
  }
  const entries = Object.entries(stages).map(([name, stage]) => {
    const found: string[] = [];
    if (!isWord(name) || name in Object.prototype) found.push('expected a word as its name');
    const read = readStage(stage, params, found);
    if (run === undefined) found.push('only trials of `run` can depend on stages, not blocks of `runBlock`');
    faults.push(...found.map((fault) => `stage "${name}": ${fault}`));
    return [name, read] as const;
  });
  return Object.fromEntries(entries);
}

function readStage(stage: unknown, params: readonly string[], faults: string[]): object {
  if (!isPlainObject(stage)) {
    faults.push(`expected an object such as { params, metrics, run }, found ${showValue(stage)}`);
    return {};
  }
  faults.push(
    ...findUnknownKeys(stage, KEYS),
    ...findTextFaults(stage, ['about']),
    ...findFunctionFaults(stage, ['cost']),
  );
  if (typeof stage.run !== 'function') faults.push(`run: expected a function, found ${showValue(stage.run)}`);
  const own = readStageParams(stage.params, params, faults);
  const ofMetrics: string[] = [];
  const metrics = readMetrics(stage.metrics, ofMetrics);
  const taken = new Map(own.map((param) => [foldName(param), param]));
  faults.push(...findNameFaults('metric', Object.keys(metrics), 'trials.csv', taken));
  faults.push(...ofMetrics, ...findSeriesFaults(stage.series));
  return { ...stage, metrics };
}

function readStageParams(given: unknown, params: readonly string[], faults: string[]): string[] {
  if (!Array.isArray(given)) {
    faults.push(`params: expected names of the worker's parameters, found ${showValue(given)}`);
    return [];
  }
  const names = Array.from(given as unknown[]);
  names.forEach((name, i) => {
    if (typeof name !== 'string') faults.push(`params: ${showValue(name)} is no name of a parameter`);
    else if (!params.includes(name)) faults.push(describeUnknown('parameter', name, params));
    else if (names.indexOf(name) < i) faults.push(`params: "${name}" is given twice; expected once`);
  });
  return names.filter((name): name is string => typeof name === 'string');
}

/** A stage as a worker of its own. Throws BAD_DEFINITION where the worker has no such stage. */
export function stageWorker(worker: Worker, name: string): Worker {
  const stage = worker.stages?.[name];
  if (stage === undefined) {
    const message = `worker ${worker.name}: ${describeUnknown('stage', name, Object.keys(worker.stages ?? {}))}`;
    throw new SweeplineError('BAD_DEFINITION', message);
  }
  const { version, load, trains } = worker;
  const { cost } = stage;
  return {
    kind: 'sweepline-worker',
    name: stageName(worker.name, name),
    version,
    ...(stage.about === undefined ? {} : { about: stage.about }),
    params: Object.fromEntries(stage.params.map((param) => [param, worker.params[param]!])),
    metrics: stage.metrics,
    series: stage.series ?? [],
    ...(load === undefined ? {} : { load }),
    ...(trains === undefined ? {} : { trains }),
    ...(cost === undefined
      ? {}
      : {
          cost: (params: Readonly<Record<string, unknown>>, shared: unknown) =>
            cost(ownParams(params, name), shared),
        }),
    run: (trial) => stage.run(guard(trial as Trial, name)),
  };
}

/** The name that a stage's trials have in their keys. */
export function stageName(worker: string, stage: string): string {
  return `${worker}.${stage}`;
}

function guard(trial: Trial, stage: string): Trial {
  // Delegates, because the trial's own properties are partly getters.
  return Object.create(trial, {
    params: { value: ownParams(trial.params, stage), enumerable: true },
  }) as Trial;
}

/** A parameter that is not listed would make one result stand for trials that differ: reading it is an error. */
function ownParams<P extends object>(params: P, stage: string): P {
  return new Proxy(params, {
    get(target, name) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name)) return Reflect.get(target, name);
      throw new SweeplineError(
        'BAD_DEFINITION',
        `stage ${stage} reads the parameter "${name}", which is not among its own (${Object.keys(target).join(', ')})`,
        { hint: 'add it to the stage’s `params`' },
      );
    },
  });
}
