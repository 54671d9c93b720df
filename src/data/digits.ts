// A drawn stand-in for MNIST, for where MNIST is not at hand: ten digits from stroke models, varied as hands vary
// (points, slant, turn, proportions, pen), sized and centred as MNIST is. It is no handwriting: results on it are
// named `digits` and are not to be set beside published numbers of MNIST.
import { type Random, randomFor } from '../ground/random.js';
import type { ImageSet } from './dataset.js';
import { GLYPHS, type Glyph } from './glyphs.js';
import { allocateShared } from './idx.js';
import { drawLine, traceCurve } from './pen.js';

/** Raise it when the same numbers would draw other images: it is part of every stream's name and of the cache's. */
export const DIGITS_VERSION = 1;
export const DIGITS_SIZES = { train: 60_000, test: 10_000 } as const;

const SIZE = 28;
/** The longer side of a digit's box, ink included, as in MNIST. */
const BOX = 20;

/**
 * The first `count` images of a part, with their labels: every run of ten holds each digit once, in drawn order. An
 * image depends on its part and number alone, so any subset is the start of the whole.
 */
export function drawDigits(part: 'train' | 'test', count: number): ImageSet {
  const images = allocateShared(count * SIZE * SIZE);
  const labels = allocateShared(count);
  let order: number[] = [];
  for (let i = 0; i < count; i++) {
    if (i % 10 === 0) {
      order = randomFor('digits', DIGITS_VERSION, part, 'labels', i).shuffle([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
    const digit = order[i % 10]!;
    labels[i] = digit;
    drawDigit(digit, randomFor('digits', DIGITS_VERSION, part, i), images, i * SIZE * SIZE);
  }
  return { images, labels, count, rows: SIZE, columns: SIZE };
}

/** Draws one digit into 28 × 28 bytes at an offset. */
function drawDigit(digit: number, random: Random, pixels: Uint8Array, offset: number): void {
  const glyph = chooseGlyph(GLYPHS[digit]!, random);
  const move = drawHand(random);
  const moved = glyph.points.map(([x, y]) => move(x + 0.042 * random.normal(), y + 0.042 * random.normal()));
  const lines = glyph.strokes.map((stroke) => {
    const line: number[] = [];
    traceCurve(
      stroke.flatMap((p) => moved[p]!),
      stroke[0] === stroke.at(-1),
      6,
      line,
    );
    return line;
  });
  const radius = Math.min(2, Math.max(0.6, 1.25 * Math.exp(0.25 * random.normal())));
  fitBox(lines, BOX - 2 * radius - 1.2 * random.uniform());
  for (const line of lines) drawLine({ pixels, offset, size: SIZE }, line, radius);
}

function chooseGlyph(glyphs: readonly Glyph[], random: Random): Glyph {
  let left = random.uniform() * glyphs.reduce((sum, glyph) => sum + glyph.weight, 0);
  for (const glyph of glyphs) {
    left -= glyph.weight;
    if (left < 0) return glyph;
  }
  return glyphs.at(-1)!;
}

/** How one hand bends the plane: two slow waves (elastic), then proportions, slant and turn (affine). */
function drawHand(random: Random): (x: number, y: number) => [number, number] {
  const waves = Array.from({ length: 2 }, () => ({
    x: 0.055 * random.normal(),
    y: 0.055 * random.normal(),
    acrossX: 4 * random.uniform() - 2,
    acrossY: 4 * random.uniform() - 2,
    phase: 2 * Math.PI * random.uniform(),
  }));
  const width = 0.78 * Math.exp(0.16 * random.normal());
  const slant = 0.15 + 0.23 * random.normal();
  const angle = 0.12 * random.normal();
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return (x, y) => {
    let [u, v] = [x - 0.5, y - 0.5];
    for (const wave of waves) {
      const height = Math.sin(Math.PI * (wave.acrossX * x + wave.acrossY * y) + wave.phase);
      u += wave.x * height;
      v += wave.y * height;
    }
    const leaning = width * u - slant * v;
    return [cos * leaning - sin * v, sin * leaning + cos * v];
  };
}

/** Scales lines so that their longer side is `longest` pixels, and puts their centre of mass in the image's middle. */
function fitBox(lines: readonly number[][], longest: number): void {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const mass = [0, 0];
  let length = 0;
  for (const line of lines) {
    for (let p = 0; p < line.length; p++) {
      low[p & 1] = Math.min(low[p & 1]!, line[p]!);
      high[p & 1] = Math.max(high[p & 1]!, line[p]!);
    }
    for (let p = 0; p + 3 < line.length; p += 2) {
      const [x0, y0, x1, y1] = line.slice(p, p + 4) as [number, number, number, number];
      const piece = Math.sqrt((x1 - x0) ** 2 + (y1 - y0) ** 2);
      mass[0]! += (piece * (x0 + x1)) / 2;
      mass[1]! += (piece * (y0 + y1)) / 2;
      length += piece;
    }
  }
  const scale = longest / Math.max(high[0]! - low[0]!, high[1]! - low[1]!);
  for (const line of lines) {
    for (let p = 0; p < line.length; p++) line[p] = SIZE / 2 + scale * (line[p]! - mass[p & 1]! / length);
  }
}
