// Loads a worker's module. Called in hosts and in the in-process pool only: never in the coordinator of a real run.
import { loadDefault } from '../ground/module.js';
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
