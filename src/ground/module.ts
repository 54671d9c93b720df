// Loads a user's file by URL, TypeScript as it is: sweeps, workers and reports are all found by what made their default
// export. Runs the file's code: call it only in the process where that code belongs.

import { existsSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SweeplineError } from './errors.js';

/** What `define…` made, and the word for it in messages. */
export interface ModuleKind {
  readonly kind: string;
  /** `sweep`, `worker`, `report`. */
  readonly word: string;
  /** `defineSweep({ … })` */
  readonly example: string;
}

/** The default export of a module. BAD_DEFINITION where the file is missing, cannot be loaded, or is of another kind. */
export async function loadDefault<T extends { readonly kind: string }>(
  url: string,
  kind: ModuleKind,
): Promise<T> {
  const { word, example } = kind;
  const path = fileURLToPath(url);
  if (!existsSync(path)) {
    throw new SweeplineError('BAD_DEFINITION', `the ${word}'s file ${path} does not exist`, {
      hint: `name the file of a ${word} that exports ${example}`,
    });
  }
  if (/\.[cm]?tsx?$/.test(path)) await registerTypeScript(path);
  let module: { default?: { kind?: unknown; default?: unknown } };
  try {
    module = (await unlessStuck(import(url), path)) as typeof module;
  } catch (cause) {
    if (cause instanceof SweeplineError) throw cause;
    const why = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    throw new SweeplineError('BAD_DEFINITION', `${path} cannot be loaded: ${why}`, { cause });
  }
  // TypeScript in a package without "type": "module" comes as CommonJS, whose exports are the default.
  for (const found of [module.default, module.default?.default] as (T | undefined)[]) {
    if (found?.kind === kind.kind) return found;
  }
  throw new SweeplineError('BAD_DEFINITION', `${path} is not a ${word}: its default export was not made so`, {
    hint: `write \`export default ${example}\``,
  });
}

/**
 * A module that has not loaded while nothing was going on for so many looks in a row never will; more of them where the
 * machine has more to do than it can at once.
 */
const IDLE_LOOKS = 20;
const LOOK_MS = 500;
/** More processor time between two looks, in µs: a loader's own thread may be at work, which no resource tells. */
const IDLE_CPU = 10_000;

/**
 * Rejects where a module awaits, at its top level, what nothing is left to bring about. Node ends a program of its own
 * accord then; here other things keep it alive.
 */
async function unlessStuck<T>(loading: Promise<T>, path: string): Promise<T> {
  const before = countResources();
  let idle = 0;
  let used = process.cpuUsage();
  let timer: NodeJS.Timeout | undefined;
  const stuck = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const isIdle = [...countResources()].every(
        ([kind, count]) => count <= (before.get(kind) ?? 0) + (kind === 'Timeout' ? 1 : 0),
      );
      const { user, system } = process.cpuUsage(used);
      used = process.cpuUsage();
      idle = isIdle && user + system < IDLE_CPU ? idle + 1 : 0;
      if (idle < IDLE_LOOKS * Math.max(1, loadavg()[0]! / availableParallelism())) return;
      const hint = 'look for a top-level `await` of a promise that is never resolved';
      reject(
        new SweeplineError(
          'BAD_DEFINITION',
          `${path} never finishes loading: nothing is left that could end its wait`,
          {
            hint,
          },
        ),
      );
    }, LOOK_MS);
  });
  try {
    return await Promise.race([loading, stuck]);
  } finally {
    clearInterval(timer);
  }
}

/** What keeps this thread alive, by kind: sockets, timers, reads of files. */
function countResources(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

/**
 * The `file:` URL of a module that one at `base` names: by a URL, or by a path from there. A `.js` that is not there
 * stands for the `.ts` beside it, as in TypeScript's own imports.
 */
export function resolveReference(reference: string, base: string): string {
  const path = reference.startsWith('file:')
    ? fileURLToPath(reference)
    : resolve(dirname(fileURLToPath(base)), reference);
  const typed = path.replace(/\.([cm]?)js$/, '.$1ts');
  return pathToFileURL(!existsSync(path) && existsSync(typed) ? typed : path).href;
}

interface Registered {
  /** Path of the tsconfig.json; false: none. */
  readonly tsconfig: string | false;
  readonly unregister: () => Promise<void>;
}

let registering: Promise<Registered> | undefined;

/**
 * Lets this thread import TypeScript, as the tsconfig.json nearest to the file has it (paths, for one): not that of the
 * working directory. Asked for here, not with `--import tsx`, which tsx 4.23 heeds in main threads only (Node 20), and
 * which would be looked up from the working directory. Twice, for files that are ESM and CommonJS.
 */
async function registerTypeScript(path: string): Promise<void> {
  const tsconfig = findTsconfig(dirname(path));
  const before = registering;
  registering = (async () => {
    const registered = await before;
    if (registered?.tsconfig === tsconfig) return registered;
    await registered?.unregister();
    const [esm, commonJs] = await Promise.all([import('tsx/esm/api'), import('tsx/cjs/api')]);
    // The CommonJS half has no option for it.
    if (tsconfig === false) delete process.env.TSX_TSCONFIG_PATH;
    else process.env.TSX_TSCONFIG_PATH = tsconfig;
    const ends = [esm.register({ tsconfig }), commonJs.register()];
    const unregister = async () => {
      for (const end of ends) await end();
    };
    return { tsconfig, unregister };
  })();
  await registering;
}

function findTsconfig(folder: string): string | false {
  const path = join(folder, 'tsconfig.json');
  if (existsSync(path)) return path;
  const above = dirname(folder);
  return above === folder ? false : findTsconfig(above);
}
