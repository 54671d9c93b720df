// Which trials a plan would run: how many, and points that stand for them. Counted where that is cheap, else estimated
// from a sample.
import { proposesPoints } from '../../run/manifest.js';
import type { Point } from '../../space/types.js';
import { trialsOf } from '../../trial/selection.js';
import type { Plan } from '../contract.js';
import { countPassing, sampleOf } from '../definition/constraint.js';
import { samplePoints } from '../definition/sample-points.js';
import { type Job, openSampler, type Progressing } from '../job.js';
import type { Sampler } from '../samplers/contract.js';
import { isTold, samplerOf } from '../samplers/list.js';
import { createCountedTurn } from '../samplers/turn.js';
import { drain } from '../stages.js';
import { thin } from './timed-trials.js';

/** Points that stand for all. */
const POINTS = 1000;
/** Trials to do are gone through one by one up to a space of this size; of larger ones a sample is looked at. */
const WALKED = 200_000;
const LOOKED_AT = 10_000;

/** Points of trials that are still to run; of all trials where it is not cheap to tell them apart. */
export function sampleNew(job: Job, progress: Progressing): readonly Point[] {
  const { resolved, space, loaded } = job;
  const { sampler: spec, asked, fixed } = resolved;
  const { where } = loaded.sweep;
  const withFixed = (points: readonly Point[]) => points.map((point) => ({ ...fixed, ...point }));
  const { domains } = samplerOf(spec);
  if (isTold(spec)) return samplePoints(asked, fixed).filter((point) => where === null || where(point));
  const at = (trial: number) => space.at(Math.floor(trial / space.replicates));
  if (domains !== 'any' && space.trials <= WALKED)
    return withFixed(thin([...drain(openSampler(job, progress))], POINTS).map(at));
  // A sparse constraint may leave none of those that are looked at: then any points must do, and nobody waits.
  const sampler = openSampler(job, { ...progress, turn: createCountedTurn(LOOKED_AT) });
  const numbers = domains === 'any' ? [] : lookForNew(job, progress, sampler);
  if (numbers.length > 0) return withFixed(thin(numbers, POINTS).map(at));
  // What draws at random: the first ones stand for all.
  const next = sampler.next(POINTS);
  if (next === 'end') return [];
  const found =
    next === 'wait'
      ? []
      : next.kind === 'points'
        ? next.points.map(({ point }) => point)
        : [...trialsOf(next)].map(at);
  return found.length > 0 ? withFixed(found) : samplePoints(asked, fixed);
}

/** Of trials all over the space, those that are to run. */
function lookForNew({ space }: Job, { nextUndone }: Progressing, sampler: Sampler): number[] {
  return [...sampleOf(space.trials, LOOKED_AT)].filter(
    (trial) => sampler.has(trial) && (nextUndone === undefined || nextUndone(trial) === trial),
  );
}

/**
 * Where the trials of a space are too many to count: how many of a sample of points pass, and how many trials that makes
 * of the whole. Empty where they are counted, or where the sampler decides as it goes.
 */
export function estimateTrials(
  { space, resolved, loaded }: Job,
  total: number | null,
  shards: number,
): Pick<Plan, 'passing' | 'estimated'> {
  const { where } = loaded.sweep;
  const { sampler: spec } = resolved;
  if (total !== null || proposesPoints(spec) || samplerOf(spec).listens(spec)) return {};
  const passing = countPassing(
    space.points,
    (i) => !space.isDuplicate(i) && (where === null || where(space.at(i))),
  );
  const most = samplerOf(spec).most(spec, space);
  // Of a sample of which none passes, less than one in so many does: that is no reason to say none.
  const share = Math.max(1, passing.accepted) / passing.of;
  const all = Math.min(most, Math.round(space.trials * share));
  return { passing, estimated: Math.round(all / shards) };
}
