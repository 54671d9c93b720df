// The tree-structured Parzen estimator (Bergstra et al. 2011; Watanabe 2023): a model of where good observations lie, and one
// of where the others lie; of points drawn from the first, the one is proposed at which it is largest beside the second.
import { randomFor } from '../../ground/random.js';
import type { Method, MethodDefinition, MethodSetup, Suggestion, View } from '../contract.js';
import { tpe as description } from '../descriptions.js';
import { drawAllowed } from '../draw.js';
import { Model } from './model.js';
import type { TpeOptions } from './options.js';

export const tpe: MethodDefinition = {
  ...description,
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
    if (k < options.startup || !this.#model.learn(view)) {
      return { x: drawAllowed(space, random, allows), why: { stage: 'start-up' } };
    }
    return this.#model.propose(random);
  }
}
