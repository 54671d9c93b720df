// A job: one worker over one space, checked and complete, as data. A run is a list of jobs in order: the stages that its
// trials depend on, then the trials.
import { throwFaults } from '../ground/errors.js';
import type { Manifest } from '../run/manifest.js';
import type { MethodDefinition } from '../search/contract.js';
import type { PrunerSpec } from '../search/pruning/contract.js';
import { createSpace, type Space } from '../space/space.js';
import type { Point } from '../space/types.js';
import type { Aims } from '../trial/objective.js';
import type { DataIdentity, WorkerDescription } from '../worker/contract.js';
import type { WorkerQuestions } from '../worker/questions.js';
import { resolveAims } from './definition/aims.js';
import type { LoadedSweep } from './definition/load.js';
import { checkAgainstData, checkValues, type Resolved, resolveSweep } from './definition/resolve.js';
import { type Device, findDevice } from './device.js';
import { findChanges } from './fingerprint.js';
import { findPrunerMisfits } from './pruners/check.js';
import { findPrunerFaults, resolvePruner } from './pruners/list.js';
import type { Cut, Sampler } from './samplers/contract.js';
import { createAccept } from './samplers/finite.js';
import { createSampler, findSpecFaults, loadMethod, samplerOf } from './samplers/list.js';
import { ENDLESS, type Turn } from './samplers/turn.js';
import type { Settings } from './settings.js';

export interface Job {
  readonly loaded: LoadedSweep;
  readonly worker: WorkerDescription;
  readonly resolved: Resolved;
  /** Of `resolved.space`. */
  readonly space: Space;
  readonly device: Device;
  /** The data set that the worker has loaded, if any. */
  readonly data: DataIdentity | null;
  /** What is best, where the sweep or the request says so. */
  readonly aims?: Aims;
  /** Loaded for the sampler; null: it does not search. */
  readonly method: MethodDefinition | null;
  /** What stops trials early; absent: nothing does. */
  readonly pruner?: PrunerSpec;
  /** The part of the trials that is to run; null: all of them. See `takeShare`. */
  readonly share: Cut | null;
}

/** Rejects with every fault of the request and the definition. Asks the worker; writes nothing. */
export function prepareJob(
  loaded: LoadedSweep,
  settings: Settings,
  questions: WorkerQuestions,
): Promise<Job> {
  return prepare({ loaded, questions }, settings, {
    space: (worker, aims) => resolveSweep(loaded.sweep, settings, worker, aims),
    pruner: (worker, aims) => choosePruner({ loaded, settings, worker }, aims),
  });
}

/** What the request says counts. Throws BAD_USAGE or BAD_DEFINITION. */
function choosePruner(
  { loaded, settings, worker }: Pick<Job, 'loaded' | 'worker'> & { readonly settings: Settings },
  aims: Aims | undefined,
): PrunerSpec | undefined {
  const asked = settings.pruner ?? loaded.sweep.pruner;
  if (asked === null) return undefined;
  const faults: string[] = [];
  const spec = resolvePruner(asked, { worker, objectives: aims?.objectives ?? [] }, faults);
  throwFaults(
    settings.pruner === null ? 'BAD_DEFINITION' : 'BAD_USAGE',
    `sweep ${loaded.sweep.name}`,
    faults,
  );
  return spec;
}

interface Asked {
  readonly loaded: LoadedSweep;
  readonly questions: WorkerQuestions;
}

async function prepare(
  { loaded, questions }: Asked,
  settings: Settings,
  find: {
    readonly space: (worker: WorkerDescription, aims: Aims | undefined) => Resolved;
    readonly pruner: (worker: WorkerDescription, aims: Aims | undefined) => PrunerSpec | undefined;
  },
): Promise<Job> {
  const worker = await questions.describe();
  const aims = resolveAims(loaded.sweep, settings.objectives, worker.metrics);
  const resolved = find.space(worker, aims);
  const pruner = find.pruner(worker, aims);
  if (pruner !== undefined)
    throwFaults(
      'BAD_USAGE',
      `sweep ${loaded.sweep.name}`,
      findPrunerMisfits(pruner, { worker, resolved, retry: settings.retry }),
    );
  await checkValues(loaded.sweep, resolved, settings, questions);
  const device = await findDevice(settings, worker);
  const data = await questions.load({ data: settings.data ?? undefined });
  if (data !== null) await checkAgainstData(loaded.sweep, resolved, questions);
  const space = createSpace(resolved.space);
  return {
    loaded,
    worker,
    resolved,
    space,
    device,
    data,
    method: await loadMethod(resolved.sampler),
    share: null,
    ...(aims === undefined ? {} : { aims }),
    ...(pruner === undefined ? {} : { pruner }),
  };
}

/** The job of a run that there is. Rejects where numbers could differ from those that it has. */
export async function prepareAgain(manifest: Manifest, settings: Settings, asked: Asked): Promise<Job> {
  throwFaults('BAD_RUN_FOLDER', 'sampler of the manifest', findSpecFaults(manifest.sampler));
  const space = (worker: WorkerDescription) => {
    const resolved = restoreResolved(manifest);
    const changes = findChanges(manifest, { worker, loaded: asked.loaded, resolved });
    throwFaults('BAD_RUN_FOLDER', 'the run cannot be continued: its definition has changed', changes, {
      hint: 'undo the change; or raise the worker’s version and start the sweep again with --out on the same folder: what still counts is carried over, the rest runs anew',
    });
    return resolved;
  };
  return prepare(asked, settings, { space, pruner: () => restorePruner(manifest) });
}

function restorePruner({ pruner, worker }: Manifest): PrunerSpec | undefined {
  if (pruner === undefined) return undefined;
  throwFaults('BAD_RUN_FOLDER', 'pruner of the manifest', findPrunerFaults(pruner, worker.series));
  return pruner;
}

/** Not what the sweep's file says today: its grids may have changed, or need what the command line gave. */
function restoreResolved({ space, axes, fixed, sampler, seed }: Manifest): Resolved {
  const asked = samplerOf(sampler).grids?.(sampler, space) ?? space.grids;
  return { space, asked, axes, fixed, sampler, seed };
}

/** What depends on how far the run is. */
export interface Progressing {
  readonly nextUndone?: (from: number) => number;
  /** Trials to run of those that there are: a stage's are those that somebody needs. */
  readonly only?: ((trial: number) => boolean) | undefined;
  /** Absent: it may look as long as it takes. */
  readonly turn?: Turn;
  /** See Surroundings. */
  readonly proposed?: (trial: number) => Point | undefined;
  readonly wake?: () => void;
  readonly fail?: (error: unknown) => void;
}

const nothing = (): void => undefined;

/** A sampler at the start of a run, or where `nextUndone` says that the run is. */
export function openSampler(job: Job, progressing: Progressing = {}): Sampler {
  const { space, resolved, loaded, method, share } = job;
  const { nextUndone = (from: number) => from, only, turn = ENDLESS, proposed } = progressing;
  const { wake = nothing, fail = nothing } = progressing;
  const { where } = loaded.sweep;
  return createSampler({
    spec: resolved.sampler,
    method,
    space,
    seed: resolved.seed,
    accept: only ?? createAccept(space, where),
    where,
    share,
    nextUndone,
    turn,
    proposed,
    wake,
    fail,
    sweepUrl: loaded.url,
  });
}
