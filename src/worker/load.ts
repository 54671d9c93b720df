// Loads a worker's module. Called in hosts and in the in-process pool only: never in the coordinator of a real run.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SweeplineError } from '../ground/errors.js';
import { loadDefault } from '../ground/module.js';
import { hashFiles, hashSources } from '../ground/sources.js';
import { isCommandUrl, readCommandUrl } from './command/definition.js';
import { settle, startFolder } from './command/program.js';
import { toWorker } from './command/worker.js';
import type { Worker } from './contract.js';
import { splitStageUrl, stageWorker } from './stage.js';

/**
 * The worker that a module exports as default, or the stage of it that the URL names, or the one that a URL of a command
 * tells. BAD_DEFINITION where there is none.
 */
export async function loadWorker(workerUrl: string): Promise<Worker> {
  if (isCommandUrl(workerUrl)) {
    const { command, cwd } = readCommandUrl(workerUrl);
    return settle(toWorker(command), cwd);
  }
  const { url, stage } = splitStageUrl(workerUrl);
  const worker = await loadDefault<Worker>(url, {
    kind: 'sweepline-worker',
    word: 'worker',
    example: 'defineWorker({ … })',
  });
  return stage === undefined ? settle(worker, dirname(fileURLToPath(url))) : stageWorker(worker, stage);
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
  if (sources !== '' && addFiles(worker, sources.split('+')[0]!) !== sources)
    throw edited(`a file of worker ${worker.name}'s command (${worker.command?.files.join(', ')})`);
  return worker;
}

/** The hash of a worker's code, and behind it that of the files which its command names. */
export function addFiles(worker: Worker, sources: string): string {
  const files = worker.command?.files ?? [];
  return files.length === 0 ? sources : `${sources}+${hashFiles(startFolder(worker), files)}`;
}

/** Throws BAD_DEFINITION where the code is another than that of `sources`; empty: any will do. */
export function requireSame(workerUrl: string, sources: string): void {
  const [code] = sources.split('+');
  if (code === '' || hashSources(workerUrl) === code) return;
  throw edited(`the worker's code (${workerUrl})`);
}

function edited(what: string): SweeplineError {
  return new SweeplineError('BAD_DEFINITION', `${what} was edited during the run`, {
    hint: 'resume the run: the trials that are left run with the code as it is then',
  });
}
