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

/** Pixels (0xAABBGGRR) and the canvas that `show` puts them on. */
export interface Picture {
  readonly canvas: HTMLCanvasElement;
  readonly pixels: Uint32Array;
  show(): HTMLCanvasElement;
}

export function createPicture(width: number, height: number): Picture {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext('2d')!;
  const image = new ImageData(width, height);
  return {
    canvas,
    pixels: new Uint32Array(image.data.buffer),
    show: () => {
      context.putImageData(image, 0, 0);
      return canvas;
    },
  };
}

export class Surface {
  readonly canvas = document.createElement('canvas');
  context = this.canvas.getContext('2d')!;
  width = 0;
  height = 0;
  ratio = 1;
  #picture: Picture | undefined;

  /** A picture of so many pixels to fill and draw at once; the next one of that size is the same, cleared. */
  picture(width: number, height: number): Picture {
    if (this.#picture?.canvas.width === width && this.#picture.canvas.height === height) {
      this.#picture.pixels.fill(0);
      return this.#picture;
    }
    this.#picture = createPicture(width, height);
    return this.#picture;
  }

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
