// In what the search of a run differs from the one that is asked for in its folder: each difference by its name, with both
// values.
import { showValue } from '../ground/shape.js';
import type { Manifest } from '../run/manifest.js';
import type { AxisDomain, GridSpec } from '../space/types.js';
import { describeAxisValues } from '../space/values.js';
import { samplerOf } from './samplers/list.js';
import type { SearchSpec } from './samplers/search-spec.js';

/** For two manifests whose spaces are not the same, and of which one searches. At least one. */
export function describeOtherSearch(found: Manifest, asked: Manifest): string[] {
  const differences: string[] = describeSampler(found, asked);
  const compare = (name: string, is: unknown, shall: unknown, show = showValue): void => {
    if (!isEqual(is, shall)) differences.push(`its ${name} is ${show(is)}, not ${show(shall)}`);
  };
  compare('seed', found.seed, asked.seed);
  if (found.space.seeds === undefined && asked.space.seeds === undefined)
    compare('number of replicates', found.space.replicates, asked.space.replicates);
  else compare('list of seeds', found.space.seeds ?? 'none', asked.space.seeds ?? 'none', showSeeds);
  compare('worker', nameOf(found), nameOf(asked), String);
  if (nameOf(found) === nameOf(asked))
    for (const part of ['params', 'metrics', 'series', 'stages'] as const)
      compare(`list of ${part}`, namesOf(found.worker[part] ?? []), namesOf(asked.worker[part] ?? []));
  compare('constraint', found.where ?? 'none', asked.where ?? 'none');
  differences.push(...describeAxes(axesOf(found), axesOf(asked)));
  const fixed = [found, asked].map((manifest) => manifest.fixed);
  for (const name of new Set(fixed.flatMap(Object.keys)))
    compare(`fixed ${name}`, fixed[0]![name], fixed[1]![name], showFixed);
  return differences.length > 0 ? differences : ['its search is in another space, or of another worker'];
}

/** More trials are no other search, nor is a reason why its method was chosen. */
function describeSampler(found: Manifest, asked: Manifest): string[] {
  const { trials, search } = found.sampler;
  const auto = (search as SearchSpec['search'] | undefined)?.auto ?? null;
  const [is, shall] = [found, asked].map(({ sampler }) => {
    const own = sampler.search as SearchSpec['search'] | undefined;
    return samplerOf(sampler).describe({
      ...sampler,
      ...(trials === undefined ? {} : { trials }),
      ...(own === undefined ? {} : { search: { ...own, auto } }),
    });
  });
  return is === shall ? [] : [`its sampler is ${is}; not ${shall}`];
}

/** The values of each axis, in all grids that have it. */
function axesOf({ sampler, space }: Manifest): ReadonlyMap<string, string> {
  const grids: readonly GridSpec<AxisDomain>[] =
    samplerOf(sampler).grids?.(sampler, space) ?? (space.grids as readonly GridSpec<AxisDomain>[]);
  const axes = new Map<string, string>();
  for (const { names, values, when } of grids.flatMap((grid) => grid.axes)) {
    names.forEach((name, i) => {
      const shown = describeAxisValues(values[i]!) + (when === undefined ? '' : ` when ${showValue(when)}`);
      axes.set(name, axes.has(name) ? `${axes.get(name)} and ${shown}` : shown);
    });
  }
  return axes;
}

function describeAxes(found: ReadonlyMap<string, string>, asked: ReadonlyMap<string, string>): string[] {
  return [...new Set([...found.keys(), ...asked.keys()])].flatMap((name) => {
    const [is, shall] = [found.get(name), asked.get(name)];
    if (is === shall) return [];
    if (shall === undefined) return [`it has the axis ${name}: ${is}`];
    if (is === undefined) return [`it has no axis ${name}: ${shall}`];
    return [`its axis ${name} is ${is}, not ${shall}`];
  });
}

function nameOf({ worker }: Manifest): string {
  return `${worker.name}, version ${worker.version}`;
}

/** Names, and of parameters and metrics their types and defaults. */
function namesOf(parts: readonly unknown[]): unknown[] {
  return parts.map((part) => {
    if (typeof part !== 'object' || part === null) return part;
    const { name, type, default: usual } = part as Readonly<Record<'name' | 'type' | 'default', unknown>>;
    return `${name}: ${type}${usual === undefined ? '' : ` = ${showValue(usual)}`}`;
  });
}

function showSeeds(seeds: unknown): string {
  return seeds === 'none' ? seeds : showValue(seeds);
}

function showFixed(value: unknown): string {
  return value === undefined ? 'not there' : showValue(value);
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
