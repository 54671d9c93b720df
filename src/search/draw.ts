// Random places that a constraint allows, as far as can be had by trying.
import type { Random } from '../ground/random.js';
import type { SearchSpace } from './space.js';

/** After as many places that are not allowed the last one is as good as any: the sampler replaces it (see contract.ts). */
const TRIES = 100;

export function drawAllowed(
  space: SearchSpace,
  random: Random,
  allows: (x: Float64Array) => boolean,
): Float64Array {
  let x = space.draw(random);
  for (let tries = 1; tries < TRIES && !allows(x); tries++) x = space.draw(random);
  return x;
}
