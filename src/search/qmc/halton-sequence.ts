// Halton's sequence, each point computed from its number alone, plain or with every digit permuted at random.
import { randomFor } from '../../ground/random.js';

/** Further digits of a coordinate are below the precision of float64. */
const LEAST = 2 ** -54;

/** The first n primes: the bases. */
export function firstPrimes(n: number): number[] {
  const primes: number[] = [];
  for (let candidate = 2; primes.length < n; candidate++) {
    if (primes.every((prime) => prime * prime > candidate || candidate % prime !== 0)) primes.push(candidate);
  }
  return primes;
}

/** The radical inverse: the digits of k in a base, mirrored at the point. Each goes through `permute`; in [0, 1). */
export function radicalInverse(
  k: number,
  base: number,
  permute?: (position: number, digit: number) => number,
): number {
  let left = k;
  let sum = 0;
  let scale = 1 / base;
  // Without permutations the digits past the last are 0; with them they are not.
  for (let position = 0; permute === undefined ? left > 0 : scale > LEAST; position++) {
    const digit = left % base;
    sum += scale * (permute?.(position, digit) ?? digit);
    left = Math.floor(left / base);
    scale /= base;
  }
  return Math.min(sum, 1 - Number.EPSILON / 2);
}

/**
 * Halton's sequence in the unit cube with a uniformly random permutation for every digit of every dimension (Owen 2017,
 * "A randomized Halton algorithm in R"): each point is uniform, and the points keep their evenness.
 */
export function createScrambledHalton(dimensions: number, seed: number): (k: number) => Float64Array {
  const bases = firstPrimes(dimensions);
  const permutations = bases.map(() => [] as Uint32Array[]);
  const permutationOf = (d: number, position: number): Uint32Array => {
    const known = permutations[d]![position];
    if (known !== undefined) return known;
    const digits = Uint32Array.from({ length: bases[d]! }, (_, digit) => digit);
    const made = randomFor('halton digits', seed, d, position).shuffle(digits);
    permutations[d]![position] = made;
    return made;
  };
  return (k) =>
    Float64Array.from(bases, (base, d) =>
      radicalInverse(k, base, (position, digit) => permutationOf(d, position)[digit]!),
    );
}
