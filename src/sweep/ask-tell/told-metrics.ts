// What a program tells a study, checked before anything is recorded: a slip is an error of the call, and no result.
import { SweeplineError, throwFaults } from '../../ground/errors.js';
import { showValue } from '../../ground/shape.js';
import { describeUnknown } from '../../ground/text.js';
import { describeMisfit, fitsMetric, isRecord, type Metric } from '../../trial/metrics.js';
import { type Aims, defaultObjectives } from '../../trial/objective.js';

/** What may be told, and which of it the search decides by. */
export interface Expected {
  readonly metrics: readonly Metric[];
  readonly needed: readonly string[];
}

/** Objectives and constraints need a value; other metrics may be left out, or null. */
export function expectedOf(metrics: readonly Metric[], aims: Aims | undefined): Expected {
  const { objectives = [], constraints = [] } = aims ?? {};
  const sought = objectives.length > 0 ? objectives : defaultObjectives(metrics);
  return { metrics, needed: [...new Set([...sought, ...constraints].map(({ metric }) => metric))] };
}

/** The number of a trial. Throws BAD_USAGE for all that `ask` has not given. */
export function requireTrial(call: 'tell' | 'fail', trial: unknown): number {
  const number = typeof trial === 'object' && trial !== null ? (trial as { number?: unknown }).number : null;
  if (Number.isSafeInteger(number)) return number as number;
  throw new SweeplineError(
    'BAD_USAGE',
    `${call}: the trial is ${showValue(trial)}; expected one that \`ask\` gave`,
    { hint: call === 'tell' ? 'study.tell(trial, { loss: 0.5 })' : 'study.fail(trial, error)' },
  );
}

/** A copy of the metrics. Throws BAD_USAGE, with every fault, for what is not what was declared. */
export function requireMetrics(trial: number, told: unknown, expected: Expected): Record<string, unknown> {
  throwFaults('BAD_USAGE', `tell: trial ${trial}`, findFaults(told, expected), {
    hint: 'nothing is recorded: tell the trial again; one that came to nothing is told with study.fail(trial, error)',
  });
  return { ...(told as Readonly<Record<string, unknown>>) };
}

function findFaults(told: unknown, { metrics, needed }: Expected): string[] {
  if (!isRecord(told))
    return [`the metrics are ${showValue(told)}; expected an object: write ${showExample(told, needed)}`];
  const names = metrics.map(({ name }) => name);
  const faults = Object.keys(told)
    .filter((name) => !names.includes(name))
    .map((name) => describeUnknown('metric', name, names));
  for (const metric of metrics) {
    const value = Object.hasOwn(told, metric.name) ? told[metric.name] : undefined;
    const isNeeded = needed.includes(metric.name);
    if (fitsMetric(metric.type, value)) continue;
    if (value === undefined && isNeeded)
      faults.push(`metric "${metric.name}" is missing; expected { ${needed.join(', ')} }`);
    else if (isNeeded || (value !== undefined && value !== null)) faults.push(describeMisfit(metric, value));
  }
  return faults;
}

/** `{ loss: 0.5 }`: the numbers that were told stand in it, as far as there are any. */
function showExample(told: unknown, needed: readonly string[]): string {
  const values = Array.isArray(told) ? told : [told];
  const pairs = needed.map((name, i) => `${name}: ${typeof values[i] === 'number' ? values[i] : '…'}`);
  return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`;
}
