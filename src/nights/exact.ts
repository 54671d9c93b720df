// Metrics that give the same number night after night, as seeds make it: another number is no noise there, and a change
// on its first night. It is held against the best number that has lasted, so that an improvement that is lost is told.
import { type Tolerance, widthOf } from '../trial/tolerance.js';
import type { SeriesPoint } from './series.js';
import type { GateCell } from './verdict.js';

export type ExactJudgement = Pick<GateCell, 'verdict' | 'by' | 'since' | 'expected'>;

/** Fewer nights before tonight may be alike by chance. */
const ALIKE = 3;
/** More numbers that went again by themselves are noise, of a metric that has few values. */
const MOST_PASSING = 2;

/** Of the last point. Null where the numbers are not of that kind. Every point has a mean. */
export function judgeExact(
  points: readonly SeriesPoint[],
  rule: { readonly goal: 'min' | 'max' | null; readonly tolerance: Tolerance | null },
): ExactJudgement | null {
  const last = points.at(-1)!;
  // Means of more or fewer trials are other numbers: a night that lacks some counts for itself.
  const found = walk(findStretches(points.filter(({ cell }) => cell.n === last.cell.n)), rule);
  const other = points.findLast(({ cell }) => cell.n !== last.cell.n);
  if (found !== null || other === undefined) return found;
  const before = walk(findStretches(points.filter(({ cell }) => cell.n === other.cell.n)), rule);
  return before === null ? null : { verdict: 'too little history', by: null, since: null, expected: null };
}

/** Nights in a row with one number. */
interface Stretch {
  readonly value: number;
  readonly since: string;
  nights: number;
}

function findStretches(points: readonly SeriesPoint[]): Stretch[] {
  const stretches: Stretch[] = [];
  for (const { night, cell } of points) {
    const value = cell.mean!;
    const last = stretches.at(-1);
    // What another order of additions leaves of a mean is no change.
    if (last !== undefined && Math.abs(value - last.value) <= Math.abs(last.value) * 1e-12) last.nights++;
    else stretches.push({ value, since: night.night, nights: 1 });
  }
  return stretches;
}

function walk(
  stretches: readonly Stretch[],
  { goal, tolerance }: Parameters<typeof judgeExact>[1],
): ExactJudgement | null {
  const tonight = stretches.at(-1)!;
  const hasLasted = (each: Stretch) => each.nights - (each === tonight ? 1 : 0) >= ALIKE;
  const first = stretches.findIndex(hasLasted);
  if (first === -1) return null;
  let passing = first;
  let level = stretches[first]!.value;
  let found: ExactJudgement = steadyAt(level);
  for (const each of stretches.slice(first + 1)) {
    const by = each.value - level;
    if (by !== 0 && each !== tonight && !hasLasted(each)) passing++;
    const expected = { low: level, high: level };
    const direction = goal === null ? 'moved' : by > 0 === (goal === 'max') ? 'better' : 'worse';
    if (Math.abs(by) <= (tolerance === null ? 0 : widthOf(tolerance, level))) {
      // A step within the tolerance undoes no improvement.
      if (found.verdict === 'worse') found = steadyAt(level);
    } else if (direction === 'worse') {
      const since = found.verdict === direction ? found.since : each.since;
      found = { verdict: direction, by, since, expected };
    } else if (each === tonight || hasLasted(each)) {
      // Also where no goal says whether it is good: the next change is another one.
      found = { verdict: direction, by, since: each.since, expected };
      level = each.value;
    }
  }
  return passing > MOST_PASSING ? null : found;
}

function steadyAt(level: number): ExactJudgement {
  return { verdict: 'steady', by: null, since: null, expected: { low: level, high: level } };
}
