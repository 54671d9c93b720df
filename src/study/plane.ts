// Codes as points of the plane, for pictures: as they are where they have two numbers, by t-SNE or UMAP where they
// have more. Codes that are all equal stay at one place: t-SNE would spread them into a cloud that is not there.
import type { Random } from '../ground/random.js';
import { type Points, toFloat64 } from '../stats/points.js';
import { embedTsne } from '../stats/tsne.js';
import { embedUmap } from '../stats/umap.js';
import { countConstantUnits } from './codes.js';

export type Embedding = 'tsne' | 'umap';

/**
 * x and y of each code in turn. Codes of one number get a line for each class, a tenth of their span apart.
 *
 * @throws SweeplineError BAD_USAGE for fewer than 4 codes of more than 2 numbers, TRIAL_FAILED where one is not finite.
 */
export async function placeCodes(
  codes: Points,
  labels: ArrayLike<number>,
  options: {
    readonly random: Random;
    /** For codes of more than two numbers; default t-SNE. */
    readonly embedding?: Embedding;
    /** Of t-SNE. */
    readonly iterations?: number;
  },
): Promise<Float64Array> {
  const { count, dims } = codes;
  if (countConstantUnits(codes) === dims) return new Float64Array(2 * count);
  if (dims > 2)
    return options.embedding === 'umap' ? embedUmap(codes, options.random) : embedTsne(codes, options);
  const values = toFloat64(codes);
  if (dims === 2) return values.slice();
  const low = values.reduce((least, v) => Math.min(least, v));
  const high = values.reduce((most, v) => Math.max(most, v));
  const plane = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) plane.set([values[i]!, ((high - low) * labels[i]!) / 10], 2 * i);
  return plane;
}
