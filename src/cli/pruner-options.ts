// The options of `run` that say what stops trials early.
import type { RunRequest } from '../sweep/contract.js';
import {
  ABOUT_PRUNERS,
  describePrunerOptions,
  PRUNER_REQUESTS,
  type PrunerRequest,
} from '../sweep/pruners/list.js';
import type { OptionValues } from './command.js';
import { listOption, oneOf, option, readSamplerOption } from './options.js';

const TRIALS = 'Which trials';

export const prunerOptions = {
  pruner: option(
    TRIALS,
    '--pruner <name>',
    `stop trials early that do worse than others: ${describePruners()}; none: run them all to their end (default: as the sweep says)`,
    oneOf(...PRUNER_REQUESTS),
  ),
  prunerOption: listOption(
    TRIALS,
    '--pruner-option <name=value>',
    `an option of the pruner; may be repeated: metric=val_loss:min, the reported series to look at (default: the objective); ${describePrunerOptions()}`,
    readSamplerOption,
  ),
} as const;

type Values = Partial<OptionValues<typeof prunerOptions>>;

function describePruners(): string {
  return Object.entries(ABOUT_PRUNERS)
    .map(([name, about]) => `${name}: ${about}`)
    .join('; ');
}

export function findPrunerOptionFaults({ pruner, prunerOption }: Values): string[] {
  if (prunerOption !== undefined && pruner === undefined)
    return [
      '--pruner-option: no --pruner; expected the pruner that it is of, also where the sweep names one',
    ];
  return (prunerOption ?? []).some(([name]) => name === 'name')
    ? ['--pruner-option name: --pruner gives it already; expected one of both']
    : [];
}

export function toPrunerRequest({ pruner, prunerOption = [] }: Values): Pick<RunRequest, 'pruner'> {
  if (pruner === undefined) return {};
  // From entries: assigning would take a name like `__proto__` for something else than a name.
  return { pruner: Object.fromEntries([['name', pruner], ...prunerOption]) as PrunerRequest };
}
