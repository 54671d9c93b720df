// A random order of 0 … n - 1 without a list of it: a keyed bijection in constant memory, the same on every machine.
// A Feistel network over the bits of n permutes the next power of two; cycle walking stays below n (Black and Rogaway,
// "Ciphers with arbitrary finite domains", CT-RSA 2002). For sampling without repeats, not for secrets.
import { InternalError } from './errors.js';
import { mix32 } from './hash.js';
import { randomFor } from './random.js';

export interface Permutation {
  /** Where `i` goes; both are integers in [0, n). */
  (i: number): number;
  /** Where it came from: `inverse(permute(i)) === i`. */
  inverse(j: number): number;
}

/** Six make a good permutation; two more for halves of only a few bits. */
const ROUNDS = 8;
/** Shorter networks reach the orders of a few items unevenly: with 3 bits and 12 rounds, those of five items show it. */
const MIN_BITS = 8;

/**
 * The permutation of 0 … n - 1 (n up to 2^53 - 1) for one purpose, named as in `randomFor`. Equal names and n give equal
 * permutations; different names unrelated ones. A call takes less than two passes through the network on average
 * (256 / n of them where n is below 128). Throws InternalError where n, or later an item, is no such number.
 */
export function createPermutation(n: number, ...name: readonly (string | number)[]): Permutation {
  if (!Number.isSafeInteger(n) || n < 0) throw new InternalError(`a permutation of ${n} items`);
  let bits = MIN_BITS;
  while (2 ** bits < n) bits++;
  // Bit operations have 32 bits, so the two halves, at most 27 bits each, are kept apart.
  const low = 2 ** (bits >>> 1);
  const high = 2 ** (bits - (bits >>> 1));
  const random = randomFor('permutation', ...name);
  const keys = Int32Array.from({ length: ROUNDS }, () => random.uint32());

  /** Each round changes one half by a function of the other and its key, so the rounds backwards undo it. */
  const pass = (x: number, from: number, step: 1 | -1): number => {
    let left = Math.floor(x / low);
    let right = x % low;
    for (let round = from; round >= 0 && round < ROUNDS; round += step) {
      const key = keys[round]!;
      if ((round & 1) === 0) left ^= mix32(right ^ key) & (high - 1);
      else right ^= mix32(left ^ key) & (low - 1);
    }
    return left * low + right;
  };
  const walk = (start: number, from: number, step: 1 | -1): number => {
    if (!(Number.isInteger(start) && start >= 0 && start < n)) {
      throw new InternalError(`item ${start} of a permutation of ${n}`);
    }
    let x = start;
    do x = pass(x, from, step);
    while (x >= n);
    return x;
  };
  return Object.assign((i: number) => walk(i, 0, 1), { inverse: (j: number) => walk(j, ROUNDS - 1, -1) });
}
