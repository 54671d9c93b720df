// Two runs as one table: trials that both have, side by side, and what differs. Trials are paired by their keys, or by the
// values of the parameters that both runs vary where no key is in both (another version of the worker).

import { type Column, MANY, type Table } from '../table.js';
import type { RunData } from '../unpack.js';
import type { KeysView } from './contract.js';

export interface Side {
  /** How the run is called on the page. */
  readonly name: string;
  readonly data: RunData;
  readonly keys: KeysView;
}

export interface Metric {
  readonly name: string;
  readonly goal: 'min' | 'max' | undefined;
  readonly unit: string | undefined;
}

export interface Pairs {
  readonly data: RunData;
  /** Numbers that both runs measure. */
  readonly metrics: readonly Metric[];
  /** What trials were paired by. */
  readonly by: 'key' | 'parameters';
  /** Trials of either run without a partner. */
  readonly onlyA: number;
  readonly onlyB: number;
}

export const columnsOf = (metric: string) => ({
  a: `${metric} (A)`,
  b: `${metric} (B)`,
  difference: `${metric}: B − A`,
});

export function pair(a: Side, b: Side): Pairs {
  const shared = sharedColumns(a.data.trials, b.data.trials, ['axis']);
  const byKey = match(keysOf(a), keysOf(b));
  const byPoint = byKey.length > 0 ? [] : match(pointsOf(a, shared, 0), pointsOf(b, shared, 1));
  const rows = byKey.length > 0 ? byKey : byPoint;
  const measured = sharedColumns(a.data.trials, b.data.trials, ['metric', 'run']).filter(
    ([left, right]) => left.kind === 'number' && right.kind === 'number' && left.name !== 'worker',
  );
  const [ra, rb] = [rows.map(([row]) => row), rows.map(([, row]) => row)];
  const columns = [
    { ...take(a.data.trials.columns[0]!, ra), name: 'trial', role: 'trial' as const },
    { ...take(b.data.trials.columns[0]!, rb), name: 'trial (B)' },
    ...shared.map(([left]) => take(left, ra)),
    ...statuses(a.data.trials, ra, 'status (A)'),
    ...statuses(b.data.trials, rb, 'status (B)'),
    ...measured.flatMap(([left, right]) => compareColumns(take(left, ra), take(right, rb))),
  ].map((column, id) => ({ ...column, id }));
  const { facts } = a.data;
  return {
    data: {
      facts: { ...facts, sweep: `${a.name} and ${b.name}`, files: [], notes: [] },
      trials: { rows: rows.length, columns },
      curves: undefined,
      attempts: undefined,
      confusions: undefined,
    },
    metrics: measured.map(([{ name, goal, unit }]) => ({ name, goal, unit })),
    by: byKey.length > 0 ? 'key' : 'parameters',
    onlyA: a.data.trials.rows - rows.length,
    onlyB: b.data.trials.rows - rows.length,
  };
}

type Both = readonly [Column, Column];

function sharedColumns(a: Table, b: Table, roles: readonly Column['role'][]): readonly Both[] {
  return a.columns.flatMap((column) => {
    const other = b.columns.find(({ name, role }) => name === column.name && role === column.role);
    return roles.includes(column.role) && other?.kind === column.kind ? [[column, other] as const] : [];
  });
}

/** By row; undefined for trials without one. */
function keysOf({ data, keys }: Side): readonly (string | undefined)[] {
  const keyOf = new Map(keys.trials.map((trial, i) => [trial, keys.keys[i]!]));
  return Array.from(data.trials.columns[0]!.values, (trial) => keyOf.get(trial));
}

/** The values of what both vary, and the replicate. */
function pointsOf({ data }: Side, shared: readonly Both[], side: 0 | 1): readonly (string | undefined)[] {
  const replicate = data.trials.columns.find(({ name, role }) => name === 'replicate' && role === 'trial');
  return Array.from({ length: data.trials.rows }, (_, row) =>
    JSON.stringify([
      replicate?.values[row] ?? 0,
      ...shared.map((both) => {
        const { values, labels, kind } = both[side];
        return kind === 'category' ? (labels[values[row]!] ?? null) : values[row];
      }),
    ]),
  );
}

/** Rows of both with the same name, the first of each, in the order of the first run. */
function match(
  a: readonly (string | undefined)[],
  b: readonly (string | undefined)[],
): readonly (readonly [number, number])[] {
  const rowOf = new Map<string, number>();
  for (const [row, key] of b.entries()) if (key !== undefined && !rowOf.has(key)) rowOf.set(key, row);
  const pairs: (readonly [number, number])[] = [];
  for (const [row, key] of a.entries()) {
    const other = key === undefined ? undefined : rowOf.get(key);
    if (other === undefined) continue;
    pairs.push([row, other]);
    rowOf.delete(key!);
  }
  return pairs;
}

function take(column: Column, rows: readonly number[]): Column {
  const values = Float64Array.from(rows, (row) => column.values[row]!);
  if (column.kind === 'category') return { ...column, values };
  return { ...column, ...describe(values), values };
}

/** Ends and different values of numbers. */
function describe(values: Float64Array): Pick<Column, 'low' | 'high' | 'distinct'> {
  const finite = values.filter(Number.isFinite);
  const distinct = new Set<number>();
  for (const value of finite) if (distinct.size <= MANY) distinct.add(value);
  return {
    low: finite.length === 0 ? Number.NaN : finite.reduce((least, value) => Math.min(least, value)),
    high: finite.length === 0 ? Number.NaN : finite.reduce((most, value) => Math.max(most, value)),
    distinct: distinct.size > MANY ? undefined : [...distinct].sort((x, y) => x - y),
  };
}

function statuses({ columns }: Table, rows: readonly number[], name: string): readonly Column[] {
  const status = columns.find(({ role }) => role === 'status');
  // As a fact of the run: of a pair there is no one status.
  return status === undefined ? [] : [{ ...take(status, rows), name, role: 'run' }];
}

function compareColumns(left: Column, right: Column): readonly Column[] {
  const names = columnsOf(left.name);
  const values = left.values.map((value, row) => right.values[row]! - value) as Float64Array;
  const difference = { ...left, ...describe(values), values, name: names.difference, goal: undefined };
  return [{ ...left, name: names.a }, { ...right, name: names.b }, difference];
}
