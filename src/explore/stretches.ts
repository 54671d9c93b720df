// Where the rows of each trial stand in a table of several a trial, such as curves.
import type { Store } from './store.js';
import type { Table } from './table.js';

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** By row of the trial. Trials under way may have curves, and no row yet: they are passed over. */
export function stretchesByRow(store: Store, { rows, columns }: Table): ReadonlyMap<number, Stretch> {
  const trial = columns[0]!.values;
  const found = new Map<number, Stretch>();
  for (let from = 0; from < rows; ) {
    let to = from + 1;
    while (to < rows && trial[to] === trial[from]) to++;
    const row = store.rowOf(trial[from]!);
    if (row !== undefined) found.set(row, { from, to });
    from = to;
  }
  return found;
}
