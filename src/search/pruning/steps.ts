// Where steps are the same. Tenths that are added up or multiplied miss each other by a rounding (3 · 0.1 is a little more
// than 0.3): whatever compares a step with a rung, with `max` or with the end of an interval asks here, or a trial waits for
// a rung that it has passed. Whole steps are told apart exactly.

/** Relative: far more than two ways to the same step differ by, and far less than steps do. */
const ROUNDING = 1e-9;

/** Whether a step is at a mark or past it, but for rounding. */
export function hasReached(step: number, mark: number): boolean {
  if (step >= mark) return true;
  if (Number.isInteger(step) && Number.isInteger(mark)) return false;
  // Of a mark that is never reached, Infinity, this is NaN.
  return step >= mark - ROUNDING * Math.abs(mark);
}

/** Steps at which something is looked at: `from`, and each interval later. */
export interface Intervals {
  readonly from: number;
  readonly interval: number;
}

/** How many whole intervals a step is past the first mark. */
export function countIntervals(step: number, { from, interval }: Intervals): number {
  const count = Math.floor((step - from) / interval);
  return hasReached(step, from + (count + 1) * interval) ? count + 1 : count;
}
