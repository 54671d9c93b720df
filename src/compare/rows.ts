// compare.csv: one row per metric of each configuration, `key,trial_a,trial_b,<axes…>,metric,a,b,difference,low,high,effect,
// p_adjusted,verdict`.
import { formatRow } from '../ground/csv.js';
import { SweeplineError } from '../ground/errors.js';
import type { Comparison, RunComparison } from './compare.js';

const BEFORE = ['key', 'trial_a', 'trial_b'];
const AFTER = [
  ...['metric', 'a', 'b', 'difference', 'low', 'high', 'effect', 'p_adjusted', 'verdict'],
] as const;

/** The header first; each with its line end. */
export function* compareRows({ axes, cells }: Pick<RunComparison, 'axes' | 'cells'>): Generator<string> {
  yield formatRow([...BEFORE, ...axisColumns(axes), ...AFTER]);
  for (const { place, metric, a, b, difference, low, high, effect, pAdjusted, verdict } of cells) {
    const { key, trialA, trialB } = place;
    const after = formatRow([metric, a, b, difference, low, high, effect, pAdjusted, verdict]);
    // Cells of axes are as they stand in trials.csv.
    yield [formatRow([key, trialA, trialB]).trimEnd(), ...place.axes, after].join(',');
  }
}

/** An axis that is called like another column gets `axis_` before its name. */
function axisColumns(axes: readonly string[]): string[] {
  const taken = new Set<string>([...BEFORE, ...AFTER]);
  return axes.map((axis) => {
    let name = axis;
    while (taken.has(name) || (name !== axis && axes.includes(name))) name = `axis_${name}`;
    taken.add(name);
    return name;
  });
}

/** The rows of the only two runs that are compared. BAD_USAGE where there are more: they have other columns. */
export function singleRun({ sets }: Comparison): Generator<string> {
  const runs = sets.flatMap((set) => set.runs);
  if (runs.length === 1) return compareRows(runs[0]!);
  throw new SweeplineError(
    'BAD_USAGE',
    `--csv: these are ${runs.length} comparisons, each with columns of its own`,
    { hint: 'write them into a folder with --out, or name two runs' },
  );
}
