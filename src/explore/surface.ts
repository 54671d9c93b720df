// A canvas in the pixels of the screen, with the drawing that all views share: axes, points, text. Positions are CSS
// pixels.
import type { Theme } from './colour.js';
import { shorten, titleOf } from './numbers.js';
import type { Scale } from './scale.js';
import { SvgContext } from './svg.js';

export const FONT = '12px system-ui, -apple-system, "Segoe UI", Helvetica, Arial, sans-serif';

/** Where data is drawn. */
export interface Frame {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export class Surface {
  readonly canvas = document.createElement('canvas');
  context = this.canvas.getContext('2d')!;
  width = 0;
  height = 0;
  ratio = 1;

  /** What `draw` draws, as SVG. */
  record(title: string, { paper, ink }: Pick<Theme, 'paper' | 'ink'>, draw: () => void): string {
    const { context } = this;
    const recorder = new SvgContext(context);
    // It has all that the views use of a context.
    this.context = recorder as unknown as CanvasRenderingContext2D;
    try {
      draw();
    } finally {
      this.context = context;
    }
    return recorder.finish(title, { width: this.width, height: this.height, paper, ink });
  }

  /** Clears it, and fits it to the size and the screen. */
  begin(width: number, height: number): CanvasRenderingContext2D {
    this.width = width;
    this.height = height;
    this.ratio = Math.min(3, window.devicePixelRatio || 1);
    const [w, h] = [Math.round(width * this.ratio), Math.round(height * this.ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
      this.canvas.style.height = `${height}px`;
    }
    const { context } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, w, h);
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.font = FONT;
    context.globalAlpha = 1;
    context.lineWidth = 1;
    context.setLineDash([]);
    return context;
  }
}

export interface AxesOptions {
  readonly x: Scale;
  readonly y: Scale;
  readonly theme: Theme;
  /** Instead of the columns' names. */
  readonly xTitle?: string;
  readonly yTitle?: string;
}

/** The room that the axes of a chart need. */
export function frameOf(
  context: CanvasRenderingContext2D,
  y: Scale,
  { width, height }: { readonly width: number; readonly height: number },
): Frame {
  const labels = y.ticks(Math.max(2, height / 40)).map(({ label }) => context.measureText(label).width);
  const left = Math.min(width * 0.35, Math.max(28, ...labels) + 14);
  return { left, top: 24, width: Math.max(40, width - left - 16), height: Math.max(40, height - 24 - 46) };
}

export function drawAxes(context: CanvasRenderingContext2D, frame: Frame, options: AxesOptions): void {
  const { x, y, theme } = options;
  const { left, top, width, height } = frame;
  const bottom = top + height;
  context.strokeStyle = theme.rule;
  context.fillStyle = theme.muted;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const { at, label } of y.ticks(Math.max(2, height / 40))) {
    const place = Math.round(bottom - at * height) + 0.5;
    line(context, [left, place], [left + width, place]);
    context.fillText(label, left - 6, place, Math.max(20, left - 10));
  }
  context.textBaseline = 'top';
  context.textAlign = 'center';
  let free = Number.NEGATIVE_INFINITY;
  for (const { at, label } of x.ticks(Math.max(2, width / 70))) {
    const place = Math.round(left + at * width) + 0.5;
    line(context, [place, bottom], [place, bottom + 4]);
    const half = context.measureText(label).width / 2;
    if (place - half < free) continue;
    context.fillText(label, Math.min(place, left + width + 12 - half), bottom + 7);
    free = place + half + 6;
  }
  context.fillStyle = theme.ink;
  const xTitle = options.xTitle ?? titleOf(x.column);
  context.fillText(
    shorten(xTitle, Math.floor(width / 7)) + (x.log ? ' (log)' : ''),
    left + width / 2,
    bottom + 27,
  );
  context.textAlign = 'left';
  context.textBaseline = 'top';
  const yTitle = options.yTitle ?? titleOf(y.column);
  context.fillText(shorten(yTitle, Math.floor((width + left) / 7)) + (y.log ? ' (log)' : ''), 4, 3);
}

type Point = readonly [number, number];

export function line(context: CanvasRenderingContext2D, from: Point, to: Point): void {
  context.beginPath();
  context.moveTo(...from);
  context.lineTo(...to);
  context.stroke();
}

/** Where rows lie on the canvas; NaN for those that have no place. */
export interface Places {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

export interface Dots {
  readonly places: Places;
  /** Rows to draw, the first `count` of them. */
  readonly rows: Int32Array;
  readonly count: number;
  readonly radius: number | ((row: number) => number);
  readonly alpha: number;
  /** Place of a row's colour in `css` and `pixels`. */
  readonly of: (row: number) => number;
  readonly css: readonly string[];
  readonly pixels: Uint32Array;
  /** Where they all lie; the whole canvas where it is not said. */
  readonly within?: Frame;
}

/** The more points, the smaller. */
export function radiusFor(count: number): number {
  return count > 20_000 ? 1.1 : count > 3000 ? 1.5 : count > 300 ? 2.4 : count > 40 ? 3.2 : 4.5;
}

/** Above so many, points are pixels of a picture: 100,000 take a few milliseconds. */
const ROUND = 3000;

export function drawDots(surface: Surface, dots: Dots): void {
  if (dots.count <= ROUND) drawRound(surface.context, dots);
  else drawSquare(surface, dots);
}

function drawRound(
  context: CanvasRenderingContext2D,
  { places, rows, count, radius, alpha, of, css }: Dots,
): void {
  context.globalAlpha = alpha;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const x = places.xs[row]!;
    const y = places.ys[row]!;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    context.fillStyle = css[of(row)]!;
    context.beginPath();
    context.arc(x, y, typeof radius === 'number' ? radius : radius(row), 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

function drawSquare(surface: Surface, dots: Dots): void {
  const { context, ratio } = surface;
  const { alpha, within = { left: 0, top: 0, width: surface.width, height: surface.height } } = dots;
  context.globalAlpha = alpha;
  const { left, top, width, height } = within;
  context.drawImage(
    canvasOf(squares(dots, within, ratio)),
    left - EDGE,
    top - EDGE,
    width + 2 * EDGE,
    height + 2 * EDGE,
  );
  context.globalAlpha = 1;
}

/** Points at the edge of their frame are not cut. */
const EDGE = 4;

function squares({ places, rows, count, radius, of, pixels }: Dots, frame: Frame, ratio: number): ImageData {
  const width = Math.max(1, Math.round((frame.width + 2 * EDGE) * ratio));
  const height = Math.max(1, Math.round((frame.height + 2 * EDGE) * ratio));
  const image = new ImageData(width, height);
  const out = new Uint32Array(image.data.buffer);
  const { xs, ys } = places;
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    const x = (xs[row]! - frame.left + EDGE) * ratio;
    const y = (ys[row]! - frame.top + EDGE) * ratio;
    if (!(x >= 0 && y >= 0)) continue;
    const half = Math.max(0.5, (typeof radius === 'number' ? radius : radius(row)) * ratio * 0.8);
    const size = Math.max(1, Math.round(2 * half));
    const left = Math.max(0, Math.round(x - half));
    const top = Math.max(0, Math.round(y - half));
    const right = Math.min(width, left + size);
    const bottom = Math.min(height, top + size);
    const pixel = pixels[of(row)]!;
    for (let v = top; v < bottom; v++) for (let u = left; u < right; u++) out[v * width + u] = pixel;
  }
  return image;
}

export function canvasOf(image: ImageData): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')!.putImageData(image, 0, 0);
  return canvas;
}

/** Over what is drawn already, the whole canvas. */
export function putPicture({ context, width, height }: Surface, image: ImageData, alpha: number): void {
  context.globalAlpha = alpha;
  context.drawImage(canvasOf(image), 0, 0, width, height);
  context.globalAlpha = 1;
}

/** Rows by where they lie, to find the one under the pointer. */
export class Finder {
  readonly #cells = new Map<number, number[]>();
  readonly #places: Places;

  constructor(places: Places, rows: Int32Array, count: number) {
    this.#places = places;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      const x = places.xs[row]!;
      if (Number.isNaN(x) || Number.isNaN(places.ys[row]!)) continue;
      const key = keyOf(x, places.ys[row]!);
      const cell = this.#cells.get(key);
      if (cell === undefined) this.#cells.set(key, [row]);
      else cell.push(row);
    }
  }

  /** The nearest row within `reach` pixels. */
  nearest(x: number, y: number, reach = 12): number | undefined {
    let best: number | undefined;
    let least = reach * reach;
    for (let dx = -CELL; dx <= CELL; dx += CELL)
      for (let dy = -CELL; dy <= CELL; dy += CELL)
        for (const row of this.#cells.get(keyOf(x + dx, y + dy)) ?? []) {
          const distance = (this.#places.xs[row]! - x) ** 2 + (this.#places.ys[row]! - y) ** 2;
          if (distance < least) {
            least = distance;
            best = row;
          }
        }
    return best;
  }
}

const CELL = 16;
const keyOf = (x: number, y: number): number => Math.floor(x / CELL) * 65_536 + Math.floor(y / CELL);
