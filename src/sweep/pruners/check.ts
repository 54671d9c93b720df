// Whether a pruner can serve a sweep: those that pause trials need more of it than those that stop them.
import { SweeplineError } from '../../ground/errors.js';
import { describeUnknown, plural } from '../../ground/text.js';
import type { Epoch } from '../../run/epoch.js';
import type { Manifest } from '../../run/manifest.js';
import type { SpaceRecord } from '../../run/records.js';
import type { PrunerSpec } from '../../search/pruning/contract.js';
import { createRungs } from '../../search/pruning/rules.js';
import { isDomain, toFiniteValues } from '../../space/domain.js';
import type { AxisDomain } from '../../space/types.js';
import { axisLength, describeAxisValues } from '../../space/values.js';
import type { WorkerDescription } from '../../worker/contract.js';
import type { RetryChoice } from '../contract.js';
import type { Resolved } from '../definition/resolve.js';
import { isTold, nameListener } from '../samplers/list.js';

export interface PrunedSweep {
  readonly worker: WorkerDescription;
  readonly resolved: Resolved;
  /** Trials that have ended badly in an earlier session are to run again. */
  readonly retry: RetryChoice | null;
}

/** Messages; none where it can. */
export function findPrunerMisfits(pruner: PrunerSpec, sweep: PrunedSweep): string[] {
  if (!createRungs(pruner, sweep.resolved.seed).pauses) return [];
  const name = pruner.name === 'pbt' ? 'pbt' : `${pruner.name} with pause=true`;
  const { sampler } = sweep.resolved;
  const faults: string[] = [];
  if (isTold(sampler))
    faults.push(
      `pruner ${name}: trials wait for others, and ${nameListener(sampler)} waits for their results before it proposes those; use a pruner that does not pause (asha, hyperband, median), or a sampler that does not learn (grid, random, sobol, halton, lhs) with a fixed number of replicates, without --target and --plateau`,
    );
  if (pruner.lookahead > 1)
    faults.push(
      `pruner ${name}: lookahead ${pruner.lookahead}; trials wait for all others here, leave it out`,
    );
  return pruner.name === 'pbt' ? [...faults, ...findPopulationFaults(pruner, sweep)] : faults;
}

function sizeOf(values: AxisDomain): number {
  const finite = toFiniteValues(values);
  return finite === undefined ? Number.POSITIVE_INFINITY : axisLength(finite);
}

function findPopulationFaults(pruner: PrunerSpec, { worker, resolved, retry }: PrunedSweep): string[] {
  const mutated = pruner.mutate as readonly string[];
  const { axes, asked } = resolved;
  const faults = mutated
    .filter((axis) => !axes.includes(axis))
    .map(
      (axis) =>
        `pruner pbt: mutate: ${describeUnknown('axis', axis, axes)}: what is no axis of the sweep has one value`,
    );
  if (worker.command !== undefined)
    faults.push(
      `pruner pbt: worker ${worker.name} is a program, which keeps no checkpoints that others could go on from; use a worker with \`run\``,
    );
  for (const { name, worker: stage } of worker.stages)
    for (const axis of mutated)
      if (stage.params.some((param) => param.name === axis))
        faults.push(
          `pruner pbt: mutate: stage ${name} is run for values of ${axis} before the trials; leave it out`,
        );
  for (const { names, values, when } of asked.flatMap((grid) => grid.axes)) {
    const moving = names.filter((axis) => mutated.includes(axis));
    if (moving.length > 0 && names.length > 1)
      faults.push(
        `pruner pbt: mutate: ${moving.join(', ')} moves together with others (${names.join(', ')}); leave it out`,
      );
    for (const axis of Object.keys(when ?? {}))
      if (mutated.includes(axis))
        faults.push(
          `pruner pbt: mutate: whether ${names.join(', ')} exists depends on ${axis}; leave it out`,
        );
    for (const [i, axis] of names.entries())
      if (mutated.includes(axis) && sizeOf(values[i]!) < 2)
        faults.push(
          `pruner pbt: mutate: ${axis} has one value, which cannot change; give it more, or leave it out`,
        );
      else if (
        !mutated.includes(axis) &&
        isDomain(values[i]!) &&
        sizeOf(values[i]!) === Number.POSITIVE_INFINITY
      )
        faults.push(
          `pruner pbt: trials that differ in ${axis} are no population, and no two of ${describeAxisValues(values[i]!)} agree; add it to mutate, or give it a list of values`,
        );
  }
  if (retry !== null)
    faults.push(
      'pruner pbt: the populations of trials that have failed are past the point where they did; leave --retry out, or start a new run',
    );
  return [...new Set(faults)];
}

/** Why a run cannot go on with another number of trials; none where it can. */
export function findTrialsFaults({ pruner, sampler }: Manifest, asked: Pick<Manifest, 'sampler'>): string[] {
  if (pruner?.name !== 'pbt' || sampler.trials === asked.sampler.trials) return [];
  return [
    `pruner pbt: the ${sampler.trials} trials of the run are populations that train together; ${asked.sampler.trials} trials are a new run`,
  ];
}

/**
 * Throws BAD_USAGE where trials of the grid as it was would count in the edited one as what they are not: those that have
 * paused, whose checkpoints lie under the keys of the same points, and of populations also those that have ended.
 */
export function requireFreshTrials({ name }: PrunerSpec, before: Epoch, { worker }: SpaceRecord): void {
  const { version } = before.record.worker;
  if (version !== worker.version) return;
  const paused = before.parked.all().size;
  const done = name === 'pbt' ? before.doneCount : 0;
  if (paused + done === 0) return;
  const what = paused > 0 ? `${plural(paused, 'trial')} that have paused` : plural(done, 'trial');
  const why =
    name === 'pbt'
      ? 'the trials of a population train together, and an edited grid makes other populations'
      : 'they go on in the grid that they are of';
  throw new SweeplineError('BAD_USAGE', `pruner ${name}: the run has ${what}: ${why}`, {
    hint:
      name === 'pbt'
        ? 'give another --out, or raise the version of the worker, and all of them run anew'
        : 'resume the run to its end first, or give another --out',
  });
}
