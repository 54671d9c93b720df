// A user's project for tests: a worker and a sweep of their own in a folder, which may be edited while they run.
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newFolder } from './session.js';

const HEAD = `import { defineSweep, defineWorker } from ${JSON.stringify(pathToFileURL(resolve('dist/src/index.js')).href)};
import { z } from ${JSON.stringify(pathToFileURL(resolve('node_modules/zod/index.js')).href)};
`;

export interface Project {
  readonly home: string;
  /** The sweep's file. */
  readonly sweep: string;
  /** Writes a file of the project; `text` may use defineSweep, defineWorker and z. */
  write(name: string, text: string): string;
}

/** `worker` and `sweep` are the options of defineWorker and defineSweep, as text. */
export function makeProject(worker: string, sweep: string): Project {
  const home = newFolder();
  const write = (name: string, text: string): string => {
    writeFileSync(join(home, name), HEAD + text);
    return join(home, name);
  };
  write('worker.mjs', `export default defineWorker({ name: 'mine', version: '1', ${worker} });\n`);
  const file = write(
    'sweep.mjs',
    `const worker = new URL('./worker.mjs', import.meta.url);\nexport default defineSweep({ name: 'mine', worker, ${sweep} });\n`,
  );
  return { home, sweep: file, write };
}
