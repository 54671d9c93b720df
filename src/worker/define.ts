// Declares workers. A worker file's default export is what `defineWorker` returns. Only hosts load worker files; the
// coordinator knows a worker by its description.
import { z } from 'zod';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { RESERVED_NAMES } from '../space/names.js';
import type { Value } from '../space/types.js';
import type { ParamDescription, Worker, WorkerDescription, WorkerOptions } from './contract.js';
import { findSeriesFaults, findStageFaults, stageWorker } from './stage.js';
import type { Exactly, ExactStages, Metrics, Returned, StageMetrics, StageReturning } from './typing.js';

const OPTIONS = 'name version about params metrics series check trains load stages run runBlock'.split(' ');

/**
 * Declares a worker; its file exports the result as default. Throws BAD_DEFINITION with every fault: a parameter without
 * a default or of a type that is no number, boolean or string, names that clash with columns of trials.csv, neither or
 * both of `run` and `runBlock`. The types of `trial` and of what `run` returns follow from `params`, `metrics`, `series`
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
  const worker = { ...options, kind: 'sweepline-worker' } as unknown as Worker<S, Shared>;
  const faults: string[] = [];
  for (const name of Object.keys(options))
    if (!OPTIONS.includes(name)) faults.push(describeUnknown('option', name, OPTIONS));
  if (!/^[a-z][a-z0-9_-]*$/i.test(options.name ?? '')) faults.push(`name "${options.name}": expected a word`);
  if (typeof options.version !== 'string' || options.version === '')
    faults.push('version: expected a text such as "1"');
  const modes = [options.run, options.runBlock].filter((mode) => mode !== undefined);
  if (modes.length !== 1)
    faults.push(`expected one of run and runBlock, found ${modes.length === 0 ? 'none' : 'both'}`);
  const taken = new Set(RESERVED_NAMES);
  for (const [kind, names] of [
    ['parameter', Object.keys(options.params)],
    ['metric', Object.keys(options.metrics)],
  ] as const) {
    for (const name of names) {
      if (!/^[a-z_][a-z0-9_]*$/i.test(name)) faults.push(`${kind} "${name}": expected letters, digits and _`);
      if (taken.has(name))
        faults.push(`${kind} "${name}": the name is taken by another column of trials.csv`);
      taken.add(name);
    }
  }
  faults.push(...findSeriesFaults(options.series));
  for (const [name, type] of Object.entries(options.params)) {
    const described = describeParam(name, type as z.ZodType);
    if (typeof described === 'string') faults.push(described);
  }
  faults.push(...findStageFaults(worker as never));
  throwFaults('BAD_DEFINITION', `worker "${options.name}" is invalid`, faults);
  return worker;
}

/** The worker as plain data. */
export function describeWorker(worker: Worker, sources = ''): WorkerDescription {
  const params = Object.entries(worker.params).map(([name, type]) => {
    const described = describeParam(name, type as z.ZodType);
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
    sources,
  };
}

/** A parameter as zod's JSON Schema tells it, or what is wrong with it. */
function describeParam(name: string, type: z.ZodType): ParamDescription | string {
  const schema = z.toJSONSchema(type, { io: 'input', unrepresentable: 'any' }) as {
    type?: string;
    default?: unknown;
    enum?: readonly Value[];
    description?: string;
  };
  const fallback = schema.default;
  if (fallback === undefined) return `parameter "${name}" has no default: add .default(…)`;
  const kind = schema.type ?? typeof fallback;
  if (kind !== 'number' && kind !== 'integer' && kind !== 'boolean' && kind !== 'string') {
    return `parameter "${name}" is of type ${kind}: expected a number, integer, boolean or string`;
  }
  if (!type.safeParse(fallback).success)
    return `parameter "${name}": its default ${String(fallback)} is not valid`;
  return {
    name,
    type: kind,
    default: fallback as Value,
    ...(schema.enum === undefined ? {} : { choices: schema.enum }),
    ...(schema.description === undefined ? {} : { about: schema.description }),
  };
}
