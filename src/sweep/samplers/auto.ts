// `--sampler auto`: chooses a search method by the space, the objectives and the number of trials. The manifest has what was
// chosen, and why.
import { z } from 'zod';
import { InternalError } from '../../ground/errors.js';
import { chooseMethod } from '../../search/choose.js';
import { createSearchSpace } from '../../search/space.js';
import type { SamplerDefinition, Wanted } from './contract.js';
import type { SearchSpec } from './search-spec.js';

/** `searches`: the samplers that there are to choose from. */
export function autoSampler(searches: readonly SamplerDefinition[]): SamplerDefinition {
  const never = (): never => {
    throw new InternalError('sampler auto is no sampler of a run: another was chosen');
  };
  return {
    name: 'auto',
    about: 'chooses one of them by the parameters, the objectives and the number of trials, and says why',
    options: z.object({}),
    domains: 'any',
    takesReplicates: true,
    takesTrials: true,
    listens: never,
    canShard: never,
    resolve(_, wanted, faults) {
      const { name, why } = choose(wanted);
      const chosen = searches.find((search) => search.name === name);
      if (chosen === undefined) throw new InternalError(`auto chose ${name}, which is no sampler`);
      const { spec, grids } = chosen.resolve(chosen.options.parse({}), wanted, faults);
      const { search, ...rest } = spec as SearchSpec;
      return { spec: { ...rest, search: { ...search, auto: why } }, grids };
    },
    describe: never,
    most: never,
    create: never,
  };
}

function choose({ grids, trials, replicates, aims, ends }: Wanted) {
  const configurations = trials === null ? null : Math.ceil(trials / replicates);
  const objectives = aims.objectives.length;
  return ends.chosen ?? chooseMethod(createSearchSpace(grids), { objectives, configurations });
}
