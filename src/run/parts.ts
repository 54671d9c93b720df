// The parts of a merged run. Each was pruned by itself, so that why a trial was pruned is a matter of the rows of its part:
// the journal says of rows and decisions which part they come from.
import { relative, resolve, sep } from 'node:path';
import type { PartRecord } from './manifest.js';
import type { Sources } from './merge-sources.js';
import type { RangeSet } from './ranges.js';

/** `lost`: by source, trials of which another run's row counts. Undefined where there is nothing to tell apart. */
export function partsOf(
  sources: Sources,
  lost: readonly RangeSet[],
  out: string,
): readonly PartRecord[] | undefined {
  const folderOf = (path: string) => relative(resolve(out), path).split(sep).join('/');
  const [{ manifest: first, path: from }, ...rest] = sources;
  if (rest.length === 0)
    return first.parts?.map((each) => ({ ...each, folder: folderOf(resolve(from, each.folder)) }));
  if (first.pruner === undefined) return undefined;
  return sources.flatMap(({ path, manifest, state }, place) => {
    const { runId, shard, parts = [] } = manifest;
    const hasAll = lost[place]!.count === 0;
    const own = {
      ...{ part: partName(place), runId, folder: folderOf(path), shard },
      isWhole: hasAll && state.stopped === 'end',
    };
    const inner = parts.map((each) => ({
      ...each,
      part: partName(place, each.part),
      folder: folderOf(resolve(path, each.folder)),
      isWhole: hasAll && each.isWhole,
    }));
    return [own, ...inner];
  });
}

/** `inner`: the part of the source that a record comes from, where it is a merged run itself. */
export function partName(place: number, inner?: string): string {
  return inner === undefined ? String(place) : `${place}.${inner}`;
}

/** Whether rows of a part were there when another one decided: those of its own parts were. Undefined: the run itself. */
export function isWithin(part: string | undefined, deciding: string | undefined): boolean {
  return deciding === undefined || part === deciding || part?.startsWith(`${deciding}.`) === true;
}
