// Kernels that count at a point: what all factors do with them alike.
import type { Terms } from './factor.js';

/** Leaves those out that are negligible by now; the others stay in their order. */
export function dropNegligible(terms: Terms): void {
  const { values, kernels, least } = terms;
  let left = 0;
  for (let i = 0; i < terms.count; i++) {
    if (values[i]! <= least) continue;
    values[left] = values[i]!;
    kernels[left++] = kernels[i]!;
  }
  terms.count = left;
}
