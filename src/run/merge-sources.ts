// The runs that are to be merged, opened: what they have, and whether they belong together.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SweeplineError, throwFaults } from '../ground/errors.js';
import type { Epoch } from './epoch.js';
import { MANIFEST_FILE, openRunFolder, stageFolder } from './folder.js';
import type { Manifest } from './manifest.js';
import { JOURNAL_FILE, readJournal } from './read-journal.js';
import { spaceRecord } from './records.js';
import { isSameSpace } from './same-space.js';
import { RunState } from './state.js';

export interface Source {
  /** Absolute. */
  readonly path: string;
  readonly manifest: Manifest;
  readonly state: RunState;
  readonly epoch: Epoch;
  /** Where its journal ended as it was read: what a run that goes on has added since is not merged. */
  readonly end: number;
}

export type Sources = readonly [Source, ...Source[]];

/** Throws BAD_USAGE with everything that rows depend on and in which the runs differ, both values each. */
export async function openSources(folders: readonly string[], anyCode: boolean): Promise<Sources> {
  const sources: Source[] = [];
  // One after another: of a thousand shards, all at once would be too many open files.
  for (const folder of folders) sources.push(await openSource(folder));
  const [first, ...rest] = sources;
  if (first === undefined)
    throw new SweeplineError('BAD_USAGE', 'there is nothing to merge: expected one run or more');
  const differences = rest.flatMap((one) => findDifferences(first, one, anyCode));
  const isCode = differences.length > 0 && differences.every((text) => text.startsWith(CODE));
  throwFaults('BAD_USAGE', 'the runs do not belong together', differences, {
    hint: isCode
      ? 'raise the worker’s version when its results change; where they are known to be the same, add --any-code'
      : 'merge runs of one sweep that were started alike',
  });
  return [first, ...rest];
}

/** By stage, the folders of those runs that have run it. */
export function stageParts(sources: readonly Source[]): [stage: string, folders: readonly string[]][] {
  const names = sources[0]?.manifest.worker.stages ?? [];
  return names
    .map((name): [string, readonly string[]] => [
      name,
      sources.map(({ path }) => stageFolder(path, name)).filter(hasBegun),
    ])
    .filter(([, folders]) => folders.length > 0);
}

/** Whether the folder has a run with a space: not what was killed in its first moments. */
function hasBegun(folder: string): boolean {
  const isThere = existsSync(join(folder, MANIFEST_FILE)) && existsSync(join(folder, JOURNAL_FILE));
  return isThere && readJournal(folder).state.epochs.length > 0;
}

async function openSource(folder: string): Promise<Source> {
  const { path, manifest } = await openRunFolder(folder);
  const { state, end } = existsSync(join(path, JOURNAL_FILE)) ? readJournal(path) : NOTHING;
  if (state.epochs.length === 0)
    throw new SweeplineError('BAD_RUN_FOLDER', `${path}: the run was stopped before it began`, {
      hint: 'leave it out, or start it again with the same --out',
    });
  const { epoch } = state;
  // Killed while its grid was being edited: the rows are of one space, and the manifest of another.
  if (!isSameSpace(epoch.record, spaceRecord(manifest)))
    throw new SweeplineError('BAD_RUN_FOLDER', `${path}: the run was stopped as its space was changed`, {
      hint: 'start it again as it is to be, with the same --out, and merge it then',
    });
  return { path, manifest, state, epoch, end };
}

const NOTHING = { state: new RunState(), end: 0 };

const CODE = 'code of the worker';

function findDifferences(a: Source, b: Source, anyCode: boolean): string[] {
  const facets = ({ manifest: m }: Source): Record<string, unknown> => ({
    sweep: m.sweep,
    'worker name': m.worker.name,
    'worker version': m.worker.version,
    metrics: m.worker.metrics.map(({ name }) => name),
    series: m.worker.series,
    space: m.space,
    constraint: m.fingerprint === undefined ? m.where : m.fingerprint.accepts,
    declaration: m.fingerprint?.declaration ?? null,
    ...(anyCode ? {} : { [CODE]: m.fingerprint?.sources ?? null }),
    axes: m.axes,
    'fixed parameters': m.fixed,
    sampler: m.sampler,
    seed: m.seed,
    pruner: m.pruner ?? null,
    engine: m.engine,
    data: m.data,
  });
  const mine = facets(a);
  return Object.entries(facets(b)).flatMap(([name, value]) => {
    const [x, y] = [JSON.stringify(mine[name]), JSON.stringify(value)];
    return x === y ? [] : [`${name}: ${clip(x)} in ${a.path}, ${clip(y)} in ${b.path}`];
  });
}

function clip(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
