// Latin hypercubes (McKay, Beckman and Conover 1979): n points of which each dimension has one in every n-th of its length.
import { type Random, randomFor } from '../../ground/random.js';

export interface LatinOptions {
  /** Points of one hypercube. */
  readonly size: number;
  readonly dimensions: number;
  /** In the middle of its n-th, or anywhere in it. */
  readonly centered: boolean;
  /** Hypercubes drawn, of which the one is kept whose closest points are furthest apart (Johnson et al. 1990); 1: no choice. */
  readonly maximin: number;
}

/** Hypercube `block` of a seed, point after point in one array. */
export function drawLatinHypercube(options: LatinOptions, seed: number, block: number): Float64Array {
  const random = randomFor('latin hypercube', seed, block);
  let best = drawOne(options, random);
  let furthest = options.maximin > 1 ? closestOf(best, options, 0) : 0;
  for (let tries = 1; tries < options.maximin; tries++) {
    const other = drawOne(options, random);
    const closest = closestOf(other, options, furthest);
    if (closest <= furthest) continue;
    best = other;
    furthest = closest;
  }
  return best;
}

function drawOne({ size, dimensions, centered }: LatinOptions, random: Random): Float64Array {
  const points = new Float64Array(size * dimensions);
  const order = Uint32Array.from({ length: size }, (_, i) => i);
  for (let d = 0; d < dimensions; d++) {
    random.shuffle(order);
    for (let i = 0; i < size; i++)
      points[i * dimensions + d] = (order[i]! + (centered ? 0.5 : random.uniform())) / size;
  }
  return points;
}

/** Squared distance of the two closest points; something at most `enough` where it is no more than that. */
function closestOf(points: Float64Array, { size, dimensions }: LatinOptions, enough: number): number {
  let closest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < size; i++)
    for (let j = 0; j < i; j++) {
      let distance = 0;
      for (let d = 0; d < dimensions; d++)
        distance += (points[i * dimensions + d]! - points[j * dimensions + d]!) ** 2;
      if (distance >= closest) continue;
      closest = distance;
      if (closest <= enough) return closest;
    }
  return closest;
}
