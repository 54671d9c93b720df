// Whether tonight is worse than the nights before it, metric by metric. Improvement is never a failure.
import { summaryInterval } from '../stats/welch.js';
import { type Tolerance, widthOf } from '../trial/tolerance.js';
import { type Accepted, startOf } from './accepted.js';
import type { History } from './history.js';
import { judgeNights } from './judge.js';
import type { MissingRun } from './missing.js';
import type { Night } from './night.js';
import { LEAST_NIGHTS } from './night.js';
import { predict } from './predict.js';
import type { NightCell, NightMetric, NightRecord } from './record.js';
import { type NightSeries, type SeriesPoint, seriesOf } from './series.js';

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
  /** Runs that have not ended; absent where nobody has looked. */
  readonly missing?: readonly MissingRun[];
  /** Files of the history that could not be read. */
  readonly faults: readonly string[];
}

/** Times of the same code differ by so much from night to night without meaning anything. */
const TIME_TOLERANCE: Tolerance = Math.log(1.1);

/** Nights that are looked back on. */
export const LAST_NIGHTS = 60;

/** `last`: how many of the nights before count, at most. Nights that were cut short never do. */
export function judgeTonight(
  night: NightRecord,
  { nights: all, faults }: History,
  { accepted, last = LAST_NIGHTS }: { readonly accepted: readonly Accepted[]; readonly last?: number },
): Gate {
  const nights = all.filter((each) => each.night < night.night && each.isComplete).slice(-last);
  const cells = seriesOf(nights, night)
    .filter((series) => night.isComplete || isWhole(series))
    .map((series) => judgeSeries(series, accepted));
  return { night, nights, cells, faults, isWorse: cells.some(({ verdict }) => verdict === 'worse') };
}

/** Of a night that was cut short: whether the cell has all of its trials, as many as it had last. */
function isWhole({ past, tonight }: NightSeries): boolean {
  return tonight !== null && tonight.cell.n === past.at(-1)?.cell.n;
}

/** The nights in which something changed, the latest first. */
export function listChanges({ cells }: Pick<Gate, 'cells'>): string[] {
  const nights = new Set(cells.flatMap(({ since }) => (since === null ? [] : [since])));
  return [...nights].sort().reverse();
}

function judgeSeries(series: NightSeries, accepted: readonly Accepted[]): GateCell {
  const { run, sweep, configuration, metric, tonight, isTime } = series;
  const from = startOf(series, accepted);
  const counted = series.past.filter(({ night, cell }) => night.night >= from && cell.mean !== null);
  const past = counted.map(({ cell }) => cell.mean!);
  const base = { run, sweep, configuration, metric, past, by: null, since: null, expected: null };
  const mean = tonight?.cell.mean ?? null;
  if (tonight === null) return { ...base, tonight: null, verdict: 'gone' };
  if (mean === null) return { ...base, tonight: null, verdict: judgeAbsence(series, past.length) };
  const now = { ...base, tonight: { mean, n: tonight.cell.n, ...intervalOf(tonight.cell, isTime) } };
  if (past.length === 0) return { ...now, verdict: series.past.length === 0 ? 'new' : 'too little history' };
  const step = isTime ? null : findStep([...counted, tonight]);
  if (step !== null) return { ...now, ...judgeStep(step, metric) };
  if (past.length < LEAST_NIGHTS) return { ...now, verdict: 'too little history' };
  const scale = (value: number) => (isTime ? Math.log(value) : value);
  const points = [...counted.map(({ cell }) => cell), tonight.cell].map(
    ({ mean, n }): Night => ({ mean: scale(mean!), count: n, variance: null }),
  );
  const { low, high } = predict(points.slice(0, -1), points.at(-1)!);
  const expected = isTime ? { low: Math.exp(low), high: Math.exp(high) } : { low, high };
  const tolerance = isTime ? TIME_TOLERANCE : metric.tolerance;
  const { verdict, change } = judgeNights(points, { goal: metric.goal, tolerance });
  if (change === null) return { ...now, expected, verdict: verdict === 'moved' ? 'steady' : verdict };
  const since = counted[change.since]?.night ?? tonight.night;
  const by = isTime ? mean - mean / Math.exp(change.by) : change.by;
  return { ...now, expected, verdict: change.direction, by, since: since.night };
}

/** Trials that ended ok have no finite value where they had one: the worst that can be of a metric with a goal. */
function judgeAbsence({ metric, shareOk }: NightSeries, before: number): GateVerdict {
  if (before === 0) return 'steady';
  return shareOk > 0 && metric.goal !== null ? 'worse' : 'gone';
}

interface Step {
  readonly before: number;
  readonly after: number;
  /** The first night with the new number; null where there is none. */
  readonly since: string | null;
}

/** Fewer may be alike by chance. */
const ALIKE = 3;

/**
 * Where nights give the same number, as seeds make it, another one is no noise: nights with one number, then, from some
 * night on, with another. Null for anything else, also where more or fewer trials make up a mean.
 */
function findStep(points: readonly SeriesPoint[]): Step | null {
  const [first] = points as readonly [SeriesPoint];
  const isAlike = ({ cell: a }: SeriesPoint, { cell: b }: SeriesPoint) =>
    // What another order of additions leaves of a mean is no change.
    a.n === b.n && Math.abs(a.mean! - b.mean!) <= Math.abs(b.mean!) * 1e-12;
  const at = points.findIndex((point) => !isAlike(point, first));
  const old = at === -1 ? points.length - 1 : at;
  const last = points.at(-1)!;
  if (old < ALIKE || (at !== -1 && last.cell.n !== first.cell.n)) return null;
  if (at !== -1 && !points.slice(at).every((point) => isAlike(point, last))) return null;
  return {
    before: first.cell.mean!,
    after: last.cell.mean!,
    since: at === -1 ? null : points[at]!.night.night,
  };
}

function judgeStep(
  { before, after, since }: Step,
  { goal, tolerance }: NightMetric,
): Pick<GateCell, 'verdict' | 'by' | 'since' | 'expected'> {
  const expected = { low: before, high: before };
  const by = after - before;
  if (since === null || Math.abs(by) <= (tolerance === null ? 0 : widthOf(tolerance, before)))
    return { verdict: 'steady', by: null, since: null, expected };
  return {
    verdict: goal === null ? 'moved' : by > 0 === (goal === 'max') ? 'better' : 'worse',
    by,
    since,
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
