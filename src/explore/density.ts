// Many lines between neighbouring axes as one picture: trials are counted by where they cross two axes, and each count is
// drawn once. All trials are in it, and a million take no longer than their counting.
import { type Paint, toPixel } from './colour.js';

/** Steps of an axis. */
const BINS = 80;
/** While a brush is drawn: a quarter of the lines. */
const DRAFT_BINS = BINS / 2;
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
  readonly lead: Float32Array;
}

const LOGS = Float32Array.from({ length: 4096 }, (_, i) => Math.log(1 + i));
const logOf = (weight: number): number => (weight < LOGS.length ? LOGS[weight | 0]! : Math.log(1 + weight));

/** Holds the room that a picture takes to make, for the next one. */
export class Density {
  readonly #counts: Counts = {
    weight: new Float32Array(BINS * BINS),
    colour: new Float32Array(BINS * BINS),
    lead: new Float32Array(BINS * BINS),
  };
  /** Sums of weight and of weighted colour a pixel; a category's pixel has the colour of its heaviest line. */
  #weight = new Float32Array(0);
  #colour = new Float32Array(0);

  /** All lines: the more trials, the less one sees through them, on a logarithmic scale. A draft is coarser. */
  draw(pixels: Uint32Array, { gaps, rows, paint, plain }: Lines, area: Area, isDraft = false): void {
    const { width, height } = area;
    if (this.#weight.length !== width * height) {
      this.#weight = new Float32Array(width * height);
      this.#colour = new Float32Array(width * height);
    } else {
      this.#weight.fill(0);
      this.#colour.fill(0);
    }
    const isMean = paint?.isSequence ?? false;
    for (const gap of gaps) {
      this.#count(gap, rows, paint, isDraft);
      this.#addGap(gap, area, { bins: isDraft ? DRAFT_BINS : BINS, isMean });
    }
    const weights = this.#weight;
    const tints = this.#colour;
    let most = 1;
    for (let i = 0; i < weights.length; i++) if (weights[i]! > most) most = weights[i]!;
    const colours = paint?.pixels ?? Uint32Array.of(toPixel(plain));
    const scale = 215 / Math.log(1 + most);
    for (let i = 0; i < pixels.length; i++) {
      const weight = weights[i]!;
      if (weight === 0) continue;
      const place = isMean ? (tints[i]! / weight + 0.5) | 0 : tints[i]!;
      const alpha = (40 + scale * logOf(weight)) | 0;
      pixels[i] = ((colours[place]! & 0xffffff) | (alpha << 24)) >>> 0;
    }
  }

  #count({ from, to }: Gap, rows: Int32Array, paint: Paint | undefined, isDraft: boolean): void {
    const { weight, colour, lead } = this.#counts;
    for (const list of [weight, colour, lead]) list.fill(0);
    const { of, isSequence = false } = paint ?? {};
    const shift = isDraft ? 1 : 0;
    const bins = BINS >> shift;
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i]!;
      const a = from[row]!;
      const b = to[row]!;
      if (a === NONE || b === NONE) continue;
      const cell = (a >> shift) * bins + (b >> shift);
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
  }

  /** Each cell's line, drawn once with the weight of its trials; of a metric, `colour` holds the sum of its trials. */
  #addGap(
    gap: Gap,
    { width, top, bottom }: Area,
    { bins, isMean }: { readonly bins: number; readonly isMean: boolean },
  ): void {
    const [x0, x1] = [Math.round(gap.left), Math.round(gap.right)];
    const size = bottom - top - 1;
    const step = size / (bins - 1);
    const weight = this.#weight;
    const colour = this.#colour;
    for (let a = 0; a < bins; a++) {
      const start = bottom - 1 - a * step + 0.5;
      for (let b = 0; b < bins; b++) {
        const own = this.#counts.weight[a * bins + b]!;
        if (own === 0) continue;
        const tint = this.#counts.colour[a * bins + b]!;
        const slope = ((a - b) * step) / Math.max(1, x1 - x0);
        let y = start;
        if (isMean) {
          for (let x = x0; x < x1; x++, y += slope) {
            const at = (y | 0) * width + x;
            weight[at] = weight[at]! + own;
            colour[at] = colour[at]! + tint;
          }
        } else {
          for (let x = x0; x < x1; x++, y += slope) {
            const at = (y | 0) * width + x;
            if (own > weight[at]!) colour[at] = tint;
            weight[at] = weight[at]! + own;
          }
        }
      }
    }
  }
}
