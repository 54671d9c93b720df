// What a search method is told of a configuration: its replicates made one, objectives turned so that less is better, and
// how far the constraints on metrics are missed.
import type { Observation } from '../../search/contract.js';
import { deviationOf } from '../../stats/deviation.js';
import type { MetricValue } from '../../trial/metrics.js';
import type { Aims, MetricConstraint, Objective } from '../../trial/objective.js';
import { meets } from '../../trial/objective.js';
import type { TrialResult } from './contract.js';

/** An observation, but for where it was made. */
export type Observed = Omit<Observation, 'x'>;

interface Found {
  readonly mean: number;
  readonly error: number;
}

/**
 * The configurations of a search as they are observed, one after another. What a pruned one lacks of an objective (it may
 * be no series, and the pruner has looked at another) is taken to be the worst value of those before it that ended: it was
 * not good enough to go on, and to call it failed would say that there is nothing to be had there.
 */
export class Observations {
  readonly all: Observed[] = [];
  readonly #aims: Aims;
  readonly #worst: number[];
  #count = 0;

  constructor(aims: Aims) {
    this.#aims = aims;
    this.#worst = aims.objectives.map(() => Number.NEGATIVE_INFINITY);
  }

  /** `results`: those of the replicates of the next configuration, at least one. Returns what is told of it. */
  add(results: readonly TrialResult[]): Observed {
    const observed = this.observe(results);
    this.all.push(observed);
    return observed;
  }

  /** The same for whoever needs it once: it is not kept. */
  observe(results: readonly TrialResult[]): Observed {
    const { objectives, constraints } = this.#aims;
    const pruned = results.filter(({ status }) => status === 'pruned');
    const found = objectives.map((objective, m) => summarise(results, objective) ?? this.#standIn(m, pruned));
    const isWhole = found.every((each) => each !== null);
    const isEnded = results.some(({ status }) => status === 'ok' || status === 'pruned');
    const status = !isEnded || !isWhole ? 'failed' : pruned.length > 0 ? 'pruned' : 'ok';
    if (status === 'ok')
      found.forEach((each, m) => {
        this.#worst[m] = Math.max(this.#worst[m]!, each!.mean);
      });
    // Of a constraint that a pruned one says nothing of, nobody knows that it is missed.
    const told = constraints.filter(
      ({ metric }) => pruned.length === 0 || valuesOf(results, metric).length > 0,
    );
    return {
      ...{ number: this.#count++, status },
      values: isWhole ? found.map((each) => each!.mean) : null,
      errors: isWhole ? found.map((each) => each!.error) : null,
      violation: sumViolations(results, told),
      step: pruned.length === 0 ? null : Math.min(...pruned.map(({ step }) => step ?? 0)),
    };
  }

  #standIn(objective: number, pruned: readonly TrialResult[]): Found | null {
    const mean = this.#worst[objective]!;
    return pruned.length > 0 && Number.isFinite(mean) ? { mean, error: 0 } : null;
  }
}

/** Mean over the replicates that yield the metric, less being better, and its standard error; null where none does. */
function summarise(results: readonly TrialResult[], { metric, goal }: Objective): Found | null {
  const values = valuesOf(results, metric);
  if (values.length === 0) return null;
  const mean = meanOf(values);
  if (!Number.isFinite(mean)) return null;
  return { mean: goal === 'max' ? 0 - mean : mean, error: errorOf(values, mean) };
}

/** Of a mean; 0 of one value, of which nothing is known. */
function errorOf(values: readonly number[], mean: number): number {
  if (values.length < 2) return 0;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = Math.sqrt(squares / (values.length - 1) / values.length);
  // Squares overflow, or vanish, long before values do: an error of 0 would say that the mean is exact.
  return error > 0 && error < Number.POSITIVE_INFINITY
    ? error
    : deviationOf(values, mean) / Math.sqrt(values.length);
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
