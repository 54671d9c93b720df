// CMA-ES: searches numbers with a normal distribution that learns where good results lie, how they are spread, and how far
// to step. Each observation counts by itself, when it is told (see strategy.ts), so that there are no generations to
// wait for: with a look-ahead of W a proposal is drawn from what is known W trials before it. Integers keep a margin;
// where a space has conditions, dimensions that are not there are drawn and left out.
import type { Method, MethodDefinition, MethodSetup, View } from '../contract.js';
import { cmaes as description } from '../descriptions.js';
import { createBox } from './box.js';
import { type CmaesOptions, MOST_ATTEMPTS, Replay } from './replay.js';

export const cmaes: MethodDefinition = {
  ...description,
  create: (setup) => createCmaes(setup as MethodSetup as MethodSetup<CmaesOptions & Record<string, unknown>>),
};

function createCmaes({
  space,
  seed,
  options: chosen,
  allows,
}: MethodSetup<CmaesOptions & Record<string, unknown>>): Method {
  const box = createBox(space);
  /** Only to save time: the latest of one look-ahead. */
  let replay: Replay | undefined;
  let lag = -1;

  const replayTo = (k: number, { told }: View): Replay => {
    if (replay === undefined || lag !== k - told.length || replay.told > told.length) {
      lag = k - told.length;
      replay = new Replay({ box, seed, options: chosen, lag });
    }
    while (replay.told < told.length) replay.learn(told);
    return replay;
  };

  return {
    propose(k, view) {
      if (box.dimensions.length === 0) return { x: space.fill(() => 0), why: { stage: 'only point' } };
      const at = replayTo(k, view);
      let x = at.propose(k, 0);
      for (let attempt = 1; attempt < MOST_ATTEMPTS && !allows(x); attempt++) x = at.propose(k, attempt);
      const { number, population } = at.phase;
      const stage = view.told.length === 0 ? 'start-up' : 'distribution';
      return { x, why: { stage, restart: number, population, sigma: at.sigma, learnt: at.told } };
    },
  };
}
