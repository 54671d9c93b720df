// Rungs at geometric steps: min, min·factor, min·factor², …, as in successive halving.
import { hasReached } from './steps.js';

export interface RungOptions {
  /** Steps of the first rung. */
  readonly min: number;
  readonly factor: number;
  /** Nothing is pruned from this step on; absent: there is no such step. */
  readonly max?: number | undefined;
}

/** Of the rung with that number, from 0; Infinity where nothing is pruned any more. */
export function rungStep(
  level: number,
  { min, factor, max = Number.POSITIVE_INFINITY }: RungOptions,
): number {
  // Not step by step, which adds up roundings: 0.1 · 3 · 3 is a little more than 0.9.
  const step = min * factor ** level;
  return hasReached(step, max) ? Number.POSITIVE_INFINITY : step;
}

/** The last rung from number `first` on that `step` has got to; null before that one, and from `max` on. */
export function rungAt(step: number, options: RungOptions, first = 0): number | null {
  if (hasReached(step, options.max ?? Number.POSITIVE_INFINITY)) return null;
  let found: number | null = null;
  for (let level = first; ; level++) {
    const rung = rungStep(level, options);
    if (rung === Number.POSITIVE_INFINITY || !hasReached(step, rung)) return found;
    found = rung;
  }
}
