// Views beside those of reports: the metrics of trials and the series of metrics as long tables, one value a row, and the
// artifacts. What has no value has no row.
import { join } from 'node:path';
import { type Columns, quoteName, quoteText } from '../report/columns.js';
import { literalPath } from '../report/source.js';
import { type RunViews, unite } from '../report/views.js';

/** Every table that SQL can name, and what a row of it is. */
export const TABLES = {
  trials: 'a trial: parameters and metrics, one column each',
  trials_long: 'a metric of a trial: metric, value (true is 1), text where the metric is text',
  metrics: 'a step that a trial reported: one column per series',
  metrics_long: 'a value that a trial reported: step, series, value',
  timings: 'an attempt: thread, host, device, time, status, error',
  schedules:
    'parameters that pbt changes: step from which on, trial that they come from ("from"), one column each',
  artifacts: 'a file that a trial has kept: name, path, bytes',
  stages: 'a trial of a stage: stage, parameters and metrics',
  trials_raw: 'as trials, with NaN as such',
  metrics_raw: 'as metrics, with NaN as such',
} as const;

/** Where the rows of `artifacts` of a run lie, as CSV. */
export const artifactsCsv = (folder: string, run: number): string => join(folder, `artifacts-${run}.csv`);

/** The statements that make them. `folder` has the artifacts of every run. */
export function longViews(runs: readonly RunViews[], folder: string): string[] {
  return [
    ...runs.flatMap((run, i) => [
      `CREATE VIEW "${run.name}_trials_long" AS ${trialsLong(run)}`,
      `CREATE VIEW "${run.name}_metrics_long" AS ${metricsLong(run)}`,
      `CREATE TABLE "${run.name}_artifacts" AS ${artifacts(run, artifactsCsv(folder, i))}`,
    ]),
    ...['trials_long', 'metrics_long', 'artifacts'].map((view) => unite(view, runs.length)),
  ];
}

function trialsLong({ name, trials, leading }: RunViews): string {
  const own = ['trial', 'key', 'replicate', 'status'];
  const measured = trials.filter(({ role }) => role === 'measured');
  const cells = measured.map((column) => {
    const cell = quoteName(column.sql);
    const [value, text] =
      column.type === 'string' ? ['NULL::DOUBLE', cell] : [`${cell}::DOUBLE`, 'NULL::VARCHAR'];
    return `{'metric': ${quoteText(column.name)}, 'value': ${value}, 'text': ${text}}`;
  });
  return unnest({
    from: `"${name}_trials"`,
    kept: [...namesOf(leading), ...own.map((each) => ownName(trials, each))],
    names: [...namesOf(leading), ...own],
    cells,
    fields: { metric: 'VARCHAR', value: 'DOUBLE', text: 'VARCHAR' },
    condition: 'cell.value IS NOT NULL OR cell.text IS NOT NULL',
  });
}

function metricsLong({ name, metrics, leading }: RunViews): string {
  const own = ['trial', 'step'];
  const cells = metrics
    .filter(({ role }) => role === 'measured')
    .map((column) => `{'series': ${quoteText(column.name)}, 'value': ${quoteName(column.sql)}::DOUBLE}`);
  return unnest({
    from: `"${name}_metrics"`,
    kept: [...namesOf(leading), ...own.map((each) => ownName(metrics, each))],
    names: [...namesOf(leading), ...own],
    cells,
    fields: { series: 'VARCHAR', value: 'DOUBLE' },
    condition: 'cell.value IS NOT NULL',
  });
}

interface Unnesting {
  readonly from: string;
  /** Columns of `from` that every row keeps, and what they are called. */
  readonly kept: readonly string[];
  readonly names: readonly string[];
  /** One struct for each row that a row becomes. */
  readonly cells: readonly string[];
  readonly fields: Readonly<Record<string, string>>;
  readonly condition: string;
}

/** One scan, however many columns there are. */
function unnest({ from, kept, names, cells, fields, condition }: Unnesting): string {
  const first = kept.map((column, i) => `${quoteName(column)} AS ${quoteName(names[i]!)}`).join(', ');
  const struct = Object.entries(fields)
    .map(([name, type]) => `${name} ${type}`)
    .join(', ');
  const all = `SELECT ${first}, unnest([${cells.join(', ')}]::STRUCT(${struct})[]) AS cell FROM ${from}`;
  const list = Object.keys(fields).map((name) => `cell.${name} AS ${name}`);
  return `SELECT ${[...names.map(quoteName), ...list].join(', ')} FROM (${all}) WHERE ${condition}`;
}

const namesOf = (leading: RunViews['leading']): string[] => leading.map(({ name }) => name);

/** What a column of the run's own is called in SQL. */
function ownName(columns: Columns, name: string): string {
  return columns.find((column) => column.role === 'own' && column.name === name)!.sql;
}

function artifacts({ leading }: RunViews, csv: string): string {
  const first = leading.map(({ name, value }) => `${quoteText(value)} AS ${quoteName(name)}`);
  return `SELECT ${first.join(', ')}, trial, name, path, bytes FROM read_csv(${quoteText(literalPath(csv))},
    auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false,
    columns = {trial: 'BIGINT', name: 'VARCHAR', path: 'VARCHAR', bytes: 'BIGINT'})`;
}
