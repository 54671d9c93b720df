// The rules of pruners by their names, made from what a manifest keeps.
import { InternalError } from '../../ground/errors.js';
import { createAsha } from './asha.js';
import type { PrunerSpec, PruningRule } from './contract.js';
import { createHyperband } from './hyperband.js';
import { createMedian } from './median.js';
import { isPrunerName, type OptionsOf, PRUNER_OPTIONS, type PrunerName } from './options.js';
import { createPatience } from './patience.js';

const RULES: { readonly [Name in PrunerName]: (options: OptionsOf<Name>, seed: number) => PruningRule } = {
  asha: createAsha,
  hyperband: createHyperband,
  median: createMedian,
  patience: createPatience,
};

/** `seed`: the sweep's. The spec has been checked. */
export function createPruningRule(spec: PrunerSpec, seed: number): PruningRule {
  if (!isPrunerName(spec.name)) throw new InternalError(`no pruner is called ${spec.name}`);
  return RULES[spec.name](spec as never, seed);
}

/** What is wrong with the options of a spec that came from a file or from elsewhere; none where its name is unknown. */
export function findOptionFaults({
  name,
  metric: _,
  goal: __,
  lookahead: ___,
  ...options
}: PrunerSpec): string[] {
  if (!isPrunerName(name)) return [];
  const { error } = PRUNER_OPTIONS[name].strict().safeParse(options);
  return (error?.issues ?? []).map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`);
}

/** A value as rules see it. */
export function orient(value: number, { goal }: Pick<PrunerSpec, 'goal'>): number {
  if (Number.isNaN(value)) return Number.POSITIVE_INFINITY;
  return goal === 'min' ? value : -value;
}
