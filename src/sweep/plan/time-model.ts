// How long trials take by their cost: a fixed part, a part in proportion to the cost, and what each worker thread needs
// once to get going. Fitted to trials that were timed. Pure arithmetic.

/** Trials that ran together. */
export interface Timed {
  readonly trials: number;
  /** Of all of them together, in milliseconds. */
  readonly ms: number;
  /** Mean cost of one. */
  readonly units: number;
  /** Whether its thread had run none before: what it loads then, later trials find there. */
  readonly isFirst: boolean;
}

/** Milliseconds: `fixed + perUnit * cost` a trial, and `start` once a thread. */
export interface TimeModel {
  readonly fixed: number;
  readonly perUnit: number;
  readonly start: number;
}

/** Costs closer together than this tell no fixed part from noise. */
const LEAST_SPREAD = 1.5;
const PASSES = 4;

/** Undefined where there is nothing to fit. First trials of threads count only for `start`, where there are others. */
export function fitTimes(timed: readonly Timed[]): TimeModel | undefined {
  if (timed.length === 0) return undefined;
  const later = timed.filter(({ isFirst }) => !isFirst);
  const steady = later.length > 0 ? later : timed;
  const line = fitLine(steady);
  if (later.length === 0) return { ...line, start: 0 };
  const over = timed
    .filter(({ isFirst }) => isFirst)
    .map(({ trials, ms, units }) => ms - trials * (line.fixed + line.perUnit * units));
  return { ...line, start: over.length === 0 ? 0 : Math.max(0, median(over)) };
}

/** Of one trial, without `start`. */
export function trialMs({ fixed, perUnit }: TimeModel, units: number): number {
  return fixed + perUnit * units;
}

/** Least squares of relative errors (trials that take long vary by more), neither part below 0. */
function fitLine(timed: readonly Timed[]): Omit<TimeModel, 'start'> {
  let line = proportional(timed);
  // No spread of arguments: of some runs these are a million.
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { units } of timed) {
    least = Math.min(least, units);
    most = Math.max(most, units);
  }
  if (most < LEAST_SPREAD * least) return line;
  for (let pass = 0; pass < PASSES; pass++) line = fitOnce(timed, line);
  return line;
}

function proportional(timed: readonly Timed[]): Omit<TimeModel, 'start'> {
  let ms = 0;
  let units = 0;
  for (const each of timed) {
    ms += each.ms;
    units += each.trials * each.units;
  }
  return { fixed: 0, perUnit: ms / units };
}

/** One pass of weighted least squares; the weights are what `before` says that each would take. */
function fitOnce(timed: readonly Timed[], before: Omit<TimeModel, 'start'>): Omit<TimeModel, 'start'> {
  let [n, u, uu, y, uy] = [0, 0, 0, 0, 0];
  for (const { trials, ms, units } of timed) {
    const expected = before.fixed + before.perUnit * units;
    const weight = trials / Math.max(expected * expected, Number.MIN_VALUE);
    const mean = ms / trials;
    n += weight;
    u += weight * units;
    uu += weight * units * units;
    y += weight * mean;
    uy += weight * units * mean;
  }
  const perUnit = (n * uy - u * y) / (n * uu - u * u);
  const fixed = (y - perUnit * u) / n;
  if (perUnit >= 0 && fixed >= 0) return { fixed, perUnit };
  // The best line has a negative part: the best one without lies at an edge.
  return perUnit < 0 ? { fixed: y / n, perUnit: 0 } : { fixed: 0, perUnit: uy / uu };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
