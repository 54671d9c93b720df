// Whether a run folder holds the run that is asked for: another one cannot be continued there.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { throwFaults } from '../ground/errors.js';
import { MANIFEST_FILE, openRunFolder } from '../run/folder.js';
import type { Manifest } from '../run/manifest.js';
import { spaceRecord } from '../run/records.js';
import { isSameSpace } from '../run/same-space.js';
import { describeOtherSearch } from './other-search.js';
import { findTrialsFaults } from './pruners/check.js';
import { describePruner } from './pruners/list.js';
import type { SearchSpec } from './samplers/search-spec.js';
import type { Settings } from './settings.js';
import { findShardFaults } from './shards/same-shard.js';

/** Trials of another engine, device or data set are other numbers, which nothing in their keys would tell. */
export function requireSameRun(found: Manifest, asked: Manifest, out: string): void {
  const faults = (['engine', 'device', 'data'] as const)
    .filter((name) => JSON.stringify(found[name]) !== JSON.stringify(asked[name]))
    .map((name) => `its ${name} is ${JSON.stringify(found[name])}, not ${JSON.stringify(asked[name])}`);
  if (!isSamePruner(found.pruner, asked.pruner))
    faults.push(
      `its pruner is ${nameOf(found.pruner)}, not ${nameOf(asked.pruner)}: which trials stop depends on it`,
    );
  const ofSampler = isSameSpace(spaceRecord(found), spaceRecord(asked)) ? findTrialsFaults(found, asked) : [];
  faults.push(...ofSampler, ...findShardFaults(found, asked), ...findSamplerFaults(found, asked));
  throwFaults('BAD_USAGE', `${out} holds a run that this one cannot continue`, faults, {
    hint: 'give another --out',
  });
}

/** A search goes on from its own results: those of another search, or in another space, would be none of its own. */
function findSamplerFaults(found: Manifest, asked: Manifest): string[] {
  if (found.sampler.search === undefined && asked.sampler.search === undefined) return [];
  if (isSameSpace(spaceRecord(found), spaceRecord(asked))) return [];
  return describeOtherSearch(found, asked);
}

/** A search that there is goes on as it began, also with more workers. */
export async function withLookahead(settings: Settings): Promise<Settings> {
  const { out, ends } = settings;
  if (out === null || !existsSync(join(out, MANIFEST_FILE))) return settings;
  const { manifest } = await openRunFolder(out);
  const { search } = manifest.sampler as Partial<SearchSpec>;
  if (search === undefined) return settings;
  const { lookahead, auto } = search;
  const chosen = auto === null ? null : { name: manifest.sampler.name, why: auto };
  return { ...settings, ends: { ...ends, usual: lookahead, chosen } };
}

function isSamePruner(a: Manifest['pruner'], b: Manifest['pruner']): boolean {
  const sorted = (spec: Manifest['pruner']) => JSON.stringify(Object.entries(spec ?? {}).sort());
  return sorted(a) === sorted(b);
}

function nameOf(pruner: Manifest['pruner']): string {
  return pruner === undefined ? 'none' : describePruner(pruner);
}
