// What would run, and why: the counts that `sweepline plan` shows. Reads; writes nothing.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { systemClock } from '../ground/clock.js';
import { SweeplineError } from '../ground/errors.js';
import { countCarried } from '../run/carry.js';
import { findRun } from '../run/find.js';
import { MANIFEST_FILE, openRunFolder } from '../run/folder.js';
import { spaceRecord } from '../run/records.js';
import { type RunStatus, readRunStatus } from '../run/status.js';
import { describeAxisValues } from '../space/values.js';
import { createKeyer } from '../trial/key.js';
import { createRowPrefixes } from '../trial/prefixes.js';
import { isSameSpace, requestOf, restorePrepared } from './again.js';
import type { Plan, RunRequest } from './contract.js';
import { type Prepared, prepare } from './prepare.js';
import { createManifest } from './record.js';
import { bisectStride } from './samplers/bisect.js';
import type { Sampler } from './samplers/contract.js';
import { createSampler } from './samplers/create.js';
import { createAccept } from './samplers/grid.js';
import { planStages } from './stages.js';

export interface PlanFacts {
  readonly prepared: Prepared;
  /** Its totals are of this shard, what is done included. */
  readonly sampler: Pick<Sampler, 'total' | 'excluded'>;
  readonly folder: string | null;
  readonly counts: { readonly done: number; readonly failed: number; readonly orphaned: number };
  /** Of one trial, as measured before; null where none was. */
  readonly meanRunMs: number | null;
}

/** What `run` with this request would do. Loads the worker in a host, to check values against its own types. */
export async function planRun(request: RunRequest): Promise<Plan> {
  const prepared = await prepare(request, () => undefined);
  try {
    const { space, resolved, loaded } = prepared;
    const known =
      request.out !== undefined && existsSync(resolve(request.out, MANIFEST_FILE))
        ? await readRunStatus(request.out)
        : null;
    if (known !== null && known.manifest.sweep !== loaded.sweep.name) {
      throw new SweeplineError(
        'BAD_USAGE',
        `${request.out} holds a run of sweep ${known.manifest.sweep}, not ${loaded.sweep.name}`,
        { hint: 'give another --out' },
      );
    }
    const record = spaceRecord(createManifest(prepared, request, '', systemClock));
    const accept = createAccept(space, loaded.sweep.where) ?? (() => true);
    const counts =
      known === null || isSameSpace(known.state.epoch.record, record)
        ? (known ?? { done: 0, failed: 0, orphaned: 0 })
        : { done: countCarried(known.state.epochs, record, accept), failed: 0, orphaned: 0 };
    const sampler = createSampler({
      space,
      spec: resolved.sampler,
      accept: createAccept(space, loaded.sweep.where),
      shard: request.shard ?? null,
      nextUndone: (from) => from,
    });
    const folder = request.out === undefined ? null : resolve(request.out);
    const meanRunMs = (known ?? (await lastRun(loaded.sweep.name, request.root)))?.meanRunMs ?? null;
    return describePlan({ prepared, sampler, folder, counts, meanRunMs });
  } finally {
    prepared.pool.kill();
  }
}

/** What `resume` would do with a run. */
export async function planResume(path: string): Promise<Plan> {
  const { path: folder, manifest } = await openRunFolder(path);
  const status = await readRunStatus(folder);
  const prepared = restorePrepared(await prepare(requestOf(manifest, {}), () => undefined), manifest);
  try {
    const { space, resolved, loaded } = prepared;
    const { shard } = manifest;
    const sampler = createSampler({
      space,
      spec: resolved.sampler,
      accept: createAccept(space, loaded.sweep.where),
      shard,
      nextUndone: (from) => from,
    });
    return describePlan({ prepared, sampler, folder, counts: status, meanRunMs: status.meanRunMs });
  } finally {
    prepared.pool.kill();
  }
}

export function describePlan({ prepared, sampler, folder, counts, meanRunMs }: PlanFacts): Plan {
  const { space, resolved, workers, loaded } = prepared;
  const { sampler: spec } = resolved;
  const most = spec.name === 'bisect' ? space.trials * bisectStride(spec) : space.trials;
  const total = sampler.total ?? most;
  const fresh = Math.max(0, total - counts.done);
  return {
    sweep: loaded.sweep.name,
    title: loaded.sweep.title,
    folder,
    sampler:
      spec.name === 'bisect'
        ? `bisect ${spec.axis} from ${spec.from} to ${spec.to} until ${spec.metric} is known to ${spec.tolerance}`
        : spec.name,
    axes: describeAxes(prepared),
    trials: total,
    excluded: sampler.excluded,
    done: counts.done,
    failed: counts.failed,
    orphaned: counts.orphaned,
    stages: planStages(prepared, folder),
    new: fresh,
    predictedMs: meanRunMs === null ? null : (meanRunMs * fresh) / workers,
    predictedBytes: predictBytes(prepared, fresh),
    workers,
  };
}

function describeAxes({ space }: Prepared): string[] {
  const several = space.spec.grids.length > 1;
  return space.spec.grids.flatMap((grid, g) =>
    grid.axes.map((axis) => {
      const values = axis.names
        .map((name, i) => `${name}: ${describeAxisValues(axis.values[i]!)}`)
        .join(' zipped with ');
      const when = Object.entries(axis.when ?? {}).map(
        ([name, allowed]) => `${name} is ${allowed.join(' or ')}`,
      );
      const grids = several ? `grid ${g + 1}, ` : '';
      return `${grids}${values}${when.length > 0 ? ` when ${when.join(' and ')}` : ''}`;
    }),
  );
}

/** Rows stand in the journal and in trials.csv; a number is taken at 18 characters. */
function predictBytes({ space, resolved, worker }: Prepared, trials: number): number {
  const { axes, fixed, seed: sweepSeed } = resolved;
  const keyer = createKeyer(worker.name, worker.version);
  const prefixes = createRowPrefixes({ space, axes, params: worker.params, fixed, keyer, sweepSeed }).range(
    0,
    Math.min(10, space.trials),
  ).prefixes;
  const prefix = prefixes.reduce((sum, text) => sum + text.length, 0) / Math.max(1, prefixes.length);
  const cells = worker.metrics.reduce((sum, { type }) => sum + (type === 'number' ? 19 : 6), 3);
  const timing = 45;
  return Math.round(trials * (2 * (prefix + cells) + timing));
}

/** The newest run of a sweep, for what a trial took there. */
async function lastRun(sweep: string, root = 'runs'): Promise<RunStatus | null> {
  try {
    return await readRunStatus(await findRun(sweep, root));
  } catch (error) {
    if (error instanceof SweeplineError) return null; // there is none yet
    throw error;
  }
}
