// The options that say how trials are chosen: the sampler, its own options, how many trials, when to end.
import type { z } from 'zod';
import { namesOfSamplers, SAMPLERS, type SamplerRequest } from '../sweep/samplers/list.js';
import {
  duration,
  finiteNumber,
  listOption,
  oneOf,
  option,
  readSamplerOption,
  wholeNumber,
} from './options.js';

export const TRIALS = 'Which trials';

/** Totals of the run, which `resume` can raise. */
export const trialsOption = option(
  TRIALS,
  '--trials <N>',
  'total number of trials, for samplers without an end of their own; a larger N begins with the same trials',
  wholeNumber(1),
);
export const budgetOption = option(
  TRIALS,
  '--budget <time>',
  'start nothing more once the run has taken so long, all its sessions together: 90s, 30m or 5h',
  duration,
);
export const searchOptions = {
  sampler: option(
    TRIALS,
    '--sampler <name>',
    `how trials are chosen: ${namesOfSamplers().join(', ')} (see Samplers; default: the sweep’s, else grid)`,
    oneOf(...namesOfSamplers()),
  ),
  samplerOption: listOption(
    TRIALS,
    '--sampler-option <name=value>',
    'an option of the sampler (see Samplers); may be repeated',
    readSamplerOption,
  ),
  ...shorthandOptions(),
  trials: trialsOption,
  lookahead: option(
    TRIALS,
    '--lookahead <W>',
    'a search, or a run with --target or --plateau, proposes a configuration without the results of the W - 1 before it, so that as many run at once, always with the same outcome (default: 8, or the number of workers where that is more)',
    wholeNumber(1),
  ),
  target: option(
    TRIALS,
    '--target <value>',
    'end the run once its objective has reached this value (any sampler but bisect)',
    finiteNumber,
  ),
  plateau: option(
    TRIALS,
    '--plateau <N>',
    'end the run once N configurations in a row are not better than the best before them (any sampler but bisect)',
    wholeNumber(1),
  ),
  budget: budgetOption,
} as const;

/** What a sampler's own options on the command line stand for, by their names. */
function shorthandOptions(): Record<never, never> {
  const entries = SAMPLERS.flatMap(({ shorthands = {} }) =>
    Object.entries(shorthands).map(([name, { flags, about, read }]) => [
      name,
      option(TRIALS, flags, about, read),
    ]),
  );
  return Object.fromEntries(entries);
}

const WIDTH = 98;
const INDENT = 12;

/** Section of the help. */
export const SAMPLERS_HELP = [
  ...SAMPLERS.flatMap(({ name, about, options }) => [
    ...wrap(name, about),
    ...Object.entries(options.shape).flatMap(([option, type]) => wrap('', describeOption(option, type))),
  ]),
  '  Every sampler gives the same trials for the same seed, on any number of workers. A search waits for',
  '  the results that a proposal depends on: --lookahead says how many trials may be under way meanwhile.',
].join('\n');

/** `candidates=24: points drawn for a proposal` */
function describeOption(name: string, type: z.core.$ZodType): string {
  const { description = '' } = type as z.ZodType;
  const { data } = (type as z.ZodType).safeParse(undefined);
  return `${name}${data === undefined ? '' : `=${data}`}: ${description}`;
}

function wrap(name: string, text: string): string[] {
  const lines: string[] = [];
  let line = `  ${name}`.padEnd(INDENT);
  for (const word of text.split(' ')) {
    if (line.length + word.length > WIDTH && line.trim() !== '') {
      lines.push(line.trimEnd());
      line = ' '.repeat(INDENT + 2);
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}

/** Options without the sampler that they are of. */
export function findSamplerFaults(
  options: Readonly<Record<string, unknown>> & {
    readonly sampler?: string;
    readonly samplerOption?: readonly (readonly [string, unknown])[];
  },
): string[] {
  const { sampler } = options;
  const faults = SAMPLERS.filter(({ name }) => name !== sampler).flatMap(({ name, shorthands = {} }) =>
    Object.keys(shorthands)
      .filter((shorthand) => Object.hasOwn(options, shorthand))
      .map((shorthand) => `--${shorthand} belongs to the ${name} sampler: add --sampler ${name}`),
  );
  if (options.samplerOption !== undefined && sampler === undefined)
    faults.push(
      '--sampler-option: no --sampler; expected the sampler that it is of, also where the sweep names one',
    );
  const named: Readonly<Record<string, string>> = {
    name: '--sampler',
    ...Object.fromEntries(namesOfShorthands().flatMap((shorthand) => namedBy(shorthand, options[shorthand]))),
  };
  for (const [name] of options.samplerOption ?? [])
    if (Object.hasOwn(named, name))
      faults.push(`--sampler-option ${name}: ${named[name]} gives it already; expected one of both`);
  return faults;
}

/** The options of a sampler that a shorthand gives. */
function namedBy(shorthand: string, given: unknown): [name: string, flag: string][] {
  return Object.keys(given ?? {}).map((name) => [name, `--${shorthand}`]);
}

export function namesOfShorthands(): string[] {
  return SAMPLERS.flatMap(({ shorthands = {} }) => Object.keys(shorthands));
}

export function readSampler(
  name: string,
  options: readonly (readonly [string, unknown])[],
  given: Readonly<Record<string, unknown>>,
): SamplerRequest {
  // From entries: assigning would take a name like `__proto__` for something else than a name.
  return Object.fromEntries<unknown>([
    ['name', name],
    ...namesOfShorthands().flatMap((shorthand) => Object.entries(given[shorthand] ?? {})),
    ...options,
  ]) as SamplerRequest;
}
