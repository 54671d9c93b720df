// Trustworthiness of an embedding (Venna and Kaski 2001): are neighbours in the picture neighbours in the data?
import { SweeplineError } from '../ground/errors.js';
import { type Points, squaredDistance, toFloat64 } from './points.js';

/**
 * 1 − 2/(nk(2n − 3k − 1)) · Σ over the k nearest in `embedding` of how far their rank in `points` lies beyond k.
 * In [0, 1]; 1 where every picture neighbour is a true one. Compares all pairs: for a few thousand points.
 *
 * @throws SweeplineError BAD_USAGE unless 1 ≤ neighbours < count / 2.
 */
export function trustworthiness(points: Points, embedding: Points, neighbours = 5): number {
  const n = points.count;
  if (!Number.isInteger(neighbours) || neighbours < 1 || neighbours >= n / 2) {
    throw new SweeplineError(
      'BAD_USAGE',
      `${neighbours} neighbours of ${n} points; expected an integer from 1 to below ${n / 2}`,
    );
  }
  if (embedding.count !== n) {
    throw new SweeplineError('BAD_DATA', `${embedding.count} embedded points for ${n}; expected as many`);
  }
  const original = toFloat64(points);
  const embedded = toFloat64(embedding);
  const near = new Float64Array(n);
  const far = new Float64Array(n);
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      far[j] = squaredDistance(original, i, original, j, points.dims);
      near[j] = squaredDistance(embedded, i, embedded, j, embedding.dims);
    }
    const byPicture = Array.from({ length: n }, (_, j) => j)
      .filter((j) => j !== i)
      .sort((a, b) => near[a]! - near[b]! || a - b);
    for (const j of byPicture.slice(0, neighbours)) penalty += Math.max(0, rankOf(j, i, far) - neighbours);
  }
  return 1 - (penalty * 2) / (n * neighbours * (2 * n - 3 * neighbours - 1));
}

/** 1 for the nearest to `self`, and so on; equal distances in order of number. */
function rankOf(j: number, self: number, distances: Float64Array): number {
  let rank = 1;
  for (let other = 0; other < distances.length; other++) {
    if (other === self || other === j) continue;
    if (distances[other]! < distances[j]! || (distances[other] === distances[j] && other < j)) rank++;
  }
  return rank;
}
