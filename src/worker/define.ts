// Declares workers. A worker file's default export is what `defineWorker` returns. Only hosts load worker files; the
// coordinator knows a worker by its description.
import type { z } from 'zod';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import {
  findFunctionFaults,
  findTextFaults,
  findUnknownKeys,
  isPlainObject,
  isWord,
  showValue,
} from '../ground/shape.js';
import { readCommand } from './command/read.js';
import type { Worker, WorkerDescription, WorkerOptions } from './contract.js';
import { findNameFaults, findSeriesFaults, readMetrics } from './metrics.js';
import { describeParam, findParamsFaults } from './params.js';
import { readStages, stageWorker } from './stage.js';
import type { Exactly, ExactStages, Metrics, Returned, StageMetrics, StageReturning } from './typing.js';

const OPTIONS =
  'name version about params metrics series check cost trains load stages run runBlock command'.split(' ');
const MODES = ['run', 'runBlock', 'command'] as const;

/**
 * Declares a worker; its file exports the result as default. Throws BAD_DEFINITION with every fault: a parameter without
 * a default or of a type that is no number, boolean or string, names that clash with columns of trials.csv, not
 * exactly one of `run`, `runBlock` and `command`. The types of `trial` and of what `run` returns follow from `params`, `metrics`, `series`
 * and `stages`: a metric that is misspelt or of another type does not compile.
 */
export function defineWorker<
  S extends z.ZodRawShape,
  const M extends Metrics,
  Result extends Returned<M> & Exactly<M, Result>,
  Shared = unknown,
  const Names extends string = never,
  const Stages extends StageMetrics = Record<never, never>,
  StageResults extends ExactStages<Stages, StageResults> = Record<never, never>,
>(
  options: WorkerOptions<S, Shared, M, Names, Stages, Result> & {
    readonly stages?: { readonly [Name in keyof StageResults]: StageReturning<StageResults[Name]> };
  },
): Worker<S, Shared> {
  const faults: string[] = [];
  if (!isPlainObject(options)) {
    throwFaults('BAD_DEFINITION', 'a worker is invalid', [
      `expected an object such as { name, version, params, metrics, run }, found ${showValue(options)}`,
    ]);
  }
  const { name, version, params, trains } = options;
  faults.push(...findUnknownKeys(options, OPTIONS));
  if (!isWord(name)) faults.push(`name ${showValue(name)}: expected a word`);
  if (typeof version !== 'string' || version === '') faults.push('version: expected a text such as "1"');
  faults.push(...findTextFaults(options, ['about']));
  faults.push(...findFunctionFaults(options, ['check', 'cost', 'load', 'run', 'runBlock']));
  if (trains !== undefined && typeof trains !== 'boolean')
    faults.push(`trains: expected true or false, found ${showValue(trains)}`);
  const modes = MODES.filter((mode) => options[mode] !== undefined);
  if (modes.length !== 1)
    faults.push(`expected one of run, runBlock and command, found ${modes.join(' and ') || 'none'}`);
  const ofMetrics: string[] = [];
  const metrics = readMetrics(options.metrics, ofMetrics);
  if (options.runBlock !== undefined)
    for (const [metric, { type }] of Object.entries(metrics))
      if (type === 'string')
        faults.push(`metric "${metric}": a block holds numbers; expected number, integer or boolean`);
  const taken = new Map<string, string>();
  const names = isPlainObject(params) ? Object.keys(params) : [];
  faults.push(...findNameFaults('parameter', names, 'trials.csv', taken));
  faults.push(...findNameFaults('metric', Object.keys(metrics), 'trials.csv', taken));
  faults.push(...ofMetrics, ...findSeriesFaults(options.series), ...findParamsFaults(params));
  const stages = readStages(options, names, faults);
  const declared = { metrics, series: Array.isArray(options.series) ? options.series : [] };
  const command =
    options.command === undefined ? {} : { command: readCommand(options.command, names, declared, faults) };
  throwFaults('BAD_DEFINITION', `worker ${showValue(name)} is invalid`, faults);
  return {
    ...options,
    metrics,
    ...command,
    ...(stages === undefined ? {} : { stages }),
    kind: 'sweepline-worker',
  } as unknown as Worker<S, Shared>;
}

/** The worker as plain data. */
export function describeWorker(worker: Worker, sources = ''): WorkerDescription {
  const params = Object.entries(worker.params).map(([name, type]) => {
    const described = describeParam(name, type);
    if (typeof described === 'string') throw new SweeplineError('BAD_DEFINITION', described);
    return described;
  });
  return {
    name: worker.name,
    version: worker.version,
    ...(worker.about === undefined ? {} : { about: worker.about }),
    params,
    metrics: Object.entries(worker.metrics).map(([name, spec]) => ({ name, ...spec })),
    series: worker.series ?? [],
    trains: worker.trains ?? false,
    stages: Object.keys(worker.stages ?? {}).map((name) => ({
      name,
      worker: describeWorker(stageWorker(worker, name), sources),
    })),
    mode: worker.runBlock === undefined ? 'run' : 'runBlock',
    ...(worker.command === undefined ? {} : { command: worker.command.text }),
    sources,
  };
}
