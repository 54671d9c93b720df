// Sobol's sequence with Owen's scrambling: points that fill the space more evenly than random ones, whatever the results.
import type { MethodDefinition } from './contract.js';
import { sobol as description } from './descriptions.js';
import { createScrambling, createSobolSequence } from './qmc/sobol-sequence.js';

export const sobol: MethodDefinition = {
  ...description,
  create({ space, seed }) {
    const pointAt = createSobolSequence(space.dimensions.length);
    const scramble = createScrambling(space.dimensions.length, seed);
    return {
      propose(k) {
        const u = scramble(pointAt(k));
        return { x: space.fill((d, { fromUnit }) => fromUnit(u[d]!)), why: { stage: 'sequence', point: k } };
      },
    };
  },
};
