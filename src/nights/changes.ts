// Where a series of nights changed its level: E-divisive change points (Matteson and James, JASA 109, 2014), told by
// Student's test in place of permutations and found in overlapping windows, as Hunter does it for benchmarks (Fleming et
// al., ICPE 2023; Apache Otava).
import { welchTest } from '../stats/welch.js';

export interface Change {
  /** The first night of the new level. */
  readonly at: number;
  /** Means of the stretches before and after, up to the next change. */
  readonly before: number;
  readonly after: number;
  /** Of the test between the two stretches: not corrected for the search. */
  readonly p: number;
}

export interface ChangesOptions {
  /** Nights that are looked at together. */
  readonly window?: number;
  readonly level?: number;
}

const WINDOW = 50;
const LEVEL = 0.001;
/** Nights that a stretch has at least: of fewer it is often chance that they are close, and the test knows nothing of that. */
const SHORTEST = 4;
/** Points that are kept while others are looked for: one that is weak beside the next may be strong once that is found. */
const WEAK = 10;

/** Change points in order; none in a series that has not changed. */
export function findChanges(
  means: readonly number[],
  { window = WINDOW, level = LEVEL }: ChangesOptions = {},
): Change[] {
  const points = new Set<number>();
  const step = Math.max(1, window >> 1);
  for (let start = 0; start === 0 || start + step < means.length; start += step) {
    const end = Math.min(means.length, start + window);
    splitAll(means, { start, end }, level * WEAK, points);
  }
  return keepStrong(
    means,
    [...points].sort((a, b) => a - b),
    level,
  );
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** Splits a stretch where its halves are furthest apart, and the halves again. */
function splitAll(means: readonly number[], stretch: Stretch, level: number, points: Set<number>): void {
  const { start, end } = stretch;
  const at = bestSplit(means.slice(start, end));
  if (at === null) return;
  const point = start + at;
  if (pOf(means, { start, end }, point) >= level) return;
  points.add(point);
  splitAll(means, { start, end: point }, level, points);
  splitAll(means, { start: point, end }, level, points);
}

/** Drops the weakest point until all are strong: a stretch that grows thereby may make its neighbours stronger. */
function keepStrong(means: readonly number[], points: readonly number[], level: number): Change[] {
  const kept = [...points];
  for (;;) {
    const changes = kept.map((at, i) => {
      const stretch = { start: kept[i - 1] ?? 0, end: kept[i + 1] ?? means.length };
      return describe(means, stretch, at);
    });
    const weakest = changes.reduce((worst, { p }, i) => (p > (changes[worst]?.p ?? -1) ? i : worst), 0);
    if (changes.length === 0 || changes[weakest]!.p < level) return changes;
    kept.splice(weakest, 1);
  }
}

function describe(means: readonly number[], { start, end }: Stretch, at: number): Change {
  const average = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
  const [before, after] = [average(means.slice(start, at)), average(means.slice(at, end))];
  return { at, before, after, p: pOf(means, { start, end }, at) };
}

function pOf(means: readonly number[], { start, end }: Stretch, at: number): number {
  const summary = (values: readonly number[]) => {
    const mean = values.reduce((sum, each) => sum + each, 0) / values.length;
    const squares = values.reduce((sum, each) => sum + (each - mean) ** 2, 0);
    return { count: values.length, mean, variance: squares / (values.length - 1) };
  };
  const [before, after] = [summary(means.slice(start, at)), summary(means.slice(at, end))];
  // Means of equal numbers differ in what float64 leaves of their sums.
  const rounding = 1e-12 * Math.max(Math.abs(before.mean), Math.abs(after.mean));
  if (Math.abs(before.mean - after.mean) <= rounding) return 1;
  return welchTest(before, after)?.p ?? 1;
}

/** Where the energy distance of the parts, by their sizes, is largest; null where a part would be too short. */
function bestSplit(values: readonly number[]): number | null {
  const { length } = values;
  if (length < 2 * SHORTEST) return null;
  // Sums of |x − y| within the left part, within the right one, and between them, as nights go over from right to left.
  let [left, right, between] = [0, 0, 0];
  for (let i = 0; i < length; i++) for (let j = 0; j < i; j++) right += Math.abs(values[i]! - values[j]!);
  let best: number | null = null;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = 1; at <= length - SHORTEST; at++) {
    const moved = values[at - 1]!;
    let [toLeft, toRight] = [0, 0];
    for (let i = 0; i < at - 1; i++) toLeft += Math.abs(values[i]! - moved);
    for (let i = at; i < length; i++) toRight += Math.abs(values[i]! - moved);
    left += toLeft;
    right -= toRight;
    between += toRight - toLeft;
    if (at < SHORTEST) continue;
    const [m, n] = [at, length - at];
    const energy = (2 * between) / (m * n) - (2 * left) / (m * (m - 1)) - (2 * right) / (n * (n - 1));
    const size = ((m * n) / (m + n)) * energy;
    if (size > most) [most, best] = [size, at];
  }
  return best;
}
