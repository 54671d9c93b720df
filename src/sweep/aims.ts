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
    constraints: readConstraintTexts(constraints, faults).filter(
      (text) => parseMetricConstraint(text, faults) !== undefined,
    ),
  };
}

function readConstraintTexts(given: unknown, faults: string[]): string[] {
  const functions = [given].flat().filter((each) => typeof each === 'function');
  if (functions.length === 0) return readTexts('constraints', given, "['memory <= 2e9']", faults);
  const instead = functions.map((each) => comparisonOf(String(each)) ?? 'memory <= 2e9');
  faults.push(`constraints: found a function; ${adviseOnMetrics(instead)}`);
  return [];
}

/** Whatever reads the run (the samplers of a resumed one, `best`, reports, SQL) has to know constraints without its code. */
export function adviseOnMetrics(texts: readonly string[]): string {
  const list = [...new Set(texts)].map((text) => `'${text}'`).join(', ');
  return `constraints on metrics are texts, which are kept with the run: write constraints: [${list}]; for what is no comparison with a number, let the worker yield a boolean metric, and write 'name = true'`;
}

/** `params < 1e6`, of `(m) => m.params < 1e6`; undefined for what is more than that. */
export function comparisonOf(source: string): string | undefined {
  const found = /^\(?\s*(\w+)\s*\)?\s*=>\s*\(?\s*\1\.(\w+)\s*(<=|>=|===?|!==?|<|>)\s*([-+\w.]+)\s*\)?$/.exec(
    source.trim(),
  );
  if (found === null) return undefined;
  const [, , metric, operator, bound] = found;
  const text = `${metric} ${operator!.replace(/^([=!])=+$/, (_, first) => (first === '=' ? '=' : '!='))} ${bound}`;
  return parseMetricConstraint(text, []) === undefined ? undefined : text;
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
