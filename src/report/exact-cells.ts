// Values of DuckDB as texts and as JSON, with all their digits. DuckDB's own types of values (decimals, times, lists,
// structs, maps) are told apart by what they have: the package itself is loaded in database.ts alone.
import type { Cell } from './define.js';

/** For a table or a CSV: numbers as Node writes them, whole ones of any size, everything else as DuckDB writes it. */
export function toExactCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value;
  return String(value);
}

/**
 * For JSON: lists and structs as such. What JSON or its readers have no number for is text: NaN, infinite ones, whole
 * numbers beyond 2^53, decimals with more digits than a float64 holds; so are times.
 */
export function toJsonValue(value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value !== 'object') return value;
  if ('items' in value && Array.isArray(value.items)) return value.items.map(toJsonValue);
  if ('entries' in value) return fromEntries(value.entries as MapEntries | Readonly<Record<string, unknown>>);
  if ('scale' in value) return decimal(String(value));
  return String(value);
}

type MapEntries = readonly { readonly key: unknown; readonly value: unknown }[];

function fromEntries(entries: MapEntries | Readonly<Record<string, unknown>>): Record<string, unknown> {
  const pairs: readonly (readonly [string, unknown])[] = Array.isArray(entries)
    ? (entries as MapEntries).map(({ key, value }) => [String(key), value])
    : Object.entries(entries);
  return Object.fromEntries(pairs.map(([name, value]) => [name, toJsonValue(value)]));
}

function decimal(text: string): number | string {
  const number = Number(text);
  // `1.50` is 1.5; what is cut or rounded is not the same number any more.
  const short = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  return String(number) === short ? number : text;
}
