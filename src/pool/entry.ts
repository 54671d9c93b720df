// Where the compiled entry files of hosts and threads are, and what Node needs to run them. Entries run compiled, also
// when this file itself runs as TypeScript (tests): a thread starts in 30 ms that way, against 350 ms through tsx.
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

export function entryPath(name: 'host-entry' | 'thread-entry'): string {
  const here = import.meta.url;
  const compiled = here.endsWith('.ts')
    ? here.replace(/\/src\/pool\/entry\.ts$/, '/dist/src/pool/entry.js')
    : here;
  return fileURLToPath(new URL(`./${name}.js`, compiled));
}

/**
 * Node's own options for a process or thread that loads this worker: tsx where the worker is TypeScript, else none (the
 * coordinator's are not passed on). By tsx's full address: `--import tsx` would be looked up from the working directory.
 */
export function nodeOptionsFor(workerUrl: string): string[] {
  if (!/\.[cm]?tsx?$/.test(workerUrl)) return [];
  return ['--import', pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href];
}
