// Makes a sampler of a search method: what it takes to run one (objectives, look-ahead, when to end) is the same for all.
import { InternalError } from '../../ground/errors.js';
import { isStudyUrl } from '../../run/reference.js';
import type { MethodDefinition, MethodDescription } from '../../search/contract.js';
import { createSearchSpace } from '../../search/space.js';
import { describeValue } from '../../space/values.js';
import type { SamplerDefinition, Surroundings, Wanted } from './contract.js';
import { findEndFaults, hasEnd, toSearch } from './ends-input.js';
import { Proposer } from './proposer.js';
import { describeSearch, type SearchSpec, searchSchema } from './search-spec.js';
import { type Asking, Searching } from './searching.js';
import { askThread } from './thread.js';

export function searchSampler(method: MethodDescription): SamplerDefinition {
  const { name, about, options } = method;
  const listens = (spec: SearchSpec) => method.listens || hasEnd(spec.search);
  return {
    ...{ name, about, options },
    domains: 'any',
    listens: (spec) => listens(spec as SearchSpec),
    takesReplicates: true,
    takesTrials: true,
    canShard: (spec) => !listens(spec as SearchSpec),
    resolve: (asked, wanted, faults) => {
      findFaults(method, wanted, faults);
      const { grids, trials } = wanted;
      const spec: SearchSpec = {
        ...asked,
        name,
        proposes: true,
        ...(trials === null ? {} : { trials }),
        grids,
        search: toSearch(wanted),
      };
      return { spec, grids: [{ axes: [] }] };
    },
    grids: (spec) => (spec as SearchSpec).grids,
    findSpecFaults(spec) {
      if (spec.proposes !== true || spec.grids === undefined)
        return ['it makes its points, and needs both grids and proposes'];
      const { error } = searchSchema.safeParse(spec.search);
      return (error?.issues ?? []).map(({ path, message }) => `search.${path.join('.')}: ${message}`);
    },
    describe: (spec) => describe(method, spec as SearchSpec),
    most: ({ trials, grids }, space) =>
      (trials as number | undefined) ??
      createSearchSpace(grids as SearchSpec['grids']).points * space.replicates,
    create: (surroundings) => {
      const spec = surroundings.spec as SearchSpec;
      const isHeard = listens(spec);
      return new Searching(spec, isHeard, createAsking(spec, surroundings), surroundings);
    },
  };
}

/** The search of a run as it stands in its manifest, for whoever asks again why it proposed what. */
export function createProposer(
  method: MethodDefinition,
  spec: SearchSpec,
  { seed, where }: Pick<Surroundings, 'seed' | 'where'>,
): Proposer {
  const { grids, search } = spec;
  const objectives = Math.max(1, search.objectives.length);
  return new Proposer({
    definition: method,
    grids,
    seed,
    options: optionsOf(method, spec),
    objectives,
    where,
  });
}

function optionsOf({ options }: MethodDescription, spec: SearchSpec): Record<string, unknown> {
  return Object.fromEntries(Object.keys(options.shape).map((option) => [option, spec[option]]));
}

/**
 * A slow method works in a thread of its own, so that the run hears of signals and results meanwhile. Not with the
 * constraint of a study, which is a function of this process that no file has.
 */
function createAsking(spec: SearchSpec, surroundings: Surroundings): Asking {
  const { method, where, sweepUrl } = surroundings;
  if (method?.name !== spec.name) throw new InternalError(`the method of sampler ${spec.name} is not loaded`);
  if (method.isSlow && (where === null || !isStudyUrl(sweepUrl)))
    return askThread(method, spec, surroundings);
  const proposer = createProposer(method, spec, surroundings);
  return {
    add: (point) => proposer.add(point),
    tell: (observed) => proposer.tell(observed),
    ask: (told) => proposer.propose(told)?.point ?? null,
    close: () => undefined,
  };
}

function findFaults(method: MethodDescription, wanted: Wanted, faults: string[]): void {
  const { name, objectives: able } = method;
  const { objectives } = wanted.aims;
  const { hasBudget } = wanted.ends;
  const shown = objectives.map(({ metric, goal }) => `${metric}:${goal}`).join(', ');
  if (able === 'one' && objectives.length > 1)
    faults.push(
      `${name}: ${objectives.length} objectives (${shown}); expected one, or --sampler nsga2 or tpe`,
    );
  if (able === 'several' && objectives.length === 1)
    faults.push(`${name}: one objective (${shown}); expected several, or --sampler tpe, gp or cmaes`);
  faults.push(...findEndFaults(name, wanted, method.listens || hasEnd(wanted.ends)));
  if (faults.length > 0) return; // of grids that are not sound nothing more can be said
  const space = createSearchSpace(wanted.grids);
  const isEndless = wanted.trials === null && !hasEnd(wanted.ends) && !hasBudget;
  if (isEndless && !Number.isFinite(space.points))
    faults.push(
      `${name}: the domains have no end of points; give --trials N, --budget, --target or --plateau`,
    );
  faults.push(...(method.findSpaceFaults?.(space) ?? []).map((fault) => `${name}: ${fault}`));
}

function describe({ options }: MethodDescription, spec: SearchSpec): string {
  const { trials, search } = spec;
  const { lookahead, auto } = search;
  const defaults = options.safeParse({}).data ?? {};
  const chosen = Object.keys(options.shape)
    .filter((option) => spec[option] !== defaults[option] && spec[option] !== undefined)
    .map((option) => `${option} ${describeValue(spec[option] as never)}`);
  const parts = [
    ...(trials === undefined ? [] : [`${trials} trials`]),
    ...describeSearch(search),
    ...chosen,
    `look-ahead ${lookahead}`,
  ];
  return `${spec.name}${auto === null ? '' : ` (chosen by auto: ${auto})`}, ${parts.join(', ')}`;
}
