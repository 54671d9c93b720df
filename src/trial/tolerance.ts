// How far a metric may move between two runs before that counts: as it is declared (`0.01`, `{ relative: 0.05 }`), and
// whether it is one at all. Whoever compares takes the larger of the two parts.
import { findUnknownKeys, isPlainObject, showValue } from '../ground/shape.js';

/** A number is absolute, in the metric's unit; `relative` is in parts of the baseline's value: 0.05 is 5 %. */
export type Tolerance = number | ToleranceParts;

export interface ToleranceParts {
  readonly absolute?: number;
  readonly relative?: number;
}

const KEYS = ['absolute', 'relative'] as const;

/** What keeps something from being a tolerance, as texts; none where nothing does. */
export function findToleranceFaults(given: unknown): string[] {
  if (isAmount(given)) return [];
  if (!isPlainObject(given) || Object.keys(given).length === 0)
    return [
      `expected a number of at least 0, or such as { absolute: 0.01, relative: 0.05 }, found ${showValue(given)}`,
    ];
  return [
    ...findUnknownKeys(given, [...KEYS]),
    ...KEYS.filter((key) => given[key] !== undefined && !isAmount(given[key])).map(
      (key) => `${key}: expected a number of at least 0, found ${showValue(given[key])}`,
    ),
  ];
}

function isAmount(given: unknown): boolean {
  return typeof given === 'number' && given >= 0 && Number.isFinite(given);
}

/** How far from `baseline` a value may be. */
export function widthOf(tolerance: Tolerance, baseline: number): number {
  if (typeof tolerance === 'number') return tolerance;
  return Math.max(tolerance.absolute ?? 0, (tolerance.relative ?? 0) * Math.abs(baseline));
}

/** `0.01`, `5%` or `0.01 or 5%`. */
export function describeTolerance(tolerance: Tolerance): string {
  if (typeof tolerance === 'number') return String(tolerance);
  const { absolute, relative } = tolerance;
  const parts = [
    ...(absolute === undefined ? [] : [String(absolute)]),
    ...(relative === undefined ? [] : [`${Number((relative * 100).toPrecision(6))}%`]),
  ];
  return parts.join(' or ');
}
