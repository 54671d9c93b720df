// A column in stretches: a value each where there are few, else even ones of its axis.
import { formatNumber } from './numbers.js';
import { createScale, prefersLog } from './scale.js';
import type { Column } from './table.js';

export interface Bin {
  readonly label: string;
  readonly low: number;
  readonly high: number;
  /** Of a category. */
  readonly code?: number;
}

export interface Bins {
  readonly bins: readonly Bin[];
  /** The bin of a value; -1 for none. */
  of(value: number): number;
}

const EACH = 41;
const BINS = 24;

export function binsOf(column: Column, most = EACH): Bins {
  const { kind, labels, distinct } = column;
  if (kind === 'category')
    return {
      bins: labels.map((label, code) => ({ label, low: code, high: code, code })),
      of: (value) => (Number.isNaN(value) ? -1 : value),
    };
  if (distinct !== undefined && distinct.length <= most) {
    const places = new Map(distinct.map((value, i) => [value, i]));
    return {
      bins: distinct.map((value) => ({ label: formatNumber(value, 4), low: value, high: value })),
      of: (value) => places.get(value) ?? -1,
    };
  }
  const scale = createScale(column, { log: prefersLog(column) });
  const edges = Array.from({ length: BINS + 1 }, (_, i) => scale.value(i / BINS));
  return {
    bins: edges.slice(0, -1).map((low, i) => ({
      label: formatNumber(scale.value((i + 0.5) / BINS), 3),
      low,
      high: edges[i + 1]!,
    })),
    of: (value) => {
      const place = scale.place(value);
      return place >= 0 && place <= 1 ? Math.min(BINS - 1, Math.floor(place * BINS)) : -1;
    },
  };
}
