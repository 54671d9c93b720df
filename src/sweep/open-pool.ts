// The pool of a run, from its settings.

import { systemClock } from '../ground/clock.js';
import type { Pool } from '../pool/contract.js';
import { createHostPool } from '../pool/host.js';
import { createInlinePool } from '../pool/inline.js';
import { TFJS_ENVIRONMENT } from '../session/tfjs/environment.js';
import type { Settings } from './settings.js';

/** Threads in a host process, or none and no process with `debug`. Nothing starts before it is asked something. */
export async function openPool(
  { debug, workers, isolation, memoryBytes, loadMs, queue }: PoolSettings,
  workerUrl: string,
  onLine: (line: string) => void,
): Promise<Pool> {
  if (debug) return createInlinePool(workerUrl);
  const env = TFJS_ENVIRONMENT;
  if (queue !== null) {
    const { createQueuePool } = await import('../queue/pool.js'); // most runs have no use for it
    const local = createHostPool({ workerUrl, threads: 1, loadMs, env, onLine });
    const limits = { isolation, memoryBytes, loadMs };
    return createQueuePool({ ...queue, local, workerUrl, limits, say: onLine, now: () => systemClock.now() });
  }
  const memory = memoryBytes === null ? {} : { memoryBytes };
  return createHostPool({ workerUrl, threads: workers, isolation, loadMs, ...memory, env, onLine });
}

type PoolSettings = Pick<Settings, 'debug' | 'workers' | 'isolation' | 'memoryBytes' | 'loadMs' | 'queue'>;

/** Does something with a pool that is closed afterwards, however that ends. */
export async function withPool<T>(pool: Pool, work: (pool: Pool) => Promise<T>): Promise<T> {
  try {
    return await work(pool);
  } finally {
    pool.kill();
  }
}

/** Does something that hands the pool on: it is killed only where that fails. */
export async function handingOn<T>(pool: Pool, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    pool.kill();
    throw error;
  }
}
