// What a search method is told of a configuration: its replicates made one, objectives turned so that less is better, and
// how far the constraints on metrics are missed.
import type { Observation } from '../../search/contract.js';
import type { MetricValue } from '../../trial/metrics.js';
import type { Aims, MetricConstraint, Objective } from '../../trial/objective.js';
import { meets } from '../../trial/objective.js';
import type { TrialResult } from './contract.js';

/** An observation, but for where it was made. */
export type Observed = Omit<Observation, 'x'>;

/** `results`: those of the replicates of configuration `number`, at least one. */
export function observe(
  number: number,
  results: readonly TrialResult[],
  { objectives, constraints }: Aims,
): Observed {
  const found = objectives.map((objective) => summarise(results, objective));
  const isWhole = found.every((each) => each !== null);
  const pruned = results.filter(({ status }) => status === 'pruned');
  const isEnded = results.some(({ status }) => status === 'ok' || status === 'pruned');
  return {
    number,
    status: !isEnded || !isWhole ? 'failed' : pruned.length > 0 ? 'pruned' : 'ok',
    values: isWhole ? found.map((each) => each!.mean) : null,
    errors: isWhole ? found.map((each) => each!.error) : null,
    violation: sumViolations(results, constraints),
    step: pruned.length === 0 ? null : Math.min(...pruned.map(({ step }) => step ?? 0)),
  };
}

/** Mean over the replicates that yield the metric, less being better, and its standard error; null where none does. */
function summarise(
  results: readonly TrialResult[],
  { metric, goal }: Objective,
): { readonly mean: number; readonly error: number } | null {
  const values = valuesOf(results, metric);
  if (values.length === 0) return null;
  const mean = meanOf(values);
  if (!Number.isFinite(mean)) return null;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = values.length < 2 ? 0 : Math.sqrt(squares / (values.length - 1) / values.length);
  return { mean: goal === 'max' ? 0 - mean : mean, error: Number.isFinite(error) ? error : 0 };
}

/** Booleans count as 1 and 0. Of trials that have failed nothing counts. */
function valuesOf(results: readonly TrialResult[], metric: string): number[] {
  return results
    .filter(({ status }) => status === 'ok' || status === 'pruned')
    .map(({ metrics }) => toNumber(metrics[metric]))
    .filter((value) => Number.isFinite(value));
}

function toNumber(value: MetricValue | undefined): number {
  return typeof value === 'boolean' ? Number(value) : typeof value === 'number' ? value : Number.NaN;
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

/** Each constraint that is missed counts with its distance; Infinity where a mean is not known. */
export function sumViolations(
  results: readonly TrialResult[],
  constraints: readonly MetricConstraint[],
): number {
  let sum = 0;
  for (const constraint of constraints) {
    const values = valuesOf(results, constraint.metric);
    if (values.length === 0) return Number.POSITIVE_INFINITY;
    const mean = meanOf(values);
    if (meets(constraint, mean)) continue;
    // On the border of < and >, and for !=, the distance is 0: missed all the same.
    sum += Math.max(Math.abs(mean - constraint.value), Number.MIN_VALUE);
  }
  return sum;
}
