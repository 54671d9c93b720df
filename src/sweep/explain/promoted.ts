// How a trial went on that paused at rungs, until it was promoted or pruned: all of it is decided again from the curves that
// the journal has, and must come out as it is written there.
import type { Epoch } from '../../run/epoch.js';
import { readRecords } from '../../run/read-journal.js';
import type { PruneRecord } from '../../run/records.js';
import type { Decision, Pruned, PrunerSpec } from '../../search/pruning/contract.js';
import type { OptionsOf } from '../../search/pruning/options.js';
import { PromotionBoard, type Standing } from '../../search/pruning/promotion.js';
import { createPruningRule, reported } from '../../search/pruning/rules.js';
import { createCurveReader, readKnownCurves } from '../pruners/curves.js';
import { describePruner } from '../pruners/list.js';
import type { Promotions, RungPassed } from './explanation.js';
import { findEnded, findOrder } from './order.js';
import { type Decider, findDecider, findPart } from './parts.js';
import type { ReadTrial } from './read.js';

/** Null where trials do not pause, or are not promoted. */
export function explainPromotions(read: ReadTrial): Promotions | null {
  const { manifest, state, trial, folder } = read;
  const { pruner } = manifest;
  const rule = pruner === undefined ? undefined : createPruningRule(pruner, manifest.seed);
  if (pruner === undefined || rule?.pauses !== true) return null;
  const { epoch } = state;
  const { metric, goal } = pruner;
  const told = { pruner: describePruner(pruner), metric, goal };
  const curves = readKnownCurves(folder, epoch, createCurveReader(pruner, manifest.worker.series));
  const board = new PromotionBoard(rule, pruner as unknown as OptionsOf<'asha'>);
  const decider = findDecider(read, findPart(read));
  // Without all of its rows a part would decide otherwise, and its journal would not always tell.
  if (decider.part?.isWhole === false) return { ...told, rungs: null };
  for (const each of findOrder(read, [...curves.keys()], decider)) board.propose(each);
  if (!board.has(trial)) return { ...told, rungs: [] };
  for (const [each, { steps, values }] of curves)
    if (board.has(each)) for (const [row, step] of steps.entries()) board.learn(each, step, values[row]!);
  for (const each of findEnded(epoch)) if (board.has(each)) board.end(each);
  const recorded = readPruned(folder, epoch, decider);
  if (recorded.size > 0 || decider.part !== null || state.stopped === 'end') board.complete();
  if (!areSame(board.decide(), recorded, pruner)) return { ...told, rungs: null };
  const { promoted, now } = board.standingOf(trial);
  const shown = (standing: Standing, outcome: RungPassed['outcome']): RungPassed => {
    const { value, cutoff } = standing;
    return { ...standing, value: reported(value, pruner), cutoff: reported(cutoff, pruner), outcome };
  };
  const last = recorded.has(trial) ? 'pruned' : epoch.isDone(trial) ? 'ended' : 'waits';
  return {
    ...told,
    rungs: [
      ...promoted.map((standing) => shown(standing, 'promoted')),
      ...(now === null ? [] : [shown(now, last)]),
    ],
  };
}

function readPruned(folder: string, { number }: Epoch, { isOf }: Decider): Map<number, PruneRecord> {
  const found = new Map<number, PruneRecord>();
  for (const { record } of readRecords(folder))
    if (record.t === 'prune' && record.epoch === number && isOf(record)) found.set(record.trial, record);
  return found;
}

/** Whether what is written down is decided now. */
function areSame(
  decisions: readonly Decision[],
  recorded: ReadonlyMap<number, PruneRecord>,
  spec: PrunerSpec,
): boolean {
  const decided = new Map(
    decisions.filter((each): each is Pruned => each.do === 'prune').map((each) => [each.trial, each]),
  );
  return [...recorded].every(([trial, { step, rung, value, cutoff, others }]) => {
    const now = decided.get(trial);
    const isSame = now !== undefined && now.step === step && now.rung === rung && now.others === others;
    return isSame && reported(now.value, spec) === value && reported(now.cutoff, spec) === cutoff;
  });
}
