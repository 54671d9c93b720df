// Colours of trials: by a metric on a scale that is even in lightness, by a category in colours that stay apart for
// colour-blind readers. One choice holds for the whole page.

import { VIRIDIS } from './palette.js';
import { createScale, prefersLog } from './scale.js';
import type { Column } from './table.js';

const STEPS = 64;
/** Categories past the page's nine colours share the last. */
const CATEGORIES = 9;

export interface Paint {
  readonly column: Column | undefined;
  /** Place of each trial's colour in `css`. */
  readonly of: Uint8Array;
  readonly css: readonly string[];
  /** As pixels: 0xAABBGGRR. */
  readonly pixels: Uint32Array;
  readonly isSequence: boolean;
}

/** The page's own colours, which turn with its theme. */
export interface Theme {
  readonly ink: string;
  readonly muted: string;
  readonly rule: string;
  readonly paper: string;
  readonly context: string;
  readonly accent: string;
  readonly categories: readonly string[];
}

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const read = (name: string) => style.getPropertyValue(name).trim();
  return {
    ink: read('--ink'),
    muted: read('--muted'),
    rule: read('--rule'),
    paper: read('--paper'),
    context: read('--context'),
    accent: read('--c0'),
    categories: Array.from({ length: CATEGORIES }, (_, i) => read(`--c${i}`)),
  };
}

export function createPaint(column: Column | undefined, rows: number, theme: Theme): Paint {
  const of = new Uint8Array(rows);
  const finish = (css: readonly string[], isSequence: boolean): Paint => ({
    column,
    of,
    css,
    pixels: Uint32Array.from(css, toPixel),
    isSequence,
  });
  if (column === undefined) return finish([theme.accent], false);
  const { values } = column;
  if (column.kind === 'category') {
    for (let i = 0; i < rows; i++)
      of[i] = Number.isNaN(values[i]!) ? CATEGORIES : Math.min(values[i]!, CATEGORIES - 1);
    return finish([...theme.categories, theme.muted], false);
  }
  const scale = createScale(column, { log: prefersLog(column) });
  for (let i = 0; i < rows; i++) {
    const place = scale.place(values[i]!);
    of[i] = Number.isNaN(place) ? STEPS : Math.max(0, Math.min(STEPS - 1, Math.floor(place * STEPS)));
  }
  // The darkest end would not be seen on a dark page.
  return finish([...viridisSteps(isLight(theme.paper) ? 0 : 0.22), theme.muted], true);
}

function viridisSteps(from: number): string[] {
  return Array.from({ length: STEPS }, (_, i) => viridis(from + ((1 - from) * (i + 0.5)) / STEPS));
}

/** 0 to 1. */
export function viridis(place: number): string {
  const at = Math.max(0, Math.min(1, place)) * (VIRIDIS.length - 1);
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at));
  const [a, b] = [parse(VIRIDIS[low]!), parse(VIRIDIS[low + 1]!)];
  const mixed = a.map((part, i) => Math.round(part + (b[i]! - part) * (at - low)));
  return `#${mixed.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** Red, green, blue of `#rrggbb`. */
export function parse(colour: string): readonly [number, number, number] {
  const number = Number.parseInt(colour.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

export function toPixel(colour: string): number {
  const [r, g, b] = parse(colour);
  return ((255 << 24) | (b << 16) | (g << 8) | r) >>> 0;
}

/** Whether text on this colour is black. */
export function isLight(colour: string): boolean {
  const [r, g, b] = parse(colour);
  return 0.299 * r + 0.587 * g + 0.114 * b > 140;
}
