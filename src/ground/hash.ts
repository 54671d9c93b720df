// A fast hash of text for trial keys and seeds: MurmurHash3 x86_128 (Austin Appleby, public domain), on the UTF-8
// bytes. Not for secrets. 128 bits come back as four unsigned 32-bit numbers.

const encoder = new TextEncoder();
let scratch = new Uint8Array(1024);

/** MurmurHash3_x86_128 of the UTF-8 bytes of `text`, written into `out` (4 lanes). */
export function hash128(text: string, seed: number, out: Uint32Array): void {
  const length = writeBytes(text);
  const bytes = scratch;
  let h1 = seed | 0;
  let h2 = seed | 0;
  let h3 = seed | 0;
  let h4 = seed | 0;
  const blocks = length >>> 4;
  for (let b = 0; b < blocks; b++) {
    const i = b << 4;
    h1 = Math.imul(rotl(h1 ^ mixK(word(bytes, i), C1, 15, C2), 19) + h2, 5) + 0x561ccd1b;
    h2 = Math.imul(rotl(h2 ^ mixK(word(bytes, i + 4), C2, 16, C3), 17) + h3, 5) + 0x0bcaa747;
    h3 = Math.imul(rotl(h3 ^ mixK(word(bytes, i + 8), C3, 17, C4), 15) + h4, 5) + 0x96cd1c35;
    h4 = Math.imul(rotl(h4 ^ mixK(word(bytes, i + 12), C4, 18, C1), 13) + h1, 5) + 0x32ac3b17;
  }
  const tail = blocks << 4;
  const left = length & 15;
  if (left > 12) h4 ^= mixK(partialWord(bytes, tail + 12, length), C4, 18, C1);
  if (left > 8) h3 ^= mixK(partialWord(bytes, tail + 8, length), C3, 17, C4);
  if (left > 4) h2 ^= mixK(partialWord(bytes, tail + 4, length), C2, 16, C3);
  if (left > 0) h1 ^= mixK(partialWord(bytes, tail, length), C1, 15, C2);
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = (h2 + h1) | 0;
  h3 = (h3 + h1) | 0;
  h4 = (h4 + h1) | 0;
  h1 = mix32(h1);
  h2 = mix32(h2);
  h3 = mix32(h3);
  h4 = mix32(h4);
  h1 = (h1 + h2 + h3 + h4) | 0;
  out[0] = h1;
  out[1] = h2 + h1;
  out[2] = h3 + h1;
  out[3] = h4 + h1;
}

/** The multipliers of `mix32`. */
export const MIX_FIRST = 0x85ebca6b;
export const MIX_SECOND = 0xc2b2ae35;

/** The finaliser of MurmurHash3: a bijection of 32 bits in which every input bit moves every output bit. */
export function mix32(h: number): number {
  h ^= h >>> 16;
  h = Math.imul(h, MIX_FIRST);
  h ^= h >>> 13;
  h = Math.imul(h, MIX_SECOND);
  return h ^ (h >>> 16);
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789 | 0;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93 | 0;

function rotl(x: number, r: number): number {
  return (x << r) | (x >>> (32 - r));
}

function mixK(k: number, a: number, r: number, b: number): number {
  return Math.imul(rotl(Math.imul(k, a), r), b);
}

function word(bytes: Uint8Array, i: number): number {
  return bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
}

function partialWord(bytes: Uint8Array, from: number, end: number): number {
  let k = 0;
  for (let i = Math.min(from + 4, end) - 1; i >= from; i--) k = (k << 8) | bytes[i]!;
  return k;
}

/** The UTF-8 bytes of `text`, in the scratch; how many. (A loop over char codes takes twice as long on a joined text.) */
function writeBytes(text: string): number {
  if (scratch.length < text.length * 3) scratch = new Uint8Array(text.length * 6);
  return encoder.encodeInto(text, scratch).written;
}
