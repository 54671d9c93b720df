// What all views share: which trials pass the filter, which are selected, what colours them. A view that is brushed sets a
// condition on a column here; all views are told, and draw what passes.
import { createPaint, type Paint, readTheme, type Theme } from './colour.js';
import type { RunData } from './read.js';
import { compileSearch } from './search.js';
import type { Column } from './table.js';

export type Condition =
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | { readonly kind: 'set'; readonly codes: ReadonlySet<number> };

export type Change = 'filter' | 'selection' | 'colour' | 'parameter' | 'theme';

/** Curves of more are not legible. */
const SELECTED = 9;

export class Store {
  readonly data: RunData;
  readonly rows: number;
  /** 1 where a trial passes. */
  readonly mask: Uint8Array;
  count: number;
  selected: readonly number[] = [];
  /** What the reader looks at: views with an x axis of their own put it there. */
  parameter: Column | undefined;
  paint: Paint;
  theme: Theme = readTheme();
  readonly conditions = new Map<Column, Condition>();
  search = '';
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(data: RunData) {
    this.data = data;
    this.rows = data.trials.rows;
    this.mask = new Uint8Array(this.rows).fill(1);
    this.count = this.rows;
    this.paint = createPaint(defaultColour(chartable(this.columns)), this.rows, this.theme);
  }

  get columns(): readonly Column[] {
    return this.data.trials.columns;
  }

  listen(listener: (change: Change) => void): void {
    this.#listeners.add(listener);
  }

  find(name: string, role: Column['role']): Column | undefined {
    return this.columns.find((column) => column.name === name && column.role === role);
  }

  numberOf(row: number): number {
    return this.columns[0]!.values[row]!;
  }

  /** Sets conditions together; undefined takes one away. */
  restrict(...changes: readonly (readonly [Column, Condition | undefined])[]): void {
    for (const [column, condition] of changes) {
      if (condition === undefined) this.conditions.delete(column);
      else this.conditions.set(column, condition);
    }
    this.#sieve();
  }

  setSearch(text: string): void {
    this.search = text;
    this.#sieve();
  }

  clear(): void {
    this.conditions.clear();
    this.search = '';
    this.#sieve();
  }

  #sieve(): void {
    const { mask } = this;
    mask.fill(1);
    for (const [{ values }, condition] of this.conditions) {
      if (condition.kind === 'range') {
        const { low, high } = condition;
        for (let i = 0; i < mask.length; i++) if (!(values[i]! >= low && values[i]! <= high)) mask[i] = 0;
      } else {
        const { codes } = condition;
        for (let i = 0; i < mask.length; i++) if (!codes.has(values[i]!)) mask[i] = 0;
      }
    }
    const passes = compileSearch(this.search, this.columns);
    if (passes !== undefined)
      for (let i = 0; i < mask.length; i++) if (mask[i] === 1 && !passes(i)) mask[i] = 0;
    let count = 0;
    for (let i = 0; i < mask.length; i++) count += mask[i]!;
    this.count = count;
    this.#tell('filter');
  }

  /** Alone, or beside those that are selected already; again takes it away. */
  select(row: number, beside = false): void {
    const others = beside ? this.selected.filter((each) => each !== row) : [];
    const isAway = this.selected.includes(row) && (beside || this.selected.length === 1);
    this.selected = isAway ? others : [...others, row].slice(-SELECTED);
    this.#tell('selection');
  }

  unselect(): void {
    this.selected = [];
    this.#tell('selection');
  }

  lookAt(parameter: Column): void {
    this.parameter = parameter;
    this.#tell('parameter');
  }

  colourBy(column: Column | undefined): void {
    this.paint = createPaint(column, this.rows, this.theme);
    this.#tell('colour');
  }

  retheme(): void {
    this.theme = readTheme();
    this.paint = createPaint(this.paint.column, this.rows, this.theme);
    this.#tell('theme');
  }

  /** A selected trial's own colour, on the whole page. */
  selectionColour(place: number): string {
    return this.theme.categories[place % this.theme.categories.length]!;
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }
}

/** The metric with a goal, else the first one that varies, else the first axis of few texts. */
function defaultColour(columns: readonly Column[]): Column | undefined {
  return (
    objectiveOf(columns) ??
    columns.find(
      ({ role, kind, distinct }) => role === 'axis' && kind === 'category' && (distinct?.length ?? 99) < 9,
    )
  );
}

/** What the views show first: the metric with a goal, else the first that varies. */
export function objectiveOf(columns: readonly Column[]): Column | undefined {
  const metrics = columns.filter(({ role, low }) => role === 'metric' && !Number.isNaN(low));
  const numbers = metrics.filter(({ kind }) => kind === 'number');
  return (
    numbers.find(({ goal }) => goal !== undefined) ??
    numbers.find(({ low, high }) => high > low) ??
    metrics.find(({ low, high }) => high > low)
  );
}

/** What a view may put on an axis: whatever varies and is no text of one trial each. */
export function chartable(columns: readonly Column[]): readonly Column[] {
  return columns.filter(
    ({ kind, low, high, labels }) => high > low && (kind === 'number' || labels.length <= 60),
  );
}
