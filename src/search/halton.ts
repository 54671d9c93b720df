// Halton's sequence with random digit permutations: evenly spread points for any number of dimensions and trials.
import type { MethodDefinition } from './contract.js';
import { halton as description } from './descriptions.js';
import { createScrambledHalton } from './qmc/halton-sequence.js';

export const halton: MethodDefinition = {
  ...description,
  create({ space, seed }) {
    const pointAt = createScrambledHalton(space.dimensions.length, seed);
    return {
      propose(k) {
        const u = pointAt(k);
        return { x: space.fill((d, { fromUnit }) => fromUnit(u[d]!)), why: { stage: 'sequence', point: k } };
      },
    };
  },
};
