// What stages have left, as the trials that depend on them find it.
import { SweeplineError } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import type { Value } from '../space/types.js';
import { canonicalValue } from '../space/value.js';
import { createKeyer } from '../trial/key.js';
import type { MetricValues } from '../trial/metrics.js';
import type { TrialStatus } from '../trial/status.js';
import { artifactFolder, createFolderStore } from '../trial/store.js';
import type { StageOutput, Worker } from './contract.js';
import { stageName } from './stage.js';

/** How one of a stage's own trials ended. */
export interface StageResult {
  /** Its number in the stage's trials.csv. */
  readonly trial: number;
  readonly status: TrialStatus;
  /** Why it did not end `ok`. */
  readonly error?: string;
  readonly metrics: MetricValues;
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
        const values = Object.entries(own).map(
          ([name, value]) => `${name} ${typeof value === 'string' ? value : canonicalValue(value)}`,
        );
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
  const found = createFolderStore(folder).getArtifact(trial, file);
  if (found !== undefined) return found;
  throw new SweeplineError('BAD_USAGE', `stage ${name} saved no artifact "${file}" in its trial ${trial}`, {
    hint: `look into ${artifactFolder(folder, trial)}`,
  });
}
