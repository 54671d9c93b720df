// One trial as its worker sees it: parameters, random streams, series, artifacts, checkpoints, the stop flag. Files are
// written under a temporary name and renamed, so that a killed trial leaves none half written.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { formatCell } from '../ground/csv.js';
import { InternalError, SweeplineError } from '../ground/errors.js';
import { randomFor } from '../ground/random.js';
import type { Value } from '../space/types.js';
import type { Trial } from '../worker/define.js';
import type { StageFinder } from '../worker/stage.js';

/** Shared by all threads of a host: 1 once the run wants to stop. */
export type StopFlag = Int32Array;

/** Thrown by a trial that gave up because it was asked to. */
export class TrialStopped extends Error {
  override readonly name = 'TrialStopped';
}

export interface TrialIdentity {
  readonly params: Readonly<Record<string, Value>>;
  readonly number: number;
  readonly key: string;
  readonly replicate: number;
  readonly seed: number;
  readonly attempt: number;
}

export interface TrialSurroundings {
  readonly folder: string | null;
  readonly engine: string;
  readonly device: string;
  readonly data: string | undefined;
  readonly series: readonly string[];
  readonly stop: StopFlag;
  /** What the worker's `load` returned. */
  readonly shared: unknown;
  readonly stages: StageFinder;
}

export interface RunningTrial {
  readonly trial: Trial;
  /** Rows of metrics.csv so far. */
  seriesRows(): string;
  /** Forgets the checkpoint: the trial has ended. */
  end(): void;
}

export function createTrial(identity: TrialIdentity, around: TrialSurroundings): RunningTrial {
  let rows = '';
  let lastStep = Number.NEGATIVE_INFINITY;
  const inFolder = (...parts: string[]): string => {
    if (around.folder === null)
      throw new InternalError('this pool keeps no files: it was begun without a run folder');
    return join(around.folder, ...parts);
  };
  const checkpoint = () => inFolder('checkpoints', `${identity.key}.bin`);
  const trial: Trial = {
    ...identity,
    engine: around.engine,
    device: around.device,
    data: around.data,
    shared: around.shared,
    stage: (name) => around.stages.output(name, identity.params),
    random: (purpose) => randomFor(identity.seed, identity.key, purpose),
    report(step, values) {
      if (!(Number.isFinite(step) && step > lastStep)) {
        throw new SweeplineError(
          'BAD_DEFINITION',
          `report: step ${step} after ${lastStep}; expected a larger number`,
        );
      }
      const stray = Object.keys(values).find((name) => !around.series.includes(name));
      if (stray !== undefined) {
        throw new SweeplineError(
          'BAD_DEFINITION',
          `report: series "${stray}" is not declared (has: ${around.series.join(', ') || 'none'})`,
          {
            hint: 'add it to the worker’s `series`',
          },
        );
      }
      lastStep = step;
      rows += `${identity.number},${formatCell(step)}`;
      for (const name of around.series) rows += `,${formatCell(values[name])}`;
      rows += '\n';
    },
    saveArtifact(name, bytes) {
      const folder = inFolder('artifacts', String(identity.number));
      const path = resolve(folder, name);
      if (!path.startsWith(resolve(folder) + sep)) {
        throw new SweeplineError('BAD_USAGE', `artifact "${name}" would lie outside its trial's folder`);
      }
      writeWhole(path, bytes);
      return relative(around.folder!, path);
    },
    loadCheckpoint() {
      try {
        return new Uint8Array(readFileSync(checkpoint()));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    saveCheckpoint: (bytes) => writeWhole(checkpoint(), bytes),
    get stopRequested() {
      return Atomics.load(around.stop, 0) !== 0;
    },
    stopped: () => new TrialStopped('the run was asked to stop'),
  };
  return {
    trial,
    seriesRows: () => rows,
    end() {
      if (around.folder !== null) rmSync(checkpoint(), { force: true });
    },
  };
}

function writeWhole(path: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, path);
}
