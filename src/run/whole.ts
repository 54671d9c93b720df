// Whether runs that are merged make up the whole run: how many trials it has, and what is missing where.
import { plural, quoteArgument } from '../ground/text.js';
import { createSpace } from '../space/space.js';
import { proposesPoints, shardName } from './manifest.js';
import type { Source, Sources } from './merge-sources.js';
import type { RangeSet } from './ranges.js';

/** Names of missing shards and trials that are listed. */
const LISTED = 1000;
/** Trials that a note names. */
const NAMED = 10;

export interface Whole {
  /** Trials of the whole run; null where it cannot be told. */
  readonly total: number | null;
  /** Trials that no run has; null where it cannot be told. */
  readonly left: number | null;
  /** Their numbers, where every trial of the space is one of the run; the first ones, of many. */
  readonly leftTrials: readonly number[];
  /** Shards that none of the runs is, where something is missing: `2/3`. The first ones, of many. */
  readonly missing: readonly string[];
  readonly isWhole: boolean;
  /** Each shard has been pruned by itself: of what is left, it would prune other trials than the merged run. */
  readonly isPrunedApart: boolean;
  /** What does not forbid a merge and is good to know. */
  readonly notes: readonly string[];
}

/** `done`: trials that some run has. Of a stage, the trials that the runs needed are all that there are. */
export function wholeOf(sources: Sources, done: RangeSet, isStage: boolean): Whole {
  const total = isStage ? done.count : totalOf(sources);
  const left = total === null ? null : Math.max(0, total - done.count);
  const missing = left === 0 ? [] : findMissing(sources);
  const isWhole = isStage
    ? missing.length === 0 && sources.every(hasEnded)
    : left === null
      ? haveAllEnded(sources)
      : left === 0;
  const leftTrials = left === null || left === 0 ? [] : findLeft(sources, done, total!);
  const isPrunedApart = sources.some(({ manifest: { shard, pruner } }) => shard !== null && pruner != null);
  return { total, left, leftTrials, missing, isWhole, isPrunedApart, notes: findNotes(sources, done) };
}

const hasEnded = ({ state }: Source) => state.stopped === 'end';

/** Where nobody knows how many trials there are: the run itself, or every shard of some cut, has come to its end. */
function haveAllEnded(sources: Sources): boolean {
  const cuts = new Map<string, Set<number>>();
  for (const source of sources.filter(hasEnded)) {
    const { shard } = source.manifest;
    if (shard === null) return true;
    const cut = cutOf(source);
    const indexes = cuts.get(cut) ?? new Set();
    cuts.set(cut, indexes.add(shard.index));
    if (indexes.size === shard.count) return true;
  }
  return false;
}

function totalOf(sources: Sources): number | null {
  const whole = sources.find(({ manifest }) => manifest.shard === null);
  if (whole !== undefined) return whole.manifest.trials ?? null;
  for (const { manifest } of sources) if (manifest.shard?.of != null) return manifest.shard.of;
  if (findMissing(sources).length > 0 || !areOneCut(sources)) return null;
  const totals = new Map(
    sources.map(({ manifest }) => [manifest.shard!.index, manifest.trials ?? Number.NaN]),
  );
  const sum = [...totals.values()].reduce((a, b) => a + b, 0);
  return Number.isNaN(sum) ? null : sum;
}

/** Shards that none of the runs is; none where the runs are not shards of one cut. */
function findMissing(sources: Sources): string[] {
  const count = sources[0].manifest.shard?.count;
  if (count === undefined || !areOneCut(sources)) return [];
  const there = new Set(sources.map(({ manifest }) => manifest.shard!.index));
  const missing: string[] = [];
  for (let index = 1; index <= count && missing.length < LISTED; index++)
    if (!there.has(index)) missing.push(shardName({ index, count }));
  return missing;
}

function areOneCut(sources: Sources): boolean {
  const cut = cutOf(sources[0]);
  return sources.every((source) => cutOf(source) === cut);
}

function cutOf({ manifest: { shard } }: Source): string {
  return shard === null ? '' : `${shard.count} ${shard.by} ${shard.cut}`;
}

function findLeft([{ manifest }]: Sources, done: RangeSet, total: number): number[] {
  const { sampler, space: spec } = manifest;
  if (proposesPoints(sampler) || createSpace(spec).trials !== total) return [];
  const found: number[] = [];
  for (let at = done.nextGap(0); at < total && found.length < LISTED; at = done.nextGap(at + 1))
    found.push(at);
  return found;
}

function findNotes(sources: Sources, done: RangeSet): string[] {
  const [first, ...rest] = sources;
  const devices = rest.filter(({ manifest }) => manifest.device !== first.manifest.device);
  const codes = rest.filter(
    ({ manifest }) => manifest.fingerprint?.sources !== first.manifest.fingerprint?.sources,
  );
  return [
    ...findUnfinished(sources, done),
    ...findOtherCuts(sources),
    ...devices.map(
      ({ path, manifest }) =>
        `${path} ran on ${manifest.device}, and ${first.path} on ${first.manifest.device}: numbers may differ in their last digits`,
    ),
    ...codes.map(
      ({ path }) => `${path} ran other code of the worker than ${first.path}, under the same version`,
    ),
  ];
}

function findUnfinished(sources: Sources, done: RangeSet): string[] {
  return sources.flatMap(({ path, manifest: { shard, trials }, epoch }) => {
    const left = trials == null ? 0 : trials - epoch.doneCount;
    const name = shard === null ? path : `shard ${shardName(shard)} (${path})`;
    const waiting = [...epoch.held.all().keys()].filter((trial) => !done.has(trial));
    return [
      ...(left > 0 ? [`${name} has not finished ${plural(left, 'trial')} of its ${trials}`] : []),
      ...(waiting.length > 0 ? [`${name}: ${describeWaiting(waiting, path)}`] : []),
    ];
  });
}

/** A merge has rows: these results stay where they are. */
function describeWaiting(trials: readonly number[], path: string): string {
  const numbers = trials.toSorted((a, b) => a - b).slice(0, NAMED);
  const rest = trials.length > NAMED ? ', …' : '';
  return `${plural(trials.length, 'trial')} (${numbers.join(', ')}${rest}) ended and wait for what the pruner decides on earlier ones, and are not merged: \`sweepline resume ${quoteArgument(path)}\`, and merge again`;
}

/** Shards of one count that were cut otherwise: each trial may be in two of them, or in none. */
function findOtherCuts(sources: Sources): string[] {
  const notes: string[] = [];
  const seen = new Map<number, Source>();
  for (const source of sources) {
    const { shard } = source.manifest;
    if (shard === null) continue;
    const first = seen.get(shard.count);
    if (first === undefined) seen.set(shard.count, source);
    else if (cutOf(first) !== cutOf(source))
      notes.push(
        `${source.path} and ${first.path} are shards of two cuts (${describeCut(source)}; ${describeCut(first)}): trials may be in both of them or in none`,
      );
  }
  return notes;
}

function describeCut({ manifest: { shard } }: Source): string {
  return `by ${shard!.by ?? 'number'}${shard!.cut === undefined ? '' : `, ${shard!.cut}`}`;
}
