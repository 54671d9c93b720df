// Gaussian blur of image sets: the sampled Gaussian of exactly the σ asked for, with OpenCV's kernel size for 8-bit
// images and its default border. OpenCV's own 8-bit path works in fixed point and lies up to one grey level off.
import { allocateShared } from '../data/idx.js';
import { SweeplineError } from '../ground/errors.js';

/** Half the kernel, centre first: `weights[r]` for pixels r away. The whole kernel sums to 1. */
export function gaussianKernel(sigma: number): Float64Array {
  // OpenCV's getGaussianKernel size for ksize = 0 and 8-bit images: round(6σ + 1), made odd.
  const radius = (Math.round(sigma * 6 + 1) | 1) >> 1;
  const weights = Float64Array.from({ length: radius + 1 }, (_, r) =>
    Math.exp(-(r * r) / (2 * sigma * sigma)),
  );
  const sum = weights.reduce((total, w, r) => total + (r === 0 ? w : 2 * w), 0);
  return weights.map((w) => w / sum);
}

/** Pixel `i` of a row of `size` continued beyond its ends as a mirror that does not repeat the end pixel: dcb|abcd|cba. */
export function reflect101(i: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const within = ((i % period) + period) % period;
  return within < size ? within : period - within;
}

export interface ImageShape {
  readonly count: number;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Blurs each image with a Gaussian of `sigma` pixels into new shared memory. Sums in float64; bytes are rounded once,
 * at the end, exact halves to even as OpenCV's cvRound does. σ = 0 copies.
 *
 * @throws SweeplineError BAD_USAGE for a σ below 0, not finite, or above 100; BAD_DATA where sizes do not fit.
 */
export function blurImages(images: Uint8Array, shape: ImageShape, sigma: number): Uint8Array {
  const { count, rows, columns } = shape;
  if (!(sigma >= 0 && sigma <= 100)) {
    throw new SweeplineError(
      'BAD_USAGE',
      `blur of width sigma = ${sigma}; expected a number from 0 to 100 (pixels)`,
    );
  }
  const size = rows * columns;
  if (images.length !== count * size) {
    throw new SweeplineError(
      'BAD_DATA',
      `${images.length} bytes for ${count} images of ${rows} × ${columns}`,
    );
  }
  const blurred = allocateShared(images.length);
  if (sigma === 0) {
    blurred.set(images);
    return blurred;
  }
  const blur = createBlur(rows, columns, sigma);
  for (let offset = 0; offset < images.length; offset += size) {
    const image = blur(images, offset);
    for (let p = 0; p < size; p++) blurred[offset + p] = roundHalfEven(image[p]!);
  }
  return blurred;
}

/** A blur of one image at an offset. It returns the same float64 array each time, unrounded. */
export function createBlur(
  rows: number,
  columns: number,
  sigma: number,
): (images: Uint8Array, offset: number) => Float64Array {
  const weights = gaussianKernel(sigma);
  const radius = weights.length - 1;
  // Each line is first copied with its mirrored ends, so that the inner loop needs no border test.
  const across = mirrorIndex(columns, radius);
  const down = mirrorIndex(rows, radius);
  const line = new Float64Array(Math.max(columns, rows) + 2 * radius);
  const half = new Float64Array(rows * columns);
  const whole = new Float64Array(rows * columns);
  const filter = (size: number, out: Float64Array, first: number, step: number) => {
    for (let i = 0; i < size; i++) {
      const centre = i + radius;
      let sum = weights[0]! * line[centre]!;
      for (let r = 1; r <= radius; r++) sum += weights[r]! * (line[centre - r]! + line[centre + r]!);
      out[first + i * step] = sum;
    }
  };
  return (images, offset) => {
    for (let y = 0; y < rows; y++) {
      const first = offset + y * columns;
      for (let i = 0; i < across.length; i++) line[i] = images[first + across[i]!]!;
      filter(columns, half, y * columns, 1);
    }
    for (let x = 0; x < columns; x++) {
      for (let i = 0; i < down.length; i++) line[i] = half[down[i]! * columns + x]!;
      filter(rows, whole, x, columns);
    }
    return whole;
  };
}

function mirrorIndex(size: number, radius: number): Int32Array {
  return Int32Array.from({ length: size + 2 * radius }, (_, i) => reflect101(i - radius, size));
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
