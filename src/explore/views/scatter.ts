// Any column against any other, a point a trial. A rectangle drawn over it filters all views.

import { brushRectangle } from '../brush.js';
import { toPixel as toPixelOf } from '../colour.js';
import { checkbox, select } from '../dom.js';
import { type Dots, drawDots, type Places, pictureDots, putDots, ROUND, radiusFor } from '../dots.js';
import { Finder } from '../finder.js';
import { spreadWithin } from '../jitter.js';
import { fitLine, formatCell, formatNumber, titleOf } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { everyRow, passing } from '../rows.js';
import { createScale, mayLog, prefersLog, type Scale } from '../scale.js';
import { chartable, objectiveOf, type Store } from '../store.js';
import { drawAxes, type Frame, frameOf, line } from '../surface.js';
import type { Column } from '../table.js';
import { hideTip, showTrial } from '../tip.js';

export class Scatter extends ChartPanel {
  #x: Column;
  #y: Column;
  #size: Column | undefined;
  #logX: boolean;
  #logY: boolean;
  #trend = false;
  #zoom = false;
  #frame: Frame = { left: 0, top: 0, width: 1, height: 1 };
  #scales: { readonly x: Scale; readonly y: Scale };
  #places: Places = { xs: new Float32Array(0), ys: new Float32Array(0) };
  #rows: Int32Array = new Int32Array(0);
  #finder: Finder | undefined;
  #missing = 0;
  #placed = '';
  #behind: { readonly name: string; readonly picture: HTMLCanvasElement } | undefined;

  constructor(store: Store) {
    super(store, {
      id: 'scatter',
      title: 'Any two columns',
      about:
        'A point is a trial. Drag a rectangle to filter all views; with the keyboard, arrows move its edges.',
      on: ['filter', 'selection', 'colour'],
    });
    const choices = chartable(store.columns);
    this.#y = objectiveOf(choices) ?? choices.filter(({ role }) => role === 'axis')[1] ?? choices.at(-1)!;
    this.#x =
      choices.find((column) => column.role === 'axis' && column.kind === 'number' && column !== this.#y) ??
      choices.find((column) => column.role === 'axis' && column !== this.#y) ??
      choices.find((column) => column !== this.#y) ??
      this.#y;
    this.#logX = prefersLog(this.#x);
    this.#logY = prefersLog(this.#y);
    this.#scales = { x: createScale(this.#x), y: createScale(this.#y) };
    this.#makeControls(choices);
    store.listen((change) => {
      if (change === 'parameter' && choices.includes(store.parameter!)) this.#setX(store.parameter!, choices);
    });
    brushRectangle(this.surface.canvas, {
      frame: () => this.#frame,
      scales: () => this.#scales,
      store,
      point: (event, x, y) => {
        const row = this.#find(x, y);
        if (row === undefined) hideTip();
        else
          showTrial(event, store, row, [
            this.#x,
            this.#y,
            ...(store.paint.column === undefined ? [] : [store.paint.column]),
          ]);
      },
      click: (event, x, y) => {
        const row = this.#find(x, y);
        if (row !== undefined) store.select(row, event.ctrlKey || event.metaKey || event.shiftKey);
        return row !== undefined;
      },
    });
  }

  #makeControls(choices: readonly Column[]): void {
    const options = choices.map((value) => ({ label: value.name, value }));
    const numbers = choices
      .filter(({ kind }) => kind === 'number')
      .map((value) => ({ label: value.name, value: value as Column | undefined }));
    const log = (label: string, column: Column, on: boolean, act: (on: boolean) => void) =>
      mayLog(column)
        ? [
            checkbox(label, on, (value) => {
              act(value);
              this.redraw();
            }),
          ]
        : [];
    this.controls.append(
      select('x', options, this.#x, (column) => this.#setX(column, choices)),
      ...log('log x', this.#x, this.#logX, (on) => {
        this.#logX = on;
      }),
      select('y', options, this.#y, (column) => {
        this.#y = column;
        this.#logY = prefersLog(column);
        this.#remakeControls(choices);
      }),
      ...log('log y', this.#y, this.#logY, (on) => {
        this.#logY = on;
      }),
      select('size', [{ label: 'equal', value: undefined }, ...numbers], this.#size, (column) => {
        this.#size = column;
        this.redraw();
      }),
      checkbox('trend', this.#trend, (on) => {
        this.#trend = on;
        this.redraw();
      }),
      checkbox('fit to filter', this.#zoom, (on) => {
        this.#zoom = on;
        this.redraw();
      }),
    );
  }

  protected override offer(): void {
    this.controls.replaceChildren();
    this.#makeControls(chartable(this.store.columns));
  }

  protected override forget(): void {
    this.#placed = '';
    this.#behind = undefined;
  }

  #setX(column: Column, choices: readonly Column[]): void {
    this.#x = column;
    this.#logX = prefersLog(column);
    this.#remakeControls(choices);
  }

  #remakeControls(choices: readonly Column[]): void {
    this.controls.replaceChildren();
    this.#makeControls(choices);
    this.redraw();
  }

  #find(x: number, y: number): number | undefined {
    this.#finder ??= new Finder(this.#places, this.#rows, this.#rows.length);
    return this.#finder.nearest(x, y);
  }

  protected draw(): void {
    const { store, surface } = this;
    const width = this.body.clientWidth;
    const context = surface.begin(width, Math.max(260, Math.min(440, width * 0.62)));
    this.#rows = passing(store);
    this.#finder = undefined;
    const x = createScale(this.#x, { log: this.#logX && mayLog(this.#x), ...this.#ends(this.#x) });
    const y = createScale(this.#y, { log: this.#logY && mayLog(this.#y), ...this.#ends(this.#y) });
    this.#scales = { x, y };
    const frame = frameOf(context, y, surface);
    this.#frame = frame;
    drawAxes(context, frame, { x, y, theme: store.theme });
    const places = this.#place(frame);
    const n = this.#rows.length;
    const base = radiusFor(n);
    if (n < store.rows) this.#drawContext(base * 0.8);
    const size = this.#size === undefined ? undefined : createScale(this.#size);
    const radius =
      size === undefined
        ? base
        : (row: number) => base * (0.5 + 1.8 * (size.place(this.#size!.values[row]!) || 0));
    const { of, css, pixels } = store.paint;
    drawDots(surface, {
      places,
      rows: this.#rows,
      radius,
      alpha: n > 3000 ? 0.9 : 0.8,
      of,
      css,
      pixels,
      within: frame,
    });
    if (this.#trend) this.#drawTrend(context);
    this.#drawSelected(context);
    this.note.textContent =
      this.#missing > 0
        ? `${this.#missing.toLocaleString('en-US')} trials have no value here, or none that this axis can show.`
        : '';
  }

  /** All trials in grey, behind those that pass. Many are drawn once, and kept until they lie elsewhere. */
  #drawContext(radius: number): void {
    const { store, surface } = this;
    const rows = everyRow(store);
    const colour = store.theme.context;
    const dots: Dots = {
      ...{ places: this.#places, rows, radius, alpha: 0.5, within: this.#frame },
      ...{ css: [colour], pixels: Uint32Array.of(toPixelOf(colour)) },
    };
    if (rows.length <= ROUND) {
      drawDots(surface, dots);
      return;
    }
    const name = [this.#placed, radius, surface.ratio, colour].join();
    if (this.#behind?.name !== name) this.#behind = { name, picture: pictureDots(surface, dots) };
    putDots(surface, this.#behind.picture, dots);
  }

  /** Ends of what passes, where the view is fitted to it. */
  #ends({ kind, values }: Column): { readonly low?: number; readonly high?: number } {
    if (!this.#zoom || kind === 'category') return {};
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const row of this.#rows) {
      const value = values[row]!;
      if (Number.isFinite(value)) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
    return low <= high ? { low, high } : {};
  }

  /** Again only where a column, a scale or the size has changed: a filter leaves all trials where they are. */
  #place({ left, top, width, height }: Frame): Places {
    const { rows } = this.store;
    const { x, y } = this.#scales;
    const ends = [x, y].map((scale) => [scale.column.id, scale.log, scale.value(0), scale.value(1)]);
    const name = [left, top, width, height, ...ends].join();
    if (name !== this.#placed) {
      this.#placed = name;
      this.#places = { xs: new Float32Array(rows), ys: new Float32Array(rows) };
      const { xs, ys } = this.#places;
      const dx = spreadWithin(this.#x);
      const dy = spreadWithin(this.#y);
      const inside = (place: number) => (place >= 0 && place <= 1 ? place : Number.NaN);
      for (let i = 0; i < rows; i++) {
        xs[i] = left + (inside(x.place(this.#x.values[i]!)) + dx(i)) * width;
        ys[i] = top + height - (inside(y.place(this.#y.values[i]!)) + dy(i + 7)) * height;
      }
    }
    const { xs, ys } = this.#places;
    this.#missing = 0;
    for (const row of this.#rows) if (Number.isNaN(xs[row]!) || Number.isNaN(ys[row]!)) this.#missing++;
    return this.#places;
  }

  #drawTrend(context: CanvasRenderingContext2D): void {
    const { left, width, top, height } = this.#frame;
    const { xs, ys } = this.#places;
    const rows = this.#rows.filter((row) => !Number.isNaN(xs[row]!) && !Number.isNaN(ys[row]!));
    const fit = fitLine(
      Float32Array.from(rows, (row) => xs[row]!),
      Float32Array.from(rows, (row) => ys[row]!),
    );
    if (fit === undefined) return;
    context.save();
    context.beginPath();
    context.rect(left, top, width, height);
    context.clip();
    context.strokeStyle = this.store.theme.ink;
    context.lineWidth = 2;
    line(
      context,
      [left, fit.intercept + fit.slope * left],
      [left + width, fit.intercept + fit.slope * (left + width)],
    );
    context.restore();
    context.fillStyle = this.store.theme.ink;
    context.textAlign = 'right';
    context.textBaseline = 'top';
    context.fillText(`r = ${formatNumber(-fit.r, 2)}`, left + width, 3);
  }

  #drawSelected(context: CanvasRenderingContext2D): void {
    const { xs, ys } = this.#places;
    context.lineWidth = 2.5;
    for (const [i, row] of this.store.selected.entries()) {
      if (Number.isNaN(xs[row]!) || Number.isNaN(ys[row]!)) continue;
      context.strokeStyle = this.store.selectionColour(i);
      context.beginPath();
      context.arc(xs[row]!, ys[row]!, 7, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  protected describe(): string {
    return `${titleOf(this.#y)} against ${titleOf(this.#x)} of ${this.store.count} trials`;
  }

  protected rowsBehind(): Rows {
    const columns = [this.store.columns[0]!, this.#x, this.#y];
    const rows = [...this.#rows.subarray(0, 200)].map((row) =>
      columns.map((column) => formatCell(column, column.values[row]!)),
    );
    return { columns: columns.map(titleOf), rows };
  }
}
