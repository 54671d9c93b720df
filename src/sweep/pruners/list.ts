// The pruners there are, as people ask for them. A new one is a rule in search/pruning, its options there, and a line here:
// command line, help, manifest and run build on these.

import { describeUnknown } from '../../ground/text.js';
import type { PrunerSpec } from '../../search/pruning/contract.js';
import { isPrunerName, PRUNER_NAMES, PRUNER_OPTIONS, type PrunerName } from '../../search/pruning/options.js';
import { findOptionFaults } from '../../search/pruning/rules.js';
import { defaultObjectives, type Objective, parseObjective } from '../../trial/objective.js';
import type { WorkerDescription } from '../../worker/contract.js';
import { describeIssue } from '../definition/option-issues.js';

/** A pruner as it was asked for: its name, and some of its options. `none`: no pruner. */
export interface PrunerRequest {
  readonly name: string;
  readonly [option: string]: unknown;
}

/** By name, one line each for help. */
export const ABOUT_PRUNERS: Readonly<Record<PrunerName, string>> = {
  asha: 'successive halving: at rungs min, min·factor, … one of `factor` trials goes on',
  hyperband: 'the same in brackets whose first rungs differ',
  median: 'stops what is worse than the median of the trials before it',
  patience: 'stops what gets no better any more',
  pbt: 'population-based training: the worst go on from the checkpoints of the best, with other parameters',
};

export const PRUNER_REQUESTS = ['none', ...PRUNER_NAMES] as const;

/** Of options that have no default. */
const EXAMPLES: Readonly<Record<string, string>> = {
  max: '81, the last step of a whole trial',
  interval: '5, the steps between two comparisons',
  mutate: 'alpha,beta, the axes whose values may change',
};

/** Options that every pruner has. */
const COMMON = ['metric', 'lookahead'] as const;

/** `asha: min, factor, max` */
export function describePrunerOptions(): string {
  const own = PRUNER_NAMES.map((name) => `${name}: ${Object.keys(PRUNER_OPTIONS[name].shape).join(', ')}`);
  return [`all: ${COMMON.join(', ')}`, ...own].join('; ');
}

/** `asha, factor 3, min 1, on val_loss:min` */
export function describePruner({ name, metric, goal, lookahead, ...options }: PrunerSpec): string {
  const own = Object.entries(options).map(([option, value]) => `${option} ${value}`);
  const far = lookahead === 1 ? [] : [`lookahead ${lookahead}`];
  return [name, ...own, ...far, `on ${metric}:${goal}`].join(', ');
}

export interface PruningSubject {
  readonly worker: Pick<WorkerDescription, 'name' | 'mode' | 'series' | 'metrics'>;
  /** What the run is after; none where nobody says so. */
  readonly objectives: readonly Objective[];
}

/** The options filled in; undefined for `none`, and where faults have gone to `faults`. */
export function resolvePruner(
  { name, ...asked }: PrunerRequest,
  subject: PruningSubject,
  faults: string[],
): PrunerSpec | undefined {
  if (name === 'none') {
    const [option] = Object.keys(asked);
    if (option !== undefined) faults.push(`pruner none has no options, and ${option} was given`);
    return undefined;
  }
  const before = faults.length;
  const { metric, lookahead = 1, ...own } = asked;
  if (!isPrunerName(name)) faults.push(describeUnknown('pruner', name, PRUNER_REQUESTS));
  else faults.push(...findStray(name, own));
  if (!(Number.isSafeInteger(lookahead) && (lookahead as number) >= 1))
    faults.push(`pruner ${name}: lookahead ${String(lookahead)}; expected a whole number of at least 1`);
  const parsed = isPrunerName(name) ? PRUNER_OPTIONS[name].safeParse(own) : undefined;
  for (const issue of parsed?.error?.issues ?? []) {
    const option = issue.path.join('.');
    const isMissing = !Object.hasOwn(own, option);
    faults.push(
      isMissing
        ? `pruner ${name}: ${option} is missing; give it with --pruner-option ${option}=${EXAMPLES[option] ?? '…'}`
        : `pruner ${name}: ${describeIssue(issue, own)}`,
    );
  }
  const watched = findWatched(name, metric, subject, faults);
  if (faults.length > before || watched === undefined) return undefined;
  const given = Object.entries(parsed?.data ?? {}).filter(([, value]) => value !== undefined);
  return { name, ...watched, lookahead: lookahead as number, ...Object.fromEntries(given) };
}

function findStray(name: PrunerName, own: Readonly<Record<string, unknown>>): string[] {
  const legal = [...COMMON, ...Object.keys(PRUNER_OPTIONS[name].shape)];
  return Object.keys(own)
    .filter((option) => !legal.includes(option))
    .map((option) => `pruner ${name}: ${describeUnknown('option', option, legal)}`);
}

/** The series that is looked at, and its goal. */
function findWatched(
  pruner: string,
  asked: unknown,
  { worker, objectives }: PruningSubject,
  faults: string[],
): Pick<PrunerSpec, 'metric' | 'goal'> | undefined {
  const { series, metrics, mode } = worker;
  const fault = (text: string): undefined => void faults.push(`pruner ${pruner}: ${text}`);
  if (mode === 'runBlock')
    return fault(
      `worker ${worker.name} runs its trials in blocks (runBlock), which nothing stops midway; use a worker with \`run\``,
    );
  if (series.length === 0)
    return fault(
      `worker ${worker.name} reports nothing while it runs; declare \`series\`, and call trial.report(step, { … }) in it or have its program print them with a step`,
    );
  if (asked !== undefined && typeof asked !== 'string')
    return fault(`metric ${String(asked)}; expected the name of a series (${series.join(', ')})`);
  const aims = objectives.length > 0 ? objectives : defaultObjectives(metrics);
  if (asked === undefined && aims.length === 0)
    return fault(
      `nothing says what is best; name it with its option metric, such as metric=${series[0]}:min`,
    );
  const read = asked === undefined ? aims[0] : parseObjective(asked, faults);
  if (read === undefined) return undefined;
  const { metric } = read;
  if (!series.includes(metric)) {
    const hint = `name one with its option metric, such as metric=${series[0]}:min`;
    return fault(
      `${describeUnknown('series', metric, series)}: it has to be reported while a trial runs; ${hint}`,
    );
  }
  const declared = [...aims, ...metrics.map(({ name, goal }) => ({ metric: name, goal }))];
  const goal = read.goal ?? declared.find((each) => each.metric === metric)?.goal;
  if (goal !== undefined) return { metric, goal };
  return fault(`nothing says whether ${metric} is to be small or large; write metric=${metric}:min, or :max`);
}

/** What is wrong with the pruner of a manifest that somebody may have edited. */
export function findPrunerFaults(spec: PrunerSpec, series: readonly string[]): string[] {
  const { name, metric } = spec;
  if (!isPrunerName(name)) return [describeUnknown('pruner', name, PRUNER_NAMES)];
  return [
    ...findOptionFaults(spec),
    ...(series.includes(metric) ? [] : [`pruner: ${describeUnknown('series', metric, series)}`]),
  ];
}
