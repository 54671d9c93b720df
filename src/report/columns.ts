// The SQL columns of a run's CSVs, taken from its manifest: names and types are always given, never guessed (a guess
// reads a torn file as one text column, and an axis of 0 and 1 as something else than one of 0 and 0.5).
import type { Manifest } from '../run/manifest.js';
import { TIMING_COLUMNS } from '../run/timings.js';
import type { Value } from '../space/types.js';

/** Column names with their DuckDB types, in the file's order. */
export type Columns = readonly (readonly [name: string, type: string])[];

export type ColumnType = 'number' | 'integer' | 'boolean' | 'string';

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
};

/** `trial,key,replicate,seed,<axes…>,status,<metrics…>` */
export function trialColumns(manifest: Manifest): Columns {
  const types = new Map(manifest.worker.params.map((param) => [param.name, param.type]));
  return [
    ['trial', 'BIGINT'],
    ['key', 'VARCHAR'],
    ['replicate', 'BIGINT'],
    ['seed', 'BIGINT'],
    ...manifest.axes.map((axis) => [axis, sqlType(types.get(axis) ?? 'string')] as const),
    ['status', 'VARCHAR'],
    ...manifest.worker.metrics.map((metric) => [metric.name, sqlType(metric.type)] as const),
  ];
}

export function timingColumns(): Columns {
  return Object.entries(TIMING_COLUMNS).map(([name, type]) => [name, sqlType(type)]);
}

/** `trial,step,<series…>` */
export function metricColumns(manifest: Manifest): Columns {
  return [
    ['trial', 'BIGINT'],
    ['step', 'BIGINT'],
    ...manifest.worker.series.map((name) => [name, 'DOUBLE'] as const),
  ];
}

/** The worker's parameters that are no axis, as SQL constants: the value the sweep fixes, else the default. */
export function constantColumns(
  manifest: Manifest,
): readonly { readonly name: string; readonly sql: string }[] {
  return manifest.worker.params
    .filter((param) => !manifest.axes.includes(param.name))
    .map(({ name, type, default: resting }) => ({
      name,
      sql: `${quoteText(String(manifest.fixed[name] ?? resting))}::${sqlType(type)}`,
    }));
}

/** A SQL literal for a parameter's value. */
export function quoteValue(value: Value): string {
  if (typeof value === 'number') return `${quoteText(String(value))}::DOUBLE`;
  return typeof value === 'boolean' ? String(value) : quoteText(value);
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function sqlType(type: ColumnType): string {
  return SQL_TYPES[type];
}
