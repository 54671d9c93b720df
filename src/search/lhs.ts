// Latin hypercube sampling: block after block of points of which every axis is covered evenly.
import { z } from 'zod';
import type { MethodDefinition } from './contract.js';
import { drawLatinHypercube, type LatinOptions } from './qmc/latin-hypercube.js';

/** Past these a hypercube would take longer than a proposal may. */
const MOST_POINTS = 10_000;
const MOST_TRIES = 1000;

const options = z.object({
  size: z
    .int()
    .min(1)
    .max(MOST_POINTS)
    .default(64)
    .describe('points of one hypercube; best the number of trials, or a part of it'),
  centered: z.boolean().default(false).describe('points in the middle of their part of each axis'),
  maximin: z
    .int()
    .min(1)
    .max(MOST_TRIES)
    .default(1)
    .describe('hypercubes drawn, of which the one is taken whose closest points are furthest apart'),
});

export const lhs: MethodDefinition = {
  name: 'lhs',
  about: 'Latin hypercubes: of every `size` points each axis has one in each of its parts',
  options,
  listens: false,
  objectives: 'none',
  isSlow: false,
  create({ space, seed, options: given }) {
    const { size } = given as z.infer<typeof options>;
    const dimensions = space.dimensions.length;
    const latin: LatinOptions = { ...(given as z.infer<typeof options>), dimensions };
    let known = -1;
    let points: Float64Array = new Float64Array();
    return {
      propose(k) {
        const block = Math.floor(k / size);
        if (block !== known) {
          points = drawLatinHypercube(latin, seed, block);
          known = block;
        }
        const at = k - block * size;
        return {
          x: space.fill((d, { fromUnit }) => fromUnit(points[at * dimensions + d]!)),
          why: { stage: 'hypercube', hypercube: block, point: at },
        };
      },
    };
  },
};
