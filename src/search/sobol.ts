// Sobol's sequence with Owen's scrambling: points that fill the space more evenly than random ones, whatever the results.
import { z } from 'zod';
import type { MethodDefinition } from './contract.js';
import { createScrambling, createSobolSequence, MOST_DIMENSIONS } from './qmc/sobol-sequence.js';

export const sobol: MethodDefinition = {
  name: 'sobol',
  about: 'scrambled Sobol points, which fill the space evenly; powers of two are its best numbers of trials',
  options: z.object({}),
  listens: false,
  objectives: 'none',
  isSlow: false,
  findSpaceFaults: ({ dimensions }) =>
    dimensions.length <= MOST_DIMENSIONS
      ? []
      : [
          `it has ${MOST_DIMENSIONS} dimensions at most, and the space ${dimensions.length}; halton has no such limit`,
        ],
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
