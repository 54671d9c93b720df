// Which method suits a search, for those who do not want to choose: the rules behind `--sampler auto`, which follow what
// docs/search-quality.md has measured.
import type { SearchSpace } from './space.js';

export interface Choice {
  readonly name: string;
  /** Why, for people. */
  readonly why: string;
}

/** More trials than that, and Gaussian processes take seconds for a proposal. */
const MOST_FOR_GP = 200;
/** The volume that a front covers is computed exactly: with more objectives that takes long. */
const MOST_OBJECTIVES_FOR_GP = 3;
/** Fewer trials, and a covariance matrix has learnt little. */
const LEAST_FOR_CMAES = 1000;
/** A population needs some generations. */
const LEAST_FOR_NSGA2 = 1000;
/** Past that, a model of the whole space is a model of little. */
const MOST_DIMENSIONS_FOR_GP = 20;

/** `objectives`: how many; `trials`: how many configurations; null: nobody knows. */
export function chooseMethod(
  space: SearchSpace,
  { objectives, trials }: { readonly objectives: number; readonly trials: number | null },
): Choice {
  const { points } = space;
  const dimensions = space.dimensions.filter(({ size }) => size > 1);
  const count = `${dimensions.length} ${dimensions.length === 1 ? 'parameter' : 'parameters'}`;
  const known = trials === null ? 'an unknown number of trials' : `${trials} trials`;
  if (objectives === 0) return { name: 'sobol', why: 'no objective: the points fill the space evenly' };
  if (trials !== null && trials >= points)
    return { name: 'sobol', why: `${known} are all ${points} points of the space` };
  const isFew = trials !== null && trials <= MOST_FOR_GP && dimensions.length <= MOST_DIMENSIONS_FOR_GP;
  if (isFew && objectives <= MOST_OBJECTIVES_FOR_GP) {
    const several = objectives > 1 ? `${objectives} objectives, ` : '';
    return { name: 'gp', why: `${several}${count}, ${known}: few enough to model all of them` };
  }
  if (objectives > 1)
    return trials !== null && trials >= LEAST_FOR_NSGA2
      ? { name: 'nsga2', why: `${objectives} objectives, ${known}` }
      : { name: 'tpe', why: `${objectives} objectives, ${known}: too few for generations` };
  const isUnconditional = dimensions.every(({ conditions }) => conditions.length === 0);
  const isPlain = isUnconditional && dimensions.every(({ kind }) => kind !== 'categorical');
  if (isPlain && trials !== null && trials >= LEAST_FOR_CMAES && dimensions.length > 1)
    return { name: 'cmaes', why: `${count}, all numbers, ${known}` };
  const reason = isUnconditional ? '' : ', some of which depend on others';
  return { name: 'tpe', why: `${count}${reason}, ${known}` };
}
