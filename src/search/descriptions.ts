// What the search methods are, as the command line, the help and a manifest know them: names, options, abilities. What they
// do stands beside this, and is loaded when a run searches.
import { z } from 'zod';
import type { MethodDescription } from './contract.js';
import type { SearchSpace } from './space.js';
import { options as tpeOptions } from './tpe/options.js';

export const tpe: MethodDescription = {
  name: 'tpe',
  about:
    'tree-structured Parzen estimator: for any space, any number of objectives, hundreds to thousands of trials',
  options: tpeOptions,
  listens: true,
  objectives: 'any',
  isSlow: false,
};

const gpOptions = z.object({
  startup: z
    .int()
    .min(1)
    .max(1000)
    .default(10)
    .describe('trials of a Latin hypercube before results are used'),
});

export const gp: MethodDescription = {
  name: 'gp',
  about: 'Gaussian process with expected improvement: for few and costly trials, up to some hundred',
  options: gpOptions,
  listens: true,
  objectives: 'any',
  isSlow: true,
};

const cmaesOptions = z.object({
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

export const cmaes: MethodDescription = {
  name: 'cmaes',
  about:
    'CMA-ES: a normal distribution that learns where good numbers lie; for numbers, of some hundred trials on',
  options: cmaesOptions,
  listens: true,
  objectives: 'one',
  isSlow: false,
  findSpaceFaults: findUnordered,
};

const nsga2Options = z.object({
  population: z
    .number()
    .int()
    .min(4)
    .max(10_000)
    .default(50)
    .describe('how many survive, and how many are drawn at random before the first child (default: 50)'),
  crossover: z.number().min(0).max(1).default(0.9).describe('chance that parents are crossed (default: 0.9)'),
  mutation: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('chance of each axis to be mutated (default 0: one axis of a child on average)'),
});

export const nsga2: MethodDescription = {
  name: 'nsga2',
  about: 'NSGA-II: crosses and mutates the best points of several objectives, for any space and many trials',
  options: nsga2Options,
  listens: true,
  objectives: 'any',
  isSlow: false,
};

/** Rows of the table of direction numbers, which is not loaded to count them. */
export const SOBOL_DIMENSIONS = 256;

export const sobol: MethodDescription = {
  name: 'sobol',
  about: 'scrambled Sobol points, which fill the space evenly; powers of two are its best numbers of trials',
  options: z.object({}),
  listens: false,
  objectives: 'none',
  isSlow: false,
  findSpaceFaults: ({ dimensions }) =>
    dimensions.length <= SOBOL_DIMENSIONS
      ? []
      : [
          `it has ${SOBOL_DIMENSIONS} dimensions at most, and the space ${dimensions.length}; halton has no such limit`,
        ],
};

export const halton: MethodDescription = {
  name: 'halton',
  about: 'scrambled Halton points, which fill the space evenly; any number of trials is as good as another',
  options: z.object({}),
  listens: false,
  objectives: 'none',
  isSlow: false,
};

/** Past these a hypercube would take longer than a proposal may. */
const MOST_POINTS = 10_000;
const MOST_TRIES = 1000;

const lhsOptions = z.object({
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

export const lhs: MethodDescription = {
  name: 'lhs',
  about: 'Latin hypercubes: of every `size` points each axis has one in each of its parts',
  options: lhsOptions,
  listens: false,
  objectives: 'none',
  isSlow: false,
};

function findUnordered({ dimensions }: SearchSpace): readonly string[] {
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
