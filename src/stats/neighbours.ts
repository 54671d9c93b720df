// The nearest neighbours of every point, exactly, by a vantage-point tree (Yianilos 1993): a ball around a point
// splits the rest into a near and a far half, and the triangle inequality skips the half that cannot matter.
import type { Random } from '../ground/random.js';
import { squaredDistance } from './points.js';

export interface Neighbours {
  /** count × k point numbers, nearest first within a row; the point itself is not its neighbour. */
  readonly indices: Int32Array;
  /** Their Euclidean distances. */
  readonly distances: Float64Array;
}

/** Finds the k nearest neighbours of each of `count` points of `dims` numbers; 1 ≤ k < count. */
export function findNeighbours(
  values: Float64Array,
  count: number,
  dims: number,
  k: number,
  random: Random,
): Neighbours {
  const distance = (a: number, b: number) => Math.sqrt(squaredDistance(values, a, values, b, dims));
  const { order, radii } = buildTree(count, distance, random);
  const indices = new Int32Array(count * k);
  const distances = new Float64Array(count * k);
  const found = new Int32Array(k);
  const far = new Float64Array(k);
  let held = 0;

  function search(point: number, from: number, to: number): void {
    if (from >= to) return;
    const vantage = order[from]!;
    const d = distance(point, vantage);
    if (vantage !== point) offer(vantage, d);
    if (from + 1 === to) return;
    const middle = (from + 1 + to) >>> 1;
    const radius = radii[from]!;
    const reach = () => (held < k ? Number.POSITIVE_INFINITY : far[k - 1]!);
    if (d < radius) {
      if (d - reach() <= radius) search(point, from + 1, middle);
      if (d + reach() >= radius) search(point, middle, to);
    } else {
      if (d + reach() >= radius) search(point, middle, to);
      if (d - reach() <= radius) search(point, from + 1, middle);
    }
  }

  function offer(candidate: number, d: number): void {
    if (held === k && d >= far[k - 1]!) return;
    let at = held < k ? held++ : k - 1;
    for (; at > 0 && far[at - 1]! > d; at--) {
      far[at] = far[at - 1]!;
      found[at] = found[at - 1]!;
    }
    far[at] = d;
    found[at] = candidate;
  }

  for (let i = 0; i < count; i++) {
    held = 0;
    search(i, 0, count);
    indices.set(found, i * k);
    distances.set(far, i * k);
  }
  return { indices, distances };
}

/**
 * The tree as one permutation: the vantage point of [from, to) stands at `from`, then its near half up to the middle,
 * then its far half; `radii[from]` is the distance where the halves part.
 */
function buildTree(count: number, distance: (a: number, b: number) => number, random: Random) {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  const radii = new Float64Array(count);
  const away = new Float64Array(count);
  const waiting: [from: number, to: number][] = [[0, count]];
  for (let range = waiting.pop(); range !== undefined; range = waiting.pop()) {
    const [from, to] = range;
    if (to - from < 2) continue;
    swap(order, from, from + random.below(to - from));
    const vantage = order[from]!;
    for (let i = from + 1; i < to; i++) away[order[i]!] = distance(vantage, order[i]!);
    const middle = (from + 1 + to) >>> 1;
    const rest = order.subarray(from + 1, to).sort((a, b) => away[a]! - away[b]! || a - b);
    radii[from] = away[rest[Math.min(middle - from - 1, rest.length - 1)]!]!;
    waiting.push([from + 1, middle], [middle, to]);
  }
  return { order, radii };
}

function swap(items: Int32Array, a: number, b: number): void {
  const held = items[a]!;
  items[a] = items[b]!;
  items[b] = held;
}
