// Halton's sequence with random digit permutations: evenly spread points for any number of dimensions and trials.
import { z } from 'zod';
import type { MethodDefinition } from './contract.js';
import { createScrambledHalton } from './qmc/halton-sequence.js';

export const halton: MethodDefinition = {
  name: 'halton',
  about: 'scrambled Halton points, which fill the space evenly; any number of trials is as good as another',
  options: z.object({}),
  listens: false,
  objectives: 'none',
  isSlow: false,
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
