// Two columns against each other, and a third as the colour of each cell: its mean, or another number, over the trials
// that fall there.

import { type Bin, binsOf } from '../bins.js';
import { type Cell, countCells, MEASURES, type Measure } from '../cells.js';
import { isLight, viridis } from '../colour.js';
import { checkbox, select } from '../dom.js';
import { type ContourOptions, drawContours } from '../draw-contours.js';
import { formatNumber, shorten, titleOf } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { passing } from '../rows.js';
import { prefersLog } from '../scale.js';
import { type Condition, chartable, objectiveOf, resultsOf, type Store } from '../store.js';
import type { Frame } from '../surface.js';
import type { Column } from '../table.js';
import { hideTip, showLines } from '../tip.js';
import { walkMarks } from '../walk.js';

const STYLES = ['cells', 'cells and contours', 'contours'] as const;
type Style = (typeof STYLES)[number];
/** About how many levels contours have. */
const LEVELS = [5, 10, 20];

type Colours = Pick<ContourOptions, 'low' | 'high' | 'log' | 'placeOf'>;

export class Heat extends ChartPanel {
  #x: Column;
  #y: Column;
  #value: Column;
  #measure: Measure = 'mean';
  #log = false;
  #style: Style = 'cells';
  #levels = 10;
  #cells: Cell[] = [];
  #bins: { x: readonly Bin[]; y: readonly Bin[] } = { x: [], y: [] };
  #frame: Frame = { left: 0, top: 0, width: 1, height: 1 };

  static create(store: Store): Heat | undefined {
    const axes = chartable(store.columns).filter(({ role }) => role === 'axis');
    const values = resultsOf(store);
    return axes.length < 2 || values.length === 0 ? undefined : new Heat(store, axes, values);
  }

  constructor(store: Store, axes: readonly Column[], values: readonly Column[]) {
    super(store, {
      id: 'heat',
      title: 'Two parameters and a result',
      about:
        'The colour of a cell is the result of the trials that fall there. A click on a cell filters all views to it.',
      on: ['filter'],
    });
    const byValues = [...axes].sort((a, b) => (b.distinct?.length ?? 30) - (a.distinct?.length ?? 30));
    [this.#x, this.#y] = [byValues[0]!, byValues[1]!];
    this.#value = objectiveOf(values) ?? values[0]!;
    this.#log = prefersLog(this.#value);
    this.#makeControls(values);
    this.#listen();
  }

  protected override offer(): void {
    this.controls.replaceChildren();
    this.#makeControls(resultsOf(this.store));
  }

  #makeControls(values: readonly Column[]): void {
    const list = (columns: readonly Column[]) => columns.map((value) => ({ label: value.name, value }));
    const set = (act: () => void) => {
      act();
      this.redraw();
    };
    const choices = chartable(this.store.columns).filter(({ role }) => role !== 'trial');
    this.controls.append(
      select('x', list(choices), this.#x, (column) => set(() => (this.#x = column))),
      select('y', list(choices), this.#y, (column) => set(() => (this.#y = column))),
      select('result', list(values), this.#value, (column) => set(() => (this.#value = column))),
      select(
        'of trials',
        MEASURES.map((value) => ({ label: value, value })),
        this.#measure,
        (measure) => set(() => (this.#measure = measure)),
      ),
      checkbox('logarithmic', this.#log, (on) => set(() => (this.#log = on))),
      select(
        'as',
        STYLES.map((value) => ({ label: value, value })),
        this.#style,
        (style) => set(() => (this.#style = style)),
      ),
      select(
        'levels',
        LEVELS.map((value) => ({ label: String(value), value })),
        this.#levels,
        (levels) => set(() => (this.#levels = levels)),
      ),
    );
  }

  #listen(): void {
    const { canvas } = this.surface;
    canvas.addEventListener('pointermove', (event) => this.#point(event));
    canvas.addEventListener('pointerleave', hideTip);
    canvas.addEventListener('click', (event) => {
      const cell = this.#at(event);
      if (cell !== undefined) this.#filter(cell.x, cell.y);
    });
    // In reading order, from the upper left.
    const placed = (at: number) => {
      const { x, y } = this.#bins;
      return { x: at % x.length, y: y.length - 1 - Math.floor(at / x.length) };
    };
    walkMarks(canvas, {
      count: () => this.#bins.x.length * this.#bins.y.length,
      stride: () => this.#bins.x.length,
      box: (at) => {
        const { left, top, width, height } = this.#frame;
        const [w, h] = [width / this.#bins.x.length, height / this.#bins.y.length];
        const { x, y } = placed(at);
        return { left: left + x * w, top: top + height - (y + 1) * h, width: w, height: h };
      },
      tell: (at) => {
        const { x, y } = placed(at);
        const cell = this.#cells.find((each) => each.x === x && each.y === y);
        return (cell === undefined ? [...this.#name(x, y), 'no trial'] : this.#describe(cell)).join(', ');
      },
      act: (at) => this.#filter(placed(at).x, placed(at).y),
    });
  }

  protected draw(): void {
    const { store, surface } = this;
    const width = this.body.clientWidth;
    const rows = passing(store);
    const [bx, by] = [binsOf(this.#x), binsOf(this.#y)];
    this.#bins = { x: bx.bins, y: by.bins };
    const sides = { x: { column: this.#x, of: bx.of }, y: { column: this.#y, of: by.of } };
    this.#cells = countCells(rows, sides, this.#value, this.#measure);
    const context = surface.begin(width, Math.max(220, Math.min(460, by.bins.length * 22 + 110)));
    const { theme } = store;
    context.font = '12px system-ui, sans-serif';
    const labels = by.bins.map(({ label }) => context.measureText(shorten(label, 16)).width);
    const left = Math.min(width * 0.35, Math.max(24, ...labels) + 10);
    const frame = { left, top: 44, width: width - left - 14, height: surface.height - 44 - 44 };
    this.#frame = frame;
    const known = this.#cells.map(({ value }) => value).filter(Number.isFinite);
    const [low, high] = [Math.min(...known), Math.max(...known)];
    const log = this.#log && low > 0 && this.#measure !== 'trials';
    const into = log ? Math.log : (value: number) => value;
    const placeOf = (value: number) =>
      high > low ? (into(value) - into(low)) / (into(high) - into(low)) : 0.5;
    if (this.#style !== 'contours') this.#drawCells(context, placeOf);
    const said = this.#style === 'cells' ? '' : this.#drawContours(context, { low, high, log, placeOf });
    this.#drawLabels(context, frame, theme.ink);
    this.#drawLegend(context, { low, high, log });
    const away = rows.length - this.#cells.reduce((sum, { trials }) => sum + trials, 0);
    this.note.textContent =
      known.length === 0
        ? 'No trial that passes the filter has a value here.'
        : [
            said,
            ...(away > 0 ? [`${away.toLocaleString('en-US')} trials have no place or no value here.`] : []),
          ].join(' ');
  }

  #drawCells(context: CanvasRenderingContext2D, placeOf: (value: number) => number): void {
    const { left, top, width, height } = this.#frame;
    const { x: bx, y: by } = this.#bins;
    const [w, h] = [width / Math.max(1, bx.length), height / Math.max(1, by.length)];
    for (const { x, y, value } of this.#cells) {
      const colour = Number.isFinite(value) ? viridis(placeOf(value)) : this.store.theme.rule;
      context.fillStyle = colour;
      const [cx, cy] = [left + x * w, top + height - (y + 1) * h];
      context.fillRect(cx, cy, Math.ceil(w) - (w > 6 ? 1 : 0), Math.ceil(h) - (h > 6 ? 1 : 0));
      if (w < 44 || h < 15 || this.#style !== 'cells') continue;
      context.fillStyle = isLight(colour) ? '#000' : '#fff';
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillText(formatNumber(value, 3), cx + w / 2, cy + h / 2, w - 4);
    }
  }

  /** Says what there is to say of them. */
  #drawContours(context: CanvasRenderingContext2D, colours: Colours): string {
    const { x, y } = this.#bins;
    if (this.#x.kind === 'category' || this.#y.kind === 'category')
      return 'Contours need a number on both axes.';
    const values = new Float64Array(x.length * y.length).fill(Number.NaN);
    for (const cell of this.#cells) values[cell.y * x.length + cell.x] = cell.value;
    const lines = drawContours(context, {
      ...colours,
      field: { columns: x.length, rows: y.length, values },
      frame: this.#frame,
      count: this.#levels,
      isOver: this.#style !== 'contours',
      theme: this.store.theme,
    });
    return lines > 0 ? '' : 'No level lies between neighbouring cells that have a value.';
  }

  #drawLabels(context: CanvasRenderingContext2D, { left, top, width, height }: Frame, ink: string): void {
    const { x, y } = this.#bins;
    context.fillStyle = ink;
    context.textAlign = 'right';
    context.textBaseline = 'middle';
    const everyY = Math.ceil((15 * y.length) / height);
    for (const [i, { label }] of y.entries())
      if (i % everyY === 0)
        context.fillText(
          shorten(label, 16),
          left - 5,
          top + height - ((i + 0.5) * height) / y.length,
          left - 8,
        );
    context.textAlign = 'center';
    context.textBaseline = 'top';
    const widest = Math.max(...x.map(({ label }) => context.measureText(shorten(label, 14)).width));
    const everyX = Math.ceil(((widest + 8) * x.length) / width);
    for (const [i, { label }] of x.entries())
      if (i % everyX === 0)
        context.fillText(shorten(label, 14), left + ((i + 0.5) * width) / x.length, top + height + 5);
    context.fillText(shorten(titleOf(this.#x), Math.floor(width / 7)), left + width / 2, top + height + 24);
    context.textAlign = 'left';
    context.fillText(shorten(titleOf(this.#y), 40), 4, 24);
  }

  #drawLegend(
    context: CanvasRenderingContext2D,
    { low, high, log }: { readonly low: number; readonly high: number; readonly log: boolean },
  ): void {
    if (!(low <= high)) return;
    const { left, width } = this.#frame;
    const size = Math.min(150, width * 0.4);
    const from = left + width - size;
    for (let i = 0; i < size; i++) {
      context.fillStyle = viridis(i / size);
      context.fillRect(from + i, 20, 1.5, 8);
    }
    context.fillStyle = this.store.theme.ink;
    context.textBaseline = 'bottom';
    context.textAlign = 'left';
    context.fillText(formatNumber(low, 3), from, 18);
    context.textAlign = 'right';
    context.fillText(formatNumber(high, 3), from + size, 18);
    context.textBaseline = 'top';
    context.textAlign = 'right';
    const what = this.#measure === 'trials' ? 'trials' : `${this.#measure} ${titleOf(this.#value)}`;
    context.fillText(shorten(what, Math.floor((width - size) / 7)) + (log ? ' (log)' : ''), from - 8, 17);
  }

  #at(event: MouseEvent): Cell | undefined {
    const box = this.surface.canvas.getBoundingClientRect();
    const { left, top, width, height } = this.#frame;
    const x = Math.floor(((event.clientX - box.left - left) / width) * this.#bins.x.length);
    const y = Math.floor((1 - (event.clientY - box.top - top) / height) * this.#bins.y.length);
    return this.#cells.find((cell) => cell.x === x && cell.y === y);
  }

  #point(event: PointerEvent): void {
    const cell = this.#at(event);
    if (cell === undefined) {
      hideTip();
      return;
    }
    showLines(event, this.#describe(cell));
  }

  #name(x: number, y: number): string[] {
    return [`${this.#x.name}: ${this.#bins.x[x]!.label}`, `${this.#y.name}: ${this.#bins.y[y]!.label}`];
  }

  #describe({ x, y, value, trials }: Cell): string[] {
    const what = this.#measure === 'trials' ? 'trials' : `${this.#measure} ${this.#value.name}`;
    return [
      `${what}: ${formatNumber(value, 4)}`,
      ...this.#name(x, y),
      `${trials.toLocaleString('en-US')} ${trials === 1 ? 'trial' : 'trials'}`,
    ];
  }

  #filter(x: number, y: number): void {
    const [bx, by] = [this.#bins.x[x]!, this.#bins.y[y]!];
    this.store.restrict([this.#x, conditionFor(this.#x, bx)], [this.#y, conditionFor(this.#y, by)]);
  }

  protected describe(): string {
    return `${this.#measure} of ${titleOf(this.#value)} by ${titleOf(this.#x)} and ${titleOf(this.#y)}`;
  }

  protected rowsBehind(): Rows {
    const { x, y } = this.#bins;
    const rows = [...this.#cells]
      .sort((a, b) => a.x - b.x || a.y - b.y)
      .map((cell) => [x[cell.x]!.label, y[cell.y]!.label, formatNumber(cell.value), String(cell.trials)]);
    return { columns: [this.#x.name, this.#y.name, `${this.#measure} ${this.#value.name}`, 'trials'], rows };
  }
}

function conditionFor({ kind }: Column, { low, high, code }: Bin): Condition {
  return kind === 'category' ? { kind: 'set', codes: new Set([code!]) } : { kind: 'range', low, high };
}
