// The trial under the pointer: named in a box beside it, selected by a click. Where the axes are columns, a rectangle
// drawn over the chart filters; elsewhere the keyboard goes from point to point.
import { brushRectangle, type RectangleOptions } from './brush.js';
import type { Places } from './dots.js';
import { Finder } from './finder.js';
import type { Store } from './store.js';
import type { Column } from './table.js';
import { hideTip, showTrial } from './tip.js';
import { walkMarks } from './walk.js';

export interface HoverOptions {
  readonly store: Store;
  columns(): readonly Column[];
  /** Where the axes are columns. */
  readonly brush?: Pick<RectangleOptions, 'frame' | 'scales' | 'enter' | 'turn'>;
}

/** `update` is called with every drawing. */
export function watchPoints(canvas: HTMLCanvasElement, { store, columns, brush }: HoverOptions) {
  let made: { readonly places: Places; readonly rows: Int32Array } | undefined;
  let finder: Finder | undefined;
  const find = (x: number, y: number) => {
    if (made === undefined) return undefined;
    finder ??= new Finder(made.places, made.rows, made.rows.length);
    return finder.nearest(x, y);
  };
  const point = (event: PointerEvent, x: number, y: number) => {
    const row = find(x, y);
    if (row === undefined) hideTip();
    else showTrial(event, store, row, columns());
  };
  const click = (event: MouseEvent, x: number, y: number) => {
    const row = find(x, y);
    if (row !== undefined) store.select(row, event.ctrlKey || event.metaKey || event.shiftKey);
    return row !== undefined;
  };
  if (brush !== undefined) brushRectangle(canvas, { store, ...brush, point, click });
  else {
    const at = (event: MouseEvent) => {
      const box = canvas.getBoundingClientRect();
      return [event.clientX - box.left, event.clientY - box.top] as const;
    };
    canvas.addEventListener('pointermove', (event) => point(event, ...at(event)));
    canvas.addEventListener('pointerleave', hideTip);
    canvas.addEventListener('click', (event) => click(event, ...at(event)));
    walkMarks(canvas, {
      count: () => made?.rows.length ?? 0,
      box: (place) => {
        const row = made!.rows[place]!;
        const [x, y] = [made!.places.xs[row]!, made!.places.ys[row]!];
        return { left: x - 6, top: y - 6, width: 12, height: 12 };
      },
      tell: (place) => `Trial ${store.numberOf(made!.rows[place]!)}`,
      act: (place, beside) => store.select(made!.rows[place]!, beside),
    });
  }
  return {
    update(places: Places, rows: Int32Array): void {
      made = { places, rows };
      finder = undefined;
    },
  };
}
