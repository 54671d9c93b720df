// Whether a pruner can serve a sweep: those that pause trials need more of it than those that stop them.
import { describeUnknown } from '../../ground/text.js';
import type { PrunerSpec } from '../../search/pruning/contract.js';
import { createRungs } from '../../search/pruning/rules.js';
import { isDomain, toFiniteValues } from '../../space/domain.js';
import { describeAxisValues } from '../../space/values.js';
import type { WorkerDescription } from '../../worker/contract.js';
import type { RetryChoice } from '../contract.js';
import type { Resolved } from '../resolve.js';
import { isTold } from '../samplers/list.js';

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
      `pruner ${name}: trials wait for others, and sampler ${sampler.name} waits for their results before it proposes those; use a pruner that does not pause (asha, hyperband, median), or a sampler that does not learn (grid, random, sobol, halton, lhs) with a fixed number of replicates`,
    );
  if (pruner.lookahead > 1)
    faults.push(
      `pruner ${name}: lookahead ${pruner.lookahead}; trials wait for all others here, leave it out`,
    );
  return pruner.name === 'pbt' ? [...faults, ...findPopulationFaults(pruner, sweep)] : faults;
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
      if (!mutated.includes(axis) && isDomain(values[i]!) && toFiniteValues(values[i]!) === undefined)
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
