// A comparison as one JSON object: what changed, cell by cell, and how much of it there is.
import type { Cell } from './cell.js';
import type { Comparison, RunComparison } from './compare.js';
import { countVerdicts, listChanged, pointOf } from './words.js';

/** Cells that are told; compare.csv has all. */
const MOST = 1000;

export function toJson({ level, sets, isWorse }: Comparison): unknown {
  return {
    level,
    isWorse,
    comparisons: sets.map(({ letter, a, b, runs, onlyA, onlyB }) => ({
      ...{ letter, a: a.typed, b: b.typed, onlyA, onlyB },
      runs: runs.map(describe),
    })),
  };
}

function describe(of: RunComparison): unknown {
  const { name, a, b, counts, rules, overall, speed, notes } = of;
  const changed = listChanged(of);
  return {
    ...{ name, a: a.folder, b: b.folder, configurations: counts, verdicts: countVerdicts(of) },
    metrics: overall.map((each) => ({
      ...each,
      tolerance: rules.find(({ metric }) => metric === each.metric)?.tolerance ?? null,
    })),
    ...{ speed, notes, changed: changed.length },
    cells: changed.slice(0, MOST).map((cell) => describeCell(of, cell)),
  };
}

function describeCell(of: RunComparison, cell: Cell): unknown {
  const { place, ...rest } = cell;
  const { key, trialA, trialB } = place;
  return { key, trialA, trialB, point: pointOf(of, cell), ...rest };
}
