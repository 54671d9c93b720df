// The Mersenne Twister (Matsumoto and Nishimura 1998, mt19937), as PyTorch draws float32 weights from it: a test can
// start from PyTorch's own weights without half a million numbers in a file. For tests alone; it is no stream of ours.

const SIZE = 624;
const SHIFT = 397;

/** 32-bit words after `torch.manual_seed(seed)`. */
export function mersenneTwister(seed: number): () => number {
  const state = new Uint32Array(SIZE);
  state[0] = seed;
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1]!;
    state[i] = Math.imul(before ^ (before >>> 30), 1812433253) + i;
  }
  let at = SIZE;
  return () => {
    if (at === SIZE) {
      for (let i = 0; i < SIZE; i++) {
        const y = (state[i]! & 0x80000000) | (state[(i + 1) % SIZE]! & 0x7fffffff);
        state[i] = state[(i + SHIFT) % SIZE]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      at = 0;
    }
    let y = state[at++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
}

/** `uniform_(-limit, limit)` of PyTorch on a CPU: 24 bits a number, scaled in float64, kept in float32. */
export function uniformLikeTorch(words: () => number, limit: number, count: number): Float32Array {
  const from = Math.fround(-limit);
  const range = Math.fround(Math.fround(limit) - from);
  return Float32Array.from({ length: count }, () => (words() & 0xffffff) * 2 ** -24 * range + from);
}
