// How long trials and stages will take, from runs that there are: the mean of trials that were timed, or, where the
// worker tells the cost of trials, what that mean is at the costs of those that are to run.
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SweeplineError } from '../../ground/errors.js';
import { openRunFolder, stageFolder } from '../../run/folder.js';
import { type ListedRun, listRuns } from '../../run/list.js';
import type { Manifest } from '../../run/manifest.js';
import { JOURNAL_FILE, readJournal } from '../../run/read-journal.js';
import type { RunState } from '../../run/state.js';
import type { Point } from '../../space/types.js';
import type { WorkerQuestions } from '../../worker/questions.js';
import type { Prediction } from '../contract.js';
import type { Job } from '../job.js';
import { fitTimes, type Timed, trialMs } from './time-model.js';
import { readTimed } from './timed-trials.js';

/** Runs that are looked at for trials of other costs. */
const RUNS = 5;

export interface Asking {
  readonly job: Job;
  /** A run of the same sweep, which is asked first. */
  readonly before: string | null;
  readonly questions: WorkerQuestions;
  /** Where the other runs are. */
  readonly root: string;
}

/** Says how long one trial of the worker, or of a stage of its, takes at these points; null where no run tells. */
export type Predict = (points: readonly Point[], stage?: string) => Promise<Prediction | null>;

export async function createPredictor({ job, before, questions, root }: Asking): Promise<Predict> {
  const runs = await findRuns(job, before, root);
  const journals = new Map<string, RunState | null>();
  const journalOf = (folder: string): RunState | null => {
    if (!journals.has(folder)) journals.set(folder, readState(folder));
    return journals.get(folder)!;
  };
  return async (points, stage) => {
    const costs = points.length === 0 ? null : await questions.costs(points, stage);
    const places = runs.map((run) => ({
      ...run,
      path: stage === undefined ? run.path : stageFolder(run.path, stage),
    }));
    if (costs !== null) {
      const ofWorker = places.filter((run) => run.manifest.worker.name === job.worker.name);
      const { timed, first } = await timeOf(ofWorker, journalOf, (known) => questions.costs(known, stage));
      const model = fitTimes(timed);
      if (model !== undefined) {
        const ms = { trialMs: trialMs(model, mean(costs)), startMs: model.start };
        return { ...ms, from: 'cost', with: describeDifferences(job, first!) };
      }
    }
    for (const { path, manifest } of places) {
      const epoch = manifest.sweep === job.loaded.sweep.name ? journalOf(path)?.epochs.at(-1) : undefined;
      if (epoch !== undefined && epoch.timed > 0) {
        const ms = { trialMs: epoch.runMs / epoch.timed, startMs: 0 };
        return { ...ms, from: 'mean', with: describeDifferences(job, manifest) };
      }
    }
    return null;
  };
}

interface FoundRun {
  readonly path: string;
  readonly manifest: Manifest;
}

/** Of the same sweep or worker: the one that is asked first, then those on a device like the job's; the newest first. */
async function findRuns({ loaded, worker, device }: Job, before: string | null, root: string) {
  const found: FoundRun[] = [];
  const listed: Pick<ListedRun, 'path'>[] = (await listRuns(root)).reverse();
  const paths = [...(before === null ? [] : [before]), ...listed.map(({ path }) => path)];
  for (const path of new Set(paths)) {
    const run = await openRunFolder(path).catch((error: unknown) => {
      if (error instanceof SweeplineError) return null; // of another version, or being made
      throw error;
    });
    if (run === null) continue;
    const { sweep, worker: its } = run.manifest;
    if (sweep === loaded.sweep.name || its.name === worker.name) found.push(run);
  }
  const rank = ({ path, manifest }: FoundRun): number => {
    if (path === before) return 0;
    return manifest.engine === device.engine && manifest.device === device.device ? 1 : 2;
  };
  return found.sort((a, b) => rank(a) - rank(b));
}

/** Null where there is no journal yet, or one that cannot be read. */
function readState(folder: string): RunState | null {
  if (!existsSync(join(folder, JOURNAL_FILE))) return null;
  try {
    return readJournal(folder).state;
  } catch (error) {
    if (error instanceof SweeplineError) return null; // it tells nothing; whoever opens it hears why
    throw error;
  }
}

type AskCosts = (points: readonly Point[]) => Promise<readonly number[] | null>;

/** The trials of the first few runs that were timed on one machine and device. */
async function timeOf(
  runs: readonly FoundRun[],
  journalOf: (folder: string) => RunState | null,
  ask: AskCosts,
): Promise<{ readonly timed: Timed[]; readonly first: Manifest | undefined }> {
  const timed: Timed[] = [];
  let first: Manifest | undefined;
  let count = 0;
  for (const { path, manifest } of runs) {
    if (count === RUNS) break;
    if (first !== undefined && !isAlike(first, manifest)) continue;
    const state = journalOf(path);
    const tasks = (state?.epochs ?? []).flatMap((epoch) => readTimed(path, epoch));
    const costs = await costsOf(tasks.flatMap(({ points }) => points));
    if (costs === null || costs.length === 0) continue;
    first ??= manifest;
    count++;
    let at = 0;
    for (const { points, ...task } of tasks) {
      timed.push({ ...task, units: mean(costs.slice(at, at + points.length)) });
      at += points.length;
    }
  }
  return { timed, first };

  async function costsOf(points: readonly Point[]): Promise<readonly number[] | null> {
    if (points.length === 0) return null;
    return ask(points).catch((error: unknown) => {
      // Points of another version of the worker may be none to this one.
      if (error instanceof SweeplineError && error.code === 'BAD_DEFINITION') return null;
      throw error;
    });
  }
}

/** What may make the job's trials take another time than those of a run. */
function describeDifferences({ worker, device }: Job, manifest: Manifest): string[] {
  const { version } = manifest.worker;
  return [
    ...(version === worker.version ? [] : [`version ${version} of the worker`]),
    ...(manifest.host === hostname() ? [] : [`machine ${manifest.host}`]),
    ...(manifest.engine === device.engine && manifest.device === device.device
      ? []
      : [`engine ${manifest.engine} on ${manifest.device}`]),
  ];
}

function isAlike(a: Manifest, b: Manifest): boolean {
  return a.host === b.host && a.engine === b.engine && a.device === b.device;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
