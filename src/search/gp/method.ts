// Bayesian optimisation: Gaussian processes learn what is known of the objectives, and the next trial is where the
// improvement expected from them is largest. Trials that are not known yet count as having given what is expected of them.
import { type Random, randomFor } from '../../ground/random.js';
import type { Method, MethodDefinition, MethodSetup, Suggestion } from '../contract.js';
import { gp as description } from '../descriptions.js';
import { drawAllowed } from '../draw.js';
import { drawLatinHypercube } from '../qmc/latin-hypercube.js';
import { combine, expectFeasible, expectImprovement } from './criterion.js';
import { createEncoder } from './encode.js';
import { LEAST_OBSERVATIONS } from './fit.js';
import { expectHypervolume } from './hypervolume-criterion.js';
import { type Acquisition, type Effort, maximise } from './maximise.js';
import { createModels, type Model, type Models } from './models.js';
import { isFeasible } from './observations.js';

interface Options {
  readonly startup: number;
}

export const gp: MethodDefinition = {
  ...description,
  create: (setup) => createGp(setup as unknown as MethodSetup<Options>),
};

const EFFORT: Effort = { draws: 256, near: 16, starts: 5, evaluations: 40 };

/** How many of the best places are looked around. */
const BEST = 3;

function createGp({ space, seed, options: { startup }, objectives, allows }: MethodSetup<Options>): Method {
  const encoder = createEncoder(space);
  const modelsOf = createModels(encoder, objectives);
  const dimensions = space.dimensions.length;
  const latin = drawLatinHypercube({ size: startup, dimensions, centered: false, maximin: 20 }, seed, 0);
  const startAt = (k: number, random: Random): Suggestion => {
    const x = space.fill((d, { fromUnit }) => fromUnit(latin[k * dimensions + d] ?? random.uniform()));
    return { x: allows(x) ? x : drawAllowed(space, random, allows), why: { stage: 'start-up' } };
  };
  return {
    propose(k, view) {
      const random = randomFor('search-gp', seed, k);
      if (k < startup || view.told.length < LEAST_OBSERVATIONS || encoder.dimensions.length === 0)
        return startAt(k, random);
      const models = modelsOf(view);
      const criteria = criteriaOf(models);
      const learnt = models.objectives ?? (models.feasibility && [models.feasibility.model]);
      if (learnt === undefined) return startAt(k, random);
      const { weights, noise } = learnt[k % learnt.length]!.process.hyperparameters;
      const found = maximise({
        space,
        encoder,
        acquisition: combine(criteria, encoder.dimensions.length),
        weights,
        best: bestPlaces(learnt),
        random,
        allows,
        effort: EFFORT,
      });
      if (found === undefined) return startAt(k, random);
      const lengthScales = Array.from(weights, (weight) => 1 / Math.sqrt(weight));
      return { x: found.x, why: { stage: 'acquisition', value: found.value, noise, lengthScales } };
    },
  };
}

function criteriaOf({ objectives, feasibility }: Models): Acquisition[] {
  const criteria: Acquisition[] = [];
  if (objectives?.length === 1)
    criteria.push(expectImprovement(objectives[0]!.process, bestOf(objectives[0]!)));
  else if (objectives !== undefined)
    criteria.push(
      expectHypervolume(
        objectives.map(({ process }) => process),
        knownOf(objectives),
      ),
    );
  if (feasibility !== undefined) criteria.push(expectFeasible(feasibility.model.process, feasibility.limit));
  return criteria;
}

/** The least that is expected of a trial: with noise, the least value was lucky. */
function bestOf(model: Model): number {
  return knownOf([model]).reduce((best, [value]) => Math.min(best, value!), Number.POSITIVE_INFINITY);
}

/** What is expected of each feasible trial, and of those that are pending. */
function knownOf(objectives: readonly Model[]): Float64Array[] {
  const { observations, pending } = objectives[0]!;
  const rows: Float64Array[] = [];
  observations.forEach((observation, i) => {
    if (isFeasible(observation)) rows.push(Float64Array.from(objectives, ({ fitted }) => fitted[i]!));
  });
  for (let i = 0; i < pending.length; i++)
    rows.push(Float64Array.from(objectives, (model) => model.pending[i]!));
  return rows;
}

/** Of several objectives, those of the best sums. */
function bestPlaces(objectives: readonly Model[]): Float64Array[] {
  const { observations } = objectives[0]!;
  const order = observations.map((_, i) => i);
  const isGood = observations.map((observation) => Number(isFeasible(observation)));
  const sums = observations.map((_, i) => objectives.reduce((sum, { fitted }) => sum + fitted[i]!, 0));
  order.sort((a, b) => isGood[b]! - isGood[a]! || sums[a]! - sums[b]! || a - b);
  return order.slice(0, BEST).map((i) => observations[i]!.x);
}
