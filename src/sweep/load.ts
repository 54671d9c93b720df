// Finds and loads sweep files: the shipped ones by name, a user's by path, TypeScript as it is.
import { existsSync, readdirSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiledPath } from '../ground/compiled.js';
import { SweeplineError } from '../ground/errors.js';
import { loadDefault } from '../ground/module.js';
import { describeUnknown } from '../ground/text.js';
import type { Suite } from '../suite/define.js';
import { splitStageUrl, stageUrl } from '../worker/stage.js';
import type { Sweep } from './define.js';

export interface LoadedSweep {
  readonly sweep: Sweep;
  /** `file:` URLs; a `.js` that is not there yet stands for the `.ts` beside it, as in TypeScript's own imports. */
  readonly url: string;
  readonly workerUrl: string;
  readonly reportUrl: string | null;
}

const shipped = compiledPath(import.meta.url, '../../sweeps/');

/** Suites lie beside the sweeps that they are of. */
const shippedSuites = compiledPath(import.meta.url, '../../sweeps/suites/');

export function shippedNames(folder = shipped): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.js'))
    .map((file) => basename(file, '.js'))
    .sort();
}

export async function listShippedSuites(): Promise<
  readonly { name: string; title: string; about: string }[]
> {
  return Promise.all(
    shippedNames(shippedSuites).map(async (name) => {
      const { title, about } = await loadSuite(name);
      return { name, title, about };
    }),
  );
}

export async function shippedSweeps(): Promise<readonly { name: string; title: string; about: string }[]> {
  return Promise.all(
    shippedNames().map(async (name) => {
      const { sweep } = await loadSweep(name);
      return { name, title: sweep.title, about: sweep.about };
    }),
  );
}

/** Loads a shipped sweep by name, or a file by path or URL. BAD_USAGE where there is none, BAD_DEFINITION where it is no sweep. */
export async function loadSweep(nameOrFile: string): Promise<LoadedSweep> {
  const { url, stage } = nameOrFile.startsWith('file:')
    ? splitStageUrl(nameOrFile)
    : { url: pathToFileURL(findFile(nameOrFile, 'sweep', shipped)).href, stage: undefined };
  const sweep = await loadDefault<Sweep>(url, {
    kind: 'sweepline-sweep',
    word: 'sweep',
    example: 'defineSweep({ name, worker, axes })',
  });
  const loaded = {
    sweep,
    url,
    workerUrl: resolveModule(sweep.worker, url),
    reportUrl: sweep.report === null ? null : resolveModule(sweep.report, url),
  };
  return stage === undefined ? loaded : loadedStage(loaded, stage);
}

/** Loads a shipped suite by name, or a file by path. BAD_USAGE where there is none, BAD_DEFINITION where it is no suite. */
export function loadSuite(nameOrFile: string): Promise<Suite> {
  return loadDefault<Suite>(pathToFileURL(findFile(nameOrFile, 'suite', shippedSuites)).href, {
    kind: 'sweepline-suite',
    word: 'suite',
    example: 'defineSuite({ name, runs })',
  });
}

/** A stage of a sweep's worker as a sweep of its own. Its grid is that of a run: here it has none. */
export function loadedStage({ sweep, url, workerUrl }: LoadedSweep, stage: string): LoadedSweep {
  const name = `${sweep.name}.${stage}`;
  return {
    sweep: {
      ...sweep,
      name,
      title: `${sweep.title}: stage ${stage}`,
      grids: [{ axes: [] }],
      fixed: {},
      where: null,
    },
    url: stageUrl(url, stage),
    workerUrl: stageUrl(workerUrl, stage),
    reportUrl: null,
  };
}

function findFile(nameOrFile: string, word: 'sweep' | 'suite', folder: string): string {
  if (existsSync(resolve(nameOrFile)) && /\.[cm]?[jt]s$/.test(nameOrFile)) return resolve(nameOrFile);
  const names = shippedNames(folder);
  if (names.includes(nameOrFile)) return resolve(folder, `${nameOrFile}.js`);
  if (/[/\\.]/.test(nameOrFile)) {
    throw new SweeplineError('BAD_USAGE', `there is no ${word} file ${nameOrFile}`, {
      hint: `give the path of a .ts or .js file that exports a ${word}, or a shipped name: ${names.join(', ')}`,
    });
  }
  throw new SweeplineError('BAD_USAGE', describeUnknown(word, nameOrFile, names), {
    hint: `give a shipped name, or the path of your own ${word} file`,
  });
}

function resolveModule(reference: string, base: string): string {
  const url = new URL(reference, base).href;
  const typed = url.replace(/\.([cm]?)js$/, '.$1ts');
  return !existsSync(fileURLToPath(url)) && existsSync(fileURLToPath(typed)) ? typed : url;
}
