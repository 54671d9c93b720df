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
  canvas.tabIndex = 0;
  canvas.classList.add('brushed');
  const mark = document.createElement('div');
  mark.className = 'brush';
  let start: readonly [number, number] | undefined;
  const at = (event: PointerEvent) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top] as const;
  };
  const placeOf = ([x, y]: readonly [number, number]) => {
    const { left, top, width, height } = options.frame();
    return [(x - left) / width, 1 - (y - top) / height] as const;
  };
  const apply = (from: readonly [number, number], to: readonly [number, number]) => {
    const [a, b] = [placeOf(from), placeOf(to)];
    const { x, y } = options.scales();
    store.restrict(
      [x.column, conditionOf(x, a[0], b[0])],
      ...(y.column === x.column ? [] : [[y.column, conditionOf(y, a[1], b[1])] as const]),
    );
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    start = at(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const now = at(event);
    if (start === undefined) return options.point(event, ...now);
    hideTip();
    Object.assign(mark.style, {
      left: `${canvas.offsetLeft + Math.min(start[0], now[0])}px`,
      top: `${canvas.offsetTop + Math.min(start[1], now[1])}px`,
      width: `${Math.abs(now[0] - start[0])}px`,
      height: `${Math.abs(now[1] - start[1])}px`,
    });
    if (!mark.isConnected) canvas.after(mark);
    if (isDrag(start, now)) apply(start, now);
  });
  const end = (event: PointerEvent) => {
    mark.remove();
    const now = at(event);
    const isTap = start === undefined ? event.pointerType === 'touch' : !isDrag(start, now);
    start = undefined;
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
    if (event.key === 'Escape') store.restrict([x.column, undefined], [y.column, undefined]);
    else if (event.key === 'ArrowLeft' || event.key === 'ArrowRight')
      moveEdge(store, x, event, event.key === 'ArrowRight');
    else if (event.key === 'ArrowUp' || event.key === 'ArrowDown')
      moveEdge(store, y, event, event.key === 'ArrowUp');
    else return;
    event.preventDefault();
  });
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
