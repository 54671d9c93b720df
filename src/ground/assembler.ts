// A small WebAssembly assembler: modules of one exported function over one imported memory, on vectors of two float64 or
// four 32-bit words. Code is arrays of bytes put together by functions, so that a formula reads as a formula. It knows just
// the instructions that the kernels need, and checks nothing: V8 validates the module.
// Opcodes: WebAssembly core specification 2.0, chapter 5 (binary format).

export type Code = readonly number[];

/** A local variable. */
export interface Local {
  readonly get: Code;
  set(value: Code): Code;
}

const VECTOR = 0x7b;
const I32 = 0x7f;
const VOID = 0x40;

/** Unsigned LEB128. */
function leb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest & 127) | 128);
    rest >>>= 7;
  }
  return [...bytes, rest];
}

/** i32.const of a value ≥ 0, as signed LEB128: a last byte whose sign bit (64) is set needs a zero byte after it. */
function i32(value: number): Code {
  const bytes = leb(value);
  const last = bytes.length - 1;
  return bytes[last]! < 64 ? [0x41, ...bytes] : [0x41, ...bytes.slice(0, last), bytes[last]! | 128, 0];
}

const sized = (content: Code): Code => [...leb(content.length), ...content];
const vector = (items: readonly Code[]): Code => [...leb(items.length), ...items.flat()];
const simd = (opcode: number): Code => [0xfd, ...leb(opcode)];
const binary = (opcode: number) => (a: Code, b: Code) => [...a, ...b, ...simd(opcode)];

export const add = binary(0xf0);
export const sub = binary(0xf1);
export const mul = binary(0xf2);
export const div = binary(0xf3);
/** The lanes where a < b, as masks of ones and zeros. */
export const less = binary(0x49);
export const atMost = binary(0x4b);
export const and = binary(0x4e);
export const xor = binary(0x51);
/** a < b ? b : a, lane by lane. */
export const greater = binary(0xf7);
export const sqrt = (a: Code): Code => [...a, ...simd(0xef)];
/** Four words, with wrapping arithmetic. */
export const addWords = binary(0xae);
export const mulWords = binary(0xb5);
/** Each word shifted right by a constant number of bits, zeros coming in. */
export const shiftWords = (a: Code, bits: number): Code => [...a, ...i32(bits), ...simd(0xad)];
/** The two lower words, as signed integers, in float64. */
export const wordsToDoubles = (a: Code): Code => [...a, ...simd(0xfe)];
/** Two float64 rounded to float32 in the two lower words; zeros above. */
export const doublesToFloats = (a: Code): Code => [...a, ...simd(0x5e)];
/** The upper half of a vector, in both halves. */
export const upperHalf = (a: Code): Code => shuffle(a, a, 8, 8);
/** The lower half of `a`, and over it that of `b`. */
export const joinLower = (a: Code, b: Code): Code => shuffle(a, b, 0, 16);

/** Eight bytes from each of two places in the 32 bytes of `a` and `b`. */
function shuffle(a: Code, b: Code, first: number, second: number): Code {
  const eight = (from: number) => Array.from({ length: 8 }, (_, i) => from + i);
  return [...a, ...b, ...simd(0x0d), ...eight(first), ...eight(second)];
}

/** The lanes of `a` where the mask is ones, of `b` elsewhere. */
export const select = (mask: Code, a: Code, b: Code): Code => [...a, ...b, ...mask, ...simd(0x52)];

/** Loads and stores at `address` (i32) + a constant; addresses are multiples of 16. */
export const load = (address: Code, offset: number): Code => [...address, ...simd(0x00), 4, ...leb(offset)];
export const store = (address: Code, offset: number, value: Code): Code => [
  ...address,
  ...value,
  ...simd(0x0b),
  4,
  ...leb(offset),
];
export const ADDRESS_ZERO = i32(0);

/** A vector with the same float64 in both lanes. */
export function splat(value: number): Code {
  return constant(new Float64Array([value, value]).buffer);
}

/** A vector with the same 32 bits in all words. */
export function splatWord(value: number): Code {
  return constant(new Int32Array([value, value, value, value]).buffer);
}

const constant = (bytes: ArrayBuffer): Code => [...simd(0x0c), ...new Uint8Array(bytes)];

/** Runs `body` with `counter` = 0, `stride`, 2·`stride`, … while it is below `limit` (i32, > 0). */
export function loop(counter: Local, limit: Code, stride: number, body: Code): Code {
  const advance = counter.set([...counter.get, ...i32(stride), 0x6a]);
  const again = [...counter.get, ...limit, 0x49, 0x0d, 0];
  return [...counter.set(i32(0)), 0x03, VOID, ...body, ...advance, ...again, 0x0b];
}

/** The locals of the function being written; its two i32 parameters come first. */
export class Locals {
  private count = 0;
  readonly first: Code = [0x20, 0];
  readonly second: Code = [0x20, 1];
  readonly counters: readonly [Local, Local] = [local(2), local(3)];

  vector(): Local {
    return local(4 + this.count++);
  }

  vectors(count: number): Local[] {
    return Array.from({ length: count }, () => this.vector());
  }

  declare(): Code {
    return vector([
      [2, I32],
      [...leb(this.count), VECTOR],
    ]);
  }
}

function local(index: number): Local {
  return { get: [0x20, ...leb(index)], set: (value) => [...value, 0x21, ...leb(index)] };
}

/** The module: imports `env.memory` of at least `pages` × 64 KiB, exports `run(first: i32, second: i32)`. */
export function assemble(locals: Locals, pages: number, body: Code): Uint8Array<ArrayBuffer> {
  const name = (text: string) => sized([...text].map((c) => c.charCodeAt(0)));
  const section = (id: number, content: Code) => [id, ...sized(content)];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, ...vector([[I32], [I32]]), ...vector([])]])),
    ...section(2, vector([[...name('env'), ...name('memory'), 2, 0, ...leb(pages)]])),
    ...section(3, vector([[0]])),
    ...section(7, vector([[...name('run'), 0, 0]])),
    ...section(10, vector([sized([...locals.declare(), ...body, 0x0b])])),
  ]);
}
