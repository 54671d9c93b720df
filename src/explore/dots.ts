// A point a trial: few as round dots, many as squares of a picture.
import { createPicture, type Frame, type Picture, type Surface } from './surface.js';

/** Where rows lie on the canvas; NaN for those that have no place. */
export interface Places {
  readonly xs: Float32Array;
  readonly ys: Float32Array;
}

export interface Dots {
  readonly places: Places;
  /** Rows to draw. */
  readonly rows: Int32Array;
  readonly radius: number | ((row: number) => number);
  readonly alpha: number;
  /** Place of each row's colour in `css` and `pixels`; absent: all have the first. */
  readonly of?: Uint8Array;
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
export const ROUND = 3000;

export function drawDots(surface: Surface, dots: Dots): void {
  if (dots.rows.length <= ROUND) drawRound(surface.context, dots);
  else {
    const [frame, width, height] = sizeOf(surface, dots);
    const picture = surface.picture(width, height);
    fillSquares(picture, dots, frame, surface.ratio);
    putDots(surface, picture.show(), dots);
  }
}

/** The same as a picture to keep. */
export function pictureDots(surface: Surface, dots: Dots): HTMLCanvasElement {
  const [frame, width, height] = sizeOf(surface, dots);
  const picture = createPicture(width, height);
  fillSquares(picture, dots, frame, surface.ratio);
  return picture.show();
}

/** Draws such a picture. */
export function putDots(
  surface: Surface,
  picture: HTMLCanvasElement,
  { alpha, within }: Pick<Dots, 'alpha' | 'within'>,
): void {
  const { context } = surface;
  const { left, top, width, height } = within ?? wholeOf(surface);
  context.globalAlpha = alpha;
  context.drawImage(picture, left - EDGE, top - EDGE, width + 2 * EDGE, height + 2 * EDGE);
  context.globalAlpha = 1;
}

function drawRound(context: CanvasRenderingContext2D, { places, rows, radius, alpha, of, css }: Dots): void {
  context.globalAlpha = alpha;
  for (const row of rows) {
    const x = places.xs[row]!;
    const y = places.ys[row]!;
    if (Number.isNaN(x) || Number.isNaN(y)) continue;
    context.fillStyle = css[of === undefined ? 0 : of[row]!]!;
    context.beginPath();
    context.arc(x, y, typeof radius === 'number' ? radius : radius(row), 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** Points at the edge of their frame are not cut. */
const EDGE = 4;

function wholeOf({ width, height }: Surface): Frame {
  return { left: 0, top: 0, width, height };
}

function sizeOf(surface: Surface, { within }: Dots): readonly [Frame, number, number] {
  const frame = within ?? wholeOf(surface);
  const pixels = (size: number) => Math.max(1, Math.round((size + 2 * EDGE) * surface.ratio));
  return [frame, pixels(frame.width), pixels(frame.height)];
}

function fillSquares(picture: Picture, dots: Dots, frame: Frame, ratio: number): void {
  const { places, rows, radius, of, pixels } = dots;
  const { xs, ys } = places;
  const [dx, dy] = [EDGE - frame.left, EDGE - frame.top];
  const { width, height } = picture.canvas;
  const out = picture.pixels;
  const isEqual = typeof radius === 'number';
  let half = isEqual ? halfOf(radius, ratio) : 0;
  let size = Math.max(1, Math.round(2 * half));
  let pixel = pixels[0]!;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const x = (xs[row]! + dx) * ratio;
    const y = (ys[row]! + dy) * ratio;
    if (!(x >= 0 && y >= 0)) continue;
    if (!isEqual) {
      half = halfOf(radius(row), ratio);
      size = Math.max(1, Math.round(2 * half));
    }
    if (of !== undefined) pixel = pixels[of[row]!]!;
    const left = Math.max(0, (x - half + 0.5) | 0);
    const top = Math.max(0, (y - half + 0.5) | 0);
    const right = Math.min(width, left + size);
    const bottom = Math.min(height, top + size);
    for (let v = top; v < bottom; v++)
      for (let at = v * width + left; at < v * width + right; at++) out[at] = pixel;
  }
}

function halfOf(radius: number, ratio: number): number {
  return Math.max(0.5, radius * ratio * 0.8);
}
