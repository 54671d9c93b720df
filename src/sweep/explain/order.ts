// The order in which the trials of a run were proposed: pruners hold trials against those before them.
import type { Epoch } from '../../run/epoch.js';
import { proposesPoints } from '../../run/manifest.js';
import { SAMPLERS, samplerOf } from '../samplers/list.js';
import { createDraws } from './numbered.js';
import type { Decider } from './parts.js';
import type { ReadTrial } from './read.js';

/** Trials in the order in which they were proposed to the decider, as far as it is known what they have come to. */
export function findOrder(
  { manifest, space, proposals, state }: ReadTrial,
  withCurves: readonly number[],
  { shard, knows }: Decider,
): number[] {
  const { sampler, where } = manifest;
  if (proposesPoints(sampler)) return [...proposals.keys()].filter(knows);
  const { epoch } = state;
  const known = new Set([...withCurves, ...findEnded(epoch)].filter(knows));
  const { replicates } = space;
  const draws = samplerOf(sampler) === SAMPLERS[0] ? undefined : createDraws(space, manifest);
  const placeOf = (trial: number) =>
    draws === undefined
      ? trial
      : draws.inverse(Math.floor(trial / replicates)) * replicates + (trial % replicates);
  const places = [...known].map(placeOf).sort((a, b) => a - b);
  const at = (place: number) =>
    draws === undefined ? place : draws(Math.floor(place / replicates)) * replicates + (place % replicates);
  // Of one that runs and has not reported yet the journal knows nothing. Where all trials are proposed, it is one between.
  const isWhole = shard === null && where === null && !space.mayRepeat;
  if (!isWhole) return places.map(at);
  return Array.from({ length: (places.at(-1) ?? -1) + 1 }, (_, place) => at(place));
}

/** Trials of which nothing more comes: they have their rows, or these wait for what is decided. */
export function* findEnded({ done, held }: Epoch): Generator<number> {
  for (const [from, to] of done.ranges()) for (let trial = from; trial < to; trial++) yield trial;
  for (const trial of held.all().keys()) if (!done.has(trial)) yield trial;
}
