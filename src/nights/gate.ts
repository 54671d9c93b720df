// Whether tonight is worse than the nights before it, metric by metric. Improvement is never a failure.
import { summaryInterval } from '../stats/welch.js';
import { type Tolerance, widthOf } from '../trial/tolerance.js';
import { type Accepted, startOf } from './accepted.js';
import type { History } from './history.js';
import { judgeNights } from './judge.js';
import type { Night } from './night.js';
import { LEAST_NIGHTS } from './night.js';
import { predict } from './predict.js';
import type { NightCell, NightMetric, NightRecord } from './record.js';
import { type NightSeries, seriesOf } from './series.js';
import { RUN_MS } from './summarize.js';

/**
 * `moved`: no goal says whether that is good; `noisy`: tonight alone is out of the ordinary, another night will tell;
 * `new` and `gone`: only the nights before, or only tonight, has it.
 */
export const GATE_VERDICTS = [
  'worse',
  'better',
  'moved',
  'noisy',
  'gone',
  'new',
  'too little history',
  'steady',
] as const;
export type GateVerdict = (typeof GATE_VERDICTS)[number];

export interface GateCell {
  /** What the suite calls the run. */
  readonly run: string;
  readonly sweep: string;
  readonly configuration: string;
  readonly metric: NightMetric;
  /** Means of the nights before that count, oldest first. */
  readonly past: readonly number[];
  /** Tonight's mean, the 95 % interval that its replicates give it, and their number; null where it has none. */
  readonly tonight: {
    readonly mean: number;
    readonly low: number | null;
    readonly high: number | null;
    readonly n: number;
  } | null;
  /** Where the nights before lead one to expect it; null where they are too few. */
  readonly expected: { readonly low: number; readonly high: number } | null;
  readonly verdict: GateVerdict;
  /** How far it moved; null where it did not. */
  readonly by: number | null;
  /** The first night of the change. */
  readonly since: string | null;
}

export interface Gate {
  readonly night: NightRecord;
  /** Nights that it was compared with. */
  readonly nights: readonly NightRecord[];
  readonly cells: readonly GateCell[];
  readonly isWorse: boolean;
  /** Files of the history that could not be read. */
  readonly faults: readonly string[];
}

/** Times of the same code differ by so much from night to night without meaning anything. */
const TIME_TOLERANCE: Tolerance = Math.log(1.1);

/** `last`: how many of the nights before count, at most. */
export function judgeTonight(
  night: NightRecord,
  { nights: all, faults }: History,
  { accepted, last }: { readonly accepted: readonly Accepted[]; readonly last: number },
): Gate {
  const nights = all.filter((each) => each.night < night.night && each.isComplete).slice(-last);
  const cells = seriesOf(nights, night).map((series) => judgeSeries(series, accepted));
  return { night, nights, cells, faults, isWorse: cells.some(({ verdict }) => verdict === 'worse') };
}

/** The nights in which something changed, the latest first. */
export function listChanges({ cells }: Pick<Gate, 'cells'>): string[] {
  const nights = new Set(cells.flatMap(({ since }) => (since === null ? [] : [since])));
  return [...nights].sort().reverse();
}

function judgeSeries(series: NightSeries, accepted: readonly Accepted[]): GateCell {
  const { run, sweep, configuration, metric, tonight } = series;
  const isTime = metric.name === RUN_MS;
  const from = startOf(series, accepted);
  const counted = series.past.filter(({ night, cell }) => night.night >= from && cell.mean !== null);
  const past = counted.map(({ cell }) => cell.mean!);
  const base = { run, sweep, configuration, metric, past, by: null, since: null, expected: null };
  const mean = tonight?.cell.mean ?? null;
  if (tonight === null || mean === null)
    return { ...base, tonight: null, verdict: past.length > 0 ? 'gone' : 'steady' };
  const now = { ...base, tonight: { mean, n: tonight.cell.n, ...intervalOf(tonight.cell, isTime) } };
  if (past.length === 0) return { ...now, verdict: series.past.length === 0 ? 'new' : 'too little history' };
  const exact = judgeExactly(past, mean, metric);
  if (exact !== null && !isTime)
    return { ...now, ...exact, since: exact.verdict === 'steady' ? null : tonight.night.night };
  if (past.length < LEAST_NIGHTS) return { ...now, verdict: 'too little history' };
  const scale = (value: number) => (isTime ? Math.log(value) : value);
  const points = [...counted.map(({ cell }) => cell), tonight.cell].map(
    ({ mean, n }): Night => ({ mean: scale(mean!), count: n, variance: null }),
  );
  const { low, high } = predict(points.slice(0, -1), points.at(-1)!);
  const expected = isTime ? { low: Math.exp(low), high: Math.exp(high) } : { low, high };
  const tolerance = metric.tolerance ?? (isTime ? TIME_TOLERANCE : null);
  const { verdict, change } = judgeNights(points, { goal: metric.goal, tolerance });
  if (change === null) return { ...now, expected, verdict: verdict === 'moved' ? 'steady' : verdict };
  const since = counted[change.since]?.night ?? tonight.night;
  const by = isTime ? mean - mean / Math.exp(change.by) : change.by;
  return { ...now, expected, verdict: change.direction, by, since: since.night };
}

/** Fewer may be alike by chance. */
const ALIKE = 3;

/** Where every night before gave the same number, as seeds make it, another one is no noise. */
function judgeExactly(
  past: readonly number[],
  mean: number,
  { goal, tolerance }: NightMetric,
): Pick<GateCell, 'verdict' | 'by' | 'expected'> | null {
  const [first] = past as readonly [number];
  if (past.length < ALIKE || past.some((value) => value !== first)) return null;
  const by = mean - first;
  const expected = { low: first, high: first };
  // What another order of additions leaves of a mean is no change.
  const width = Math.max(Math.abs(first) * 1e-12, tolerance === null ? 0 : widthOf(tolerance, first));
  if (Math.abs(by) <= width) return { verdict: 'steady', by: null, expected };
  return {
    verdict: goal === null ? 'moved' : by > 0 === (goal === 'max') ? 'better' : 'worse',
    by,
    expected,
  };
}

function intervalOf(
  { mean, sd, n }: NightCell,
  isTime: boolean,
): { low: number | null; high: number | null } {
  if (mean === null || sd === null || n < 2) return { low: null, high: null };
  const center = isTime ? Math.log(mean) : mean;
  const { low, high } = summaryInterval({ count: n, mean: center, variance: sd ** 2 });
  if (low === null || high === null) return { low: null, high: null };
  return isTime ? { low: Math.exp(low), high: Math.exp(high) } : { low, high };
}
