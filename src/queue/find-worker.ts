// The worker's module of a run, as it is named to hosts and as a host finds it: by its place, and by its code, which must
// be the same. Refuses to load anything.
import { existsSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compiledPath } from '../ground/compiled.js';
import { SweeplineError } from '../ground/errors.js';
import { isWithin } from '../ground/inside.js';
import { hashSources } from '../ground/sources.js';
import { isCommandUrl } from '../worker/command/definition.js';
import type { WorkerDescription } from '../worker/contract.js';
import { splitStageUrl, stageUrl } from '../worker/stage.js';
import type { RunAbout } from './messages.js';

type WorkerPlace = RunAbout['worker'];

/** Where Sweepline itself lies, with the sweeps that it ships. */
const OWN = compiledPath(import.meta.url, '../../');

/** `folder`: the coordinator's working directory. */
export function describePlace(
  workerUrl: string,
  { name, sources }: Pick<WorkerDescription, 'name' | 'sources'>,
  folder: string,
): WorkerPlace {
  const none = { path: null, local: null, shipped: null, stage: null, command: null };
  if (isCommandUrl(workerUrl)) return { ...none, name, sources, command: workerUrl };
  const { url, stage } = splitStageUrl(workerUrl);
  const path = fileURLToPath(url);
  const from = (base: string) => (isWithin(path, base) ? relative(base, path).split(sep).join('/') : null);
  return { ...none, name, sources, path, local: from(folder), shipped: from(OWN), stage: stage ?? null };
}

/**
 * The URL of the same module on this machine. `folders`: where to look for it beside the place where the coordinator has
 * it. Throws BAD_DEFINITION, with both hashes, where there is none with the same code.
 */
export function findWorker(place: WorkerPlace, folders: readonly string[]): string {
  const { path, local, shipped, sources } = place;
  const places = [
    ...(shipped === null ? [] : [resolve(OWN, shipped)]),
    ...(local === null ? [] : folders.map((folder) => resolve(folder, local))),
    ...(path === null ? [] : [path]),
  ];
  const [wanted] = sources.split('+');
  const others: string[] = [];
  for (const found of new Set(places)) {
    if (!existsSync(found)) continue;
    const hash = hashSources(pathToFileURL(found).href);
    if (hash === wanted) {
      const { href } = pathToFileURL(found);
      return place.stage === null ? href : stageUrl(href, place.stage);
    }
    others.push(`${found} has ${shorten(hash)}`);
  }
  const seen =
    others.length === 0 ? `there is none at ${[...new Set(places)].join(', ')}` : others.join(', ');
  throw new SweeplineError(
    'BAD_DEFINITION',
    `the code of worker ${place.name} is ${shorten(wanted!)} at the coordinator; here ${seen}`,
    { hint: 'copy the sweep’s files to this machine, and name their folder with --sweeps' },
  );
}

function shorten(hash: string): string {
  return hash.slice(0, 12);
}
