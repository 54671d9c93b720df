// The tree-structured Parzen estimator (Bergstra et al. 2011; Watanabe 2023): a model of where good observations lie, and one
// of where the others lie; of points drawn from the first, the one is proposed at which it is largest beside the second.
import { z } from 'zod';
import { randomFor } from '../../ground/random.js';
import type { Method, MethodDefinition, MethodSetup, Suggestion, View } from '../contract.js';
import { drawAllowed } from '../draw.js';
import { Model } from './model.js';

const options = z.object({
  startUp: z.int().min(0).default(10).describe('points at random before the first that is modelled'),
  candidates: z
    .int()
    .min(1)
    .max(1000)
    .default(24)
    .describe('points drawn for a proposal, the best of which is taken'),
  multivariate: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe(
      'parameters modelled together, or each on its own; auto: together where there is one objective',
    ),
});

export type TpeOptions = z.infer<typeof options>;

export const tpe: MethodDefinition = {
  name: 'tpe',
  about:
    'tree-structured Parzen estimator: for any space, any number of objectives, hundreds to thousands of trials',
  options,
  listens: true,
  objectives: 'any',
  isSlow: false,
  create: (setup) => new Tpe(setup as unknown as MethodSetup<TpeOptions>),
};

class Tpe implements Method {
  readonly #setup: MethodSetup<TpeOptions>;
  readonly #model: Model;

  constructor(setup: MethodSetup<TpeOptions>) {
    this.#setup = setup;
    this.#model = new Model(setup);
  }

  propose(k: number, view: View): Suggestion {
    const { space, seed, options, allows } = this.#setup;
    const random = randomFor('search-tpe', seed, k);
    if (k < options.startUp || !this.#model.learn(view)) {
      return { x: drawAllowed(space, random, allows), why: { stage: 'start-up' } };
    }
    return this.#model.propose(random);
  }
}
