// How long trials will take, from runs that there are: a mean of trials that were timed, and where the worker tells the
// cost of trials, that mean in proportion.
import { SweeplineError } from '../ground/errors.js';
import { listRuns } from '../run/list.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import type { Point } from '../space/types.js';
import type { WorkerQuestions } from '../worker/questions.js';
import type { Prediction } from './contract.js';
import type { Job } from './job.js';
import { samplePoints } from './resolve.js';
import { samplerOf } from './samplers/list.js';

/** Milliseconds a trial; null where no run tells. `before`: a run of the same sweep, which is asked first. */
export async function predictTrial(
  job: Job,
  before: RunStatus | null,
  { questions, root }: { readonly questions: WorkerQuestions; readonly root: string },
): Promise<Prediction | null> {
  const { asked, fixed } = job.resolved;
  const costs = await questions.costs(samplePoints(asked, fixed));
  const timed = before?.meanRunMs != null ? before : await newestRun(job, root, costs !== null);
  if (timed?.meanRunMs == null) return null;
  const trialMs = timed.meanRunMs;
  if (costs === null || timed.manifest.worker.name !== job.worker.name) return { trialMs, from: 'mean' };
  const known = await questions.costs(pointsOf(timed));
  return { trialMs: (trialMs * mean(costs)) / mean(known!), from: 'cost' };
}

/** The newest run with timed trials: of the sweep, or, where costs make them comparable, of the same worker at all. */
async function newestRun(
  { loaded, worker }: Job,
  root: string,
  isCosted: boolean,
): Promise<RunStatus | null> {
  const { name } = loaded.sweep;
  for (const run of (await listRuns(root)).reverse()) {
    if (!isCosted && run.name !== name) continue;
    const status = await readRunStatus(run.path).catch((error: unknown) => {
      if (error instanceof SweeplineError) return null; // stopped before it began
      throw error;
    });
    if (status?.meanRunMs == null) continue;
    if (status.manifest.sweep === name || (isCosted && status.manifest.worker.name === worker.name))
      return status;
  }
  return null;
}

/** Points that stand for those of a run, with the defaults that it had. */
function pointsOf({ manifest }: RunStatus): Point[] {
  const { sampler, space, fixed, worker } = manifest;
  const grids = samplerOf(sampler).grids?.(sampler, space) ?? space.grids;
  const defaults = Object.fromEntries(worker.params.map((param) => [param.name, param.default]));
  return samplePoints(grids, { ...defaults, ...fixed });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
