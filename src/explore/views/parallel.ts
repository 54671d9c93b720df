// Parallel coordinates: an axis a column, a line a trial. Each axis can be brushed, moved, turned and made logarithmic.
import { brushAxes } from '../axis-brush.js';
import { moveEdge, stretchOf } from '../brush.js';
import { DenseLines } from '../dense-lines.js';
import { make } from '../dom.js';
import { formatCell, shorten, squeeze } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { type Axis, createAxis, createChooser, createHead, firstAxes, rescale } from '../parallel-head.js';
import { passing } from '../rows.js';
import { mayLog } from '../scale.js';
import { chartable, type Store } from '../store.js';
import { line } from '../surface.js';
import type { Column } from '../table.js';

/** The narrowest room for an axis. */
const NARROWEST = 62;
/** Above so many, lines are a density. */
const LINES = 2000;
const TOP = 52;
const BOTTOM = 14;

export class Parallel extends ChartPanel {
  #axes: Axis[];
  #offered: ReadonlySet<Column> = new Set();
  readonly #heads = make('div', { class: 'heads' });
  readonly #grips = make('div', { class: 'grips', attributes: { 'aria-hidden': 'true' } });
  readonly #holder = make('div', { class: 'holder' });
  #rows: Int32Array = new Int32Array(0);
  readonly #dense: DenseLines;
  #broken: { readonly of: readonly Float32Array[]; readonly rows: Uint8Array } | undefined;

  constructor(store: Store) {
    super(store, {
      id: 'parallel',
      title: 'Parallel coordinates',
      about:
        'A line is a trial. Drag along an axis to filter; its buttons turn it, make it logarithmic and move it. Keys on a name: ← → move it, ↑ ↓ move the edge of its filter (Shift: the lower edge), i turns, l logarithmic, Escape clears.',
      isWide: true,
      on: ['filter', 'selection', 'colour'],
    });
    this.#axes = firstAxes(this.#choices()).map((column) => createAxis(column));
    this.#makeControls();
    const { surface } = this;
    this.#dense = new DenseLines({ store, surface, top: TOP, bottom: BOTTOM, redraw: () => this.redraw() });
    const { canvas } = this.surface;
    this.#holder.append(canvas, this.#grips, this.#heads);
    this.body.append(this.#holder);
    this.body.classList.add('scrolled');
    brushAxes(this.#holder, canvas, {
      store,
      axes: () => this.#axes,
      top: TOP,
      height: () => this.#height(),
    });
  }

  #choices(): readonly Column[] {
    return chartable(this.store.columns).filter(({ role, name }) => role !== 'trial' || name === 'replicate');
  }

  /** A column that varies now, and did not before, has an axis as if it had always done so. */
  protected override offer(): void {
    const known = this.#offered;
    const first = firstAxes(this.#choices());
    for (const [i, column] of first.entries())
      if (!known.has(column)) this.#axes.splice(i, 0, createAxis(column));
    this.controls.replaceChildren();
    this.#makeControls();
  }

  protected override forget(): void {
    this.#dense.forget();
    this.#broken = undefined;
    for (const axis of this.#axes) this.#rescale(axis);
  }

  #makeControls(): void {
    const all = this.#choices();
    this.#offered = new Set(all);
    const isShown = (column: Column) => this.#axes.some((axis) => axis.column === column);
    const chooser = createChooser(all, isShown, (column, on) => {
      this.#axes = on
        ? [...this.#axes, createAxis(column)]
        : this.#axes.filter((axis) => axis.column !== column);
      this.redraw();
    });
    this.controls.append(chooser);
  }

  #rescale(axis: Axis): void {
    rescale(axis);
    this.redraw();
  }

  #height(): number {
    return this.surface.height - TOP - BOTTOM;
  }

  protected draw(): void {
    const { store, surface } = this;
    const width = Math.max(this.body.clientWidth, this.#axes.length * NARROWEST + 20);
    this.#holder.style.width = `${width}px`;
    const context = surface.begin(width, 360);
    surface.canvas.style.width = `${width}px`;
    this.#rows = passing(store);
    const gap = (width - 90) / Math.max(1, this.#axes.length - 1);
    for (const [i, axis] of this.#axes.entries()) axis.x = this.#axes.length === 1 ? width / 2 : 45 + i * gap;
    const isDense = this.#rows.length > LINES;
    const isAll = this.#rows.length === store.rows;
    if (!isAll) this.#dense.drawContext(this.#axes);
    if (isDense) this.#dense.draw(this.#axes, this.#rows, this.isSaving);
    else this.#drawLines(context);
    this.#drawSelected(context);
    for (const axis of this.#axes) this.#drawAxis(context, axis, gap);
    this.#placeHeads(gap);
    const gone = this.#countBroken();
    this.note.textContent = [
      ...(isDense ? [`${this.#rows.length.toLocaleString('en-US')} lines, drawn as a density`] : []),
      ...(gone > 0
        ? [`${gone.toLocaleString('en-US')} of them have no value on some axis: their lines break there`]
        : []),
    ].join('. ');
  }

  /** Whether some axis has no place for a trial; found once for a choice of axes. */
  #findBroken(): Uint8Array {
    const lists = this.#axes.map(({ places }) => places);
    const known = this.#broken;
    if (
      known !== undefined &&
      lists.length === known.of.length &&
      lists.every((list, i) => list === known.of[i])
    )
      return known.rows;
    const rows = new Uint8Array(this.store.rows);
    for (const places of lists)
      for (let row = 0; row < rows.length; row++) if (Number.isNaN(places[row]!)) rows[row] = 1;
    this.#broken = { of: lists, rows };
    return rows;
  }

  #countBroken(): number {
    const isBroken = this.#findBroken();
    let broken = 0;
    for (const row of this.#rows) broken += isBroken[row]!;
    return broken;
  }

  #drawLines(context: CanvasRenderingContext2D): void {
    const { of, css } = this.store.paint;
    const n = this.#rows.length;
    context.globalAlpha = n > 500 ? 0.25 : n > 60 ? 0.5 : 0.85;
    context.lineWidth = n > 60 ? 1 : 1.4;
    for (const row of this.#rows) this.#trace(context, row, css[of[row]!]!);
    context.globalAlpha = 1;
  }

  #trace(context: CanvasRenderingContext2D, row: number, colour: string): void {
    const height = this.#height();
    context.strokeStyle = colour;
    context.beginPath();
    let isDown = false;
    for (const { places, x } of this.#axes) {
      const place = places[row]!;
      const y = TOP + (1 - place) * height;
      if (Number.isNaN(place)) isDown = false;
      else if (isDown) context.lineTo(x, y);
      else {
        context.moveTo(x, y);
        isDown = true;
      }
    }
    context.stroke();
  }

  #drawSelected(context: CanvasRenderingContext2D): void {
    for (const [i, row] of this.store.selected.entries()) {
      context.lineWidth = 5;
      this.#trace(context, row, this.store.theme.paper);
      context.lineWidth = 2.5;
      this.#trace(context, row, this.store.selectionColour(i));
    }
    context.lineWidth = 1;
  }

  #drawAxis(context: CanvasRenderingContext2D, { column, scale, x }: Axis, gap: number): void {
    const { theme, conditions } = this.store;
    const height = this.#height();
    context.strokeStyle = theme.ink;
    line(context, [x, TOP], [x, TOP + height]);
    if (this.isSaving) {
      context.fillStyle = theme.ink;
      context.textAlign = 'center';
      context.textBaseline = 'middle';
      context.fillText(squeeze(column.name, Math.max(5, Math.floor(gap / 7.6))), x, TOP - 16);
    }
    // Of the last axis there is no room to the right.
    const isLast = this.#axes.length > 1 && this.#axes.at(-1)?.column === column;
    context.textAlign = isLast ? 'right' : 'left';
    context.textBaseline = 'middle';
    const beside = isLast ? x - 6 : x + 6;
    for (const { at, label } of scale.ticks(column.kind === 'category' ? 16 : 7)) {
      const y = TOP + (1 - at) * height;
      line(context, [x - 3, y], [x + 3, y]);
      const text = shorten(label, Math.max(4, Math.floor(Math.min(gap, 130) / 8)));
      // A halo, so that lines behind do not cover it.
      context.strokeStyle = theme.paper;
      context.lineWidth = 4;
      context.strokeText(text, beside, y);
      context.lineWidth = 1;
      context.strokeStyle = theme.ink;
      context.fillStyle = theme.ink;
      context.fillText(text, beside, y);
    }
    const condition = conditions.get(column);
    if (condition === undefined) return;
    const [low, high] = stretchOf(scale, condition);
    context.fillStyle = theme.accent;
    context.globalAlpha = 0.35;
    context.fillRect(x - 7, TOP + (1 - high) * height, 14, Math.max(2, (high - low) * height));
    context.globalAlpha = 1;
  }

  #placeHeads(gap: number): void {
    this.#grips.replaceChildren(
      ...this.#axes.map(({ x }) => {
        const grip = make('div', {});
        Object.assign(grip.style, { left: `${x}px`, top: `${TOP}px`, height: `${this.#height()}px` });
        return grip;
      }),
    );
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.dataset.axis : undefined;
    this.#heads.replaceChildren(...this.#axes.map((axis) => this.#head(axis, gap)));
    if (focused !== undefined)
      this.#heads.querySelector<HTMLElement>(`[data-axis="${Number(focused)}"]`)?.focus();
  }

  #head(axis: Axis, gap: number): HTMLElement {
    return createHead(axis, {
      width: Math.max(56, Math.min(gap - 6, 150)),
      names: this.#axes.map(({ column }) => column.name),
      turn: () => this.#turn(axis),
      log: () => this.#log(axis),
      drop: (x) => this.#drop(axis, x - this.surface.canvas.getBoundingClientRect().left),
      key: (event) => this.#onKey(event, axis),
    });
  }

  #turn(axis: Axis): void {
    axis.invert = !axis.invert;
    this.#rescale(axis);
  }

  #log(axis: Axis): void {
    axis.log = !axis.log;
    this.#rescale(axis);
  }

  #drop(axis: Axis, x: number): void {
    if (Math.abs(x - axis.x) < 24) return;
    const others = this.#axes.filter((each) => each !== axis);
    const to = others.filter((each) => each.x < x).length;
    this.#axes = [...others.slice(0, to), axis, ...others.slice(to)];
    this.redraw();
  }

  #onKey(event: KeyboardEvent, axis: Axis): void {
    const at = this.#axes.indexOf(axis);
    const { key } = event;
    if (key === 'ArrowLeft' || key === 'ArrowRight') {
      const to = Math.max(0, Math.min(this.#axes.length - 1, at + (key === 'ArrowLeft' ? -1 : 1)));
      this.#axes.splice(at, 1);
      this.#axes.splice(to, 0, axis);
      this.redraw();
    } else if (key === 'ArrowUp' || key === 'ArrowDown')
      moveEdge(this.store, axis.scale, event, key === 'ArrowUp');
    else if (key === 'Escape') this.store.restrict([axis.column, undefined]);
    else if (key === 'i') this.#turn(axis);
    else if (key === 'l' && mayLog(axis.column)) this.#log(axis);
    else return;
    event.preventDefault();
  }

  protected describe(): string {
    return `${this.#rows.length} trials over ${this.#axes.map(({ column }) => column.name).join(', ')}`;
  }

  protected rowsBehind(): Rows {
    const columns = [this.store.columns[0]!, ...this.#axes.map(({ column }) => column)];
    const rows = [...this.#rows.subarray(0, 200)].map((row) =>
      columns.map((column) => formatCell(column, column.values[row]!)),
    );
    return { columns: columns.map(({ name }) => name), rows };
  }
}
