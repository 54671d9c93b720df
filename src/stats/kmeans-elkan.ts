// Lloyd's iterations with the triangle inequality (Elkan 2003): an upper bound on the distance to a point's own centre
// and a lower bound to every other spare most distances, 784-dimensional ones above all. Same steps, same stopping
// rule and same tie rule (lowest number) as ml-kmeans, so from the same centres it comes to the same labels.
import type { Clustering, Start } from './kmeans-start.js';
import { squaredDistance } from './points.js';

// Bounds drift by an ulp an iteration; a distance is spared only where it loses by more than that can explain.
const SURE = 1 - 1e-9;

export function runElkan(task: Start): Clustering {
  const { values, count, dims, k, maxIterations, tolerance } = task;
  let centres: Float64Array = Float64Array.from(task.start);
  const labels = new Int32Array(count);
  const upper = new Float64Array(count).fill(Number.POSITIVE_INFINITY);
  const lower = new Float64Array(count * k);
  const between = new Float64Array(k * k);
  let iterations = 0;
  let converged = false;
  while (!converged && iterations < maxIterations) {
    iterations++;
    halveDistances(centres, k, dims, between);
    for (let i = 0; i < count; i++) assign(i);
    const moved = averagePoints(values, labels, dims, centres, k);
    converged = shiftBounds(moved);
    centres = moved;
  }
  return { labels, centres, iterations, converged };

  function assign(i: number): void {
    let own = labels[i]!;
    let bound = upper[i]!;
    let square = -1;
    for (let c = 0; c < k; c++) {
      if (c === own) continue;
      if (bound < lower[i * k + c]! * SURE || bound < between[own * k + c]! * SURE) continue;
      if (square < 0) {
        square = squaredDistance(values, i, centres, own, dims);
        bound = Math.sqrt(square);
        lower[i * k + own] = bound;
        if (bound < lower[i * k + c]! * SURE || bound < between[own * k + c]! * SURE) continue;
      }
      const other = squaredDistance(values, i, centres, c, dims);
      const distance = Math.sqrt(other);
      lower[i * k + c] = distance;
      if (other < square || (other === square && c < own)) {
        own = c;
        square = other;
        bound = distance;
      }
    }
    labels[i] = own;
    upper[i] = bound;
  }

  /** Loosens the bounds by how far the centres moved; true when none moved by more than the tolerance. */
  function shiftBounds(moved: Float64Array): boolean {
    const shifts = new Float64Array(k);
    let still = true;
    for (let c = 0; c < k; c++) {
      const square = squaredDistance(centres, c, moved, c, dims);
      shifts[c] = Math.sqrt(square);
      if (square > tolerance) still = false;
    }
    for (let i = 0, p = 0; i < count; i++) {
      upper[i]! += shifts[labels[i]!]!;
      for (let c = 0; c < k; c++, p++) lower[p] = Math.max(0, lower[p]! - shifts[c]!);
    }
    return still;
  }
}

/** Half the distance between every two centres: a point nearer than that to its own cannot belong to the other. */
function halveDistances(centres: Float64Array, k: number, dims: number, between: Float64Array): void {
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < a; b++) {
      const half = Math.sqrt(squaredDistance(centres, a, centres, b, dims)) / 2;
      between[a * k + b] = half;
      between[b * k + a] = half;
    }
  }
}

/** The mean of each cluster's points; an empty cluster keeps its centre. */
function averagePoints(
  values: Float64Array,
  labels: Int32Array,
  dims: number,
  centres: Float64Array,
  k: number,
): Float64Array {
  const means = new Float64Array(k * dims);
  const sizes = new Int32Array(k);
  for (let i = 0, p = 0; i < labels.length; i++) {
    sizes[labels[i]!]!++;
    for (let q = labels[i]! * dims, end = q + dims; q < end; q++) means[q]! += values[p++]!;
  }
  for (let c = 0; c < k; c++) {
    for (let q = c * dims, end = q + dims; q < end; q++) {
      means[q] = sizes[c] === 0 ? centres[q]! : means[q]! / sizes[c]!;
    }
  }
  return means;
}
