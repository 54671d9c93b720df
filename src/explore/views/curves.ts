// What trials reported on their way: the selected ones as lines, over the band that most of those lie in that pass the
// filter. Few trials are all drawn.

import { checkbox, select } from '../dom.js';
import { formatNumber, quantile } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { createScale, mayLog, prefersLog, type Scale } from '../scale.js';
import type { Store } from '../store.js';
import { type Stretch, stretchesByRow } from '../stretches.js';
import { drawAxes, type Frame, frameOf } from '../surface.js';
import type { Column, Table } from '../table.js';
import { hideTip, showTrial } from '../tip.js';
import { walkMarks } from '../walk.js';

/** Up to so many trials, each is a line of its own. */
const LINES = 40;
/** Steps at which the band is taken. */
const STEPS = 80;

interface Band {
  readonly step: number;
  /** 5, 25, 50, 75 and 95 % of the trials lie below. */
  readonly quantiles: readonly number[];
  readonly n: number;
}

/** Series with a value. */
function seriesOf({ columns }: Table): readonly Column[] {
  return columns.slice(2).filter(({ low }) => !Number.isNaN(low));
}

export class Curves extends ChartPanel {
  readonly #table: Table;
  #byRow: ReadonlyMap<number, Stretch>;
  #series: Column;
  #log: boolean;
  #band: Band[] = [];
  /** Trials whose lines the keyboard goes over. */
  #walked: readonly number[] = [];
  #frame: Frame = { left: 0, top: 0, width: 1, height: 1 };
  #scales: { readonly x: Scale; readonly y: Scale } | undefined;

  static create(store: Store): Curves | undefined {
    const { curves } = store.data;
    if (curves === undefined || curves.columns.every(({ role: _, low }, i) => i < 2 || Number.isNaN(low)))
      return undefined;
    return new Curves(store, curves);
  }

  constructor(store: Store, table: Table) {
    super(store, {
      id: 'curves',
      title: 'Curves',
      about:
        'Selected trials as lines; the bands hold 50 % and 90 % of the trials that pass the filter, the dashed line is their median.',
      on: ['filter', 'selection', 'colour'],
    });
    this.#table = table;
    this.#byRow = stretchesByRow(store, table);
    const series = seriesOf(table);
    this.#series = series[0]!;
    this.#log = prefersLog(this.#series);
    this.#makeControls(series);
    const { canvas } = this.surface;
    canvas.addEventListener('pointermove', (event) => {
      const row = this.#find(event);
      if (row === undefined) hideTip();
      else
        showTrial(
          event,
          store,
          row,
          store.columns.filter(({ role, low, high }) => role === 'axis' && high > low).slice(0, 6),
        );
    });
    canvas.addEventListener('pointerleave', hideTip);
    walkMarks(canvas, {
      count: () => this.#walked.length,
      box: (at) => {
        const [x, y] = this.#ends(this.#walked[at]!);
        return { left: x - 6, top: y - 6, width: 12, height: 12 };
      },
      tell: (at) => `Trial ${store.numberOf(this.#walked[at]!)}`,
      act: (at, beside) => store.select(this.#walked[at]!, beside),
    });
    canvas.addEventListener('click', (event) => {
      const row = this.#find(event as PointerEvent);
      if (row !== undefined) store.select(row, event.ctrlKey || event.metaKey || event.shiftKey);
    });
  }

  #makeControls(series: readonly Column[]): void {
    const choices = series.map((value) => ({ label: value.name, value }));
    this.controls.append(
      select('series', choices, this.#series, (column) => {
        this.#series = column;
        this.#log = prefersLog(column);
        this.controls.replaceChildren();
        this.#makeControls(series);
        this.redraw();
      }),
    );
    if (mayLog(this.#series))
      this.controls.append(
        checkbox('log', this.#log, (on) => {
          this.#log = on;
          this.redraw();
        }),
      );
  }

  protected override offer(): void {
    this.controls.replaceChildren();
    this.#makeControls(seriesOf(this.#table));
  }

  protected override forget(): void {
    this.#byRow = stretchesByRow(this.store, this.#table);
  }

  /** Where a line ends. */
  #ends(row: number): readonly [number, number] {
    const { left, top, width, height } = this.#frame;
    const { x, y } = this.#scales!;
    const { from, to } = this.#byRow.get(row)!;
    let last = to - 1;
    while (last > from && Number.isNaN(this.#series.values[last]!)) last--;
    const [step, value] = [this.#table.columns[1]!.values[last]!, this.#series.values[last]!];
    return [left + x.place(step) * width, top + (1 - (y.place(value) || 0)) * height];
  }

  /** Trials that are drawn as lines. */
  #lines(): number[] {
    const { selected, mask } = this.store;
    const passing = [...this.#byRow.keys()].filter((row) => mask[row] === 1);
    const few = passing.length <= LINES ? passing.filter((row) => !selected.includes(row)) : [];
    return [...few, ...selected.filter((row) => this.#byRow.has(row))];
  }

  protected draw(): void {
    const { store, surface } = this;
    const width = this.body.clientWidth;
    const context = surface.begin(width, Math.max(260, Math.min(400, width * 0.55)));
    const step = this.#table.columns[1]!;
    const x = createScale(step);
    const y = createScale(this.#series, { log: this.#log && mayLog(this.#series) });
    const frame = frameOf(context, y, surface);
    this.#frame = frame;
    this.#scales = { x, y };
    drawAxes(context, frame, { x, y, theme: store.theme });
    this.#band = this.#makeBand();
    const lines = this.#lines();
    this.#walked = lines;
    if (this.#band.length > 0 && this.#band[0]!.n > 4) this.#drawBand(context);
    for (const row of lines) {
      const place = store.selected.indexOf(row);
      context.strokeStyle =
        place >= 0 ? store.selectionColour(place) : store.paint.css[store.paint.of[row]!]!;
      context.lineWidth = place >= 0 ? 2.4 : 1.2;
      context.globalAlpha = place >= 0 ? 1 : 0.65;
      this.#trace(context, row);
    }
    context.globalAlpha = 1;
    this.#drawKey(context);
    const passing = [...this.#byRow.keys()].filter((row) => store.mask[row] === 1).length;
    this.note.textContent =
      lines.length < passing
        ? `Band of ${passing.toLocaleString('en-US')} trials; select trials to see their own lines.`
        : '';
  }

  #trace(context: CanvasRenderingContext2D, row: number): void {
    const { from, to } = this.#byRow.get(row)!;
    const { left, top, width, height } = this.#frame;
    const { x, y } = this.#scales!;
    const [, step] = this.#table.columns;
    context.beginPath();
    let isDown = false;
    for (let i = from; i < to; i++) {
      const place = y.place(this.#series.values[i]!);
      const [px, py] = [left + x.place(step!.values[i]!) * width, top + (1 - place) * height];
      if (Number.isNaN(place)) isDown = false;
      else if (isDown) context.lineTo(px, py);
      else context.moveTo(px, py);
      isDown = !Number.isNaN(place);
    }
    context.stroke();
  }

  #makeBand(): Band[] {
    const step = this.#table.columns[1]!;
    const { low, high } = step;
    const count = step.distinct === undefined ? STEPS : Math.min(STEPS, step.distinct.length);
    const lists = Array.from({ length: count }, () => ({ step: 0, values: [] as number[] }));
    for (const [row, { from, to }] of this.#byRow) {
      if (this.store.mask[row] === 0) continue;
      for (let i = from; i < to; i++) {
        const value = this.#series.values[i]!;
        if (!Number.isFinite(value)) continue;
        const at =
          high > low ? Math.min(count - 1, Math.floor(((step.values[i]! - low) / (high - low)) * count)) : 0;
        const list = lists[at]!;
        list.step += step.values[i]!;
        list.values.push(value);
      }
    }
    return lists
      .filter(({ values }) => values.length > 0)
      .map(({ step: sum, values }) => {
        values.sort((a, b) => a - b);
        return {
          step: sum / values.length,
          n: values.length,
          quantiles: [0.05, 0.25, 0.5, 0.75, 0.95].map((q) => quantile(values, q)),
        };
      });
  }

  #drawBand(context: CanvasRenderingContext2D): void {
    const { left, top, width, height } = this.#frame;
    const { x, y } = this.#scales!;
    const at = ({ step, quantiles }: Band, q: number) =>
      [left + x.place(step) * width, top + (1 - y.place(quantiles[q]!)) * height] as const;
    const band = this.#band.filter(({ quantiles }) => !Number.isNaN(y.place(quantiles[0]!)));
    context.fillStyle = this.store.theme.context;
    for (const [low, high, alpha] of [
      [0, 4, 0.35],
      [1, 3, 0.55],
    ] as const) {
      context.globalAlpha = alpha;
      context.beginPath();
      for (const each of band) context.lineTo(...at(each, low));
      for (const each of [...band].reverse()) context.lineTo(...at(each, high));
      context.fill();
    }
    context.globalAlpha = 1;
    context.strokeStyle = this.store.theme.muted;
    context.setLineDash([5, 4]);
    context.lineWidth = 1.5;
    context.beginPath();
    for (const each of band) context.lineTo(...at(each, 2));
    context.stroke();
    context.setLineDash([]);
  }

  /** Which line is which trial, above the data. */
  #drawKey(context: CanvasRenderingContext2D): void {
    let right = this.#frame.left + this.#frame.width;
    context.textAlign = 'right';
    context.textBaseline = 'top';
    for (const [i, row] of [...this.store.selected.entries()].reverse()) {
      const text = `trial ${this.store.numberOf(row)}`;
      context.fillStyle = this.store.selectionColour(i);
      if (right < this.#frame.left + this.#frame.width * 0.3) return;
      context.fillText(text, right, 3);
      right -= context.measureText(text).width + 12;
    }
  }

  #find(event: PointerEvent): number | undefined {
    if (this.#scales === undefined) return undefined;
    const box = this.surface.canvas.getBoundingClientRect();
    const [ex, ey] = [event.clientX - box.left, event.clientY - box.top];
    const { left, top, width, height } = this.#frame;
    const { x, y } = this.#scales;
    let best: number | undefined;
    let least = 12;
    for (const row of this.#lines()) {
      const { from, to } = this.#byRow.get(row)!;
      for (let i = from; i < to; i++) {
        const distance = Math.hypot(
          left + x.place(this.#table.columns[1]!.values[i]!) * width - ex,
          top + (1 - y.place(this.#series.values[i]!)) * height - ey,
        );
        if (distance < least) [best, least] = [row, distance];
      }
    }
    return best;
  }

  protected describe(): string {
    const last = this.#band.at(-1);
    return last === undefined
      ? 'no value'
      : `${this.#series.name} by step; at the end the median is ${formatNumber(last.quantiles[2]!, 4)}`;
  }

  protected rowsBehind(): Rows {
    const rows = this.#band.map(({ step, quantiles, n }) => [
      formatNumber(step, 4),
      ...quantiles.map((value) => formatNumber(value, 4)),
      String(n),
    ]);
    return { columns: ['step', '5 %', '25 %', 'median', '75 %', '95 %', 'points'], rows };
  }
}
