// Stages: work that several trials of a sweep depend on, done once for them all. A stage belongs to a worker and takes
// some of its parameters; seen by a pool it is a worker itself, whose trials are the different values of those
// parameters, so that everything that holds for trials (journal, resume, retry, checkpoints, artifacts) holds for it.
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { RESERVED_NAMES } from '../space/names.js';
import type { Trial, Worker } from './contract.js';

/** The URL by which a pool loads a stage of the worker (or a sweep) at `url`. */
export function stageUrl(url: string, stage: string): string {
  return `${url}#stage=${stage}`;
}

export function splitStageUrl(url: string): { readonly url: string; readonly stage: string | undefined } {
  const [plain, stage] = url.split('#stage=');
  return { url: plain!, stage };
}

/** Messages about what is invalid in a worker's stages. */
export function findStageFaults(worker: Worker): string[] {
  const params = Object.keys(worker.params);
  const faults: string[] = [];
  for (const [name, stage] of Object.entries(worker.stages ?? {})) {
    if (!/^[a-z][a-z0-9_-]*$/i.test(name)) faults.push(`stage "${name}": expected a word as its name`);
    for (const param of stage.params)
      if (!params.includes(param))
        faults.push(`stage "${name}": ${describeUnknown('parameter', param, params)}`);
    for (const metric of Object.keys(stage.metrics))
      if (!/^[a-z_][a-z0-9_]*$/i.test(metric) || stage.params.includes(metric))
        faults.push(
          `stage "${name}": metric "${metric}": expected a word of letters, digits and _ that is no parameter`,
        );
      else if (RESERVED_NAMES.has(metric))
        faults.push(`stage "${name}": metric "${metric}": the name is taken by another column of trials.csv`);
    faults.push(...findSeriesFaults(stage.series).map((fault) => `stage "${name}": ${fault}`));
    if (worker.run === undefined)
      faults.push(`stage "${name}": only trials of \`run\` can depend on stages, not blocks of \`runBlock\``);
  }
  return faults;
}

/** Series are columns of a file of their own, so one may be called like a metric. */
export function findSeriesFaults(series: readonly string[] = []): string[] {
  return series
    .filter((name) => RESERVED_NAMES.has(name))
    .map((name) => `series "${name}": the name is taken by another column of metrics.csv`);
}

/** A stage as a worker of its own. Throws BAD_DEFINITION where the worker has no such stage. */
export function stageWorker(worker: Worker, name: string): Worker {
  const stage = worker.stages?.[name];
  if (stage === undefined) {
    const message = `worker ${worker.name}: ${describeUnknown('stage', name, Object.keys(worker.stages ?? {}))}`;
    throw new SweeplineError('BAD_DEFINITION', message);
  }
  const { version, load, trains } = worker;
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
    run: (trial) => stage.run(guard(trial as Trial, name)),
  };
}

/** The name that a stage's trials have in their keys. */
export function stageName(worker: string, stage: string): string {
  return `${worker}.${stage}`;
}

/** A parameter that is not listed would make one result stand for trials that differ: reading it is an error. */
function guard(trial: Trial, stage: string): Trial {
  const params = new Proxy(trial.params, {
    get(target, name) {
      if (typeof name === 'symbol' || Object.hasOwn(target, name)) return Reflect.get(target, name);
      throw new SweeplineError(
        'BAD_DEFINITION',
        `stage ${stage} reads the parameter "${name}", which is not among its own (${Object.keys(target).join(', ')})`,
        { hint: 'add it to the stage’s `params`' },
      );
    },
  });
  // Delegates, because the trial's own properties are partly getters.
  return Object.create(trial, { params: { value: params, enumerable: true } }) as Trial;
}
