// Thresholds of a bisection whose answers are wrong now and then: for each configuration what is to be believed after all of
// its trials, whatever their order. The same reckoning chose where to ask (see sweep/samplers/bisect-noisy.ts).
import { type Boundary, ThresholdPosterior } from '../search/boundary/posterior.js';
import { quoteName, quoteValue } from './columns.js';
import type { ReportContext } from './define.js';

export interface NoisyThresholds {
  readonly axis: string;
  readonly metric: string;
  /** Quoted names of all columns that tell configurations apart, those of the rows' beginning, and those of their end. */
  readonly groups: readonly string[];
  readonly keys: readonly string[];
  readonly extra: readonly string[];
  /** The threshold of a metric that never was true; absent: the search's lower end. */
  readonly least?: number;
}

/** A query for `<keys…>,threshold,lower,upper,method,trials<extra…>`, a row a configuration. */
export async function noisyThresholdSql(context: ReportContext, spec: NoisyThresholds): Promise<string> {
  const { axis, metric, groups, keys, extra } = spec;
  const boundary = context.manifest.sampler as unknown as Boundary;
  const by = groups.length === 0 ? '' : `PARTITION BY ${groups.join(', ')}`;
  const answers = await context.query(`
    SELECT min(trial) OVER (${by}) AS first, ${quoteName(axis)} AS value, ${quoteName(metric)} AS answer
    FROM trials WHERE status = 'ok' AND ${quoteName(metric)} IS NOT NULL ORDER BY trial`);
  const posteriors = new Map<number, ThresholdPosterior>();
  for (const { first, value, answer } of answers.rows) {
    const key = Number(first);
    if (!posteriors.has(key)) posteriors.set(key, new ThresholdPosterior(boundary));
    posteriors.get(key)!.add(value as number, answer as boolean);
  }
  const found = [...posteriors].map(([first, posterior]) => {
    const { threshold, low, high } = posterior.interval();
    const cells = [boundedBy(threshold, spec.least ?? boundary.from, boundary.to), low, high];
    return `(${first}, ${cells.map((cell) => (Number.isFinite(cell) ? quoteValue(cell) : 'NULL::DOUBLE')).join(', ')})`;
  });
  const rows = found.length === 0 ? '(NULL, NULL, NULL, NULL)' : found.join(', ');
  return `
    WITH ended AS (SELECT *, status = 'ok' AND ${quoteName(metric)} IS NOT NULL AS answers FROM trials),
    configurations AS (
      SELECT ${[...groups, ''].join(', ')} min(trial) FILTER (answers) AS first, count(*) FILTER (answers) AS trials
      FROM ended ${groups.length === 0 ? '' : `GROUP BY ${groups.join(', ')}`}
    ),
    found (first, threshold, lower, upper) AS (VALUES ${rows})
    SELECT ${[...keys, ''].join(', ')} threshold, lower, upper,
      CASE WHEN trials > 0 THEN 'posterior' END AS method, trials${extra.map((each) => `, ${each}`).join('')}
    FROM configurations LEFT JOIN found USING (first) ORDER BY ${[...keys, ...extra, 'first'].join(', ')}`;
}

/** What lies past an end is that end. */
function boundedBy(threshold: number, below: number, above: number): number {
  if (threshold === Number.NEGATIVE_INFINITY) return below;
  return threshold === Number.POSITIVE_INFINITY ? above : threshold;
}
