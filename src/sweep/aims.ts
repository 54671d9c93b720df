// What a sweep is after: its declaration (`objectives: ['loss', 'time:min'], constraints: ['memory <= 2e9']`), and the
// same held against the metrics of its worker. It decides nothing about which trials run.
import { throwFaults } from '../ground/errors.js';
import { showValue } from '../ground/shape.js';
import type { Metric } from '../trial/metrics.js';
import {
  type Aims,
  parseMetricConstraint,
  parseObjective,
  readMetricConstraints,
  readObjectives,
} from '../trial/objective.js';

/** As they are written. */
export interface AimTexts {
  readonly objectives: readonly string[];
  readonly constraints: readonly string[];
}

/** One text or a list of them; what is spelt otherwise goes to `faults`. */
export function readAimTexts(
  { objectives, constraints }: { readonly objectives?: unknown; readonly constraints?: unknown },
  faults: string[],
): AimTexts {
  return {
    objectives: readTexts('objectives', objectives, "['loss:min']", faults).filter(
      (text) => parseObjective(text, faults) !== undefined,
    ),
    constraints: readTexts('constraints', constraints, "['memory <= 2e9']", faults).filter(
      (text) => parseMetricConstraint(text, faults) !== undefined,
    ),
  };
}

function readTexts(option: string, given: unknown, example: string, faults: string[]): string[] {
  if (given === undefined) return [];
  const texts = typeof given === 'string' ? [given] : given;
  if (Array.isArray(texts) && texts.every((text) => typeof text === 'string')) return texts;
  faults.push(`${option}: expected a list of texts such as ${example}, found ${showValue(given)}`);
  return [];
}

/**
 * Of the request (`asked`) where it has objectives, else of the sweep; undefined where neither says anything. Throws
 * BAD_USAGE or BAD_DEFINITION for what is no metric of the worker.
 */
export function resolveAims(
  sweep: AimTexts & { readonly name: string },
  asked: readonly string[],
  metrics: readonly Metric[],
): Aims | undefined {
  if (asked.length === 0 && sweep.objectives.length === 0 && sweep.constraints.length === 0) return undefined;
  const requested: string[] = [];
  const objectives = readObjectives(asked, metrics, requested);
  throwFaults('BAD_USAGE', `sweep ${sweep.name}`, requested);
  const faults: string[] = [];
  const declared = readObjectives(sweep.objectives, metrics, faults);
  const constraints = readMetricConstraints(sweep.constraints, metrics, faults);
  throwFaults('BAD_DEFINITION', `sweep ${sweep.name}`, faults);
  return { objectives: objectives.length > 0 ? objectives : declared, constraints };
}
