// Dropout masks from a counter: value i of step t of one layer depends on (name, layer, t, i) alone, so a mask is the
// same on every engine and worker, and after any interruption.
import { counterBits } from './counter.js';

/** Fills `out` with 1 (keep) and 0 (drop, with probability `rate` rounded to a multiple of 2^-16). */
export function fillMask(
  out: Uint8Array,
  rate: number,
  name: readonly (string | number)[],
  step: number,
): void {
  const bitsAt = counterBits(...name, 'dropout', step);
  const limit = Math.round(rate * 65536);
  for (let i = 0; i < out.length; i += 2) {
    // Each draw gives two values of 16 bits.
    const bits = bitsAt(i);
    out[i] = (bits & 0xffff) < limit ? 0 : 1;
    if (i + 1 < out.length) out[i + 1] = bits >>> 16 < limit ? 0 : 1;
  }
}
