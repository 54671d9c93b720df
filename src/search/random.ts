// Random search: every proposal is drawn anew, each axis as its domain says.
import { z } from 'zod';
import { randomFor } from '../ground/random.js';
import type { MethodDefinition } from './contract.js';
import { drawAllowed } from './draw.js';

export const random: MethodDefinition = {
  name: 'random',
  about: 'every point drawn at random, whatever the results',
  options: z.object({}),
  listens: false,
  objectives: 'none',
  isSlow: false,
  create: ({ space, seed, allows }) => ({
    propose: (k) => ({
      x: drawAllowed(space, randomFor('search-random', seed, k), allows),
      why: { stage: 'random' },
    }),
  }),
};
