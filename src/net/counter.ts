// Random bits by place instead of by order: value i of a named stream without the ones before it, at 2 ns each. For the
// arrays of a training (masks, starting weights), which are drawn by the hundred thousand at every start of a trial.
import { mix32 } from '../ground/hash.js';
import { randomFor } from '../ground/random.js';

/** Step of the Weyl sequence: 2^32 over the golden ratio. */
const WEYL = 0x9e3779b9;

/**
 * out[i] = unit · (the i-th bits + 0.5). Starting weights are most of a warm trial's start: two values a turn, whose chains
 * of multiplications the processor runs side by side, take two thirds of the time of one.
 */
export function fillUniform(out: Float32Array, unit: number, ...name: readonly (string | number)[]): void {
  const random = randomFor(...name);
  let place = random.uint32() | 0;
  const key = random.uint32() | 0;
  const last = out.length - 1;
  for (let i = 0; i < last; i += 2) {
    const even = mix32(mix32(place) ^ key);
    const odd = mix32(mix32((place + WEYL) | 0) ^ key);
    out[i] = unit * (even + 0.5);
    out[i + 1] = unit * (odd + 0.5);
    place = (place + 2 * WEYL) | 0;
  }
  if (last % 2 === 0) out[last] = unit * (mix32(mix32(place) ^ key) + 0.5);
}

/** The i-th 32 bits (as a signed integer) of the stream of that name. */
export function counterBits(...name: readonly (string | number)[]): (i: number) => number {
  const random = randomFor(...name);
  const start = random.uint32();
  const key = random.uint32();
  // A Weyl sequence through MurmurHash3's finaliser, as in SplitMix (Steele et al. 2014), keyed in between.
  return (i) => mix32(mix32((start + Math.imul(i, WEYL)) | 0) ^ key);
}
