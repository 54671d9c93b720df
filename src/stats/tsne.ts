// Barnes-Hut t-SNE (van der Maaten 2014): a picture in the plane that keeps neighbours together. Seeded: the same
// codes and seed give the same picture. It does not judge: distances between far groups mean nothing.
import { SweeplineError } from '../ground/errors.js';
import type { Random } from '../ground/random.js';
import { type Affinities, computeAffinities } from './affinity.js';
import { findNeighbours } from './neighbours.js';
import { type Points, toFloat64 } from './points.js';
import { projectPrincipal } from './principal.js';
import { Quadtree } from './quadtree.js';

export interface TsneOptions {
  readonly random: Random;
  /** About how many neighbours a point has; default 30, lowered to (count − 1) / 3 where points are few. */
  readonly perplexity?: number;
  /** Default 1000, the first 250 of them with the similarities exaggerated twelvefold. */
  readonly iterations?: number;
  /** 0 sums every pair exactly; larger is coarser and faster. Default 0.5. */
  readonly theta?: number;
}

const EXAGGERATION = 12;
const EXAGGERATED_ITERATIONS = 250;

/**
 * Embeds points in the plane: x and y of each point in turn. Starts from the two principal components with standard
 * deviation 1e-4, steps of size max(count / 48, 50), momentum 0.5 then 0.8 and per-coordinate gains: the schedule and
 * defaults of scikit-learn 1.2.
 *
 * @throws SweeplineError BAD_USAGE for fewer than 4 points, TRIAL_FAILED for codes that are not finite.
 */
export function embedTsne(points: Points, options: TsneOptions): Float64Array {
  const { random, perplexity = 30, iterations = 1000, theta = 0.5 } = options;
  const { count, dims } = points;
  if (count < 4 || !(perplexity > 1)) {
    throw new SweeplineError(
      'BAD_USAGE',
      `t-SNE of ${count} points with perplexity ${perplexity}; expected ≥ 4 and > 1`,
    );
  }
  const values = toFloat64(points);
  const width = Math.min(perplexity, (count - 1) / 3);
  const neighbours = findNeighbours(
    values,
    count,
    dims,
    Math.min(count - 1, Math.floor(3 * width) + 1),
    random,
  );
  const affinities = computeAffinities(neighbours, count, width);
  const plane = startPlane(values, count, dims, random);
  const tree = new Quadtree(count);
  const gradient = new Float64Array(2 * count);
  const update = new Float64Array(2 * count);
  const gains = new Float64Array(2 * count).fill(1);
  const rate = Math.max(count / EXAGGERATION / 4, 50);
  for (let t = 0; t < iterations; t++) {
    const early = t < EXAGGERATED_ITERATIONS;
    tree.build(plane, theta);
    computeGradient(affinities, plane, tree, early ? EXAGGERATION : 1, gradient);
    const momentum = early ? 0.5 : 0.8;
    for (let p = 0; p < plane.length; p++) {
      // Gains (Jacobs 1988): a coordinate that keeps its direction speeds up, one that turns slows down.
      const turned = update[p]! * gradient[p]! > 0;
      gains[p] = turned ? Math.max(0.01, gains[p]! * 0.8) : gains[p]! + 0.2;
      update[p] = momentum * update[p]! - rate * gains[p]! * gradient[p]!;
      plane[p]! += update[p]!;
    }
  }
  return plane;
}

function startPlane(values: Float64Array, count: number, dims: number, random: Random): Float64Array {
  const plane = projectPrincipal(values, count, dims, random);
  let square = 0;
  for (let i = 0; i < count; i++) square += plane[2 * i]! ** 2;
  const scale = square > 0 ? 1e-4 / Math.sqrt(square / count) : 0;
  // The jitter sets apart points that coincide in the plane: without it they would never part.
  for (let p = 0; p < plane.length; p++) plane[p] = plane[p]! * scale + 1e-6 * random.normal();
  return plane;
}

/** dC/dy = 4 Σ (p − q)·(y_i − y_j)/(1 + |y_i − y_j|²), attraction from the sparse p, repulsion from the tree. */
function computeGradient(
  { starts, columns, values }: Affinities,
  plane: Float64Array,
  tree: Quadtree,
  exaggeration: number,
  gradient: Float64Array,
): void {
  const count = starts.length - 1;
  let total = 0;
  for (let i = 0; i < count; i++) {
    tree.repel(plane, i);
    gradient[2 * i] = tree.forceX;
    gradient[2 * i + 1] = tree.forceY;
    total += tree.total;
  }
  for (let i = 0; i < count; i++) {
    const x = plane[2 * i]!;
    const y = plane[2 * i + 1]!;
    let pullX = 0;
    let pullY = 0;
    for (let p = starts[i]!; p < starts[i + 1]!; p++) {
      const dx = x - plane[2 * columns[p]!]!;
      const dy = y - plane[2 * columns[p]! + 1]!;
      const pull = values[p]! / (1 + dx * dx + dy * dy);
      pullX += pull * dx;
      pullY += pull * dy;
    }
    gradient[2 * i] = 4 * (exaggeration * pullX - gradient[2 * i]! / total);
    gradient[2 * i + 1] = 4 * (exaggeration * pullY - gradient[2 * i + 1]! / total);
  }
}
