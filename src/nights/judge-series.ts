// What one metric of one configuration came to tonight, from the nights before that count for it.
import { summaryInterval } from '../stats/welch.js';
import type { Tolerance } from '../trial/tolerance.js';
import { type Accepted, startOf } from './accepted.js';
import { judgeExact } from './exact.js';
import { judgeNights } from './judge.js';
import { LEAST_NIGHTS, type Night } from './night.js';
import { predict } from './predict.js';
import type { NightCell } from './record.js';
import type { NightSeries } from './series.js';
import type { GateCell, GateVerdict } from './verdict.js';

/** Times of the same code differ by so much from night to night without meaning anything. */
const TIME_TOLERANCE: Tolerance = Math.log(1.1);

export function judgeSeries(series: NightSeries, accepted: readonly Accepted[]): GateCell {
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
  const exact = isTime ? null : judgeExact([...counted, tonight], metric);
  if (exact !== null) return { ...now, ...exact };
  if (past.length < LEAST_NIGHTS) return { ...now, verdict: 'too little history' };
  const scale = (value: number) => (isTime ? Math.log(value) : value);
  const points = [...counted.map(({ cell }) => cell), tonight.cell].map(
    ({ mean, n }): Night => ({ mean: scale(mean!), count: n, variance: null }),
  );
  const tolerance = isTime ? TIME_TOLERANCE : metric.tolerance;
  const { verdict, change, first } = judgeNights(points, { goal: metric.goal, tolerance });
  // Nights of the new level say nothing of what was to be expected.
  const { low, high } = predict(points.slice(first, change?.since ?? -1), points.at(-1)!);
  const expected = isTime ? { low: Math.exp(low), high: Math.exp(high) } : { low, high };
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
