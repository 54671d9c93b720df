// A run taken up again: its manifest counts, not what the sweep's file or the command line would say today.
import { throwFaults } from '../ground/errors.js';
import type { Manifest } from '../run/manifest.js';
import type { SpaceRecord } from '../run/records.js';
import { createSpace } from '../space/space.js';
import type { RunRequest } from './contract.js';
import type { Prepared } from './prepare.js';

/** The request that loads a run's sweep and worker again. */
export function requestOf(manifest: Manifest, request: Partial<RunRequest>): RunRequest {
  return {
    ...request,
    sweep: manifest.sweepUrl,
    ...(manifest.shard === null ? {} : { shard: manifest.shard }),
    ...(manifest.engine === 'none' ? {} : { engine: manifest.engine, device: manifest.device }),
    ...(manifest.dataChoice === null ? {} : { data: manifest.dataChoice }),
  };
}

/** The run's own space in place of the one in the sweep's file. Kills the pool and throws where numbers could differ. */
export function restorePrepared(prepared: Prepared, manifest: Manifest): Prepared {
  const { worker, loaded } = prepared;
  const faults: string[] = [];
  if (worker.version !== manifest.worker.version)
    faults.push(
      `worker ${worker.name} has version ${worker.version}; the run was made with ${manifest.worker.version}`,
    );
  if (String(loaded.sweep.where ?? '') !== (manifest.where ?? ''))
    faults.push('the constraint in the sweep’s file has changed since the run was made');
  try {
    throwFaults('BAD_RUN_FOLDER', 'cannot resume', faults, {
      hint: 'start the sweep again with --out on the same folder: what still counts is carried over, the rest runs anew',
    });
  } catch (error) {
    prepared.pool.kill();
    throw error;
  }
  const { space, axes, fixed, sampler, seed } = manifest;
  return { ...prepared, resolved: { space, axes, fixed, sampler, seed }, space: createSpace(space) };
}

/** Whether two space records mean the same trials with the same numbers. Where the files lie does not matter. */
export function isSameSpace(a: SpaceRecord, b: SpaceRecord): boolean {
  return textOf(a) === textOf(b);
}

function textOf({ worker, ...rest }: SpaceRecord): string {
  const { url: _, ...identity } = worker;
  return JSON.stringify(sorted({ ...rest, worker: identity }));
}

/** The same data with its keys in order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(
    entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, each]) => [key, sorted(each)]),
  );
}
