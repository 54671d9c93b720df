// All trials that pass the filter, as a table: only the rows on the screen are in the page. Sorts, hides columns, copies.
import { button, checkbox, copy, make, save } from '../dom.js';
import { formatCell } from '../numbers.js';
import { Panel } from '../panel.js';
import { csvOf, sortRows } from '../rows.js';
import type { Store } from '../store.js';
import type { Column } from '../table.js';

const ROW = 28;
/** Browsers give up on taller elements; the rows are then stretched over it. */
const TALLEST = 12e6;
/** Columns shown at first. */
const FIRST = 24;

export class TrialTable extends Panel {
  readonly #scroll = make('div', {
    class: 'grid',
    attributes: { tabindex: '0', role: 'grid', 'aria-label': 'Trials' },
  });
  readonly #head = make('div', { class: 'row head' });
  readonly #rows = make('div', { class: 'rows', attributes: { role: 'rowgroup' } });
  readonly #shown = new Set<Column>();
  /** Columns that have been shown, or could have been. */
  readonly #offered = new Set<Column>();
  #choices = make('details');
  #sortBy: Column;
  #down = false;
  #order: Int32Array = new Int32Array(0);
  #cursor = 0;

  constructor(store: Store) {
    super(store, {
      id: 'table',
      title: 'Trials',
      about: 'Click a heading to sort, a row to select its trial (Ctrl-click: several).',
      isWide: true,
      on: ['filter', 'selection', 'colour'],
    });
    this.#sortBy = store.columns[0]!;
    this.offer();
    const copied = make('span', { class: 'said', attributes: { role: 'status' } });
    const csv = () => csvOf(this.#columns(), this.#order);
    const say = (done: boolean) => {
      copied.textContent = done
        ? `copied ${this.#order.length.toLocaleString('en-US')} rows`
        : 'the browser refused; use Save CSV';
    };
    this.controls.append(
      this.#choices,
      button('Copy as CSV', () => void copy(csv()).then(say)),
      button('Save CSV', () => save('trials.csv', new Blob([csv()], { type: 'text/csv' }))),
      copied,
    );
    this.#scroll.append(this.#head, this.#rows);
    this.body.append(this.#scroll);
    this.#scroll.addEventListener('scroll', () => this.#fill());
    this.#scroll.addEventListener('keydown', (event) => this.#onKey(event));
    this.#rows.addEventListener('click', (event) => {
      const row = (event.target as HTMLElement).closest<HTMLElement>('[data-place]');
      if (row === null) return;
      this.#cursor = Number(row.dataset.place);
      store.select(this.#order[this.#cursor]!, event.ctrlKey || event.metaKey || event.shiftKey);
    });
  }

  #columns(): Column[] {
    return this.store.columns.filter((column) => this.#shown.has(column));
  }

  /** Columns that have come, or say something now, are shown; those that were hidden stay so. */
  protected override offer(): void {
    for (const column of this.store.columns) {
      if (this.#offered.has(column) || !saysSomething(column)) continue;
      this.#offered.add(column);
      if (this.#shown.size < FIRST) this.#shown.add(column);
    }
    const before = this.#choices;
    this.#choices = this.#chooser();
    this.#choices.open = before.open;
    before.replaceWith(this.#choices);
  }

  #chooser(): HTMLDetailsElement {
    const boxes = this.store.columns.map((column) =>
      checkbox(column.name, this.#shown.has(column), (on) => {
        if (on) this.#shown.add(column);
        else this.#shown.delete(column);
        this.redraw();
      }),
    );
    const summary = make('summary', { text: `Columns (${this.store.columns.length})` });
    return make('details', { class: 'chooser' }, summary, make('div', { class: 'choices' }, ...boxes));
  }

  protected draw(): void {
    this.#order = sortRows(this.store, this.#sortBy, this.#down);
    const columns = this.#columns();
    const widths = columns.map((column) => `${widthOf(column)}px`).join(' ');
    this.#scroll.style.setProperty('--columns', widths);
    this.#head.replaceChildren(...columns.map((column) => this.#heading(column)));
    // Before it has cells it is no row.
    this.#head.setAttribute('role', 'row');
    const height = Math.min(TALLEST, this.#order.length * ROW);
    this.#rows.style.height = `${height}px`;
    this.#rows.style.width = `${columns.reduce((sum, column) => sum + widthOf(column), 0)}px`;
    // Few rows need no box to scroll in; a bar at the bottom may take a little.
    this.#scroll.style.height =
      this.#order.length < 13 ? `${(Math.max(1, this.#order.length) + 2) * ROW}px` : '';
    this.#scroll.setAttribute('aria-rowcount', String(this.#order.length + 1));
    this.#cursor = Math.min(this.#cursor, Math.max(0, this.#order.length - 1));
    this.note.textContent = this.#order.length === 0 ? 'No trial passes the filter.' : '';
    this.#fill();
  }

  #heading(column: Column): HTMLElement {
    const isSorted = column === this.#sortBy;
    const sort = () => {
      this.#down = isSorted ? !this.#down : column.goal === 'max';
      this.#sortBy = column;
      this.redraw();
    };
    const arrow = isSorted ? (this.#down ? ' ↓' : ' ↑') : '';
    const goal = column.goal === undefined ? '' : ` (goal: ${column.goal})`;
    return make(
      'div',
      {
        class: column.kind === 'number' ? 'number' : '',
        attributes: {
          role: 'columnheader',
          'aria-sort': isSorted ? (this.#down ? 'descending' : 'ascending') : 'none',
        },
      },
      button(column.name + arrow, sort, {
        title: `${column.name}${goal}${column.about === undefined ? '' : `: ${column.about}`}`,
      }),
    );
  }

  /** Rows of the screen, and a few around it. */
  #fill(): void {
    const { scrollTop, clientHeight } = this.#scroll;
    const total = this.#order.length;
    const height = Math.min(TALLEST, total * ROW);
    const room = Math.max(1, height - clientHeight + ROW);
    const isStretched = total * ROW > TALLEST;
    const first = isStretched
      ? Math.floor((scrollTop / room) * Math.max(0, total - Math.floor(clientHeight / ROW) + 1))
      : Math.floor(scrollTop / ROW);
    const from = Math.max(0, first - 3);
    const to = Math.min(total, first + Math.ceil(clientHeight / ROW) + 3);
    const top = isStretched ? scrollTop - (first - from) * ROW : from * ROW;
    const columns = this.#columns();
    const rows: HTMLElement[] = [];
    for (let place = from; place < to; place++)
      rows.push(this.#row(place, top + (place - from) * ROW, columns));
    this.#rows.replaceChildren(...rows);
  }

  #row(place: number, top: number, columns: readonly Column[]): HTMLElement {
    const { store } = this;
    const row = this.#order[place]!;
    const chosen = store.selected.indexOf(row);
    const cells = columns.map((column) => {
      const text = formatCell(column, column.values[row]!);
      return make('div', {
        text,
        class: column.kind === 'number' ? 'number' : '',
        attributes: { role: 'gridcell' },
        ...(text.length > 14 ? { title: text } : {}),
      });
    });
    const element = make(
      'div',
      {
        class: `row${chosen >= 0 ? ' selected' : ''}${place === this.#cursor ? ' cursor' : ''}`,
        attributes: {
          role: 'row',
          'data-place': String(place),
          'aria-rowindex': String(place + 2),
          'aria-selected': String(chosen >= 0),
        },
      },
      ...cells,
    );
    element.style.transform = `translateY(${top}px)`;
    element.style.borderLeftColor =
      chosen >= 0 ? store.selectionColour(chosen) : store.paint.css[store.paint.of[row]!]!;
    return element;
  }

  #onKey(event: KeyboardEvent): void {
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 12,
      PageUp: -12,
      Home: -1e9,
      End: 1e9,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      this.#cursor = Math.max(0, Math.min(this.#order.length - 1, this.#cursor + step));
      const top = this.#cursor * ROW;
      if (this.#order.length * ROW > TALLEST)
        this.#scroll.scrollTop = (this.#cursor / this.#order.length) * TALLEST;
      else if (top < this.#scroll.scrollTop) this.#scroll.scrollTop = top;
      else if (top + 3 * ROW > this.#scroll.scrollTop + this.#scroll.clientHeight)
        this.#scroll.scrollTop = top - this.#scroll.clientHeight + 3 * ROW;
      this.#fill();
    } else if ((event.key === 'Enter' || event.key === ' ') && event.target === this.#scroll)
      this.store.select(this.#order[this.#cursor]!, event.ctrlKey || event.metaKey || event.shiftKey);
    else return;
    event.preventDefault();
  }
}

/** A column without values, and the replicate where there is one each, are not shown at first. */
function saysSomething({ role, name, low, high }: Column): boolean {
  return !Number.isNaN(low) && (role !== 'trial' || name !== 'replicate' || high > low);
}

function widthOf({ name, kind, labels }: Column): number {
  const longest = kind === 'category' ? labels.reduce((most, label) => Math.max(most, label.length), 3) : 9;
  return Math.round(Math.max(56, Math.min(260, Math.max(name.length + 3, longest) * 7.8 + 18)));
}
