// The first two principal components, where t-SNE starts from: neighbouring clusters then stay neighbours.
import type { Random } from '../ground/random.js';

/** Coordinates of the points (centred) along the two directions of largest variance: x, y of each point in turn. */
export function projectPrincipal(
  values: Float64Array,
  count: number,
  dims: number,
  random: Random,
): Float64Array {
  const means = new Float64Array(dims);
  for (let p = 0; p < values.length; p++) means[p % dims]! += values[p]! / count;
  const plane = new Float64Array(2 * count);
  const found: Float64Array[] = [];
  for (let axis = 0; axis < 2; axis++) {
    const direction = Float64Array.from({ length: dims }, () => random.normal());
    // Power iteration. The start of a picture needs no exact eigenvectors: 50 rounds separate all but near ties.
    for (let round = 0; round < 50; round++) {
      orthonormalise(direction, found);
      const image = new Float64Array(dims);
      for (let i = 0; i < count; i++) {
        const along = project(values, means, i, direction);
        for (let d = 0, p = i * dims; d < dims; d++, p++) image[d]! += along * (values[p]! - means[d]!);
      }
      direction.set(image);
    }
    orthonormalise(direction, found);
    for (let i = 0; i < count; i++) plane[2 * i + axis] = project(values, means, i, direction);
    found.push(direction);
  }
  return plane;
}

function project(values: Float64Array, means: Float64Array, i: number, direction: Float64Array): number {
  const dims = means.length;
  let along = 0;
  for (let d = 0, p = i * dims; d < dims; d++, p++) along += (values[p]! - means[d]!) * direction[d]!;
  return along;
}

/** Takes out what lies along the directions found, then scales to length 1; a vector of nothing stays zero. */
function orthonormalise(direction: Float64Array, found: readonly Float64Array[]): void {
  for (const other of found) {
    const along = direction.reduce((sum, x, d) => sum + x * other[d]!, 0);
    for (let d = 0; d < direction.length; d++) direction[d]! -= along * other[d]!;
  }
  const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
  if (length > 0) for (let d = 0; d < direction.length; d++) direction[d]! /= length;
}
