// k-means clustering of codes: seeded k-means++ starts, the best of several by inertia. Never by accuracy: that would
// look at the labels. Which solver ran does not show in the result (a test holds one to the other's labels).
import { kmeans } from 'ml-kmeans';

import { SweeplineError } from '../ground/errors.js';
import type { Random } from '../ground/random.js';
import { runElkan } from './kmeans-elkan.js';
import { type Clustering, chooseCentres, type Start } from './kmeans-start.js';
import { type Points, squaredDistance, toFloat64 } from './points.js';

export interface KMeansOptions {
  readonly random: Random;
  /** Number of clusters; default 10. */
  readonly k?: number;
  /** Starts to choose the lowest inertia from; default 10. */
  readonly restarts?: number;
  /** Default 300. */
  readonly maxIterations?: number;
  /**
   * A start has converged when no centre moves by more than this, as a squared distance in units of the data's mean
   * variance per dimension (scikit-learn's unit). Default 1e-4.
   */
  readonly tolerance?: number;
  /** `ml-kmeans`, or `elkan`: the same iterations without most of the distances. Default: by the size of the data. */
  readonly solver?: 'auto' | 'ml-kmeans' | 'elkan';
}

export interface KMeansResult extends Clustering {
  /** Sum of squared distances of the points to their centres. */
  readonly inertia: number;
  /** Clusters that no point belongs to: where points coincide, as in the codes of a model that collapsed. */
  readonly emptyClusters: number;
  /** Which start won, from 0, and the inertia of each. */
  readonly restart: number;
  readonly inertias: readonly number[];
}

// Up to this many numbers in the data (10,000 codes of 20), ten starts of ml-kmeans take a second or two, which is
// little beside any training; at 784 numbers a code they would take minutes.
const ML_KMEANS_LIMIT = 200_000;

/**
 * Clusters points by Lloyd's iterations (Lloyd 1982) from k-means++ starts (Arthur and Vassilvitskii 2007).
 *
 * @throws SweeplineError BAD_USAGE for a k that is no integer in [1, count], TRIAL_FAILED for codes that are not finite.
 */
export function clusterKMeans(points: Points, options: KMeansOptions): KMeansResult {
  const { random, k = 10, restarts = 10, maxIterations = 300, tolerance = 1e-4, solver = 'auto' } = options;
  const { count, dims } = points;
  if (!Number.isInteger(k) || k < 1 || k > count) {
    throw new SweeplineError(
      'BAD_USAGE',
      `${k} clusters of ${count} points; expected an integer from 1 to ${count}`,
    );
  }
  if (!Number.isInteger(restarts) || restarts < 1) {
    throw new SweeplineError('BAD_USAGE', `${restarts} k-means starts; expected an integer of at least 1`);
  }
  const values = toFloat64(points);
  const limit = tolerance * meanVariance(values, count, dims);
  const small = solver === 'ml-kmeans' || (solver === 'auto' && values.length <= ML_KMEANS_LIMIT);
  const solve = small ? runMlKMeans : runElkan;
  let best: (Clustering & { inertia: number; restart: number }) | undefined;
  const inertias: number[] = [];
  for (let restart = 0; restart < restarts; restart++) {
    const start = chooseCentres(values, count, dims, k, random);
    const found = solve({ values, count, dims, k, start, maxIterations, tolerance: limit });
    const inertia = sumInertia(values, dims, found);
    inertias.push(inertia);
    if (best === undefined || inertia < best.inertia) best = { ...found, inertia, restart };
  }
  const emptyClusters = k - new Set(best!.labels).size;
  return { ...best!, emptyClusters, inertias };
}

function runMlKMeans(task: Start): Clustering {
  const { values, count, dims, k, start, maxIterations, tolerance } = task;
  const rows = (flat: Float64Array, n: number) =>
    Array.from({ length: n }, (_, i) => Array.from(flat.subarray(i * dims, (i + 1) * dims)));
  const found = kmeans(rows(values, count), k, { initialization: rows(start, k), maxIterations, tolerance });
  return {
    labels: Int32Array.from(found.clusters),
    centres: Float64Array.from(found.centroids.flat()),
    iterations: found.iterations,
    converged: found.converged,
  };
}

function sumInertia(values: Float64Array, dims: number, { labels, centres }: Clustering): number {
  let sum = 0;
  for (let i = 0; i < labels.length; i++) sum += squaredDistance(values, i, centres, labels[i]!, dims);
  return sum;
}

function meanVariance(values: Float64Array, count: number, dims: number): number {
  const sums = new Float64Array(dims);
  const squares = new Float64Array(dims);
  for (let i = 0, p = 0; i < count; i++) for (let d = 0; d < dims; d++) sums[d]! += values[p++]!;
  for (let i = 0, p = 0; i < count; i++) {
    for (let d = 0; d < dims; d++) squares[d]! += (values[p++]! - sums[d]! / count) ** 2;
  }
  return squares.reduce((total, s) => total + s, 0) / (count * dims);
}
