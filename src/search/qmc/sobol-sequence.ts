// Sobol's sequence, each point computed from its number alone, plain or with Owen's nested uniform scrambling.
import { mix32 } from '../../ground/hash.js';
import { randomFor } from '../../ground/random.js';
import { TABLE } from './direction-numbers.js';

/** Digits of a coordinate: points up to number 2^32 - 1. */
const BITS = 32;

const rows = TABLE.split(';').map((row) => row.split(' ').map(Number));

/** The first dimension is van der Corput's, and has no row; the table ends with a separator. */
export const MOST_DIMENSIONS = rows.length;

/**
 * Coordinates of point `k` in the unit cube as integers below 2^32, in the order of the Gray code (Antonov and Saleev
 * 1979): point 0 is the origin, point 1 the centre. `dimensions` up to MOST_DIMENSIONS.
 */
export function createSobolSequence(dimensions: number): (k: number) => Uint32Array {
  const directions = Array.from({ length: dimensions }, (_, d) => directionsOf(d));
  return (k) => {
    const point = new Uint32Array(dimensions);
    for (let gray = (k ^ (k >>> 1)) >>> 0, bit = 0; gray !== 0; gray >>>= 1, bit++)
      if (gray & 1) for (let d = 0; d < dimensions; d++) point[d]! ^= directions[d]![bit]!;
    return point;
  };
}

/** Of one dimension by the recurrence of Bratley and Fox (1988), the first digit after the point in the highest bit. */
function directionsOf(d: number): Uint32Array {
  const v = new Uint32Array(BITS);
  if (d === 0) return v.map((_, i) => 1 << (BITS - 1 - i));
  const [polynomial = 0, ...initial] = rows[d - 1]!;
  const degree = initial.length;
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      v[i] = initial[i]! << (BITS - 1 - i);
      continue;
    }
    let next = v[i - degree]! ^ (v[i - degree]! >>> degree);
    for (let j = 1; j < degree; j++) if ((polynomial >>> (degree - j)) & 1) next ^= v[i - j]!;
    v[i] = next;
  }
  return v;
}

/**
 * Nested uniform scrambling (Owen 1995): every digit is flipped or not by a coin of its own for each way the digits before
 * it can be. The coins are bits of a hash, so that no tree is kept. Returns numbers in (0, 1), the middle of 2^-32.
 */
export function createScrambling(dimensions: number, seed: number): (point: Uint32Array) => Float64Array {
  const random = randomFor('sobol scrambling', seed);
  const keys = Uint32Array.from({ length: 2 * dimensions }, () => random.uint32());
  return (point) => Float64Array.from(point, (digits, d) => scramble(digits, keys[2 * d]!, keys[2 * d + 1]!));
}

function scramble(digits: number, first: number, second: number): number {
  let flips = 0;
  for (let level = 0; level < BITS; level++) {
    // The node of the tree: a 1, and the digits before this one.
    const node = level === 0 ? 1 : (1 << level) | (digits >>> (BITS - level));
    const coin = mix32((mix32(node ^ first) + second) | 0) >>> 31;
    flips |= coin << (BITS - 1 - level);
  }
  return (((digits ^ flips) >>> 0) + 0.5) / 2 ** BITS;
}
