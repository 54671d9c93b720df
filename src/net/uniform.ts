// Uniform arrays for starting weights, which are most of a warm trial's start: the counter-based stream of counter.ts in
// WebAssembly, four values to a vector, to the same bits as its formula one by one.
import {
  ADDRESS_ZERO,
  add,
  addWords,
  assemble,
  type Code,
  doublesToFloats,
  joinLower,
  Locals,
  load,
  loop,
  mul,
  mulWords,
  shiftWords,
  splat,
  splatWord,
  store,
  upperHalf,
  wordsToDoubles,
  xor,
} from '../ground/assembler.js';
import { MIX_FIRST, MIX_SECOND } from '../ground/hash.js';
import { randomFor } from '../ground/random.js';
import { createWasmMemory, instantiate } from '../ground/wasm.js';
import { counterBits, WEYL } from './counter.js';

/** Vectors in flight, to cover the four multiplications (10 cycles each) that follow one another. */
const WIDTH = 4;
const STRIDE = 16 * WIDTH;
/** Values a call: 16 KiB, which stay in the first-level cache until they are copied out. */
const AT_ONCE = 4096;
/** Memory: the four places that come next, the key in every word, the unit twice, then the values of a call. */
const PLACES = 0;
const KEY = 16;
const UNIT = 32;
const VALUES = 48;

/** out[i] = unit · (the i-th bits + 0.5), rounded to float32; the bits are those of `counterBits` of that name. */
export function fillUniform(out: Float32Array, unit: number, ...name: readonly (string | number)[]): void {
  kernel ??= createKernel();
  if (kernel === null) {
    const bits = counterBits(...name);
    for (let i = 0; i < out.length; i++) out[i] = unit * (bits(i) + 0.5);
    return;
  }
  const { run, words, units, values } = kernel;
  const random = randomFor(...name);
  const start = random.uint32();
  for (let lane = 0; lane < 4; lane++) words[PLACES / 4 + lane] = start + Math.imul(lane, WEYL);
  words.fill(random.uint32(), KEY / 4, KEY / 4 + 4);
  units.fill(unit);
  for (let from = 0; from < out.length; from += AT_ONCE) {
    const count = Math.min(AT_ONCE, out.length - from);
    run(4 * count, 0);
    out.set(count === AT_ONCE ? values : values.subarray(0, count), from);
  }
}

type Kernel = NonNullable<ReturnType<typeof createKernel>>;

/** Made once a thread; null where V8 has no WebAssembly vectors. */
let kernel: Kernel | null | undefined;

function createKernel() {
  const module = assembleUniform();
  const memory = createWasmMemory(1, module);
  if (memory === null) return null;
  return {
    run: instantiate(module, memory),
    words: new Int32Array(memory.buffer, 0, VALUES / 4),
    units: new Float64Array(memory.buffer, UNIT, 2),
    values: new Float32Array(memory.buffer, VALUES, AT_ONCE),
  };
}

/** run(bytes, 0): that many bytes of values, rounded up to STRIDE; PLACES are moved on past them. */
function assembleUniform(): Uint8Array<ArrayBuffer> {
  const locals = new Locals();
  const [place] = locals.counters;
  const places = locals.vectors(WIDTH);
  const mixed = locals.vectors(WIDTH);
  const [key, unit] = [locals.vector(), locals.vector()];
  const step = (vectors: number) => splatWord(Math.imul(4 * vectors, WEYL));

  /** MurmurHash3's finaliser, as mix32 in ground/hash.ts; all vectors through each line before the next line. */
  const mix = [
    ...mixed.flatMap((h) => h.set(xor(h.get, shiftWords(h.get, 16)))),
    ...mixed.flatMap((h) => h.set(mulWords(h.get, splatWord(MIX_FIRST)))),
    ...mixed.flatMap((h) => h.set(xor(h.get, shiftWords(h.get, 13)))),
    ...mixed.flatMap((h) => h.set(mulWords(h.get, splatWord(MIX_SECOND)))),
    ...mixed.flatMap((h) => h.set(xor(h.get, shiftWords(h.get, 16)))),
  ];
  const scaled = (words: Code) => doublesToFloats(mul(unit.get, add(wordsToDoubles(words), splat(0.5))));

  return assemble(locals, 1, [
    ...key.set(load(ADDRESS_ZERO, KEY)),
    ...unit.set(load(ADDRESS_ZERO, UNIT)),
    ...places.flatMap((p, i) => p.set(addWords(load(ADDRESS_ZERO, PLACES), step(i)))),
    ...loop(place, locals.first, STRIDE, [
      ...mixed.flatMap((h, i) => h.set(places[i]!.get)),
      ...mix,
      ...mixed.flatMap((h) => h.set(xor(h.get, key.get))),
      ...mix,
      ...mixed.flatMap((h, i) =>
        store(place.get, VALUES + 16 * i, joinLower(scaled(h.get), scaled(upperHalf(h.get)))),
      ),
      ...places.flatMap((p) => p.set(addWords(p.get, step(WIDTH)))),
    ]),
    ...store(ADDRESS_ZERO, PLACES, places[0]!.get),
  ]);
}
