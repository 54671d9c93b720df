// The views of two runs compared: one against the other, how each came to its best, and where they differ most.
import { button, make } from '../dom.js';
import { drawDots, radiusFor } from '../dots.js';
import { watchPoints } from '../hover.js';
import { formatCell, formatNumber } from '../numbers.js';
import { ChartPanel, Panel, type Rows } from '../panel.js';
import { passing } from '../rows.js';
import { createScale, prefersLog, type Scale } from '../scale.js';
import type { Store } from '../store.js';
import { drawAxes, frameOf, line } from '../surface.js';
import type { Column } from '../table.js';
import type { RunData } from '../unpack.js';
import { columnsOf, type Metric } from './pairs.js';

/** What all of them show: the page's choice. */
export interface Shown {
  metric: Metric;
  readonly names: readonly [string, string];
  /** All trials of both runs, those without a partner too. */
  sides: readonly [RunData, RunData];
}

const find = (store: Store, name: string): Column | undefined =>
  store.columns.find((column) => column.name === name);

/** Ends of both columns, on one scale. */
function scaleOf(a: Column, b: Column, column = a): Scale {
  const known = [a.low, b.low, a.high, b.high].filter(Number.isFinite);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return createScale(column, { low, high, log: prefersLog(a) && prefersLog(b) });
}

export class PairScatter extends ChartPanel {
  readonly #shown: Shown;
  readonly #hover;
  #counts = { above: 0, below: 0, equal: 0 };

  constructor(store: Store, shown: Shown) {
    super(store, {
      id: 'pairs',
      title: 'One run against the other',
      about: 'A point is a trial that both runs have. On the line both measured the same.',
      on: ['filter', 'selection', 'colour'],
    });
    this.#shown = shown;
    this.#hover = watchPoints(this.surface.canvas, { store, columns: () => this.#columns() });
  }

  #columns(): readonly Column[] {
    const { a, b, difference } = columnsOf(this.#shown.metric.name);
    return [a, b, difference].flatMap((name) => find(this.store, name) ?? []);
  }

  protected draw(): void {
    const { store, surface } = this;
    const [a, b] = this.#columns();
    const width = this.body.clientWidth;
    const context = surface.begin(width, Math.max(260, Math.min(460, width * 0.75)));
    if (a === undefined || b === undefined || Number.isNaN(a.low) || Number.isNaN(b.low)) {
      this.note.textContent = 'No trial that both runs have has a value.';
      return;
    }
    this.note.textContent = '';
    const [x, y] = [scaleOf(a, b), scaleOf(a, b, b)];
    const frame = frameOf(context, y, surface);
    drawAxes(context, frame, { x, y, theme: store.theme });
    context.strokeStyle = store.theme.muted;
    context.setLineDash([5, 4]);
    line(context, [frame.left, frame.top + frame.height], [frame.left + frame.width, frame.top]);
    context.setLineDash([]);
    const rows = passing(store);
    const places = { xs: new Float32Array(store.rows), ys: new Float32Array(store.rows) };
    this.#counts = { above: 0, below: 0, equal: 0 };
    for (const row of rows) {
      const [va, vb] = [a.values[row]!, b.values[row]!];
      places.xs[row] = frame.left + x.place(va) * frame.width;
      places.ys[row] = frame.top + (1 - y.place(vb)) * frame.height;
      if (vb > va) this.#counts.above++;
      else if (vb < va) this.#counts.below++;
      else if (vb === va) this.#counts.equal++;
    }
    const { of, css, pixels } = store.paint;
    drawDots(surface, {
      ...{ places, rows, css, pixels },
      radius: radiusFor(rows.length),
      alpha: 0.75,
      of,
    });
    for (const [i, row] of store.selected.entries()) {
      context.strokeStyle = store.selectionColour(i);
      context.lineWidth = 2.5;
      context.beginPath();
      context.arc(places.xs[row]!, places.ys[row]!, 7, 0, 2 * Math.PI);
      context.stroke();
    }
    this.#hover.update(places, rows);
    this.note.textContent = `${this.describe()}.`;
  }

  protected describe(): string {
    const { above, below, equal } = this.#counts;
    const { name } = this.#shown.metric;
    return `${name} is greater in B for ${above} trials, less for ${below}, equal for ${equal}`;
  }

  protected rowsBehind(): Rows {
    const columns = [this.store.columns[0]!, ...this.#columns()];
    const rows = [...passing(this.store).subarray(0, 200)].map((row) =>
      columns.map((column) => formatCell(column, column.values[row]!)),
    );
    return { columns: columns.map(({ name }) => name), rows };
  }
}

interface Step {
  readonly trial: number;
  readonly value: number;
}

/** Both runs' best so far, over the numbers of their trials. */
export class PairHistory extends ChartPanel {
  readonly #shown: Shown;
  #steps: readonly (readonly Step[])[] = [];

  constructor(store: Store, shown: Shown) {
    super(store, {
      id: 'histories',
      title: 'Best so far, of both',
      about: 'All trials of each run in the order of their numbers; the filter does not count here.',
      on: [],
    });
    this.#shown = shown;
  }

  protected draw(): void {
    const { surface, store } = this;
    const { metric, sides, names } = this.#shown;
    const width = this.body.clientWidth;
    const context = surface.begin(width, Math.max(260, Math.min(400, width * 0.6)));
    const columns = sides.map(({ trials }) =>
      trials.columns.find(({ name, role }) => name === metric.name && (role === 'metric' || role === 'run')),
    );
    const [a, b] = columns;
    if (a === undefined || b === undefined || (Number.isNaN(a.low) && Number.isNaN(b.low))) return;
    const numbers = sides.map(({ trials }) => trials.columns[0]!);
    const x = scaleOf(numbers[0]!, numbers[1]!);
    this.#steps = sides.map((_, i) => bestSoFar(numbers[i]!, columns[i]!, metric.goal === 'max'));
    // Of all trials the bad ones would leave no room for what is compared.
    const ends = this.#steps.flatMap((steps) =>
      [steps[0], steps.at(-1)].flatMap((step) => step?.value ?? []),
    );
    const [low, high] = [Math.min(...ends), Math.max(...ends)];
    const y = high > low ? createScale(a, { low, high }) : scaleOf(a, b);
    const frame = frameOf(context, y, surface);
    drawAxes(context, frame, { x, y, theme: store.theme, xTitle: 'trial' });
    for (const [i, steps] of this.#steps.entries()) {
      const colour = store.theme.categories[i]!;
      context.strokeStyle = colour;
      context.lineWidth = 2;
      context.setLineDash(i === 0 ? [] : [7, 4]);
      context.beginPath();
      let before: number | undefined;
      for (const { trial, value } of [
        ...steps,
        { trial: numbers[i]!.high, value: steps.at(-1)?.value ?? Number.NaN },
      ]) {
        const px = frame.left + x.place(trial) * frame.width;
        const py = frame.top + (1 - y.place(value)) * frame.height;
        if (before === undefined) context.moveTo(px, py);
        else {
          context.lineTo(px, before);
          context.lineTo(px, py);
        }
        before = py;
      }
      context.stroke();
      context.setLineDash([]);
      context.fillStyle = colour;
      context.textAlign = 'right';
      context.textBaseline = 'top';
      context.fillText(`${'AB'[i]}: ${names[i]}`, frame.left + frame.width, 2 + i * 14, frame.width * 0.75);
    }
    context.lineWidth = 1;
  }

  protected describe(): string {
    const ends = this.#steps.map((steps, i) => {
      const last = steps.at(-1);
      return last === undefined ? '' : `${'AB'[i]} ${formatNumber(last.value, 5)} at trial ${last.trial}`;
    });
    return `best ${this.#shown.metric.name}: ${ends.filter((text) => text !== '').join(', ')}`;
  }

  protected rowsBehind(): Rows {
    const rows = this.#steps.flatMap((steps, i) =>
      steps.map(({ trial, value }) => ['AB'[i]!, String(trial), formatNumber(value)]),
    );
    return { columns: ['run', 'trial', `best ${this.#shown.metric.name}`], rows };
  }
}

function bestSoFar(numbers: Column, { values }: Column, isMax: boolean): readonly Step[] {
  const steps: Step[] = [];
  for (const [row, value] of values.entries()) {
    const before = steps.at(-1)?.value;
    if (!Number.isFinite(value) || (before !== undefined && !(isMax ? value > before : value < before)))
      continue;
    steps.push({ trial: numbers.values[row]!, value });
  }
  return steps;
}

const DIFFERENCES = 25;

/** Trials whose results are furthest apart. */
export class Differences extends Panel {
  readonly #shown: Shown;

  constructor(store: Store, shown: Shown) {
    super(store, {
      id: 'differences',
      title: 'Largest differences',
      about: 'Of the trials that pass the filter; the first column selects one in all views.',
      isWide: true,
      on: ['filter'],
    });
    this.#shown = shown;
  }

  protected draw(): void {
    const { store } = this;
    const names = columnsOf(this.#shown.metric.name);
    const measured = [names.a, names.b, names.difference].flatMap((name) => find(store, name) ?? []);
    const axes = store.columns.filter(({ role, low, high }) => role === 'axis' && high > low);
    const { values } = measured.at(-1) ?? { values: new Float64Array(store.rows) };
    const rows = [...passing(store)]
      .filter((row) => Math.abs(values[row]!) > 0)
      .sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!));
    const columns = [store.columns[1]!, ...axes, ...measured];
    const head = ['trial (A)', ...columns.map(({ name }) => name)].map((text) =>
      make('th', { text, attributes: { scope: 'col' } }),
    );
    const body = rows.slice(0, DIFFERENCES).map((row) =>
      make(
        'tr',
        {},
        make(
          'td',
          {},
          button(`trial ${store.numberOf(row)}`, () => store.select(row)),
        ),
        ...columns.map((column) =>
          make('td', {
            text: formatCell(column, column.values[row]!),
            class: column.kind === 'number' ? 'number' : '',
          }),
        ),
      ),
    );
    this.note.textContent =
      rows.length === 0
        ? 'No trial that both runs have differs.'
        : `${rows.length.toLocaleString('en-US')} of ${store.count.toLocaleString('en-US')} trials differ.`;
    this.body.replaceChildren(
      make(
        'div',
        {
          class: 'table',
          attributes: { tabindex: '0', role: 'region', 'aria-label': 'Largest differences' },
        },
        make('table', {}, make('thead', {}, make('tr', {}, ...head)), make('tbody', {}, ...body)),
      ),
    );
  }
}
