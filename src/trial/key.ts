// Trial keys and seeds. A key is 80 bits of MurmurHash3 over the trial's canonical text, which is JSON:
//   ["worker","version",{"alpha":0.3,"optimizer":"adam"},0]
// with sorted names and the shortest text of every float64; last the replicate, or "seed 7" where seeds are chosen: what
// a chosen seed stands for does not depend on its place among them. 80 bits: among 10^8 trials two share a key with
// probability 4e-9. Not for secrets.
import { hash128, mix32 } from '../ground/hash.js';
import type { Value } from '../space/types.js';
import { canonicalObject } from '../space/value.js';

/** Makes keys for one worker. Holds the hash of the last key, so that its seed costs no second one. */
export interface Keyer {
  /** 20 letters a to p. */
  key(params: Readonly<Record<string, Value>>, replicate: number): string;
  /** The same from the canonical text of the parameters. */
  keyOfText(canonical: string, replicate: number): string;
  /** The same with a chosen seed in place of the replicate. */
  keyOfSeed(canonical: string, seed: number): string;
  /** `trialSeed(sweepSeed, key)` of the key made last. */
  lastSeed(sweepSeed: number): number;
}

export function createKeyer(workerName: string, version: string): Keyer {
  const head = `[${JSON.stringify(workerName)},${JSON.stringify(version)},`;
  const lanes = new Uint32Array(4);
  const keyOfText = (canonical: string, last: number | string): string => {
    hash128(`${head}${canonical},${last}]`, 0, lanes);
    return spell(lanes[0]!, lanes[1]!, lanes[2]!);
  };
  return {
    keyOfText,
    keyOfSeed: (canonical, seed) => keyOfText(canonical, `"seed ${seed}"`),
    key: (params, replicate) => keyOfText(canonicalObject(params), replicate),
    lastSeed: (sweepSeed) => seedOf(sweepSeed, lanes[0]!, lanes[1]!, lanes[2]! >>> 16),
  };
}

/** The key of one trial. `params` are all of the worker's parameters, defaults filled in. */
export function trialKey(
  workerName: string,
  version: string,
  params: Readonly<Record<string, Value>>,
  replicate: number,
): string {
  return createKeyer(workerName, version).key(params, replicate);
}

/** Seed of a trial, an integer in [0, 2^32): every bit of the key and of the sweep's seed (a safe integer) counts. */
export function trialSeed(sweepSeed: number, key: string): number {
  return seedOf(sweepSeed, unspell(key, 0, 8), unspell(key, 8, 16), unspell(key, 16, 20));
}

/** A chain of bijections of 32 bits: with all other words held, each word alone decides the result one to one. */
function seedOf(sweepSeed: number, a: number, b: number, c: number): number {
  let seed = mix32(0x9e3779b9 ^ sweepSeed);
  seed = mix32(seed ^ Math.floor(sweepSeed / 4294967296));
  seed = mix32(seed ^ a);
  seed = mix32(seed ^ b);
  return mix32(seed ^ c) >>> 0;
}

/**
 * One letter for four bits, 0 = a to 15 = p, high bits first; of `c` only the upper half. Letters alone, because a
 * spreadsheet reads the hex key 12345e678 as a number. One call for all makes one flat string: half the time of adding
 * pieces, and far less to collect.
 */
function spell(a: number, b: number, c: number): string {
  return String.fromCharCode(
    letter(a >>> 28),
    letter(a >>> 24),
    letter(a >>> 20),
    letter(a >>> 16),
    letter(a >>> 12),
    letter(a >>> 8),
    letter(a >>> 4),
    letter(a),
    letter(b >>> 28),
    letter(b >>> 24),
    letter(b >>> 20),
    letter(b >>> 16),
    letter(b >>> 12),
    letter(b >>> 8),
    letter(b >>> 4),
    letter(b),
    letter(c >>> 28),
    letter(c >>> 24),
    letter(c >>> 20),
    letter(c >>> 16),
  );
}

function letter(bits: number): number {
  return 97 + (bits & 15);
}

function unspell(key: string, from: number, to: number): number {
  let word = 0;
  for (let i = from; i < to; i++) word = (word << 4) | (key.charCodeAt(i) - 97);
  return word >>> 0;
}
