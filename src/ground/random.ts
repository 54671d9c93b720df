// Randomness comes in as a value: a stream is named by what it is for (sweep seed, trial key, purpose), so no number
// depends on which worker drew it, in which order, or how often the trial was interrupted. Only names that must not
// repeat come from the system's.
import { randomBytes } from 'node:crypto';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import { hash128 } from './hash.js';

export interface Random {
  /** An integer in [0, 2^32). */
  uint32(): number;
  /** A float in [0, 1), 53 bits. */
  uniform(): number;
  /** A standard normal float (Box and Muller 1958, both values used). */
  normal(): number;
  /** An integer in [0, n), without bias; n up to 2^53. */
  below(n: number): number;
  /** Shuffles in place (Fisher and Yates, as in Knuth 3.4.2 P). */
  shuffle<T extends Uint32Array | Int32Array | unknown[]>(items: T): T;
}

/** The stream for one purpose. Equal names give equal streams; different names give unrelated ones. */
export function randomFor(...name: readonly (string | number)[]): Random {
  const lanes = new Uint32Array(4);
  hash128(JSON.stringify(name), 0x5eed, lanes);
  const generator = xoroshiro128plusFromState([lanes[0]! | 1, lanes[1]! | 0, lanes[2]! | 0, lanes[3]! | 0]);
  let spare: number | undefined;
  const uint32 = () => generator.next() >>> 0;
  const uniform = () => ((uint32() >>> 5) * 67108864 + (uint32() >>> 6)) / 9007199254740992;
  const below = (n: number) => {
    // Beyond 32 bits from the 53 bits of one uniform number.
    const isWide = n > 2 ** 32;
    const all = isWide ? 2 ** 53 : 2 ** 32;
    const limit = all - (all % n);
    for (;;) {
      const drawn = isWide ? uniform() * all : uint32();
      if (drawn < limit) return drawn % n;
    }
  };
  return {
    uint32,
    uniform,
    below,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()));
      const angle = 2 * Math.PI * uniform();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    shuffle(items) {
      for (let i = items.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const held = items[i]!;
        items[i] = items[j]!;
        items[j] = held;
      }
      return items;
    },
  };
}

/** A stream that is another one every time: for names that must not repeat, never for a result. */
export function systemRandom(): Random {
  return randomFor('system', randomBytes(16).toString('hex'));
}
