// What the cells of two runs amount to. A difference counts where it is beyond the tolerance and beyond noise: with
// replicates by a test, whose p-values are adjusted over all cells of the two runs; without, by the tolerance alone.
import { adjustByRate } from '../stats/adjust.js';
import { widthOf } from '../trial/tolerance.js';
import { type Basis, type Cell, RUN_MS, type Rule, STATUS, type Verdict } from './cell.js';
import type { CellTable } from './cell-table.js';

export interface Judging {
  readonly rules: readonly Rule[];
  /** Metrics for which any difference is one. */
  readonly exact: ReadonlySet<string>;
  /** Rate of false discoveries that is put up with. */
  readonly level: number;
  /** Of times, which are a family of their own. Null: they are shown, and not judged. */
  readonly times: Rule | null;
}

/** Gives every cell its adjusted p-value, its verdict and what that rests on. */
export function judge(cells: CellTable, { rules, exact, level, times }: Judging): void {
  const ruleOf = new Map(rules.map((rule) => [rule.metric, rule]));
  const isTime = (metric: string) => metric === RUN_MS && !ruleOf.has(RUN_MS);
  adjust(cells, (metric) => !isTime(metric) && !exact.has(metric));
  if (times !== null) adjust(cells, isTime);
  for (let i = 0; i < cells.length; i++) {
    const metric = cells.metricAt(i);
    if (metric === STATUS) continue;
    const rule = isTime(metric) ? times : ruleOf.get(metric)!;
    if (rule === null) {
      cells.judge(i, 'noisy', 'none');
      continue;
    }
    const [verdict, basis] = judgeCell(cells.at(i), rule, { isExact: exact.has(metric), level });
    // A single time says nothing, whatever may be put up with.
    const isLone = isTime(metric) && basis === 'tolerance' && verdict !== 'same';
    if (isLone) cells.judge(i, 'noisy', 'none');
    else cells.judge(i, verdict, basis);
  }
}

/** The tested cells of one family. Those that are identical were not tested: they are certain. */
function adjust(cells: CellTable, isMember: (metric: string) => boolean): void {
  const members: number[] = [];
  for (let i = 0; i < cells.length; i++)
    if (cells.basisAt(i) === 'test' && isMember(cells.metricAt(i))) members.push(i);
  const adjusted = adjustByRate(Float64Array.from(members, (i) => cells.at(i).p!));
  members.forEach((i, place) => {
    cells.adjust(i, adjusted[place]!);
  });
}

type Judged = readonly [Verdict, Basis];

function judgeCell(
  { a, b, difference, basis, pAdjusted }: Cell,
  { goal, tolerance }: Rule,
  { isExact, level }: { readonly isExact: boolean; readonly level: number },
): Judged {
  if (basis === 'identity') return ['same', 'identity'];
  if (difference === null) {
    if (basis !== 'value') return ['noisy', 'none'];
    // A value that is gone is worse, whatever the goal.
    return [goal === null ? 'moved' : b === null ? 'worse' : 'better', 'value'];
  }
  const direction = goal === null ? 'moved' : difference > 0 === (goal === 'max') ? 'better' : 'worse';
  if (tolerance !== null && Math.abs(difference) <= widthOf(tolerance, a!)) return ['same', 'tolerance'];
  if (isExact) return difference === 0 ? ['same', 'exact'] : [direction, 'exact'];
  if (pAdjusted !== null) {
    if (pAdjusted < level && difference !== 0) return [direction, 'test'];
    return [tolerance === null || difference === 0 ? 'same' : 'noisy', 'test'];
  }
  if (difference === 0) return ['same', 'none'];
  return tolerance === null ? ['noisy', 'none'] : [direction, 'tolerance'];
}
