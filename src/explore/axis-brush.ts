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

export function brushAxes(canvas: HTMLCanvasElement, { store, axes, top, height }: AxisBrushOptions): void {
  let dragged: { readonly axis: Axis; readonly from: number } | undefined;
  const at = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, 1 - (event.clientY - box.top - top) / height()] as const;
  };
  const nearest = (x: number) => axes().find((axis) => Math.abs(axis.x - x) < REACH);
  const isLong = (from: number, to: number) => Math.abs(to - from) * height() > SHORTEST;
  canvas.addEventListener('pointerdown', (event) => {
    const [x, place] = at(event);
    const axis = event.button === 0 ? nearest(x) : undefined;
    if (axis === undefined) return;
    dragged = { axis, from: place };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const [x, place] = at(event);
    canvas.style.cursor = nearest(x) === undefined ? '' : 'ns-resize';
    if (dragged === undefined || !isLong(dragged.from, place)) return;
    const { axis, from } = dragged;
    store.restrict([axis.column, conditionOf(axis.scale, from, place)]);
  });
  canvas.addEventListener('pointerup', (event) => {
    const [, place] = at(event);
    if (dragged !== undefined && !isLong(dragged.from, place))
      store.restrict([dragged.axis.column, undefined]);
    dragged = undefined;
  });
  canvas.addEventListener('pointercancel', () => {
    dragged = undefined;
  });
}
