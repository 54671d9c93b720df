// UMAP (McInnes, Healy and Melville 2018) by umap-js, which is loaded when it is used.
import type { Random } from '../ground/random.js';
import { type Points, toFloat64 } from './points.js';

/** x and y of each point in turn, with umap-js's defaults: 15 neighbours, least distance 0.1. */
export async function embedUmap(points: Points, random: Random): Promise<Float64Array> {
  const { UMAP } = await import('umap-js');
  const { count, dims } = points;
  const values = toFloat64(points);
  const rows = Array.from({ length: count }, (_, i) => Array.from(values.subarray(i * dims, (i + 1) * dims)));
  const umap = new UMAP({ random: () => random.uniform(), nNeighbors: Math.min(15, count - 1) });
  return Float64Array.from(umap.fit(rows).flat());
}
