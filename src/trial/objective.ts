// What a sweep is after: objectives (`loss:min`) and constraints on metrics (`memory <= 2e9`), as texts and as data.
// How they are written is checked where they are declared, their names where the worker's metrics are known.
import { describeUnknown } from '../ground/text.js';
import type { Metric, MetricSpec } from './metrics.js';

/** A metric to be made as small or as large as it can be; of booleans, the share that is true. */
export interface Objective {
  readonly metric: string;
  readonly goal: 'min' | 'max';
}

const OPERATORS = ['<=', '>=', '!=', '<', '>', '='] as const;

/** What the mean of a metric must hold for a configuration to be feasible. */
export interface MetricConstraint {
  readonly metric: string;
  readonly operator: (typeof OPERATORS)[number];
  readonly value: number;
}

/** What a run is after, as its manifest keeps it. */
export interface Aims {
  readonly objectives: readonly Objective[];
  readonly constraints: readonly MetricConstraint[];
}

interface Declared extends Pick<Objective, 'metric'> {
  /** As written, or the metric's own. */
  readonly goal: Objective['goal'] | undefined;
}

/** Reads `loss:min`, or `loss` for a metric that has a goal. A fault of its spelling goes to `faults`. */
export function parseObjective(text: string, faults: string[]): Declared | undefined {
  const [, metric = '', , goal] = /^\s*([^:]*?)\s*(:\s*(\w*)\s*)?$/.exec(text) ?? [];
  if (metric !== '' && (goal === undefined || goal === 'min' || goal === 'max')) return { metric, goal };
  faults.push(`objective "${text}": expected a metric and its goal, such as loss:min or accuracy:max`);
  return undefined;
}

/** Reads `memory <= 2e9`. A fault of its spelling goes to `faults`. */
export function parseMetricConstraint(text: string, faults: string[]): MetricConstraint | undefined {
  const found = /^\s*([^<>=!]+?)\s*(<=|>=|!=|==|<|>|=)\s*(\S+)\s*$/.exec(text);
  const operator = OPERATORS.find((known) => known === (found?.[2] === '==' ? '=' : found?.[2]));
  const value = readBound(found?.[3]);
  if (operator !== undefined && value !== undefined) return { metric: found![1]!, operator, value };
  faults.push(
    `constraint "${text}": expected a metric, one of ${OPERATORS.join(' ')} and a number, such as memory <= 2e9`,
  );
  return undefined;
}

/** Numbers as they are written everywhere, and true and false as 1 and 0. */
function readBound(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true' ? 1 : 0;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** The objectives that the texts ask for, of these metrics; all faults go to `faults`. */
export function readObjectives(
  texts: readonly string[],
  metrics: readonly Metric[],
  faults: string[],
): Objective[] {
  const found = texts.flatMap((text) => {
    const declared = parseObjective(text, faults);
    if (declared === undefined) return [];
    const spec = findMetric(`objective "${text}"`, declared.metric, metrics, faults);
    if (spec === undefined) return [];
    const goal = declared.goal ?? spec.goal;
    if (goal !== undefined) return [{ metric: declared.metric, goal }];
    const { metric } = declared;
    faults.push(`objective "${text}": its worker gives it no goal; write ${metric}:min or ${metric}:max`);
    return [];
  });
  const names = found.map(({ metric }) => metric);
  for (const name of new Set(names.filter((each, i) => names.indexOf(each) < i)))
    faults.push(`objective "${name}" is given twice; expected each metric once`);
  return found;
}

/** The constraints that the texts ask for, of these metrics; all faults go to `faults`. */
export function readMetricConstraints(
  texts: readonly string[],
  metrics: readonly Metric[],
  faults: string[],
): MetricConstraint[] {
  return texts.flatMap((text) => {
    const constraint = parseMetricConstraint(text, faults);
    if (constraint === undefined) return [];
    return findMetric(`constraint "${text}"`, constraint.metric, metrics, faults) === undefined
      ? []
      : [constraint];
  });
}

function findMetric(
  where: string,
  name: string,
  metrics: readonly Metric[],
  faults: string[],
): MetricSpec | undefined {
  const spec = metrics.find((metric) => metric.name === name);
  const legal = metrics.filter(({ type }) => type !== 'string').map((metric) => metric.name);
  if (spec === undefined) faults.push(`${where}: ${describeUnknown('metric', name, legal)}`);
  else if (spec.type === 'string')
    faults.push(`${where}: ${name} is text; expected a number or a boolean (${legal.join(', ') || 'none'})`);
  else return spec;
  return undefined;
}

/** What is sought where nothing was declared: the first metric with a goal, if there is one. */
export function defaultObjectives(metrics: readonly Metric[]): Objective[] {
  const first = metrics.find(({ goal, type }) => goal !== undefined && type !== 'string');
  return first?.goal === undefined ? [] : [{ metric: first.name, goal: first.goal }];
}

/** Whether a mean meets a constraint; where there is no mean, it does not. */
export function meets({ operator, value }: MetricConstraint, mean: number): boolean {
  switch (operator) {
    case '<=':
      return mean <= value;
    case '<':
      return mean < value;
    case '>=':
      return mean >= value;
    case '>':
      return mean > value;
    case '=':
      return mean === value;
    default:
      return mean !== value && !Number.isNaN(mean);
  }
}

/** `memory <= 2e9` */
export function describeConstraint({ metric, operator, value }: MetricConstraint): string {
  return `${metric} ${operator} ${value}`;
}
