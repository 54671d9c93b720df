// The SQL columns of a run's CSVs, taken from its manifest: names and types are always given, never guessed (a guess
// reads a torn file as one text column, and an axis of 0 and 1 as something else than one of 0 and 0.5).
import type { Manifest } from '../run/manifest.js';
import { mutatedAxes, SCHEDULE_COLUMNS } from '../run/schedule.js';
import { TIMING_COLUMNS } from '../run/timings.js';
import type { Value } from '../space/types.js';
import { canonicalValue, isStructured } from '../space/value.js';

/** `json`: lists and objects, as text. */
export type ColumnType = 'number' | 'integer' | 'boolean' | 'string' | 'json';

/** A column of a CSV. */
export interface Column {
  readonly name: string;
  /** Its name in SQL: its own, or with a number behind it where SQL would take it for another column. */
  readonly sql: string;
  readonly type: ColumnType;
  /** The run's own columns hold what they should; an axis what the sweep said; what is measured may be anything. */
  readonly role: 'own' | 'axis' | 'measured';
}

/** In the file's order. */
export type Columns = readonly Column[];

const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  string: 'VARCHAR',
  json: 'VARCHAR',
};

/** `trial,key,replicate,seed,<axes…>,status,<metrics…>` */
export function trialColumns(manifest: Manifest): Columns {
  const types = new Map(manifest.worker.params.map((param) => [param.name, param.type]));
  return withSqlNames([
    ...own({ trial: 'integer', key: 'string', replicate: 'integer', seed: 'integer' }),
    ...manifest.axes.map((name) => ({ name, type: types.get(name) ?? 'string', role: 'axis' as const })),
    ...own({ status: 'string' }),
    ...manifest.worker.metrics.map(({ name, type }) => ({ name, type, role: 'measured' as const })),
  ]);
}

export function timingColumns(): Columns {
  return withSqlNames(own(TIMING_COLUMNS));
}

/** `trial,step,<series…>`; a step may be a part of an epoch. */
export function metricColumns(manifest: Manifest): Columns {
  return withSqlNames([
    ...own({ trial: 'integer', step: 'number' }),
    ...manifest.worker.series.map((name) => ({ name, type: 'number' as const, role: 'measured' as const })),
  ]);
}

/** `trial,step,from,<mutated axes…>`; of a run without population-based training, which has no such file, the first three. */
export function scheduleColumns(manifest: Manifest): Columns {
  const types = new Map(manifest.worker.params.map((param) => [param.name, param.type]));
  return withSqlNames([
    ...own(SCHEDULE_COLUMNS),
    ...mutatedAxes(manifest).map((name) => ({
      name,
      type: types.get(name) ?? 'string',
      role: 'axis' as const,
    })),
  ]);
}

/** The worker's parameters that are no axis, as SQL constants: the value the sweep fixes, else the default. */
export function constantColumns(
  manifest: Manifest,
): readonly { readonly name: string; readonly sql: string }[] {
  const taken = new Set(trialColumns(manifest).map((column) => column.sql.toLowerCase()));
  return manifest.worker.params
    .filter((param) => !manifest.axes.includes(param.name))
    .map(({ name, type, default: resting }) => {
      const value = Object.hasOwn(manifest.fixed, name) ? manifest.fixed[name] : resting;
      return { name: freeName(name, taken), sql: constant(value, type) };
    });
}

function constant(value: Value | undefined, type: ColumnType): string {
  if (value === null || value === undefined) return `NULL::${sqlType(type)}`;
  if (type === 'json' || isStructured(value)) return quoteText(canonicalValue(value));
  // What BIGINT does not hold is a DOUBLE, as in a column of the CSV.
  const fits = type !== 'integer' || Number.isSafeInteger(value);
  return `${quoteText(String(value))}::${fits ? sqlType(type) : 'DOUBLE'}`;
}

type Declared = Omit<Column, 'sql'>;

function own(types: Readonly<Record<string, ColumnType>>): Declared[] {
  return Object.entries(types).map(([name, type]) => ({ name, type, role: 'own' }));
}

/** SQL does not tell names apart by their case. */
function withSqlNames(columns: readonly Declared[]): Columns {
  const taken = new Set<string>();
  return columns.map((column) => ({ ...column, sql: freeName(column.name, taken) }));
}

/** `name`, or `name_2`, `name_3`, … where it is taken; it is taken from then on. */
export function freeName(name: string, taken: Set<string>): string {
  const base = withoutNul(name);
  let free = base;
  for (let i = 2; taken.has(free.toLowerCase()); i++) free = `${base}_${i}`;
  taken.add(free.toLowerCase());
  return free;
}

/** No name in SQL holds a NUL. */
function withoutNul(name: string): string {
  return name.replaceAll('\0', '\ufffd');
}

/** A SQL literal for a parameter's value. */
export function quoteValue(value: Value): string {
  if (typeof value === 'number') return `${quoteText(String(value))}::DOUBLE`;
  if (typeof value === 'string') return quoteText(value);
  return isStructured(value) ? quoteText(canonicalValue(value)) : String(value);
}

export function quoteText(text: string): string {
  // SQL ends at a NUL, wherever it stands.
  const parts = text.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || chr(0) || ')})`;
}

export function quoteName(name: string): string {
  return `"${withoutNul(name).replaceAll('"', '""')}"`;
}

export function sqlType(type: ColumnType): string {
  return Object.hasOwn(SQL_TYPES, type) ? SQL_TYPES[type] : 'VARCHAR';
}
