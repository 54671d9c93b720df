// Loads a worker's module. Called in hosts and in the in-process pool only: never in the coordinator of a real run.
import { loadDefault } from '../ground/module.js';
import type { Worker } from './worker.js';

/** The worker that a module exports as default. Throws BAD_DEFINITION where there is none. */
export function loadWorker(url: string): Promise<Worker> {
  return loadDefault<Worker>(url, {
    kind: 'sweepline-worker',
    word: 'worker',
    example: 'defineWorker({ … })',
  });
}
