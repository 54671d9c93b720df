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
  if (/\.[cm]?tsx?$/.test(url)) await registerTypeScript();
  const module = (await import(url)) as { default?: { kind?: unknown; default?: unknown } };
  // TypeScript in a package without "type": "module" comes as CommonJS, whose exports are the default.
  for (const found of [module.default, module.default?.default]) if (isWorker(found)) return found;
  throw new SweeplineError(
    'BAD_DEFINITION',
    `${url} is not a worker: its default export was not made by defineWorker`,
    {
      hint: 'write `export default defineWorker({ … })`',
    },
  );
}

function isWorker(found: unknown): found is Worker {
  return (found as { kind?: unknown } | undefined)?.kind === 'sweepline-worker';
}

let registered: Promise<void> | undefined;

/**
 * Lets this thread import TypeScript. Asked for here, not with `--import tsx`, which tsx 4.23 heeds in main threads only
 * (Node 20), and which would be looked up from the working directory. Twice, for files that are ESM and CommonJS.
 */
function registerTypeScript(): Promise<void> {
  registered ??= (async () => {
    const [esm, commonJs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
    esm.register();
    commonJs.register();
  })();
  return registered;
}
