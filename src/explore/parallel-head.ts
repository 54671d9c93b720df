// An axis of the parallel coordinates, and what stands above it: its name, which is dragged or moved with keys, and its
// buttons.
import { button, make } from './dom.js';
import { squeeze } from './numbers.js';
import { mayLog, type Scale } from './scale.js';
import type { Column } from './table.js';

/** Axes shown at first. */
const FIRST = 12;

export interface Axis {
  readonly column: Column;
  log: boolean;
  invert: boolean;
  /** Left to right, CSS pixels. */
  x: number;
  scale: Scale;
  places: Float32Array;
  /** The same in steps, for a density. */
  steps: Uint8Array;
}

export interface HeadOptions {
  readonly width: number;
  turn(): void;
  log(): void;
  /** The name was let go of there, in pixels of the window. */
  drop(x: number): void;
  key(event: KeyboardEvent): void;
}

export function createHead(axis: Axis, { width, turn, log, drop, key }: HeadOptions): HTMLElement {
  const { column } = axis;
  const shown = squeeze(column.name, Math.max(5, Math.floor((width - 8) / 9.6)));
  // What is read out begins with what is seen.
  const whole = shown === column.name ? `${shown}, axis` : `${shown}, axis ${column.name}`;
  const name = button(shown, () => undefined, {
    class: 'name',
    title: `${column.name}: drag to move`,
    attributes: { 'data-axis': String(column.id), 'aria-label': whole },
  });
  name.addEventListener('keydown', key);
  name.addEventListener('pointerdown', (event) => name.setPointerCapture(event.pointerId));
  name.addEventListener('pointerup', (event) => drop(event.clientX));
  const press = (text: string, on: boolean, act: () => void, title: string) =>
    button(text, act, { title, attributes: { 'aria-pressed': String(on), 'aria-label': title } });
  const head = make(
    'div',
    { class: 'head' },
    name,
    make(
      'div',
      {},
      press('⇅', axis.invert, turn, `Turn ${column.name} upside down`),
      mayLog(column) ? press('log', axis.log, log, `log axis of ${column.name}`) : undefined,
    ),
  );
  head.style.left = `${axis.x}px`;
  head.style.width = `${width}px`;
  return head;
}

/** Parameters that vary, then metrics, those with a goal last. */
export function firstAxes(all: readonly Column[]): readonly Column[] {
  const axes = all.filter(({ role }) => role === 'axis');
  const metrics = all
    .filter(({ role }) => role === 'metric')
    .sort((a, b) => Number(b.goal !== undefined) - Number(a.goal !== undefined));
  const parameters = axes.slice(0, Math.max(FIRST - 3, FIRST - metrics.length));
  const shown = [...parameters, ...metrics.slice(0, FIRST - parameters.length).reverse()];
  return shown.length >= 2 ? shown : all.slice(0, FIRST);
}
