// Why a trial was pruned: its record in the journal, and the trials that it was held against.
import { readRecords } from '../../run/read-journal.js';
import type { PruneRecord } from '../../run/records.js';
import type { PrunerSpec } from '../../search/pruning/contract.js';
import { createPruningRule, createRungs } from '../../search/pruning/rules.js';
import { createCurveReader, readCurves } from '../pruners/curves.js';
import { describePruner } from '../pruners/list.js';
import type { Pruned } from './explanation.js';
import type { ReadTrial } from './read.js';

/** Null where it was not. */
export function explainPruning(read: ReadTrial): Pruned | null {
  const { manifest, folder, state, trial } = read;
  const { pruner } = manifest;
  if (pruner === undefined) return null;
  const epoch = state.epochs.length - 1;
  const records = new Map<number, PruneRecord>();
  for (const { record } of readRecords(folder))
    if (record.t === 'prune' && record.epoch === epoch) records.set(record.trial, record);
  const found = records.get(trial);
  if (found === undefined) return null;
  const { step, rung, value, cutoff, others } = found;
  const { metric, goal } = pruner;
  return {
    ...{ pruner: describePruner(pruner), metric, goal, step, rung, value, cutoff, others },
    paused: createRungs(pruner, manifest.seed).pauses,
    competitors: findCompetitors(read, pruner, found, records),
  };
}

/** In the order of the trials' numbers, which is that of the proposals but where a grid is walked over at random. */
function findCompetitors(
  { manifest, folder, state, trial }: ReadTrial,
  spec: PrunerSpec,
  { rung, others }: PruneRecord,
  records: ReadonlyMap<number, PruneRecord>,
): Pruned['competitors'] {
  const rule = createPruningRule(spec, manifest.seed);
  if (rule === undefined) return null;
  if (!rule.compares) return [];
  const curves = readCurves(folder, state.epoch, createCurveReader(spec, manifest.worker.series));
  const bracket = rule.bracketOf(trial);
  const found = [...curves]
    .filter(([other]) => (rule.pauses ? other !== trial : other <= trial - spec.lookahead))
    .filter(([other]) => rule.bracketOf(other) === bracket)
    .flatMap(([other, curve]) => {
      const at = curve.steps.findIndex((step) => step >= rung);
      if (at < 0 || (!rule.countsPruned && records.get(other)?.step === curve.steps[at])) return [];
      return [{ trial: other, score: rule.score({ values: curve.values, count: at + 1 }) }];
    })
    .sort((a, b) => (a.score < b.score ? -1 : a.score > b.score ? 1 : a.trial - b.trial));
  if (found.length !== others) return null;
  const sign = spec.goal === 'min' ? 1 : -1;
  return found.map(({ trial: other, score }) => ({ trial: other, value: sign * score + 0 }));
}
