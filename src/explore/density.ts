// Many lines between neighbouring axes as one picture: trials are counted by where they cross two axes, and each count is
// drawn once. All trials are in it, and a million take no longer than their counting.
import { type Paint, toPixel } from './colour.js';

/** Steps of an axis: with more, a brush over a dozen axes would take longer than a tenth of a second. */
const BINS = 80;
const CELLS = BINS * BINS;
/** The step of a trial that has no place. */
const NONE = 255;

/** The step of each trial on an axis, from its places of 0 to 1. */
export function stepsOf(places: Float32Array): Uint8Array {
  const steps = new Uint8Array(places.length).fill(NONE);
  for (let i = 0; i < places.length; i++)
    if (places[i]! >= 0) steps[i] = Math.min(BINS - 1, Math.round(places[i]! * (BINS - 1)));
  return steps;
}

export interface Gap {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  /** Pixels. */
  readonly left: number;
  readonly right: number;
}

export interface Area {
  readonly width: number;
  readonly height: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Lines {
  readonly gaps: readonly Gap[];
  readonly rows: Int32Array;
  /** Colours of trials; one colour for all where there is none. */
  readonly paint: Paint | undefined;
  readonly plain: string;
}

/** Trials of a cell, and place of its colour: the mean of a metric, the most frequent of a category. */
interface Counts {
  readonly weight: Float32Array;
  readonly colour: Float32Array;
}

function countGap({ from, to }: Gap, rows: Int32Array, paint: Paint | undefined): Counts {
  const weight = new Float32Array(CELLS);
  const colour = new Float32Array(CELLS);
  const lead = new Float32Array(CELLS);
  const { of, isSequence = false } = paint ?? {};
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const a = from[row]!;
    const b = to[row]!;
    if (a === NONE || b === NONE) continue;
    const cell = a * BINS + b;
    weight[cell] = weight[cell]! + 1;
    if (of === undefined) continue;
    const own = of[row]!;
    if (isSequence) colour[cell] = colour[cell]! + own;
    // The majority by Boyer and Moore's vote: one pass, one number held.
    else if (lead[cell] === 0) {
      colour[cell] = own;
      lead[cell] = 1;
    } else lead[cell] = lead[cell]! + (colour[cell] === own ? 1 : -1);
  }
  if (isSequence)
    for (let cell = 0; cell < CELLS; cell++)
      if (weight[cell]! > 0) colour[cell] = colour[cell]! / weight[cell]!;
  return { weight, colour };
}

/** Sums of weight and of weighted colour a pixel; a category's pixel has the colour of its heaviest line. */
interface Sums {
  readonly weight: Float32Array;
  readonly colour: Float32Array;
}

function addGap(
  sums: Sums,
  { width, top, bottom }: Area,
  gap: Gap,
  { counts, isMean }: { readonly counts: Counts; readonly isMean: boolean },
): void {
  const [x0, x1] = [Math.round(gap.left), Math.round(gap.right)];
  const size = bottom - top - 1;
  const { weight, colour } = sums;
  for (let a = 0; a < BINS; a++) {
    const start = bottom - 1 - (a / (BINS - 1)) * size + 0.5;
    for (let b = 0; b < BINS; b++) {
      const own = counts.weight[a * BINS + b]!;
      if (own === 0) continue;
      const tint = counts.colour[a * BINS + b]!;
      const slope = (((a - b) / (BINS - 1)) * size) / Math.max(1, x1 - x0);
      let y = start;
      for (let x = x0; x < x1; x++, y += slope) {
        const at = (y | 0) * width + x;
        if (isMean) colour[at] = colour[at]! + own * tint;
        else if (own > weight[at]!) colour[at] = tint;
        weight[at] = weight[at]! + own;
      }
    }
  }
}

/** A picture of all lines: the more trials, the less one sees through it, on a logarithmic scale. */
export function pictureOf({ gaps, rows, paint, plain }: Lines, area: Area): ImageData {
  const { width, height } = area;
  const sums = { weight: new Float32Array(width * height), colour: new Float32Array(width * height) };
  const isMean = paint?.isSequence ?? false;
  for (const gap of gaps) addGap(sums, area, gap, { counts: countGap(gap, rows, paint), isMean });
  let most = 1;
  for (const weight of sums.weight) if (weight > most) most = weight;
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = paint?.pixels ?? Uint32Array.of(toPixel(plain));
  const scale = 215 / Math.log(1 + most);
  for (let i = 0; i < pixels.length; i++) {
    const weight = sums.weight[i]!;
    if (weight === 0) continue;
    const place = isMean ? Math.round(sums.colour[i]! / weight) : sums.colour[i]!;
    const alpha = 40 + scale * Math.log(1 + weight);
    pixels[i] = ((colours[place]! & 0xffffff) | (alpha << 24)) >>> 0;
  }
  return image;
}
