// The samplers there are. A new one is a file beside this and a line here: the command line, the help, the manifest and
// the run build on its definition, and nobody else asks for a sampler's name.

import { InternalError } from '../../ground/errors.js';
import { describeUnknown } from '../../ground/text.js';
import type { SamplerSpec } from '../../run/manifest.js';
import type { MethodDefinition } from '../../search/contract.js';
import { KNOWN_METHODS } from '../../search/methods.js';
import { describeIssue } from '../definition/option-issues.js';
import { autoSampler } from './auto.js';
import { bisectSampler } from './bisect.js';
import type { Resolution, Sampler, SamplerDefinition, Surroundings, Wanted } from './contract.js';
import { endable } from './ending.js';
import { hasEnd } from './ends-input.js';
import { requireFinite, withEnds } from './finite.js';
import { gridSampler } from './grid.js';
import { firstReplicates, Racing, racingOf, racingSchema } from './racing.js';
import { randomSampler } from './random.js';
import { searchSampler } from './search.js';
import type { SearchSpec } from './search-spec.js';

const SEARCHES: readonly SamplerDefinition[] = KNOWN_METHODS.map(searchSampler);
/** Those that can end before their trials are run. */
const ENDING: readonly SamplerDefinition[] = [
  endable(gridSampler),
  endable(randomSampler),
  autoSampler(SEARCHES),
  ...SEARCHES,
];

/** The first is the default. */
export const SAMPLERS: readonly SamplerDefinition[] = [...ENDING, bisectSampler];

/** The sampler of a manifest, which was resolved once. */
export function samplerOf({ name }: SamplerSpec): SamplerDefinition {
  const found = SAMPLERS.find((known) => known.name === name);
  if (found === undefined) throw new InternalError(describeUnknown('sampler', name, namesOfSamplers()));
  return found;
}

/** Whether the sampler of a run decides by results, which it is told. */
export function isTold(spec: SamplerSpec): boolean {
  return racingOf(spec) !== undefined || samplerOf(spec).listens(spec);
}

/** What it is about a run that decides by results: `sampler tpe`, `--target 0.95`. */
export function nameListener(spec: SamplerSpec): string {
  if (racingOf(spec) !== undefined) return '--replicates auto';
  const { search } = spec as Partial<SearchSpec>;
  const endless = { ...spec, search: { ...search, target: null, plateau: null } };
  if (search === undefined || !hasEnd(search) || samplerOf(spec).listens(endless))
    return `sampler ${spec.name}`;
  return search.target === null ? `--plateau ${search.plateau}` : `--target ${search.target}`;
}

/** What is wrong with the sampler of a manifest that somebody may have edited. */
export function findSpecFaults(given: SamplerSpec): string[] {
  const { name, proposes, trials, grids, search, racing, ...options } = given;
  const definition = SAMPLERS.find((known) => known.name === name);
  if (definition === undefined) return [describeUnknown('sampler', name, namesOfSamplers())];
  // Complete: what may be left out when it is asked for has been filled in.
  const parsed = definition.options.required().safeParse(options);
  const isLeftOut = (option: string) =>
    definition.mayLack?.includes(option) && !Object.hasOwn(options, option);
  const faults = (parsed.error?.issues ?? [])
    .filter(({ path }) => !isLeftOut(String(path[0])))
    .map(({ path, message }) => `${path.join('.')}: ${message}`);
  if (faults.length === 0) faults.push(...(definition.findSpecFaults?.(given) ?? []));
  const { error } = racingSchema.optional().safeParse(racing);
  for (const { path, message } of error?.issues ?? []) faults.push(`racing.${path.join('.')}: ${message}`);
  return faults;
}

export function namesOfSamplers(): string[] {
  return SAMPLERS.map(({ name }) => name);
}

/** A sampler as it was asked for: its name, and some of its options. */
export interface SamplerRequest {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** Options of the sampler checked and filled in; faults go to `faults`, and the result is then not to be used. */
export function resolveSampler(
  { name, ...asked }: SamplerRequest,
  wanted: Wanted,
  faults: string[],
): Resolution {
  const definition = SAMPLERS.find((known) => known.name === name);
  if (definition === undefined) {
    faults.push(describeUnknown('sampler', name, namesOfSamplers()));
    return { spec: { name }, grids: [] };
  }
  const legal = Object.keys(definition.options.shape);
  for (const option of Object.keys(asked))
    if (!legal.includes(option)) faults.push(`${name}: ${describeUnknown('option', option, legal)}`);
  const parsed = definition.options.safeParse(asked);
  if (!parsed.success)
    for (const issue of parsed.error.issues) faults.push(`${name}: ${describeIssue(issue, asked)}`);
  requireNoEnds(name, wanted, faults);
  if (definition.domains === 'finite') {
    const before = faults.length;
    const searched = definition.searchedAxis?.(parsed.data ?? {});
    const grids = requireFinite(withEnds(wanted.grids, searched), name, faults);
    if (faults.length > before) return { spec: { name }, grids: [] };
    return definition.resolve(parsed.data ?? {}, { ...wanted, grids }, faults);
  }
  return definition.resolve(parsed.data ?? {}, wanted, faults);
}

/** A bisection runs to its own end. */
function requireNoEnds(name: string, { ends }: Wanted, faults: string[]): void {
  const able = ENDING.map((definition) => definition.name);
  if (able.includes(name)) return;
  for (const end of ['lookahead', 'target', 'plateau'] as const)
    if (ends[end] !== null)
      faults.push(
        `${name}: --${end} ${ends[end]}: it is for other samplers (${able.join(', ')}); leave it out`,
      );
}

/** The search method of a sampler, without which it cannot be created; null: it needs none. */
export async function loadMethod({ name }: SamplerSpec): Promise<MethodDefinition | null> {
  const method = KNOWN_METHODS.find((known) => known.name === name);
  return method === undefined ? null : method.load();
}

export function createSampler(surroundings: Surroundings): Sampler {
  const { create } = samplerOf(surroundings.spec);
  const racing = racingOf(surroundings.spec);
  if (racing === undefined) return create(surroundings);
  return new Racing(create(firstReplicates(surroundings, racing)), racing, surroundings.space.replicates);
}
