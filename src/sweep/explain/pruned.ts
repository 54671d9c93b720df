// Why a trial was pruned: its record in the journal, and the trials that it was held against.
import { readRecords } from '../../run/read-journal.js';
import type { PruneRecord } from '../../run/records.js';
import type { PrunerSpec, PruningRule } from '../../search/pruning/contract.js';
import { createPruningRule, createRungs, reported } from '../../search/pruning/rules.js';
import { hasReached } from '../../search/pruning/steps.js';
import { createCurveReader, type ReadCurve, readCurves } from '../pruners/curves.js';
import { describePruner } from '../pruners/list.js';
import { isFurther } from '../samplers/racing.js';
import type { Pruned } from './explanation.js';
import { findOrder } from './order.js';
import { findDecider } from './parts.js';
import type { ReadTrial } from './read.js';

/** Null where it was not. */
export function explainPruning(read: ReadTrial): Pruned | null {
  const { manifest, folder, state, trial } = read;
  const { pruner } = manifest;
  if (pruner === undefined) return null;
  const epoch = state.epochs.length - 1;
  let found: PruneRecord | undefined;
  for (const { record } of readRecords(folder))
    if (record.t === 'prune' && record.epoch === epoch && record.trial === trial) found = record;
  if (found === undefined) return null;
  const { step, rung, value, cutoff, others } = found;
  const { metric, goal } = pruner;
  return {
    ...{ pruner: describePruner(pruner), metric, goal, step, rung, value, cutoff, others },
    paused: createRungs(pruner, manifest.seed).pauses,
    isBest: createPruningRule(pruner, manifest.seed)?.scores === 'best',
    competitors: findCompetitors(read, pruner, found),
  };
}

/**
 * The best first. Null where it does not come out as it was recorded. Of a part of a merged run all that are found were
 * known to it: where they are as many as it has recorded, they are those.
 */
function findCompetitors(read: ReadTrial, spec: PrunerSpec, found: PruneRecord): Pruned['competitors'] {
  const { manifest, folder, state, space, trial } = read;
  const rule = createPruningRule(spec, manifest.seed);
  if (rule === undefined) return null;
  if (!rule.compares) return [];
  const curves = readCurves(folder, state.epoch, createCurveReader(spec, manifest.worker.series));
  const decider = findDecider(read, found.part);
  const order = findOrder(read, [...curves.keys()], decider);
  const places = new Map(order.map((each, place) => [each, place]));
  const last = places.get(trial)! - spec.lookahead;
  const isBefore = (other: number) => (rule.pauses ? other !== trial : places.get(other)! <= last);
  const bracket = rule.bracketOf(trial);
  const others = [...curves]
    .filter(([other]) => decider.knows(other) && isBefore(other) && rule.bracketOf(other) === bracket)
    .filter(([other]) => !isFurther(manifest.sampler, space, other))
    .flatMap(([other, curve]) => {
      const at = curve.steps.findIndex((step) => hasReached(step, found.rung));
      if (at < 0) return []; // it did not get there
      const score = rule.score({ values: curve.values, count: at + 1 });
      return [{ trial: other, step: curve.steps[at]!, score }];
    })
    .sort((a, b) => (a.score < b.score ? -1 : a.score > b.score ? 1 : a.trial - b.trial));
  if (others.length !== found.others) return null;
  if (!rule.pauses && !isDecidedBy(others, rule, curves.get(trial), { found, spec })) return null;
  return others.map(({ trial: other, step, score }) => ({
    trial: other,
    step,
    value: reported(score, spec),
  }));
}

/** Whether what is recorded is decided of these scores now. */
function isDecidedBy(
  others: readonly { readonly score: number }[],
  rule: PruningRule,
  curve: ReadCurve | undefined,
  { found, spec }: { readonly found: PruneRecord; readonly spec: PrunerSpec },
): boolean {
  if (curve === undefined) return false;
  const count = curve.steps.indexOf(found.step) + 1;
  const { isPruned, cutoff } = rule.judge(
    { values: curve.values, count },
    others.map(({ score }) => score),
  );
  return isPruned && reported(cutoff, spec) === found.cutoff;
}
