// Rungs at geometric steps: min, min·factor, min·factor², …, as in successive halving.

export interface RungOptions {
  /** Steps of the first rung. */
  readonly min: number;
  readonly factor: number;
  /** Nothing is pruned from this step on; absent: there is no such step. */
  readonly max?: number | undefined;
}

/** The last rung that `step` has got to; null before the first, and from `max` on. */
export function rungAt(
  step: number,
  { min, factor, max = Number.POSITIVE_INFINITY }: RungOptions,
): number | null {
  if (step >= max) return null;
  let found: number | null = null;
  for (let rung = min; rung <= step; rung *= factor) found = rung;
  return found;
}
