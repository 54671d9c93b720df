// Trials by the cell of two columns that they fall in, and one number for each cell.
import { quantile } from './numbers.js';
import type { Column } from './table.js';

export const MEASURES = ['mean', 'median', 'least', 'greatest', 'trials'] as const;
export type Measure = (typeof MEASURES)[number];

export interface Cell {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly trials: number;
}

/** A column, and which of its stretches a value lies in. */
interface Side {
  readonly column: Column;
  readonly of: (value: number) => number;
}

/** Of trials with a finite value. */
export function countCells(
  rows: Int32Array,
  { x, y }: { readonly x: Side; readonly y: Side },
  { values }: Column,
  what: Measure,
): Cell[] {
  const lists = new Map<number, number[]>();
  for (const row of rows) {
    const u = x.of(x.column.values[row]!);
    const v = y.of(y.column.values[row]!);
    const value = values[row]!;
    if (u < 0 || v < 0 || !Number.isFinite(value)) continue;
    const key = u * 4096 + v;
    const held = lists.get(key);
    if (held === undefined) lists.set(key, [value]);
    else held.push(value);
  }
  return [...lists].map(([key, list]) => ({
    ...{ x: key >> 12, y: key & 4095, trials: list.length },
    value: measure(list, what),
  }));
}

function measure(values: number[], what: Measure): number {
  if (what === 'trials') return values.length;
  if (what === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  values.sort((a, b) => a - b);
  return what === 'median' ? quantile(values, 0.5) : what === 'least' ? values[0]! : values.at(-1)!;
}
