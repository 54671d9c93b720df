// Many lines between neighbouring axes as one picture: trials are counted by where they cross two axes, and each count is
// drawn once. All trials are in it, and a million take no longer than their counting.
import { type Paint, parse } from './colour.js';

/** Steps of an axis. */
export const BINS = 128;

export interface Gap {
  /** Places of the trials on its two axes, 0 to 1 from the bottom; NaN where a trial has none. */
  readonly from: Float32Array;
  readonly to: Float32Array;
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

/** Adds the lines of one gap to sums of weight, red, green and blue a pixel. */
function addGap(sums: Float32Array, { width, top, bottom }: Area, gap: Gap, counts: Counts): void {
  const { left, right } = gap;
  const [x0, x1] = [Math.round(left), Math.round(right)];
  const size = bottom - top - 1;
  for (let a = 0; a < BINS; a++) {
    for (let b = 0; b < BINS; b++) {
      const weight = counts.weight[a * BINS + b]!;
      if (weight === 0) continue;
      const [red, green, blue] = counts.colour(a * BINS + b);
      const from = bottom - 1 - (a / (BINS - 1)) * size;
      const slope = (((a - b) / (BINS - 1)) * size) / Math.max(1, x1 - x0);
      for (let x = x0; x < x1; x++) {
        const at = 4 * (Math.round(from + slope * (x - x0)) * width + x);
        sums[at] = sums[at]! + weight;
        sums[at + 1] = sums[at + 1]! + weight * red;
        sums[at + 2] = sums[at + 2]! + weight * green;
        sums[at + 3] = sums[at + 3]! + weight * blue;
      }
    }
  }
}

interface Counts {
  readonly weight: Float32Array;
  colour(cell: number): readonly [number, number, number];
}

/** Trials a cell, and the mean colour of a metric or the most frequent one of a category. */
function countGap({ from, to }: Gap, rows: Int32Array, paint: Paint | undefined, plain: string): Counts {
  const weight = new Float32Array(BINS * BINS);
  const sum = new Float32Array(BINS * BINS);
  const held = new Float32Array(BINS * BINS);
  const of = paint?.of;
  const isSequence = paint?.isSequence ?? false;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const a = from[row]!;
    const b = to[row]!;
    if (!(a >= 0 && b >= 0)) continue;
    const cell = Math.round(a * (BINS - 1)) * BINS + Math.round(b * (BINS - 1));
    weight[cell] = weight[cell]! + 1;
    if (of === undefined) continue;
    const colour = of[row]!;
    if (isSequence) sum[cell] = sum[cell]! + colour;
    else if (held[cell] === 0) [sum[cell], held[cell]] = [colour, 1];
    else held[cell] = held[cell]! + (sum[cell] === colour ? 1 : -1);
  }
  const table = (paint?.css ?? [plain]).map(parse);
  return {
    weight,
    colour: (cell) =>
      table[isSequence ? Math.round(sum[cell]! / weight[cell]!) : (sum[cell] ?? 0)] ?? table[0]!,
  };
}

export interface Lines {
  readonly gaps: readonly Gap[];
  readonly rows: Int32Array;
  /** Colours of trials; one colour for all where there is none. */
  readonly paint: Paint | undefined;
  readonly plain: string;
}

/** A picture of all lines: the more trials, the less one sees through it, on a logarithmic scale. */
export function pictureOf({ gaps, rows, paint, plain }: Lines, area: Area): ImageData {
  const { width, height } = area;
  const sums = new Float32Array(4 * width * height);
  for (const gap of gaps) addGap(sums, area, gap, countGap(gap, rows, paint, plain));
  let most = 1;
  for (let i = 0; i < sums.length; i += 4) if (sums[i]! > most) most = sums[i]!;
  const image = new ImageData(width, height);
  const scale = 215 / Math.log(1 + most);
  for (let i = 0; i < sums.length; i += 4) {
    const weight = sums[i]!;
    if (weight === 0) continue;
    image.data[i] = sums[i + 1]! / weight;
    image.data[i + 1] = sums[i + 2]! / weight;
    image.data[i + 2] = sums[i + 3]! / weight;
    image.data[i + 3] = 40 + scale * Math.log(1 + weight);
  }
  return image;
}
