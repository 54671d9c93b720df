// How the best result came about: every trial in the order of their numbers, and the best so far.

import { checkbox, select } from '../dom.js';
import { drawDots, type Places, radiusFor } from '../dots.js';
import { watchPoints } from '../hover.js';
import { formatNumber, titleOf } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { passing } from '../rows.js';
import { createScale, mayLog, prefersLog, type Scale } from '../scale.js';
import { objectiveOf, type Store } from '../store.js';
import { drawAxes, type Frame, frameOf } from '../surface.js';
import type { Column } from '../table.js';

export class History extends ChartPanel {
  #metric: Column;
  #isMax: boolean;
  #log: boolean;
  #best: { readonly row: number; readonly value: number }[] = [];
  #placed: { readonly name: string; readonly places: Places } | undefined;
  #frame: Frame = { left: 0, top: 0, width: 1, height: 1 };
  #scales: { readonly x: Scale; readonly y: Scale };
  readonly #hover;

  /** Undefined where no metric is a number that varies. */
  static create(store: Store): History | undefined {
    const metrics = metricsOf(store);
    return metrics.length === 0 || store.rows < 2 ? undefined : new History(store, metrics);
  }

  constructor(store: Store, metrics: readonly Column[]) {
    super(store, {
      id: 'history',
      title: 'Best so far',
      about:
        'Trials in the order of their numbers; the line is the best up to there, of those that pass the filter. Drag a rectangle to filter.',
      on: ['filter', 'selection', 'colour'],
    });
    this.#metric = objectiveOf(metrics) ?? metrics[0]!;
    this.#isMax = this.#metric.goal === 'max';
    this.#log = prefersLog(this.#metric);
    this.#scales = { x: createScale(store.columns[0]!), y: createScale(this.#metric) };
    this.#hover = watchPoints(this.surface.canvas, {
      store,
      columns: () => [this.#metric],
      brush: { frame: () => this.#frame, scales: () => this.#scales },
    });
    this.#makeControls(metrics);
  }

  #makeControls(metrics: readonly Column[]): void {
    const set = (act: () => void) => {
      act();
      this.controls.replaceChildren();
      this.#makeControls(metrics);
      this.redraw();
    };
    const choices = metrics.map((value) => ({ label: value.name, value }));
    this.controls.append(
      select('metric', choices, this.#metric, (metric) =>
        set(() => {
          this.#metric = metric;
          this.#isMax = metric.goal === 'max';
          this.#log = prefersLog(metric);
        }),
      ),
      select(
        'best is',
        [
          { label: 'least', value: false },
          { label: 'greatest', value: true },
        ],
        this.#isMax,
        (isMax) =>
          set(() => {
            this.#isMax = isMax;
          }),
      ),
    );
    if (mayLog(this.#metric))
      this.controls.append(
        checkbox('log', this.#log, (on) =>
          set(() => {
            this.#log = on;
          }),
        ),
      );
  }

  protected override offer(): void {
    this.controls.replaceChildren();
    this.#makeControls(metricsOf(this.store));
  }

  protected draw(): void {
    const { store, surface } = this;
    const width = this.body.clientWidth;
    const context = surface.begin(width, Math.max(240, Math.min(360, width * 0.5)));
    const rows = passing(store);
    const { values } = this.#metric;
    const x = createScale(store.columns[0]!);
    const y = createScale(this.#metric, { log: this.#log && mayLog(this.#metric) });
    const frame = frameOf(context, y, surface);
    this.#frame = frame;
    this.#scales = { x, y };
    drawAxes(context, frame, { x, y, theme: store.theme });
    const places = this.#place(frame, { x, y });
    const { of, css, pixels } = store.paint;
    drawDots(surface, {
      places,
      rows,
      radius: radiusFor(rows.length),
      alpha: 0.6,
      of,
      css,
      pixels,
    });
    this.#best = [];
    for (const row of rows) {
      const value = values[row]!;
      const before = this.#best.at(-1)?.value;
      if (Number.isFinite(value) && (before === undefined || (this.#isMax ? value > before : value < before)))
        this.#best.push({ row, value });
    }
    context.strokeStyle = store.theme.ink;
    context.lineWidth = 2;
    context.beginPath();
    let last = frame.top + frame.height;
    for (const [i, { row }] of this.#best.entries()) {
      if (i === 0) context.moveTo(places.xs[row]!, places.ys[row]!);
      else {
        context.lineTo(places.xs[row]!, last);
        context.lineTo(places.xs[row]!, places.ys[row]!);
      }
      last = places.ys[row]!;
    }
    if (this.#best.length > 0) context.lineTo(frame.left + frame.width, last);
    context.stroke();
    const best = this.#best.at(-1);
    if (best !== undefined) {
      context.fillStyle = store.theme.ink;
      context.textAlign = 'right';
      context.textBaseline = 'top';
      context.fillText(
        `best ${formatNumber(best.value, 4)}, trial ${store.numberOf(best.row)}`,
        frame.left + frame.width,
        3,
      );
    }
    this.#hover.update(places, rows);
  }

  /** Again only where the metric, its scale or the size has changed: a filter leaves all trials where they are. */
  #place({ left, top, width, height }: Frame, { x, y }: { readonly x: Scale; readonly y: Scale }): Places {
    const name = [this.#metric.id, y.log, left, top, width, height].join();
    if (this.#placed?.name === name) return this.#placed.places;
    const { rows, columns } = this.store;
    const numbers = columns[0]!.values;
    const { values } = this.#metric;
    const places = { xs: new Float32Array(rows), ys: new Float32Array(rows) };
    for (let row = 0; row < rows; row++) {
      places.xs[row] = left + x.place(numbers[row]!) * width;
      places.ys[row] = top + (1 - y.place(values[row]!)) * height;
    }
    this.#placed = { name, places };
    return places;
  }

  protected describe(): string {
    const best = this.#best.at(-1);
    return best === undefined
      ? 'no value'
      : `best ${titleOf(this.#metric)} ${formatNumber(best.value)} at trial ${this.store.numberOf(best.row)}`;
  }

  protected rowsBehind(): Rows {
    const rows = this.#best.map(({ row, value }) => [String(this.store.numberOf(row)), formatNumber(value)]);
    return { columns: ['trial', `best ${titleOf(this.#metric)}`], rows };
  }
}

/** Metrics that are numbers and vary. */
export function metricsOf({ columns }: Store): readonly Column[] {
  return columns.filter(({ role, kind, low, high }) => role === 'metric' && kind === 'number' && high > low);
}
