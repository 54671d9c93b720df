// Rows of trials in an order, and as CSV.
import type { Store } from './store.js';
import type { Column } from './table.js';

/** All rows by the values of a column, made once for each: a filter then only passes over it. */
const orders = new WeakMap<Column['values'], Int32Array>();

function orderBy(column: Column): Int32Array {
  const { values } = column;
  const known = orders.get(values);
  if (known !== undefined) return known;
  const order = countTo(values.length);
  let isSorted = true;
  for (let i = 1; i < values.length && isSorted; i++) isSorted = values[i]! >= values[i - 1]!;
  // Those without a value come last.
  const key = (row: number) => (Number.isNaN(values[row]!) ? Number.MAX_VALUE : values[row]!);
  if (!isSorted) order.sort((a, b) => compare(key(a), key(b)) || a - b);
  orders.set(values, order);
  return order;
}

/** Also of infinite values, whose difference is none. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rows that pass the filter. Those without a value come last either way. */
export function sortRows({ mask, count }: Store, column: Column, down: boolean): Int32Array {
  const order = orderBy(column);
  const { values } = column;
  const out = new Int32Array(count);
  let at = 0;
  for (let i = 0; i < order.length; i++) {
    const row = down ? order[order.length - 1 - i]! : order[i]!;
    if (mask[row] === 1 && !(down && Number.isNaN(values[row]!))) out[at++] = row;
  }
  if (at < count) for (const row of order) if (mask[row] === 1 && Number.isNaN(values[row]!)) out[at++] = row;
  return out;
}

const every = new WeakMap<Store, Int32Array>();

/** All rows, whatever the filter says. */
export function everyRow(store: Store): Int32Array {
  let rows = every.get(store);
  if (rows?.length !== store.rows) {
    rows = countTo(store.rows);
    every.set(store, rows);
  }
  return rows;
}

function countTo(count: number): Int32Array {
  const rows = new Int32Array(count);
  for (let i = 0; i < count; i++) rows[i] = i;
  return rows;
}

const passed = new WeakMap<Store, { readonly filters: number; readonly rows: Int32Array }>();

/** Rows that pass, in their own order; found once for all views. */
export function passing(store: Store): Int32Array {
  const { mask, count, filters } = store;
  const known = passed.get(store);
  if (known?.filters === filters && known.rows.length === count) return known.rows;
  const rows = new Int32Array(count);
  for (let i = 0, at = 0; i < mask.length; i++) if (mask[i] === 1) rows[at++] = i;
  passed.set(store, { filters, rows });
  return rows;
}

/** Comma-separated, with all digits that the page has. */
export function csvOf(columns: readonly Column[], rows: Int32Array): string {
  const lines = [columns.map(({ name }) => quote(name)).join(',')];
  for (const row of rows)
    lines.push(
      columns
        .map(({ kind, values, labels }) => {
          const value = values[row]!;
          if (Number.isNaN(value)) return '';
          if (kind === 'category') return quote(labels[value] ?? '');
          return String(values instanceof Float32Array ? Number(value.toPrecision(7)) : value);
        })
        .join(','),
    );
  return `${lines.join('\n')}\n`;
}

function quote(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
