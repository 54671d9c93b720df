// The subset of points that dominates most; less is better in every objective.
import { exclusive } from '../../stats/hypervolume.js';

/**
 * Positions of `count` points that dominate a large volume together: one after another the one that adds most (Guerreiro,
 * Fonseca and Paquete 2016: within 1 - 1/e of the largest), the earlier of equal ones. Objectives are scaled to [0, 1], and
 * the reference is 0.1 past the worst.
 */
export function selectByVolume(points: readonly (readonly number[])[], count: number): number[] {
  const scaled = scale(points);
  const reference = scaled[0]?.map(() => 1.1) ?? [];
  const chosen: number[] = [];
  // What a point adds only falls as others are chosen: an older figure is a bound, and most need no newer one.
  const bounds = scaled.map((point) => exclusive(point, [], reference));
  const left = new Set(scaled.keys());
  while (chosen.length < Math.min(count, points.length)) {
    const others = chosen.map((i) => scaled[i]!);
    let best = -1;
    for (const i of [...left].sort((a, b) => bounds[b]! - bounds[a]! || a - b)) {
      if (best >= 0 && bounds[i]! < bounds[best]!) break;
      bounds[i] = exclusive(scaled[i]!, others, reference);
      if (best < 0 || bounds[i]! > bounds[best]! || (bounds[i] === bounds[best] && i < best)) best = i;
    }
    chosen.push(best);
    left.delete(best);
  }
  return chosen;
}

/** Halves, so that numbers near the largest float64 do not overflow. */
function scale(points: readonly (readonly number[])[]): number[][] {
  const ends = (points[0] ?? []).map((_, m) => {
    let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const point of points) {
      least = Math.min(least, point[m]! / 2);
      most = Math.max(most, point[m]! / 2);
    }
    return { least, width: most - least };
  });
  return points.map((point) =>
    point.map((value, m) => {
      const { least, width } = ends[m]!;
      return width > 0 ? (value / 2 - least) / width : 0;
    }),
  );
}
