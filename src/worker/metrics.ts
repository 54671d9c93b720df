// What a worker declares of its metrics and series, checked: nothing is read as something that was not written.
import { findTextFaults, findUnknownKeys, isPlainObject, showValue } from '../ground/shape.js';
import { nearestName } from '../ground/text.js';
import { findColumnFaults, findSpellingFault } from '../space/names.js';
import type { MetricSpec } from '../trial/metrics.js';
import { findToleranceFaults } from '../trial/tolerance.js';

const KEYS = ['type', 'unit', 'about', 'goal', 'tolerance'];
const TYPES = ['number', 'integer', 'boolean', 'string'];

/** The words of other tools beside ours, whatever their case. */
const GOALS: ReadonlyMap<string, 'min' | 'max'> = new Map([
  ...['min', 'minimize', 'minimise', 'minimum'].map((word) => [word, 'min'] as const),
  ...['max', 'maximize', 'maximise', 'maximum'].map((word) => [word, 'max'] as const),
]);

/** The metrics with `goal` as `min` or `max`; faults go to `faults`. */
export function readMetrics(metrics: unknown, faults: string[]): Readonly<Record<string, MetricSpec>> {
  if (!isPlainObject(metrics)) {
    faults.push(
      `metrics: expected an object such as { loss: { type: 'number' } }, found ${showValue(metrics)}`,
    );
    return {};
  }
  return Object.fromEntries(
    Object.entries(metrics).map(([name, spec]) => {
      const found: string[] = [];
      const read = readMetric(spec, found);
      faults.push(...found.map((fault) => `metric "${name}": ${fault}`));
      return [name, read] as const;
    }),
  );
}

function readMetric(spec: unknown, faults: string[]): MetricSpec {
  if (!isPlainObject(spec)) {
    const type = typeof spec === 'string' && TYPES.includes(spec) ? spec : 'number';
    faults.push(`expected { type: '${type}' }, found ${showValue(spec)}`);
    return { type: 'number' };
  }
  const { type, goal, tolerance } = spec;
  faults.push(...findUnknownKeys(spec, KEYS), ...findTextFaults(spec, ['unit', 'about']));
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    const near = typeof type === 'string' ? nearestName(type, TYPES) : undefined;
    const guess = near === undefined ? '' : `; did you mean "${near}"?`;
    faults.push(`type: expected one of ${TYPES.join(', ')}; found ${showValue(type)}${guess}`);
  }
  if (tolerance !== undefined) {
    faults.push(...findToleranceFaults(tolerance).map((fault) => `tolerance: ${fault}`));
    if (type === 'string') faults.push('tolerance: a text has none; expected a number or a boolean');
  }
  if (goal === undefined) return spec as unknown as MetricSpec;
  const read = typeof goal === 'string' ? GOALS.get(goal.toLowerCase()) : undefined;
  if (read === undefined) faults.push(`goal: expected "min" or "max", found ${showValue(goal)}`);
  return { ...(spec as unknown as MetricSpec), goal: read ?? 'min' };
}

/** Faults of the names of a table's columns; `taken` are those of the columns before, to which these are added. */
export function findNameFaults(
  kind: string,
  names: readonly string[],
  table: string,
  taken: Map<string, string>,
): string[] {
  return names.flatMap((name) => {
    const misspelt = findSpellingFault(name);
    return [
      ...(misspelt === undefined ? [] : [`${kind} "${name}": ${misspelt}`]),
      ...findColumnFaults(kind, [name], table, taken),
    ];
  });
}

/** Series are columns of a file of their own, so one may be called like a metric. */
export function findSeriesFaults(series: unknown): string[] {
  if (series === undefined) return [];
  if (!Array.isArray(series)) return [`series: expected names such as ['loss'], found ${showValue(series)}`];
  const names = Array.from(series as unknown[]);
  const texts = names.filter((name) => typeof name === 'string');
  return [
    ...names
      .filter((name) => typeof name !== 'string')
      .map((name) => `series ${showValue(name)}: expected a text as its name`),
    ...findNameFaults('series', texts, 'metrics.csv', new Map()),
  ];
}
