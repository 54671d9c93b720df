// Latin hypercube sampling: block after block of points of which every axis is covered evenly.
import type { MethodDefinition } from './contract.js';
import { lhs as description } from './descriptions.js';
import { drawLatinHypercube, type LatinOptions } from './qmc/latin-hypercube.js';

export const lhs: MethodDefinition = {
  ...description,
  create({ space, seed, options: given }) {
    const { size } = given as unknown as Omit<LatinOptions, 'dimensions'>;
    const dimensions = space.dimensions.length;
    const latin: LatinOptions = { ...(given as unknown as Omit<LatinOptions, 'dimensions'>), dimensions };
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
