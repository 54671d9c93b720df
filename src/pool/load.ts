// Loads a worker's module. Called in hosts and in the in-process pool only: never in the coordinator of a real run.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SweeplineError } from '../ground/errors.js';
import type { Worker } from './worker.js';

/** The worker that a module exports as default. Throws BAD_DEFINITION where there is none. */
export async function loadWorker(url: string): Promise<Worker> {
  if (url.startsWith('file:') && !existsSync(fileURLToPath(url))) {
    throw new SweeplineError('BAD_DEFINITION', `the worker's file ${fileURLToPath(url)} does not exist`, {
      hint: 'name it in the sweep as worker: new URL("../workers/mine.ts", import.meta.url)',
    });
  }
  const module = (await import(url)) as { default?: { kind?: unknown } };
  if (module.default?.kind !== 'sweepline-worker') {
    throw new SweeplineError(
      'BAD_DEFINITION',
      `${url} is not a worker: its default export was not made by defineWorker`,
      {
        hint: 'write `export default defineWorker({ … })`',
      },
    );
  }
  return module.default as Worker;
}
