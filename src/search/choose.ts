// Which method suits a search, for those who do not want to choose: the rules behind `--sampler auto`, which follow what
// docs/search-quality.md has measured.
import { plural } from '../ground/text.js';
import { SOBOL_DIMENSIONS } from './descriptions.js';
import type { SearchSpace } from './space.js';

export interface Choice {
  readonly name: string;
  /** Why, for people. */
  readonly why: string;
}

/** More configurations than that, and Gaussian processes take seconds for a proposal. */
const MOST_FOR_GP = 200;
/** The volume that a front covers is computed exactly: with more objectives that takes long. */
const MOST_OBJECTIVES_FOR_GP = 3;
/** Fewer, and a covariance matrix has learnt little. */
const LEAST_FOR_CMAES = 1000;
/** A population needs some generations. */
const LEAST_FOR_NSGA2 = 1000;
/** Past that, a model of the whole space is a model of little. */
const MOST_DIMENSIONS_FOR_GP = 20;

/** `objectives`: how many; `configurations`: how many are to be tried; null: nobody knows. */
export function chooseMethod(
  space: SearchSpace,
  { objectives, configurations }: { readonly objectives: number; readonly configurations: number | null },
): Choice {
  const { points } = space;
  const dimensions = space.dimensions.filter(({ size }) => size > 1);
  const count = `${dimensions.length} ${dimensions.length === 1 ? 'parameter' : 'parameters'}`;
  const known =
    configurations === null ? 'an unknown number of configurations' : plural(configurations, 'configuration');
  const even = space.dimensions.length <= SOBOL_DIMENSIONS ? 'sobol' : 'halton';
  if (objectives === 0) return { name: even, why: 'no objective: the points fill the space evenly' };
  if (configurations !== null && configurations >= points)
    return { name: even, why: `${known} are all ${points} points of the space` };
  const isFew =
    configurations !== null && configurations <= MOST_FOR_GP && dimensions.length <= MOST_DIMENSIONS_FOR_GP;
  if (isFew && objectives <= MOST_OBJECTIVES_FOR_GP) {
    const several = objectives > 1 ? `${objectives} objectives, ` : '';
    return { name: 'gp', why: `${several}${count}, ${known}: few enough to model all of them` };
  }
  if (objectives > 1)
    return configurations !== null && configurations >= LEAST_FOR_NSGA2
      ? { name: 'nsga2', why: `${objectives} objectives, ${known}` }
      : { name: 'tpe', why: `${objectives} objectives, ${known}: too few for generations` };
  const isUnconditional = dimensions.every(({ conditions }) => conditions.length === 0);
  const isPlain = isUnconditional && dimensions.every(({ kind }) => kind !== 'categorical');
  if (isPlain && configurations !== null && configurations >= LEAST_FOR_CMAES && dimensions.length > 1)
    return { name: 'cmaes', why: `${count}, all numbers, ${known}` };
  const reason = isUnconditional ? '' : ', some of which depend on others';
  return { name: 'tpe', why: `${count}${reason}, ${known}` };
}
