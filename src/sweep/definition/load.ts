// Finds and loads sweep files: the shipped ones by name, a user's by path, TypeScript as it is.
import { pathToFileURL } from 'node:url';
import { compiledPath } from '../../ground/compiled.js';
import { loadDefault, resolveReference } from '../../ground/module.js';
import { isCommandUrl } from '../../worker/command/definition.js';
import { splitStageUrl, stageUrl } from '../../worker/stage.js';
import { readCommandSweep } from './command.js';
import type { Sweep } from './define.js';
import { findFile, type ShippedFiles, shippedNames } from './shipped.js';

export interface LoadedSweep {
  readonly sweep: Sweep;
  /** `file:` URLs; a `.js` that is not there yet stands for the `.ts` beside it, as in TypeScript's own imports. */
  readonly url: string;
  readonly workerUrl: string;
  readonly reportUrl: string | null;
}

const SWEEPS: ShippedFiles = { word: 'sweep', folder: compiledPath(import.meta.url, '../../../sweeps/') };

export async function shippedSweeps(): Promise<readonly { name: string; title: string; about: string }[]> {
  return Promise.all(
    shippedNames(SWEEPS.folder).map(async (name) => {
      const { sweep } = await loadSweep(name);
      return { name, title: sweep.title, about: sweep.about };
    }),
  );
}

/** Loads a shipped sweep by name, or a file by path or URL. BAD_USAGE where there is none, BAD_DEFINITION where it is no sweep. */
export async function loadSweep(nameOrFile: string): Promise<LoadedSweep> {
  if (isCommandUrl(nameOrFile)) {
    const sweep = readCommandSweep(nameOrFile);
    return { sweep, url: nameOrFile, workerUrl: nameOrFile, reportUrl: null };
  }
  const { url, stage } = nameOrFile.startsWith('file:')
    ? splitStageUrl(nameOrFile)
    : { url: pathToFileURL(findFile(nameOrFile, SWEEPS)).href, stage: undefined };
  const sweep = await loadDefault<Sweep>(url, {
    kind: 'sweepline-sweep',
    word: 'sweep',
    example: 'defineSweep({ name, worker, axes })',
  });
  const loaded = {
    sweep,
    url,
    workerUrl: resolveReference(sweep.worker, url),
    reportUrl: sweep.report === null ? null : resolveReference(sweep.report, url),
  };
  return stage === undefined ? loaded : loadedStage(loaded, stage);
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
      seeds: null,
      where: null,
      objectives: [],
      constraints: [],
    },
    url: stageUrl(url, stage),
    workerUrl: stageUrl(workerUrl, stage),
    reportUrl: null,
  };
}
