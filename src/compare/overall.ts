// What a metric did over all configurations that two runs share, whatever may be said of a single one: how many of them
// moved which way, and whether they moved one way together (Wilcoxon's signed ranks over their differences).
import { medianSorted } from 'simple-statistics';
import { signedRankTest } from '../stats/exact.js';
import { RUN_MS, type Rule, STATUS, type Verdict } from './cell.js';
import type { CellTable } from './cell-table.js';

export interface Overall {
  readonly metric: string;
  readonly goal: 'min' | 'max' | null;
  readonly cells: number;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Of the differences; of times the ratio b / a. Null where there are none. */
  readonly median: number | null;
  /** Null with fewer than six differences, of which no signs are proof. */
  readonly p: number | null;
}

/** With fewer differences even equal signs have p > 0.05. */
const LEAST = 6;

/** In the order of the rules; the status and times, where there are such cells, last. */
export function summarise(cells: CellTable, rules: readonly Rule[]): Overall[] {
  const byMetric = new Map<string, Tally>(rules.map(({ metric }) => [metric, newTally()]));
  for (const { metric, verdict, a, b, difference } of cells) {
    const own = byMetric.get(metric) ?? newTally();
    byMetric.set(metric, own);
    own.cells++;
    own.verdicts[verdict] = (own.verdicts[verdict] ?? 0) + 1;
    const isTime = metric === RUN_MS && !rules.some((rule) => rule.metric === metric);
    if (difference !== null && metric !== STATUS)
      own.differences.push(isTime ? Math.log(b! / a!) : difference);
  }
  return [...byMetric].map(([metric, own]) => {
    const rule = rules.find((each) => each.metric === metric);
    const isTime = metric === RUN_MS && rule === undefined;
    const sorted = Float64Array.from(own.differences).sort();
    const median = sorted.length === 0 ? null : medianSorted(Array.from(sorted));
    return {
      metric,
      goal: isTime ? 'min' : (rule?.goal ?? null),
      cells: own.cells,
      verdicts: own.verdicts,
      median: isTime && median !== null ? Math.exp(median) : median,
      p: sorted.length < LEAST ? null : signedRankTest(own.differences),
    };
  });
}

interface Tally {
  cells: number;
  readonly verdicts: Partial<Record<Verdict, number>>;
  readonly differences: number[];
}

function newTally(): Tally {
  return { cells: 0, verdicts: {}, differences: [] };
}
