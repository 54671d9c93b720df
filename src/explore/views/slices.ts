// One metric against each parameter by itself: small charts of one size, with the median at each value.

import { binsOf } from '../bins.js';
import { brushRectangle } from '../brush.js';
import { checkbox, select } from '../dom.js';
import { drawDots, radiusFor } from '../dots.js';
import { spreadWithin } from '../jitter.js';
import { formatNumber, quantile, titleOf } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { passing } from '../rows.js';
import { createScale, mayLog, prefersLog, type Scale } from '../scale.js';
import { chartable, objectiveOf, type Store } from '../store.js';
import { drawAxes, type Frame, frameOf } from '../surface.js';
import type { Column } from '../table.js';
import { metricsOf } from './history.js';

const SMALLEST = 230;
const HEIGHT = 210;

interface Medians {
  readonly axis: Column;
  readonly points: readonly {
    readonly label: string;
    readonly at: number;
    readonly median: number;
    readonly n: number;
  }[];
}

export class Slices extends ChartPanel {
  #axes: readonly Column[];
  #metric: Column;
  #log: boolean;
  #medians: Medians[] = [];
  /** Where each parameter's chart lies, and which of them is brushed. */
  #charts: { readonly frame: Frame; readonly scales: { readonly x: Scale; readonly y: Scale } }[] = [];
  #at = 0;

  static create(store: Store): Slices | undefined {
    const axes = axesOf(store);
    const metrics = metricsOf(store);
    return axes.length < 2 || metrics.length === 0 ? undefined : new Slices(store, axes, metrics);
  }

  constructor(store: Store, axes: readonly Column[], metrics: readonly Column[]) {
    super(store, {
      id: 'slices',
      title: 'Each parameter by itself',
      about:
        'Every trial against one parameter after the other; the line joins the medians. Drag a rectangle to filter; with the keyboard, Page Up and Page Down go to another parameter.',
      isWide: true,
      on: ['filter', 'colour'],
    });
    this.#axes = axes;
    this.#metric = objectiveOf(metrics) ?? metrics[0]!;
    this.#log = prefersLog(this.#metric);
    this.#makeControls(metrics);
    brushRectangle(this.surface.canvas, {
      store,
      frame: () => this.#charts[this.#at]!.frame,
      scales: () => this.#charts[this.#at]!.scales,
      point: () => undefined,
      click: () => false,
      enter: (x, y) => {
        const at = this.#charts.findIndex(
          ({ frame: { left, top, width, height } }) =>
            x >= left - 8 && x <= left + width + 8 && y >= top - 8 && y <= top + height + 8,
        );
        if (at >= 0) this.#turnTo(at);
      },
      turn: (by) => this.#turnTo((this.#at + by + this.#axes.length) % this.#axes.length),
    });
    for (const each of ['focus', 'blur']) this.surface.canvas.addEventListener(each, () => this.redraw());
  }

  #makeControls(metrics: readonly Column[]): void {
    this.controls.append(
      select(
        'metric',
        metrics.map((value) => ({ label: value.name, value })),
        this.#metric,
        (metric) => {
          this.#metric = metric;
          this.#log = prefersLog(metric);
          this.redraw();
        },
      ),
      checkbox('log, where it can be', this.#log, (on) => {
        this.#log = on;
        this.redraw();
      }),
    );
  }

  protected override offer(): void {
    this.#axes = axesOf(this.store);
    this.controls.replaceChildren();
    this.#makeControls(metricsOf(this.store));
  }

  protected draw(): void {
    const { store, surface } = this;
    const width = this.body.clientWidth;
    const across = Math.max(1, Math.min(this.#axes.length, Math.floor(width / SMALLEST), 5));
    const context = surface.begin(width, Math.ceil(this.#axes.length / across) * HEIGHT);
    const rows = passing(store);
    const y = createScale(this.#metric, { log: this.#log && mayLog(this.#metric) });
    const places = { xs: new Float32Array(store.rows), ys: new Float32Array(store.rows) };
    const { of, css, pixels } = store.paint;
    this.#medians = [];
    this.#charts = [];
    for (const [i, axis] of this.#axes.entries()) {
      const x = createScale(axis, { log: prefersLog(axis) });
      const size = { width: width / across - 6, height: HEIGHT - 10 };
      const frame = frameOf(context, y, size);
      const [left, top] = [(i % across) * (width / across), Math.floor(i / across) * HEIGHT];
      context.save();
      context.translate(left, top);
      drawAxes(context, frame, { x, y, theme: store.theme });
      context.restore();
      const within = { ...frame, left: left + frame.left, top: top + frame.top };
      this.#charts.push({ frame: within, scales: { x, y } });
      if (i === this.#at && this.#hasKeys) {
        context.strokeStyle = store.theme.accent;
        context.strokeRect(within.left, within.top, within.width, within.height);
      }
      const spread = spreadWithin(axis);
      for (const row of rows) {
        places.xs[row] = left + frame.left + (x.place(axis.values[row]!) + spread(row)) * frame.width;
        places.ys[row] = top + frame.top + (1 - y.place(this.#metric.values[row]!)) * frame.height;
      }
      drawDots(surface, {
        places,
        rows,
        radius: radiusFor(rows.length),
        alpha: 0.65,
        of,
        css,
        pixels,
        within,
      });
      const medians = this.#mediansOf(axis, rows);
      this.#medians.push(medians);
      context.strokeStyle = store.theme.ink;
      context.lineWidth = 2;
      context.beginPath();
      for (const { at, median } of medians.points) {
        const [px, py] = [
          left + frame.left + x.place(at) * frame.width,
          top + frame.top + (1 - y.place(median)) * frame.height,
        ];
        if (!Number.isNaN(px) && !Number.isNaN(py)) context.lineTo(px, py);
      }
      context.stroke();
      context.lineWidth = 1;
    }
  }

  #turnTo(at: number): void {
    if (at === this.#at) return;
    this.#at = at;
    this.redraw();
  }

  get #hasKeys(): boolean {
    return document.activeElement === this.surface.canvas && !this.isSaving;
  }

  #mediansOf(axis: Column, rows: Int32Array): Medians {
    const { bins, of } = binsOf(axis);
    const lists = bins.map(() => [] as number[]);
    for (const row of rows) {
      const bin = of(axis.values[row]!);
      const value = this.#metric.values[row]!;
      if (bin >= 0 && Number.isFinite(value)) lists[bin]!.push(value);
    }
    const points = bins.flatMap(({ label, low, high }, i) => {
      const list = Float64Array.from(lists[i]!).sort();
      return list.length === 0
        ? []
        : [{ label, at: (low + high) / 2, median: quantile(list, 0.5), n: list.length }];
    });
    return { axis, points };
  }

  protected describe(): string {
    return `${titleOf(this.#metric)} against ${this.#axes.map(({ name }) => name).join(', ')}`;
  }

  protected rowsBehind(): Rows {
    const rows = this.#medians.flatMap(({ axis, points }) =>
      points.map(({ label, median, n }) => [axis.name, label, formatNumber(median, 5), String(n)]),
    );
    return { columns: ['parameter', 'value', `median ${this.#metric.name}`, 'trials'], rows };
  }
}

/** Parameters that vary. */
function axesOf({ columns }: Store): readonly Column[] {
  return chartable(columns).filter(({ role }) => role === 'axis');
}
