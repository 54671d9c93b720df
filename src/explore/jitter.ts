// Points of a category, or of a number of few values, lie beside one another and not on top: moved a little, each always
// by as much.
import type { Column } from './table.js';

/** How far row `i` is moved, as a part of the axis. */
export function spreadWithin({ kind, labels, distinct, values }: Column): (row: number) => number {
  if (kind === 'category') {
    const room = 0.6 / Math.max(1, labels.length);
    return (row) => (hash(row) - 0.5) * room;
  }
  if (distinct === undefined || distinct.length > 60 || values.length < distinct.length * 8) return () => 0;
  const room = 0.35 / Math.max(8, distinct.length);
  return (row) => (hash(row) - 0.5) * room;
}

/** 0 to 1, even and always the same. */
function hash(row: number): number {
  let h = Math.imul(row + 1, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return ((h ^ (h >>> 13)) >>> 0) / 2 ** 32;
}
