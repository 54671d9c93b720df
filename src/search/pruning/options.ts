// The options of each pruner, with their defaults: what the command line, definitions and manifests are held against.
// Descriptions show in help.
import { z } from 'zod';
import { hasReached } from './steps.js';

const steps = z.number().positive();
const count = z.number().int();
/** `a,b`, or a list. */
const names = z.preprocess(
  (given) => (typeof given === 'string' ? given.split(',').map((name) => name.trim()) : given),
  z.array(z.string().min(1)).min(1),
);

const rungs = {
  min: steps.default(1).describe('the first step at which a trial may be stopped'),
  factor: count.min(2).default(3).describe('one of so many trials goes on at each rung'),
};
const max = steps.describe('nothing is stopped from this step on: the last step of a whole trial');

export const PRUNER_OPTIONS = {
  asha: z.object({
    ...rungs,
    max: max.optional(),
    pause: z
      .boolean()
      .transform((pauses) => (pauses ? true : undefined))
      .optional()
      .describe('true: every trial pauses at each rung, and the best go on later from their checkpoints'),
  }),
  hyperband: z.object({ ...rungs, max }),
  median: z.object({
    percentile: z.number().gt(0).max(100).default(50).describe('the best so many percent go on'),
    warmup: z.number().min(0).default(0).describe('nothing is stopped before this step'),
    startup: count.min(1).default(5).describe('nothing is stopped before so many trials have got as far'),
    interval: steps.default(1).describe('steps between two decisions'),
    max: max.optional(),
  }),
  patience: z.object({
    patience: count.min(1).default(10).describe('reports without anything better after which a trial stops'),
    minDelta: z.number().min(0).default(0).describe('better means better by more than this'),
    warmup: z.number().min(0).default(0).describe('nothing is stopped before this step'),
    max: max.optional(),
  }),
  pbt: z.object({
    interval: steps.describe('steps between two comparisons'),
    mutate: names.describe('axes whose values change on the way, such as alpha,batch'),
    quantile: z.number().gt(0).max(0.5).default(0.25).describe('the worst part, which copies from the best'),
    resample: z.number().min(0).max(1).default(0.25).describe('the chance that a value is drawn anew'),
    max,
  }),
} as const;

/** Of two options the first is to be less than the second: with others nothing can ever happen. */
const ORDERED: Readonly<Record<keyof typeof PRUNER_OPTIONS, readonly [less: string, happens: string]>> = {
  asha: ['min', 'nothing is ever stopped'],
  hyperband: ['min', 'nothing is ever stopped'],
  median: ['warmup', 'nothing is ever stopped'],
  patience: ['warmup', 'nothing is ever stopped'],
  pbt: ['interval', 'no two trials are ever compared'],
};

/**
 * What is wrong with a pruner that is asked for, as far as it can be seen without its worker: its metric misspelt, or
 * options that are sound by themselves and make it do nothing. A run that has such a pruner goes on.
 */
export function findRequestFaults({
  name,
  metric,
  ...asked
}: {
  readonly name: string;
  readonly [option: string]: unknown;
}): string[] {
  if (!isPrunerName(name)) return [];
  const isSpelt = typeof metric !== 'string' || /^[^:]*[^:\s][^:]*(:\s*(min|max)\s*)?$/.test(metric);
  const ofMetric = `metric "${metric}": expected a series and its goal, such as val_loss:min or accuracy:max`;
  return [...(isSpelt ? [] : [`pruner ${name}: ${ofMetric}`]), ...findContradictions(name, asked)];
}

function findContradictions(name: PrunerName, asked: Readonly<Record<string, unknown>>): string[] {
  const options: Readonly<Record<string, unknown>> = PRUNER_OPTIONS[name].safeParse(asked).data ?? {};
  const [less, happens] = ORDERED[name];
  const { [less]: first, max: last } = options as Readonly<Record<string, number | undefined>>;
  if (first === undefined || last === undefined || !hasReached(first, last)) return [];
  return [`pruner ${name}: max ${last}: ${happens} from ${less} (${first}) on; expected more than ${first}`];
}

export type PrunerName = keyof typeof PRUNER_OPTIONS;
export type OptionsOf<Name extends PrunerName> = z.output<(typeof PRUNER_OPTIONS)[Name]>;

export const PRUNER_NAMES = Object.keys(PRUNER_OPTIONS) as readonly PrunerName[];

export function isPrunerName(name: unknown): name is PrunerName {
  return typeof name === 'string' && Object.hasOwn(PRUNER_OPTIONS, name);
}
