// How far decoded images are from their originals, and whether they depend on them at all.
import { SweeplineError } from '../ground/errors.js';

export interface Reconstruction {
  /** Mean |y − t| over images and pixels, in [0, 1] for images in [0, 1]. */
  readonly l1: number;
  /** Mean (y − t)². */
  readonly mse: number;
  /** Mean of −t·ln y − (1 − t)·ln(1 − y), logarithms cut at −100 (as PyTorch's BCELoss does); NaN outside [0, 1]. */
  readonly bce: number;
  /** Variance over images, summed over pixels: the decoded ones' as a share of the originals'. 0 where those have none. */
  readonly varianceShare: number;
}

/**
 * Compares `originals` (bytes, seen as value / 255) with `decoded`, both count × width, in float64.
 *
 * @throws SweeplineError BAD_DATA where they are not equally long.
 */
export function compareReconstruction(
  originals: Uint8Array,
  decoded: Float32Array,
  width: number,
): Reconstruction {
  const total = originals.length;
  if (decoded.length !== total || !(total > 0) || total % width !== 0) {
    throw new SweeplineError(
      'BAD_DATA',
      `${decoded.length} decoded pixels for ${total} originals in images of ${width}; expected as many, whole images`,
    );
  }
  let l1 = 0;
  let squares = 0;
  let bce = 0;
  for (let i = 0; i < total; i++) {
    const t = originals[i]! / 255;
    const y = decoded[i]!;
    l1 += Math.abs(y - t);
    squares += (y - t) ** 2;
    bce -= t * Math.max(-100, Math.log(y)) + (1 - t) * Math.max(-100, Math.log(1 - y));
  }
  const before = sumVariances(originals, width, 1 / 255);
  const varianceShare = before > 0 ? sumVariances(decoded, width, 1) / before : 0;
  return { l1: l1 / total, mse: squares / total, bce: bce / total, varianceShare };
}

/** Two passes: a difference of large sums would leave noise where the images are all alike. */
function sumVariances(values: Uint8Array | Float32Array, width: number, scale: number): number {
  const means = new Float64Array(width);
  const count = values.length / width;
  for (let i = 0, p = 0; i < count; i++) for (let d = 0; d < width; d++) means[d]! += values[p++]! / count;
  let sum = 0;
  for (let i = 0, p = 0; i < count; i++)
    for (let d = 0; d < width; d++) sum += (values[p++]! - means[d]!) ** 2;
  return (sum * scale * scale) / count;
}
