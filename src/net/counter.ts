// Random bits by place instead of by order: value i of a named stream without the ones before it, at 2 ns each. For the
// masks of a training; its starting weights are the same streams, drawn as whole arrays by uniform.ts.
import { mix32 } from '../ground/hash.js';
import { randomFor } from '../ground/random.js';

/** Step of the Weyl sequence: 2^32 over the golden ratio. */
export const WEYL = 0x9e3779b9;

/** The i-th 32 bits (as a signed integer) of the stream of that name. */
export function counterBits(...name: readonly (string | number)[]): (i: number) => number {
  const random = randomFor(...name);
  const start = random.uint32();
  const key = random.uint32();
  // A Weyl sequence through MurmurHash3's finaliser, as in SplitMix (Steele et al. 2014), keyed in between.
  return (i) => mix32(mix32((start + Math.imul(i, WEYL)) | 0) ^ key);
}
