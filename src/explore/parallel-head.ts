// An axis of the parallel coordinates, and what stands above it: its name, which is dragged or moved with keys, and its
// buttons.
import { stepsOf } from './density.js';
import { button, checkbox, make } from './dom.js';
import { partsOf } from './numbers.js';
import { createScale, mayLog, prefersLog, type Scale } from './scale.js';
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

export function createAxis(column: Column): Axis {
  const log = prefersLog(column);
  const scale = createScale(column, { log });
  const places = placesOf(scale);
  return { column, log, invert: false, x: 0, scale, places, steps: stepsOf(places) };
}

/** After it was turned, or its column has other values. */
export function rescale(axis: Axis): void {
  axis.scale = createScale(axis.column, { log: axis.log, invert: axis.invert });
  axis.places = placesOf(axis.scale);
  axis.steps = stepsOf(axis.places);
}

function placesOf({ column, place }: Scale): Float32Array {
  const places = new Float32Array(column.values.length);
  for (let i = 0; i < places.length; i++) places[i] = place(column.values[i]!);
  return places;
}

/** Which columns have an axis. */
export function createChooser(
  all: readonly Column[],
  isShown: (column: Column) => boolean,
  act: (column: Column, on: boolean) => void,
): HTMLElement {
  const boxes = all.map((column) => checkbox(column.name, isShown(column), (on) => act(column, on)));
  const summary = make('summary', { text: `Axes (${all.length})` });
  return make('details', { class: 'chooser' }, summary, make('div', { class: 'choices' }, ...boxes));
}

export interface HeadOptions {
  readonly width: number;
  /** Of all axes that are shown. */
  readonly names: readonly string[];
  turn(): void;
  log(): void;
  /** The name was let go of there, in pixels of the window. */
  drop(x: number): void;
  key(event: KeyboardEvent): void;
}

export function createHead(axis: Axis, { width, names, turn, log, drop, key }: HeadOptions): HTMLElement {
  const { column } = axis;
  const name = button('', () => undefined, {
    class: 'name',
    title: `${column.name}: drag to move`,
    attributes: { 'data-axis': String(column.id), 'aria-label': `Axis ${column.name}` },
  });
  const [start, middle, end] = partsOf(column.name, names, Math.floor((width - 16) / 8.4));
  name.append(
    make('span', { class: 'start', text: start }),
    make('span', { text: middle }),
    make('span', { class: 'end', text: end }),
  );
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
      mayLog(column) ? press('log', axis.log, log, `log: ${column.name} on a logarithmic axis`) : undefined,
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
