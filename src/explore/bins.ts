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

const EACH = 90;
/** The more trials, the finer. */
const FEWEST = 6;
const MOST = 24;

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
  const count = Math.max(FEWEST, Math.min(MOST, Math.round(Math.sqrt(column.values.length) / 2)));
  const scale = createScale(column, { log: prefersLog(column) });
  const [first, last] = [scale.place(column.low), scale.place(column.high)];
  const at = (i: number) => scale.value(first + ((last - first) * i) / count);
  const edges = Array.from({ length: count + 1 }, (_, i) => at(i));
  return {
    bins: edges.slice(0, -1).map((low, i) => ({
      label: formatNumber(at(i + 0.5), 3),
      low,
      high: edges[i + 1]!,
    })),
    of: (value) => {
      const place = (scale.place(value) - first) / (last - first);
      return place >= -1e-9 && place <= 1 + 1e-9
        ? Math.min(count - 1, Math.max(0, Math.floor(place * count)))
        : -1;
    },
  };
}
