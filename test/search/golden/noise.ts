// Noise that is the same in every language: it depends on the integers of its key alone, and on 32-bit arithmetic. Optuna was
// told the same numbers when the golden results were made.

/** The finaliser of MurmurHash3 (A. Appleby, public domain). */
function mix32(mixed: number): number {
  let h = mixed;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** mulberry32 (T. Ettinger, public domain). */
function createUniform(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A standard normal number (Box and Muller 1958, the cosine of the two). */
export function noise(...key: readonly number[]): number {
  let h = 0;
  for (const k of key) h = mix32((h + k + 0x9e3779b9) | 0);
  const uniform = createUniform(h);
  const u1 = uniform();
  const u2 = uniform();
  return Math.sqrt(-2 * Math.log(1 - u1)) * Math.cos(2 * Math.PI * u2);
}
