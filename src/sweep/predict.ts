// How long trials and stages will take, from runs that there are. Where the worker tells the cost of trials, a line is
// laid through earlier ones, fixed part + time per unit, from any run of the worker; else they take as long as the mean of
// the newest run of the sweep.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SweeplineError } from '../ground/errors.js';
import { stageFolder } from '../run/folder.js';
import { listRuns } from '../run/list.js';
import { JOURNAL_FILE } from '../run/read-journal.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import { readTimed, type Timed } from '../run/timed.js';
import type { Point } from '../space/types.js';
import type { WorkerQuestions } from '../worker/questions.js';
import type { Prediction } from './contract.js';
import type { Job } from './job.js';

/** Samples from one run, and the newest runs that are looked at: an older one may have been made with other code. */
const SAMPLES = 200;
const RUNS = 5;
/** So many times as dear as any that was timed: what every trial takes (compiling, loading) is then counted too often. */
const FAR = 3;

export interface Predicting {
  readonly questions: WorkerQuestions;
  readonly root: string;
  /** A run of the same sweep that is there already, which is asked first. */
  readonly before: RunStatus | null;
  /** Points that stand for the trials to come. */
  readonly points: readonly Point[];
  /** By stage: its points to come. */
  readonly stages: Readonly<Record<string, readonly Point[]>>;
}

/** Null where no run tells. */
export async function predict(job: Job, asked: Predicting): Promise<Prediction | null> {
  const { questions, points } = asked;
  const costs = await questions.costs(points);
  const runs = await findTimedRuns(job, asked, costs !== null);
  const [newest] = runs;
  const stages = await predictStages(asked, runs);
  if (newest === undefined)
    return Object.keys(stages).length === 0 ? null : { trialMs: null, from: 'mean', stages };
  if (costs !== null) {
    const timed = runs.flatMap((run) => readTimed(run.folder, SAMPLES));
    const samples = await withCosts(timed, (each) => questions.costs(each));
    const line = fitLine(samples);
    if (line !== null) {
      const isUpperBound =
        line.fixedMs === 0 && mean(costs) > FAR * Math.max(...samples.map(({ units }) => units));
      return {
        trialMs: meanOf(costs, line),
        from: 'cost',
        stages,
        ...(isUpperBound ? { isUpperBound } : {}),
      };
    }
  }
  return { trialMs: newest.meanRunMs, from: 'mean', stages };
}

/** Mean milliseconds of a trial of each stage that has some to come; null where no run tells. */
async function predictStages(
  { questions, stages }: Predicting,
  runs: readonly RunStatus[],
): Promise<Readonly<Record<string, number | null>>> {
  const found: Record<string, number | null> = {};
  for (const [name, points] of Object.entries(stages)) {
    if (points.length === 0) continue;
    const timed = runs
      .map((run) => stageFolder(run.folder, name))
      .filter((folder) => existsSync(join(folder, JOURNAL_FILE)))
      .flatMap((folder) => readTimed(folder, SAMPLES));
    const costs = await questions.costs(points, name);
    const ask = (each: readonly Point[]) => questions.costs(each, name);
    const line = costs === null ? null : fitLine(await withCosts(timed, ask));
    if (line !== null) found[name] = meanOf(costs!, line);
    else found[name] = timed.length === 0 ? null : mean(timed.map(({ ms }) => ms));
  }
  return found;
}

/**
 * Runs with timed trials, newest first: the one that is there, those of the sweep, and, where costs make them
 * comparable, of the same worker at all. Of the same engine and device, where there are such.
 */
async function findTimedRuns(
  { loaded, worker, device }: Job,
  { root, before }: Predicting,
  isCosted: boolean,
): Promise<RunStatus[]> {
  const { name } = loaded.sweep;
  const runs: RunStatus[] = before?.meanRunMs != null ? [before] : [];
  for (const { name: called, path } of (await listRuns(root)).reverse()) {
    if (runs.length === RUNS || (!isCosted && runs.length > 0)) break;
    if (path === before?.folder || (!isCosted && called !== name)) continue;
    const status = await readRunStatus(path).catch((error: unknown) => {
      if (error instanceof SweeplineError) return null; // stopped before it began
      throw error;
    });
    if (status?.meanRunMs == null) continue;
    const { sweep, worker: ran } = status.manifest;
    // Another version may take other values, and another time.
    const isComparable = ran.name === worker.name && ran.version === worker.version;
    if (isCosted ? isComparable : sweep === name) runs.push(status);
  }
  const alike = runs.filter(
    ({ manifest }) => manifest.engine === device.engine && manifest.device === device.device,
  );
  return alike.length > 0 ? alike : runs;
}

export interface Cost {
  readonly units: number;
  readonly ms: number;
}

async function withCosts(
  timed: readonly Timed[],
  ask: (points: readonly Point[]) => Promise<readonly number[] | null>,
): Promise<Cost[]> {
  const costs = (await ask(timed.flatMap(({ points }) => points)))!;
  let at = 0;
  return timed.map(({ points, ms }) => {
    at += points.length;
    return { units: mean(costs.slice(at - points.length, at)), ms };
  });
}

/** Milliseconds of a trial: `fixedMs + units * unitMs`, neither of them negative. */
export interface Line {
  readonly fixedMs: number;
  readonly unitMs: number;
}

/**
 * The line with the least relative error, each sample weighed by 1/ms², then stretched to the samples' whole time. Where
 * all cost the same nothing tells the fixed part from the rest, and none is taken to be there. Null for no samples.
 */
export function fitLine(samples: readonly Cost[]): Line | null {
  const known = samples.filter(({ ms }) => ms > 0);
  if (known.length === 0) return null;
  const total = (of: (sample: Cost) => number) => known.reduce((sum, sample) => sum + of(sample), 0);
  const ms = total((sample) => sample.ms);
  const units = total((sample) => sample.units);
  const proportional = { fixedMs: 0, unitMs: ms / units };
  const w = total((sample) => sample.ms ** -2);
  const wu = total((sample) => sample.units / sample.ms ** 2);
  const wuu = total((sample) => (sample.units / sample.ms) ** 2);
  const wm = total((sample) => 1 / sample.ms);
  const wum = total((sample) => sample.units / sample.ms);
  const spread = w * wuu - wu ** 2;
  if (!(spread > 1e-9 * w * wuu)) return proportional;
  const unitMs = (w * wum - wu * wm) / spread;
  const fixedMs = (wuu * wm - wu * wum) / spread;
  if (fixedMs <= 0) return proportional;
  if (unitMs <= 0) return { fixedMs: ms / known.length, unitMs: 0 };
  const stretch = ms / (known.length * fixedMs + units * unitMs);
  return { fixedMs: fixedMs * stretch, unitMs: unitMs * stretch };
}

function meanOf(costs: readonly number[], { fixedMs, unitMs }: Line): number {
  return fixedMs + unitMs * mean(costs);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
