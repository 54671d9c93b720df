// CMA-ES: searches numbers with a normal distribution that learns where good results lie, how they are spread, and how far
// to step. Each observation counts by itself, when it is told (see strategy.ts), so that there are no generations to
// wait for: with a look-ahead of W a proposal is drawn from what is known W trials before it. Integers keep a margin;
// where a space has conditions, dimensions that are not there are drawn and left out.
import { z } from 'zod';
import type { Method, MethodDefinition, MethodSetup, View } from '../contract.js';
import type { SearchSpace } from '../space.js';
import { createBox } from './box.js';
import { type CmaesOptions, MOST_ATTEMPTS, Replay } from './replay.js';

const options = z.object({
  population: z
    .number()
    .int()
    .refine((n) => n === 0 || (n >= 4 && n <= 10_000), 'expected 0, or from 4 to 10000')
    .default(0)
    .describe('how many results are ranked together (default 0: 4 + 1.5 ln(dimensions))'),
  sigma: z
    .number()
    .positive()
    .max(1)
    .default(1 / 6)
    .describe('the first standard deviation, as a part of each range (default: 1/6)'),
  start: z
    .enum(['centre', 'random'])
    .default('centre')
    .describe('where it begins (default: the centre of the space)'),
  restarts: z
    .enum(['none', 'ipop', 'bipop'])
    .default('ipop')
    .describe('once it has come to rest, begin anew elsewhere with larger populations (default: ipop)'),
});

export const cmaes: MethodDefinition = {
  name: 'cmaes',
  about:
    'CMA-ES: a normal distribution that learns where good numbers lie; for numbers, of some hundred trials on',
  options,
  listens: true,
  objectives: 'one',
  isSlow: false,
  findSpaceFaults,
  create: (setup) => createCmaes(setup as MethodSetup as MethodSetup<CmaesOptions & Record<string, unknown>>),
};

function findSpaceFaults({ dimensions }: SearchSpace): readonly string[] {
  return dimensions.flatMap(({ kind, size, names }) =>
    kind === 'categorical' && size > 2
      ? [
          names.length === 0
            ? `the sweep has ${size} grids; expected at most two: use tpe`
            : `${names.join('+')} is a choice of ${size} without an order; expected numbers, or a choice of two: use tpe or gp`,
        ]
      : [],
  );
}

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
