// Loads a worker's module. Called in hosts and in the in-process pool only: never in the coordinator of a real run.
import { SweeplineError } from '../ground/errors.js';
import { loadDefault } from '../ground/module.js';
import { hashSources } from '../ground/sources.js';
import type { Worker } from './contract.js';
import { splitStageUrl, stageWorker } from './stage.js';

/** The worker that a module exports as default, or the stage of it that the URL names. BAD_DEFINITION where there is none. */
export async function loadWorker(workerUrl: string): Promise<Worker> {
  const { url, stage } = splitStageUrl(workerUrl);
  const worker = await loadDefault<Worker>(url, {
    kind: 'sweepline-worker',
    word: 'worker',
    example: 'defineWorker({ … })',
  });
  return stage === undefined ? worker : stageWorker(worker, stage);
}

/** Hash of the worker's code as it is now; empty where there is none, which loading it will tell. */
export function readSources(workerUrl: string): string {
  try {
    return hashSources(workerUrl);
  } catch {
    return '';
  }
}

/**
 * The same, where the code must be that of `sources` (see ground/sources.ts): BAD_DEFINITION where it has been edited
 * since. A run never loads half old and half new code.
 */
export async function loadSameWorker(workerUrl: string, sources: string): Promise<Worker> {
  requireSame(workerUrl, sources);
  const worker = await loadWorker(workerUrl);
  requireSame(workerUrl, sources); // and not while it was being loaded
  return worker;
}

/** Throws BAD_DEFINITION where the code is another than that of `sources`; empty: any will do. */
export function requireSame(workerUrl: string, sources: string): void {
  if (sources === '' || hashSources(workerUrl) === sources) return;
  throw new SweeplineError('BAD_DEFINITION', `the worker's code (${workerUrl}) was edited during the run`, {
    hint: 'resume the run: the trials that are left run with the code as it is then',
  });
}
