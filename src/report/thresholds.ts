// Thresholds along one axis, for any worker with a metric that is true up to a point of that axis and false from there
// on: one row a configuration, with the bracket that the trials themselves give. It chooses no trials.
import { SweeplineError, throwFaults } from '../ground/errors.js';
import { describeUnknown } from '../ground/text.js';
import { quoteName, quoteValue } from './columns.js';
import type { ReportContext, Row, Rows, TableSpec } from './define.js';
import { noisyThresholdSql } from './noisy-thresholds.js';
import { varyingAxes } from './settings.js';

export interface ThresholdSpec {
  /** Default `thresholds`. */
  readonly name?: string;
  readonly about?: string;
  /** The axis along which the metric turns. */
  readonly axis: string;
  /** A boolean metric: true below the threshold. */
  readonly metric: string;
  /** The columns that name a configuration. Axes that are not named here and vary become columns at the end. */
  readonly by: readonly string[];
  /**
   * SQL over a configuration's trials for the threshold itself (NULL: not known), where the worker offers more than a
   * yes or no. It must agree with the metric to the last bit: lower < exact ≤ upper.
   */
  readonly exact?: string;
  /** The lowest threshold there can be, where the axis has such an end: that of a metric that never was true. */
  readonly least?: number;
  /** True where the metric cannot turn twice (no randomness): then a bracket upside down is an error. */
  readonly monotone?: boolean;
  readonly preview?: number;
}

/**
 * The table `<by…>,threshold,lower,upper,method,trials`. `lower` is the highest value with the metric true, `upper` the
 * lowest with it false, both over trials that ended `ok`; empty where there is none. `threshold` by `method`:
 * `exact`; else `bisect` or `grid`, by how the values were chosen: the middle of the bracket, wrong by half its width
 * at most; `lower` where the metric never was false (it may lie higher); where it never was true, `least`, or `upper` if
 * the axis has no such end (it may lie lower). Where the run was a bisection of a noisy metric, `method` is `posterior`:
 * `threshold` is the median, and 95 of 100 thresholds lie from `lower` to `upper`; an empty end lies past the search's.
 */
export function thresholdTable(spec: ThresholdSpec): TableSpec {
  const { name = 'thresholds', axis, metric, least = `the lowest ${spec.axis} tried` } = spec;
  return {
    name,
    about:
      spec.about ??
      `The least ${axis} from which on "${metric}" is false, for each configuration, with its bracket.`,
    columns: {
      threshold: `least upper bound of the ${axis} with ${metric} true; ${least} where none is`,
      lower: `highest ${axis} tried with ${metric} true`,
      upper: `lowest ${axis} tried with ${metric} false`,
      method:
        'exact: from one trajectory; bisect, grid: the middle of the bracket; posterior: some answers are wrong',
      trials: 'trials that ended ok',
    },
    sql: (context) => writeSql(spec, context),
    check: (rows) => checkBrackets(spec, rows),
    ...(spec.preview === undefined ? {} : { preview: spec.preview }),
  };
}

async function writeSql(spec: ThresholdSpec, context: ReportContext): Promise<string> {
  const { axis, metric, by, exact = 'NULL', least } = spec;
  const { worker, sampler } = context.manifest;
  const params = worker.params.map((param) => param.name);
  const metrics = worker.metrics.map((each) => each.name);
  throwFaults('BAD_DEFINITION', `the threshold table does not fit the worker "${worker.name}"`, [
    ...[axis, ...by]
      .filter((each) => !params.includes(each))
      .map((each) => describeUnknown('parameter', each, params)),
    ...(metrics.includes(metric) ? [] : [describeUnknown('metric', metric, metrics)]),
  ]);
  const varying = await varyingAxes(context, [axis, ...by]);
  const keys = by.filter((each) => each !== axis).map(quoteName);
  const extra = varying.map(quoteName);
  const groups = [...keys, ...params.filter((each) => each !== axis && !by.includes(each)).map(quoteName)];
  const h = quoteName(axis);
  const holds = quoteName(metric);
  const ended = metrics.map(
    (each) => `CASE WHEN status = 'ok' THEN ${quoteName(each)} END AS ${quoteName(each)}`,
  );
  const searched = sampler.axis === axis && sampler.metric === metric;
  if (searched && sampler.noise !== undefined)
    return noisyThresholdSql(context, {
      axis,
      metric,
      groups,
      keys,
      extra,
      ...(least === undefined ? {} : { least }),
    });
  return `
    WITH ended AS (SELECT * REPLACE (${ended.join(', ')}) FROM trials),
    brackets AS (
      SELECT ${groups.join(', ')}, (${exact})::DOUBLE AS "exact threshold",
        max(${h}) FILTER (${holds}) AS lower, min(${h}) FILTER (NOT ${holds}) AS upper, count(${holds}) AS trials
      FROM ended GROUP BY ${groups.join(', ')}
    )
    SELECT ${[...keys, ''].join(', ')}
      CASE WHEN trials = 0 THEN NULL
        WHEN NOT isnan("exact threshold") THEN "exact threshold"
        WHEN upper IS NULL THEN lower
        WHEN lower IS NULL THEN ${least === undefined ? 'upper' : quoteValue(least)}
        ELSE (lower + upper) / 2 END AS threshold,
      lower, upper,
      CASE WHEN trials = 0 THEN NULL
        WHEN NOT isnan("exact threshold") THEN 'exact'
        ELSE '${searched ? 'bisect' : 'grid'}' END AS method,
      trials${extra.map((each) => `, ${each}`).join('')}
    FROM brackets ORDER BY ${[...keys, ...extra].join(', ')}`;
}

function checkBrackets(
  { name = 'thresholds', axis, metric, exact, monotone }: ThresholdSpec,
  { rows }: Rows,
): void {
  for (const row of rows) {
    const { threshold, lower, upper, method } = row as Readonly<Record<string, number | string | null>>;
    const where = `table ${name}, row ${describeRow(row)}`;
    if (monotone && lower !== null && upper !== null && lower! >= upper!) {
      throw new SweeplineError(
        'BAD_DEFINITION',
        `${where}: "${metric}" turned twice: true at ${axis} = ${lower}, false at ${upper}`,
      );
    }
    if (exact === undefined || method !== 'exact') continue;
    if ((lower !== null && lower! >= threshold!) || (upper !== null && upper! < threshold!)) {
      throw new SweeplineError(
        'BAD_DEFINITION',
        `${where}: the exact threshold ${threshold} lies outside the bracket of its trials, ${lower ?? 'none'} to ${upper ?? 'none'}`,
      );
    }
  }
}

function describeRow(row: Row): string {
  return Object.entries(row)
    .filter(
      ([column, cell]) =>
        cell !== null && !['threshold', 'lower', 'upper', 'method', 'trials'].includes(column),
    )
    .map(([column, cell]) => `${column}=${cell}`)
    .join(' ');
}
