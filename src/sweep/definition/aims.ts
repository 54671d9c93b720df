// What a sweep is after: its declaration (`objectives: ['loss', 'time:min'], constraints: ['memory <= 2e9']`), and the
// same held against the metrics of its worker. It decides nothing about which trials run.
import { throwFaults } from '../../ground/errors.js';
import { showValue } from '../../ground/shape.js';
import type { Metric } from '../../trial/metrics.js';
import {
  type Aims,
  describeConstraint,
  parseMetricConstraint,
  parseObjective,
  readMetricConstraints,
  readObjectives,
} from '../../trial/objective.js';

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

/** `'memory <= 2e9'`, or `(m) => m.memory <= 2e9`, which is kept as the former. */
export type ConstraintText = string | ((metrics: Readonly<Record<string, number>>) => boolean);

function readConstraintTexts(given: unknown, faults: string[]): string[] {
  const list = typeof given === 'function' ? [given] : given;
  if (!Array.isArray(list)) return readTexts('constraints', list, CONSTRAINTS, faults);
  const texts = (list as readonly unknown[]).flatMap((each): readonly unknown[] => {
    if (typeof each !== 'function') return [each];
    const found = comparisonsOf(String(each));
    if (found === undefined)
      faults.push(`constraints: ${each} is more than comparisons with numbers; ${adviseOnMetrics([])}`);
    return found ?? [];
  });
  return readTexts('constraints', texts, CONSTRAINTS, faults);
}

const CONSTRAINTS = "['memory <= 2e9']";

/** Whatever reads the run (the samplers of a resumed one, `best`, reports, SQL) has to know constraints without its code. */
export function adviseOnMetrics(texts: readonly string[]): string {
  const list = texts.length === 0 ? CONSTRAINTS : `[${texts.map((text) => `'${text}'`).join(', ')}]`;
  return `constraints on metrics are kept with the run as texts: write constraints: ${list}; for what is no comparison with a number, let the worker yield a boolean metric, and write 'name = true'`;
}

/** `['params < 1e6', 'loss < 1']`, of `(m) => m.params < 1e6 && m.loss < 1`; undefined for what is more than that. */
export function comparisonsOf(source: string): readonly string[] | undefined {
  const [, name, body] = /^\(?\s*(\w+)\s*\)?\s*=>\s*(.+?)\s*$/s.exec(source.trim()) ?? [];
  if (body === undefined) return undefined;
  const texts = body.split('&&').map((part) => {
    const [, of, metric, operator, bound] =
      /^\s*\(?\s*(\w+)\.(\w+)\s*(<=|>=|===?|!==?|<|>)\s*([-+\w.]+)\s*\)?\s*$/.exec(part) ?? [];
    if (of !== name) return undefined;
    const sign = operator!.replace(/^([=!])=+$/, (_, first) => (first === '=' ? '=' : '!='));
    const text = `${metric} ${sign} ${bound!.replace(/(?<=\d)_(?=\d)/g, '')}`;
    const read = parseMetricConstraint(text, []);
    // Compilers write numbers as they like: .5, 1e6.
    return read === undefined ? undefined : describeConstraint(read);
  });
  return texts.every((text) => text !== undefined) ? texts : undefined;
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
