// Two goals at once: the trials that no other beats in both are the front.

import { select } from '../dom.js';
import { drawDots, radiusFor } from '../dots.js';
import { watchPoints } from '../hover.js';
import { formatNumber, titleOf } from '../numbers.js';
import { ChartPanel, type Rows } from '../panel.js';
import { passing } from '../rows.js';
import { createScale, prefersLog, type Scale } from '../scale.js';
import type { Store } from '../store.js';
import { drawAxes, type Frame, frameOf } from '../surface.js';
import type { Column } from '../table.js';

export class Pareto extends ChartPanel {
  #x: Column;
  #y: Column;
  #front: readonly number[] = [];
  #frame: Frame = { left: 0, top: 0, width: 1, height: 1 };
  #scales: { readonly x: Scale; readonly y: Scale };
  readonly #hover;

  static create(store: Store): Pareto | undefined {
    const goals = goalsOf(store);
    return goals.length < 2 ? undefined : new Pareto(store, goals);
  }

  constructor(store: Store, goals: readonly Column[]) {
    super(store, {
      id: 'pareto',
      title: 'Goals against each other',
      about: 'The line is the front: trials that no other one beats in both. Drag a rectangle to filter.',
      on: ['filter', 'selection', 'colour'],
    });
    [this.#x, this.#y] = [goals[0]!, goals[1]!];
    this.#scales = { x: createScale(this.#x), y: createScale(this.#y) };
    this.#hover = watchPoints(this.surface.canvas, {
      store,
      columns: () => [this.#x, this.#y],
      brush: { frame: () => this.#frame, scales: () => this.#scales },
    });
    this.#makeControls(goals);
  }

  #makeControls(goals: readonly Column[]): void {
    const choices = goals.map((value) => ({ label: `${value.name} (${value.goal})`, value }));
    this.controls.append(
      select('x', choices, this.#x, (column) => {
        this.#x = column;
        this.redraw();
      }),
      select('y', choices, this.#y, (column) => {
        this.#y = column;
        this.redraw();
      }),
    );
  }

  protected override offer(): void {
    this.controls.replaceChildren();
    this.#makeControls(goalsOf(this.store));
  }

  protected draw(): void {
    const { store, surface } = this;
    const width = this.body.clientWidth;
    const context = surface.begin(width, Math.max(260, Math.min(420, width * 0.6)));
    const rows = passing(store);
    const x = createScale(this.#x, { log: prefersLog(this.#x) });
    const y = createScale(this.#y, { log: prefersLog(this.#y) });
    const frame = frameOf(context, y, surface);
    this.#frame = frame;
    this.#scales = { x, y };
    const title = (column: Column) =>
      `${titleOf(column)}, ${column.goal === 'max' ? 'more' : 'less'} is better`;
    drawAxes(context, frame, { x, y, theme: store.theme, xTitle: title(this.#x), yTitle: title(this.#y) });
    const places = { xs: new Float32Array(store.rows), ys: new Float32Array(store.rows) };
    for (const row of rows) {
      places.xs[row] = frame.left + x.place(this.#x.values[row]!) * frame.width;
      places.ys[row] = frame.top + (1 - y.place(this.#y.values[row]!)) * frame.height;
    }
    const { of, css, pixels } = store.paint;
    drawDots(surface, {
      places,
      rows,
      radius: radiusFor(rows.length),
      alpha: 0.55,
      of,
      css,
      pixels,
    });
    this.#front = findFront(rows, this.#x, this.#y);
    context.strokeStyle = store.theme.ink;
    context.fillStyle = store.theme.ink;
    context.lineWidth = 1.5;
    context.beginPath();
    let before: number | undefined;
    for (const row of this.#front) {
      const [px, py] = [places.xs[row]!, places.ys[row]!];
      if (before === undefined) context.moveTo(px, py);
      else {
        context.lineTo(px, before);
        context.lineTo(px, py);
      }
      before = py;
    }
    context.stroke();
    for (const row of this.#front) {
      context.beginPath();
      context.arc(places.xs[row]!, places.ys[row]!, 4, 0, 2 * Math.PI);
      context.fill();
    }
    this.#hover.update(places, rows);
    this.note.textContent = `${this.#front.length.toLocaleString('en-US')} of ${rows.length.toLocaleString('en-US')} trials are on the front.`;
  }

  protected describe(): string {
    return `${this.#front.length} trials on the front of ${titleOf(this.#x)} and ${titleOf(this.#y)}`;
  }

  protected rowsBehind(): Rows {
    const rows = this.#front.map((row) => [
      String(this.store.numberOf(row)),
      formatNumber(this.#x.values[row]!),
      formatNumber(this.#y.values[row]!),
    ]);
    return { columns: ['trial', titleOf(this.#x), titleOf(this.#y)], rows };
  }
}

function goalsOf({ columns }: Store): readonly Column[] {
  return columns.filter(({ goal, kind, low, high }) => goal !== undefined && kind === 'number' && high > low);
}

/** From the best x on, those that are better in y than all before. */
export function findFront(rows: Int32Array, x: Column, y: Column): number[] {
  const [signX, signY] = [x, y].map(({ goal }) => (goal === 'max' ? -1 : 1)) as [number, number];
  const known = [...rows].filter((row) => Number.isFinite(x.values[row]!) && Number.isFinite(y.values[row]!));
  known.sort((a, b) => signX * (x.values[a]! - x.values[b]!) || signY * (y.values[a]! - y.values[b]!));
  let least = Number.POSITIVE_INFINITY;
  return known.filter((row) => {
    const value = signY * y.values[row]!;
    if (value >= least) return false;
    least = value;
    return true;
  });
}
