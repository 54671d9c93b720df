// A rectangle drawn over a chart of two columns: it becomes conditions on both. The keyboard moves its edges.
import type { Scale } from './scale.js';
import type { Condition, Store } from './store.js';
import type { Frame } from './surface.js';
import { hideTip } from './tip.js';

export interface RectangleOptions {
  readonly store: Store;
  frame(): Frame;
  scales(): { readonly x: Scale; readonly y: Scale };
  point(event: PointerEvent, x: number, y: number): void;
  /** Whether there was something to click. */
  click(event: PointerEvent, x: number, y: number): boolean;
  /** Of a canvas of several charts: a brush begins there, or the keys go on to the next or the one before. */
  enter?(x: number, y: number): void;
  turn?(by: 1 | -1): void;
}

/** What a stretch of an axis, from place to place, asks of its column. */
export function conditionOf(scale: Scale, from: number, to: number): Condition {
  const [a, b] = [scale.value(Math.max(0, Math.min(from, to))), scale.value(Math.min(1, Math.max(from, to)))];
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  if (scale.column.kind === 'number') return { kind: 'range', low, high };
  const codes = scale.column.labels.flatMap((_, code) => (code >= low && code <= high ? [code] : []));
  return { kind: 'set', codes: new Set(codes) };
}

/** Ends of a condition as places of an axis; the whole axis where there is none. */
export function stretchOf(scale: Scale, condition: Condition | undefined): readonly [number, number] {
  if (condition === undefined) return [0, 1];
  const { column } = scale;
  if (condition.kind === 'range') {
    const clamp = (value: number) =>
      Math.max(0, Math.min(1, scale.place(Math.max(column.low, Math.min(column.high, value)))));
    const [a, b] = [clamp(condition.low), clamp(condition.high)];
    return [Math.min(a, b), Math.max(a, b)];
  }
  if (condition.codes.size === 0) return [0, 1];
  const places = [...condition.codes].map((code) => scale.place(code));
  const half = 0.5 / Math.max(1, column.labels.length);
  return [Math.min(...places) - half, Math.max(...places) + half];
}

export function brushRectangle(canvas: HTMLCanvasElement, options: RectangleOptions): void {
  const { store } = options;
  takeKeys(canvas, KEYS);
  canvas.classList.add('brushed');
  const mark = document.createElement('div');
  mark.className = 'brush';
  let start: readonly [number, number] | undefined;
  let grabbed: DOMRect | undefined;
  // The page may move under a brush, where its filter takes more lines of the bar: the chart stays where it was grabbed.
  const at = (event: PointerEvent) => {
    const box = grabbed ?? canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top] as const;
  };
  const apply = (from: readonly [number, number], to: readonly [number, number], isFlat: boolean) => {
    const { left, top, width, height } = options.frame();
    const { x, y } = options.scales();
    const across = conditionOf(x, (from[0] - left) / width, (to[0] - left) / width);
    const up = conditionOf(y, 1 - (from[1] - top) / height, 1 - (to[1] - top) / height);
    store.restrict([x.column, across], ...(y.column === x.column || isFlat ? [] : [[y.column, up] as const]));
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    grabbed = canvas.getBoundingClientRect();
    start = at(event);
    options.enter?.(...start);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const now = at(event);
    if (start === undefined) {
      options.point(event, ...now);
      return;
    }
    hideTip();
    // A finger that moves up or down scrolls the page: where it goes sideways it asks for a stretch of x.
    const isFlat = event.pointerType === 'touch' && Math.abs(now[1] - start[1]) < FLAT;
    const { top, height } = options.frame();
    const [from, to] = isFlat ? [top, top + height] : [start[1], now[1]];
    Object.assign(mark.style, {
      left: `${canvas.offsetLeft + Math.min(start[0], now[0])}px`,
      top: `${canvas.offsetTop + Math.min(from, to)}px`,
      width: `${Math.abs(now[0] - start[0])}px`,
      height: `${Math.abs(to - from)}px`,
    });
    if (!mark.isConnected) canvas.after(mark);
    if (isDrag(start, now)) apply(start, now, isFlat);
  });
  const end = (event: PointerEvent) => {
    mark.remove();
    const now = at(event);
    const isTap = start !== undefined && !isDrag(start, now);
    start = undefined;
    grabbed = undefined;
    if (event.type === 'pointerup' && isTap && !options.click(event, ...now)) {
      const { x, y } = options.scales();
      if (store.conditions.has(x.column) || store.conditions.has(y.column))
        store.restrict([x.column, undefined], [y.column, undefined]);
    }
  };
  canvas.addEventListener('pointerup', end);
  canvas.addEventListener('pointercancel', end);
  canvas.addEventListener('pointerleave', hideTip);
  canvas.addEventListener('keydown', (event) => {
    const { x, y } = options.scales();
    const { key } = event;
    if (key === 'Escape') store.restrict([x.column, undefined], [y.column, undefined]);
    else if (key === 'ArrowLeft' || key === 'ArrowRight') moveEdge(store, x, event, key === 'ArrowRight');
    else if (key === 'ArrowUp' || key === 'ArrowDown') moveEdge(store, y, event, key === 'ArrowUp');
    else if (options.turn !== undefined && (key === 'PageUp' || key === 'PageDown'))
      options.turn(key === 'PageDown' ? 1 : -1);
    else return;
    event.preventDefault();
  });
}

/** Pixels that a finger goes up or down without meaning it. */
const FLAT = 30;

const KEYS = 'Arrow keys move the upper edges of the filter, with Shift the lower ones; Escape removes it.';

/** A canvas that the keyboard works on: `about` says how. */
export function takeKeys(canvas: HTMLCanvasElement, about: string): void {
  canvas.tabIndex = 0;
  canvas.setAttribute('role', 'application');
  canvas.setAttribute('aria-roledescription', 'chart');
  canvas.setAttribute('aria-description', about);
}

/** Moves the upper edge of a column's condition by a fiftieth of the axis; with Shift, the lower one. */
export function moveEdge(store: Store, scale: Scale, { shiftKey }: KeyboardEvent, isUp: boolean): void {
  const { column } = scale;
  const step = column.kind === 'category' ? 1 / Math.max(1, column.labels.length) : 0.02;
  const [low, high] = stretchOf(scale, store.conditions.get(column));
  const by = isUp ? step : -step;
  const from = shiftKey ? Math.max(0, Math.min(high - step / 2, low + by)) : low;
  const to = shiftKey ? high : Math.min(1, Math.max(low + step / 2, high + by));
  const isWhole = from < 1e-9 && to > 1 - 1e-9;
  store.restrict([column, isWhole ? undefined : conditionOf(scale, from, to)]);
}

function isDrag(a: readonly [number, number], b: readonly [number, number]): boolean {
  return Math.abs(a[0] - b[0]) > 4 || Math.abs(a[1] - b[1]) > 4;
}
