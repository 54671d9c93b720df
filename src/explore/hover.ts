// The trial under the pointer: named in a box beside it, selected by a click.

import type { Places } from './dots.js';
import { Finder } from './finder.js';
import type { Store } from './store.js';
import type { Column } from './table.js';
import { hideTip, showTrial } from './tip.js';

export interface HoverOptions {
  readonly store: Store;
  columns(): readonly Column[];
}

/** `update` is called with every drawing. */
export function watchPoints(canvas: HTMLCanvasElement, { store, columns }: HoverOptions) {
  let made: { readonly places: Places; readonly rows: Int32Array } | undefined;
  let finder: Finder | undefined;
  const find = (event: PointerEvent) => {
    if (made === undefined) return undefined;
    finder ??= new Finder(made.places, made.rows, made.rows.length);
    const box = canvas.getBoundingClientRect();
    return finder.nearest(event.clientX - box.left, event.clientY - box.top);
  };
  canvas.addEventListener('pointermove', (event) => {
    const row = find(event);
    if (row === undefined) hideTip();
    else showTrial(event, store, row, columns());
  });
  canvas.addEventListener('pointerleave', hideTip);
  canvas.addEventListener('click', (event) => {
    const row = find(event as PointerEvent);
    if (row !== undefined) store.select(row, event.ctrlKey || event.metaKey || event.shiftKey);
  });
  return {
    update(places: Places, rows: Int32Array): void {
      made = { places, rows };
      finder = undefined;
    },
  };
}
