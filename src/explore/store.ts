// What all views share: which trials pass the filter, which are selected, what colours them. A view that is brushed sets a
// condition on a column here; all views are told, and draw what passes.
import { createPaint, type Paint, readTheme, type Theme } from './colour.js';
import { compileSearch } from './search.js';
import { type Column, renewTable, type Table } from './table.js';
import type { RunData } from './unpack.js';

export type Condition =
  | { readonly kind: 'range'; readonly low: number; readonly high: number }
  | { readonly kind: 'set'; readonly codes: ReadonlySet<number> };

/** `columns`: there are others to choose from; `data` follows it. */
export type Change = 'filter' | 'selection' | 'colour' | 'parameter' | 'theme' | 'columns' | 'data';

/** Curves of more are not legible. */
const SELECTED = 9;

export class Store {
  data: RunData;
  /** 1 where a trial passes. */
  mask: Uint8Array;
  count: number;
  /** Counts up with each filter. */
  filters = 0;
  selected: readonly number[] = [];
  /** What the reader looks at: views with an x axis of their own put it there. */
  parameter: Column | undefined;
  paint: Paint;
  theme: Theme = readTheme();
  readonly conditions = new Map<Column, Condition>();
  search = '';
  readonly #listeners = new Set<(change: Change) => void>();
  /** Somebody has chosen it. */
  #hasColour = false;
  #rowOf: ReadonlyMap<number, number> | undefined;

  constructor(data: RunData) {
    this.data = data;
    this.mask = new Uint8Array(this.rows).fill(1);
    this.count = this.rows;
    this.paint = createPaint(defaultColour(chartable(this.columns)), this.rows, this.theme);
  }

  get rows(): number {
    return this.data.trials.rows;
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

  /** Undefined where no trial has this number. */
  rowOf(trial: number): number | undefined {
    if (this.#rowOf === undefined) {
      const rows = new Map<number, number>();
      for (let row = 0; row < this.rows; row++) rows.set(this.numberOf(row), row);
      this.#rowOf = rows;
    }
    return this.#rowOf.get(trial);
  }

  /** Newer data of the same run. Conditions, selection and colours stay, and so do the columns that views have chosen. */
  renew(fresh: RunData): void {
    const shape = shapeOf(this.columns);
    const selected = this.selected.map((row) => this.numberOf(row));
    const conditions = [...this.conditions].map(([column, condition]) => ({
      ...{ column, condition },
      labels: column.labels,
    }));
    this.data = renewData(this.data, fresh);
    this.#rowOf = undefined;
    this.mask = new Uint8Array(this.rows);
    this.conditions.clear();
    for (const { column, condition, labels } of conditions)
      if (this.columns.includes(column)) this.conditions.set(column, recode(condition, labels, column));
    this.selected = selected.map((trial) => this.rowOf(trial)).filter((row) => row !== undefined);
    if (this.parameter !== undefined && !this.columns.includes(this.parameter)) this.parameter = undefined;
    const { column } = this.paint;
    const isThere = column !== undefined && this.columns.includes(column);
    this.paint = createPaint(
      this.#hasColour && (isThere || column === undefined) ? column : defaultColour(chartable(this.columns)),
      this.rows,
      this.theme,
    );
    this.#sieve();
    if (shapeOf(this.columns) !== shape) this.#tell('columns');
    this.#tell('data');
  }

  /** Sets conditions together; undefined takes one away. */
  restrict(...changes: readonly (readonly [Column, Condition | undefined])[]): void {
    for (const [column, condition] of changes) {
      if (condition === undefined) this.conditions.delete(column);
      else this.conditions.set(column, condition);
    }
    this.#sieve();
    this.#tell('filter');
  }

  setSearch(text: string): void {
    this.search = text;
    this.#sieve();
    this.#tell('filter');
  }

  clear(): void {
    this.conditions.clear();
    this.search = '';
    this.#sieve();
    this.#tell('filter');
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
    this.filters++;
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
    this.#hasColour = true;
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

function renewData(known: RunData, fresh: RunData): RunData {
  const renew = (before: Table | undefined, after: Table | undefined) => {
    if (before === undefined || after === undefined) return after;
    renewTable(before, after);
    return before;
  };
  renewTable(known.trials, fresh.trials);
  return {
    ...fresh,
    trials: known.trials,
    curves: renew(known.curves, fresh.curves),
    attempts: renew(known.attempts, fresh.attempts),
    confusions: renew(known.confusions, fresh.confusions),
  };
}

/** The same texts, by the numbers that they have now. */
function recode(condition: Condition, labels: readonly string[], column: Column): Condition {
  if (condition.kind === 'range') return condition;
  const texts = new Set([...condition.codes].map((code) => labels[code]));
  return {
    kind: 'set',
    codes: new Set(column.labels.flatMap((text, code) => (texts.has(text) ? [code] : []))),
  };
}

/** Changes where there is something else to choose from. */
function shapeOf(columns: readonly Column[]): string {
  const varying = new Set(chartable(columns));
  return JSON.stringify(columns.map((column) => [column.id, varying.has(column), !Number.isNaN(column.low)]));
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

/** Numbers that trials gave. */
export function resultsOf({ columns }: Store): readonly Column[] {
  return chartable(columns).filter(
    ({ kind, role }) => kind === 'number' && (role === 'metric' || role === 'run'),
  );
}
