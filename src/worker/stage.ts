// Stages: work that several trials of a sweep depend on, done once for them all. A stage belongs to a worker and takes
// some of its parameters; seen by a pool it is a worker itself, whose trials are the different values of those
// parameters, so that everything that holds for trials (journal, resume, retry, checkpoints, artifacts) holds for it.
import { readFileSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { Value } from '../space/types.js';
import { createKeyer } from '../trial/key.js';
import type { MetricSpec, MetricValue, Trial, Worker, WorkerDescription } from './define.js';

export interface StageOptions<P = Record<string, Value>, Shared = unknown> {
  readonly about?: string;
  /** The worker's parameters that it depends on. It runs once for each combination of them, and sees no others. */
  readonly params: readonly (keyof P & string)[];
  readonly metrics: Readonly<Record<string, MetricSpec>>;
  /** Names that `report` uses, for the stage's own metrics.csv. */
  readonly series?: readonly string[];
  run(trial: Trial<P, Shared>): Promise<Record<string, MetricValue>> | Record<string, MetricValue>;
}

/** What a trial is given of a stage that it depends on. */
export interface StageOutput {
  /** As the stage returned them. */
  readonly metrics: Readonly<Record<string, MetricValue>>;
  /** A file that the stage saved with `saveArtifact`. Throws BAD_USAGE where there is none of that name. */
  readArtifact(name: string): Uint8Array;
}

/** What the coordinator knows of a stage: its name, and the worker that it is to a pool. */
export interface StageDescription {
  readonly name: string;
  readonly worker: WorkerDescription;
}

/** How one of a stage's own trials ended. */
export interface StageResult {
  /** Its number in the stage's trials.csv. */
  readonly trial: number;
  readonly status: string;
  /** Why it did not end `ok`. */
  readonly error?: string;
  readonly metrics: Readonly<Record<string, MetricValue>>;
}

/** A stage that has been run, as every thread is told of it. */
export interface FinishedStage {
  readonly name: string;
  readonly params: readonly string[];
  /** Its run folder. */
  readonly folder: string;
  /** By the key of the stage's trial. */
  readonly results: Readonly<Record<string, StageResult>>;
}

/** The URL by which a pool loads a stage of the worker (or a sweep) at `url`. */
export function stageUrl(url: string, stage: string): string {
  return `${url}#stage=${stage}`;
}

export function splitStageUrl(url: string): { readonly url: string; readonly stage: string | undefined } {
  const [plain, stage] = url.split('#stage=');
  return { url: plain!, stage };
}

/** Messages about what does not hold together in a worker's stages. */
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
    if (worker.run === undefined)
      faults.push(`stage "${name}": only trials of \`run\` can depend on stages, not blocks of \`runBlock\``);
  }
  return faults;
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

/** Finds the stages of a trial by its parameters. */
export interface StageFinder {
  /** Why the trial cannot run, by the first stage that it depends on and that did not end `ok`. */
  obstacle(params: Readonly<Record<string, Value>>): string | undefined;
  /** Throws BAD_DEFINITION where the worker has no such stage. */
  output(stage: string, params: Readonly<Record<string, Value>>): StageOutput;
}

export function createStageFinder(
  worker: Pick<Worker, 'name' | 'version'>,
  stages: readonly FinishedStage[],
): StageFinder {
  const finders = stages.map((stage) => {
    const keyer = createKeyer(stageName(worker.name, stage.name), worker.version);
    return {
      stage,
      find(params: Readonly<Record<string, Value>>) {
        const own = Object.fromEntries(stage.params.map((name) => [name, params[name]!]));
        return { own, result: stage.results[keyer.key(own, 0)] };
      },
    };
  });
  return {
    obstacle(params) {
      for (const { stage, find } of finders) {
        const { own, result } = find(params);
        if (result?.status === 'ok') continue;
        const values = Object.entries(own).map(([name, value]) => `${name} ${value}`);
        const what = `its stage ${stage.name} (${values.join(', ')})`;
        return result === undefined
          ? `${what} has not run`
          : `${what} ended ${result.status}${result.error === undefined ? '' : `: ${result.error}`}`;
      }
      return undefined;
    },
    output(name, params) {
      const found = finders.find(({ stage }) => stage.name === name);
      if (found === undefined) {
        const names = stages.map((stage) => stage.name);
        throw new SweeplineError('BAD_DEFINITION', describeUnknown('stage', name, names), {
          hint: 'declare it under the worker’s `stages`',
        });
      }
      const { trial, metrics } = found.find(params).result!;
      return { metrics, readArtifact: (file) => readArtifact(found.stage, trial, file) };
    },
  };
}

function readArtifact({ name, folder }: FinishedStage, trial: number, file: string): Uint8Array {
  const own = resolve(join(folder, 'artifacts', String(trial)));
  const path = resolve(own, file);
  try {
    if (path.startsWith(own + sep)) return new Uint8Array(readFileSync(path));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
  }
  throw new SweeplineError('BAD_USAGE', `stage ${name} saved no artifact "${file}" in its trial ${trial}`, {
    hint: `look into ${own}`,
  });
}
