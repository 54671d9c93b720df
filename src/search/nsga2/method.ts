// NSGA-II: a population of good places, of which two at a time, chosen by rank and room, make a new one. For several
// objectives, and any kind of space.
import { randomFor } from '../../ground/random.js';
import type { Method, MethodDefinition, MethodSetup, View } from '../contract.js';
import { nsga2 as description } from '../descriptions.js';
import { drawAllowed } from '../draw.js';
import { breed } from './breeding.js';
import { compareMembers, type Member, survive } from './survival.js';

interface Nsga2Options extends Readonly<Record<string, unknown>> {
  readonly population: number;
  readonly crossover: number;
  readonly mutation: number;
}

/** Children made instead of ones that are not allowed, after which the sampler takes a place at random. */
const MOST_ATTEMPTS = 20;

export const nsga2: MethodDefinition = {
  ...description,
  create: (setup) => createNsga2(setup as MethodSetup as MethodSetup<Nsga2Options>),
};

function createNsga2({ space, seed, options: chosen, allows }: MethodSetup<Nsga2Options>): Method {
  const { population: most, crossover } = chosen;
  const mutation = chosen.mutation || 1 / Math.max(1, space.dimensions.length);
  /** Only to save time: who has survived the first `learnt` observations. */
  let population: readonly Member[] = [];
  let learnt = 0;

  const populationAfter = ({ told }: View): readonly Member[] => {
    if (learnt > told.length) [population, learnt] = [[], 0];
    for (; learnt < told.length; learnt++) population = survive(population, told[learnt]!, most);
    return population;
  };

  return {
    propose(k, view) {
      const members = k < most ? [] : populationAfter(view);
      if (members.length < 2) {
        const x = drawAllowed(space, randomFor('nsga2', seed, k), allows);
        return { x, why: { stage: 'start-up' } };
      }
      for (let attempt = 0; ; attempt++) {
        const random = randomFor('nsga2', seed, k, attempt);
        const choose = () => {
          const [a, b] = [members[random.below(members.length)]!, members[random.below(members.length)]!];
          return compareMembers(a, b) <= 0 ? a : b;
        };
        const [first, second] = [choose(), choose()];
        const x = breed(space, [first.observation.x, second.observation.x], { crossover, mutation }, random);
        if (attempt < MOST_ATTEMPTS && !allows(x)) continue;
        const parents = [first.observation.number, second.observation.number];
        return { x, why: { stage: 'child', parents, ranks: [first.rank + 1, second.rank + 1] } };
      }
    },
  };
}
