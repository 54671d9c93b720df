// What `plan`, `run` and `resume` have in common before anything runs: load the sweep, open a pool, let it describe the
// worker, and resolve the definition against it. Nothing is written here.
import { availableParallelism } from 'node:os';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import type { DataIdentity, Pool } from '../pool/contract.js';
import { createHostPool } from '../pool/host.js';
import { createInlinePool } from '../pool/inline.js';
import { TFJS_ENVIRONMENT } from '../session/tfjs/environment.js';
import { createSpace, type Space } from '../space/space.js';
import type { WorkerDescription } from '../worker/define.js';
import type { RunRequest } from './contract.js';
import { type Device, findDevice } from './device.js';
import { type LoadedSweep, loadSweep } from './load.js';
import { checkAgainstData, type Resolved, resolveSweep } from './resolve.js';

export interface Prepared {
  readonly loaded: LoadedSweep;
  readonly worker: WorkerDescription;
  readonly resolved: Resolved;
  /** The axes that are crossed: for `bisect` all but the one that it searches. */
  readonly space: Space;
  readonly pool: Pool;
  readonly workers: number;
  readonly device: Device;
  /** The data set that the worker has read, if any. */
  readonly data: DataIdentity | null;
}

/** The pool is open when this resolves: close it. Rejects with every fault of the request and the definition. */
export async function prepare(request: RunRequest, onLine: (line: string) => void): Promise<Prepared> {
  checkRequest(request);
  const loaded = await loadSweep(request.sweep);
  const workers = request.workers ?? availableParallelism();
  const pool = openPool(request, loaded.workerUrl, workers, onLine);
  try {
    const worker = await pool.describe();
    const resolved = await resolveSweep(loaded.sweep, request, worker, pool);
    requireGrid(resolved, worker);
    const device = await findDevice(request, worker);
    const data = await pool.load({ data: request.data });
    if (data !== null) await checkAgainstData(loaded.sweep, resolved, worker, pool);
    return { device, data, loaded, worker, resolved, space: createSpace(resolved.space), pool, workers };
  } catch (error) {
    pool.kill();
    throw error;
  }
}

/** Threads in a host process, or none and no process with `debug`. */
export function openPool(
  request: RunRequest,
  workerUrl: string,
  threads: number,
  onLine: (line: string) => void,
): Pool {
  return request.debug
    ? createInlinePool(workerUrl)
    : createHostPool({ workerUrl, threads, env: TFJS_ENVIRONMENT, onLine });
}

/** Stages run before the trials: which ones is known in advance only on a grid. */
function requireGrid({ sampler }: Resolved, { name, stages }: WorkerDescription): void {
  if (sampler.name === 'grid' || stages.length === 0) return;
  throw new SweeplineError(
    'BAD_DEFINITION',
    `worker ${name} has stages (${stages.map((stage) => stage.name).join(', ')}), which sampler ${sampler.name} cannot plan`,
    { hint: 'use the sampler grid' },
  );
}

function checkRequest(request: RunRequest): void {
  const faults: string[] = [];
  const count = (name: string, value: number | undefined, least: number): void => {
    if (value !== undefined && !(Number.isInteger(value) && value >= least))
      faults.push(`${name} ${value}: expected an integer of at least ${least}`);
  };
  count('workers', request.workers, 1);
  count('replicates', request.replicates, 1);
  count('retries', request.retries, 0);
  count('block size', request.blockSize, 1);
  if (typeof request.maxFailures === 'number') count('max failures', request.maxFailures, 0);
  if (request.seed !== undefined && !Number.isSafeInteger(request.seed))
    faults.push(`seed ${request.seed}: expected an integer`);
  const { shard } = request;
  if (
    shard !== undefined &&
    !(
      Number.isInteger(shard.count) &&
      Number.isInteger(shard.index) &&
      shard.index >= 1 &&
      shard.index <= shard.count
    )
  ) {
    faults.push(`shard ${shard.index}/${shard.count}: expected i/n with 1 <= i <= n`);
  }
  throwFaults('BAD_USAGE', 'the request does not hold together', faults);
}
