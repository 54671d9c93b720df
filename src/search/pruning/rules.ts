// The rules of pruners by their names, made from what a manifest keeps.
import { InternalError } from '../../ground/errors.js';
import { createAsha } from './asha.js';
import type { Board, PrunerSpec, PruningRule, Rungs } from './contract.js';
import { createHyperband } from './hyperband.js';
import { createMedian } from './median.js';
import { isPrunerName, type OptionsOf, PRUNER_OPTIONS, type PrunerName } from './options.js';
import { createPatience } from './patience.js';
import { createGenerations, type Population, PopulationBoard } from './population.js';
import { PromotionBoard } from './promotion.js';
import { StoppingBoard } from './stopping.js';

type StoppingName = Exclude<PrunerName, 'pbt'>;

const RULES: { readonly [Name in StoppingName]: (options: OptionsOf<Name>, seed: number) => PruningRule } = {
  asha: createAsha,
  hyperband: createHyperband,
  median: createMedian,
  patience: createPatience,
};

/** `seed`: the sweep's. The spec has been checked. Undefined for one that compares a whole population. */
export function createPruningRule(spec: PrunerSpec, seed: number): PruningRule | undefined {
  const name = nameOf(spec);
  return name === 'pbt' ? undefined : RULES[name](spec as never, seed);
}

/** What a running trial has to know; the same for every trial. */
export function createRungs(spec: PrunerSpec, seed: number): Rungs {
  return createPruningRule(spec, seed) ?? createGenerations(spec as never);
}

/** What decides on the trials of a run. */
export function createBoard(spec: PrunerSpec, seed: number, population: Population): Board {
  const rule = createPruningRule(spec, seed);
  if (rule === undefined) return new PopulationBoard(spec as never, seed, population);
  return rule.pauses ? new PromotionBoard(rule, spec as never) : new StoppingBoard(rule, spec.lookahead);
}

function nameOf({ name }: PrunerSpec): PrunerName {
  if (!isPrunerName(name)) throw new InternalError(`no pruner is called ${name}`);
  return name;
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

/** An oriented value as it was reported; null where it is not finite. */
export function reported(value: number, { goal }: Pick<PrunerSpec, 'goal'>): number | null {
  if (!Number.isFinite(value)) return null;
  return goal === 'min' ? value : 0 - value;
}
