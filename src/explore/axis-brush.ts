// A stretch of an axis of the parallel coordinates, drawn with the mouse or a finger: it becomes a condition.
import { conditionOf } from './brush.js';
import type { Axis } from './parallel-head.js';
import type { Store } from './store.js';

export interface AxisBrushOptions {
  readonly store: Store;
  axes(): readonly Axis[];
  /** Where the axes begin, and how long they are. */
  readonly top: number;
  height(): number;
}

const REACH = 16;
/** Less is a click, which takes the condition away. */
const SHORTEST = 4;

/**
 * On all of `holder`, which holds the canvas and, where a finger must not scroll the page, a grip over each axis. What is
 * grabbed may be made anew with each drawing: the holder keeps the pointer.
 */
export function brushAxes(
  holder: HTMLElement,
  canvas: HTMLCanvasElement,
  { store, axes, top, height }: AxisBrushOptions,
): void {
  let dragged: { readonly axis: Axis; readonly from: number } | undefined;
  let grabbed: DOMRect | undefined;
  // As in brush.ts: the page may move under it.
  const at = (event: PointerEvent) => {
    const box = grabbed ?? canvas.getBoundingClientRect();
    return [event.clientX - box.left, 1 - (event.clientY - box.top - top) / height()] as const;
  };
  const nearest = (x: number) => axes().find((axis) => Math.abs(axis.x - x) < REACH);
  const isLong = (from: number, to: number) => Math.abs(to - from) * height() > SHORTEST;
  holder.addEventListener('pointerdown', (event) => {
    if ((event.target as HTMLElement).closest('button') !== null) return;
    const [x, place] = at(event);
    const axis = event.button === 0 ? nearest(x) : undefined;
    if (axis === undefined) return;
    dragged = { axis, from: place };
    grabbed = canvas.getBoundingClientRect();
    holder.setPointerCapture(event.pointerId);
  });
  holder.addEventListener('pointermove', (event) => {
    const [x, place] = at(event);
    holder.style.cursor = nearest(x) === undefined ? '' : 'ns-resize';
    if (dragged === undefined || !isLong(dragged.from, place)) return;
    const { axis, from } = dragged;
    store.restrict([axis.column, conditionOf(axis.scale, from, place)]);
  });
  holder.addEventListener('pointerup', (event) => {
    const [, place] = at(event);
    if (dragged !== undefined && !isLong(dragged.from, place))
      store.restrict([dragged.axis.column, undefined]);
    dragged = undefined;
    grabbed = undefined;
  });
  holder.addEventListener('pointercancel', () => {
    dragged = undefined;
    grabbed = undefined;
  });
}
