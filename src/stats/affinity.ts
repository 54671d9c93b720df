// The similarities that t-SNE draws: each point's Gaussian over its nearest neighbours, as wide as the perplexity
// asks, made symmetric. Sparse: about six perplexities of entries a point.
import type { Neighbours } from './neighbours.js';

/** A symmetric sparse matrix by rows: row i has its columns and values at [starts[i], starts[i + 1]). Sums to 1. */
export interface Affinities {
  readonly starts: Int32Array;
  readonly columns: Int32Array;
  readonly values: Float64Array;
}

/** (P(j|i) + P(i|j)) / 2n, with P(·|i) of entropy log(perplexity) (van der Maaten and Hinton 2008, eq. 1). */
export function computeAffinities(
  { indices, distances }: Neighbours,
  count: number,
  perplexity: number,
): Affinities {
  const k = indices.length / count;
  const conditional = new Float64Array(indices.length);
  for (let i = 0; i < count; i++) {
    fitRow(
      distances.subarray(i * k, (i + 1) * k),
      Math.log(perplexity),
      conditional.subarray(i * k, (i + 1) * k),
    );
  }
  return symmetrise(indices, conditional, count, k);
}

/** Bisects the precision β of exp(−β d²) until the row's entropy is the target; a row of equal distances is uniform. */
function fitRow(distances: Float64Array, target: number, row: Float64Array): void {
  const least = distances[0]! ** 2;
  let beta = 1;
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  for (let step = 0; step < 100; step++) {
    let sum = 0;
    let weighted = 0;
    for (let j = 0; j < row.length; j++) {
      const square = distances[j]! ** 2 - least;
      row[j] = Math.exp(-beta * square);
      sum += row[j]!;
      weighted += row[j]! * square;
    }
    const entropy = Math.log(sum) + (beta * weighted) / sum;
    for (let j = 0; j < row.length; j++) row[j]! /= sum;
    if (Math.abs(entropy - target) < 1e-5) return;
    if (entropy > target) {
      low = beta;
      beta = high === Number.POSITIVE_INFINITY ? beta * 2 : (beta + high) / 2;
    } else {
      high = beta;
      beta = (beta + low) / 2;
    }
    if (!Number.isFinite(beta)) return;
  }
}

function symmetrise(indices: Int32Array, conditional: Float64Array, count: number, k: number): Affinities {
  const rows: Map<number, number>[] = Array.from({ length: count }, () => new Map());
  for (let i = 0; i < count; i++) {
    for (let p = i * k; p < (i + 1) * k; p++) {
      const j = indices[p]!;
      const half = conditional[p]! / (2 * count);
      rows[i]!.set(j, (rows[i]!.get(j) ?? 0) + half);
      rows[j]!.set(i, (rows[j]!.get(i) ?? 0) + half);
    }
  }
  const starts = new Int32Array(count + 1);
  for (let i = 0; i < count; i++) starts[i + 1] = starts[i]! + rows[i]!.size;
  const columns = new Int32Array(starts[count]!);
  const values = new Float64Array(starts[count]!);
  let p = 0;
  for (const row of rows) {
    for (const [j, value] of row) {
      columns[p] = j;
      values[p++] = value;
    }
  }
  return { starts, columns, values };
}
