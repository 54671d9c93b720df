// The landscape of the escape study: a piecewise linear valley, bump and deeper valley. What it is and where its top
// lies; no optimiser here. Positions and heights are float64 without units.
//
//   f(0) = 1, slope −slope_down to the local minimum at 1; slope +slope_up up a bump of height h, whose top is at
//   1 + h / slope_up; slope −slope_down to the global minimum o; slope +slope_up after it.

/** The two slopes, both > 0 and given as sizes. */
export interface Slopes {
  readonly slopeDown: number;
  readonly slopeUp: number;
}

export interface Landscape extends Slopes {
  /** Height of the bump between the two minima, ≥ 0. */
  readonly h: number;
}

export const LOCAL_MINIMUM = 1;

/**
 * The slope on the endless climb (h = ∞). At the kink the slope to its right counts: θ = 1 is uphill already. Up to the
 * top of the bump every landscape has this slope, so one trajectory on the endless climb answers for every h.
 */
export function climbSlope(theta: number, { slopeDown, slopeUp }: Slopes): number {
  return theta < LOCAL_MINIMUM ? -slopeDown : slopeUp;
}

/** How much of the bump θ has climbed; negative in front of the local minimum. */
export function climbed(theta: number, slopeUp: number): number {
  return (theta - LOCAL_MINIMUM) * slopeUp;
}

/**
 * Where the bump ends: the largest float64 θ with `climbed(θ) ≤ h`, so that `θ > topOfBump` and `climbed(θ) > h` are the
 * same question, and a threshold is never a rounding away from its bracket. It is 1 + h / slopeUp to within two
 * roundings; Infinity where that overflows, because no θ climbs so high.
 */
export function topOfBump(h: number, slopeUp: number): number {
  let top = LOCAL_MINIMUM + h / slopeUp;
  if (top === Number.POSITIVE_INFINITY) return top;
  while (climbed(top, slopeUp) > h) top -= top * ULP_STEP;
  for (let next = top + top * ULP_STEP; climbed(next, slopeUp) <= h; next += next * ULP_STEP) top = next;
  return top;
}

/** x ± x·φ rounds to x's neighbour for normal x (Rump, Zimmermann, Boldo, Melquiond 2009, with φ = u(1 + 2u)). */
const ULP_STEP = 2 ** -53 * (1 + 2 ** -52);

/**
 * The threshold of a trajectory on the endless climb: it escapes every h below, and none from here on (exactly so in
 * float64). 0 where it escapes none; NaN where the peak has no value.
 */
export function exactThreshold(peak: number, slopeUp: number): number {
  return Math.max(0, climbed(peak, slopeUp));
}

/** The global minimum o, where no trial ever looks: one unit deeper than the local minimum, so that it can be drawn. */
export function globalMinimum({ h, slopeDown, slopeUp }: Landscape): number {
  return LOCAL_MINIMUM + h / slopeUp + (h + 1) / slopeDown;
}

/** f(θ). */
export function heightAt(theta: number, landscape: Landscape): number {
  const { h, slopeDown, slopeUp } = landscape;
  const valley = 1 - slopeDown;
  if (theta < LOCAL_MINIMUM) return 1 - slopeDown * theta;
  const top = LOCAL_MINIMUM + h / slopeUp;
  if (theta < top) return valley + climbed(theta, slopeUp);
  const bottom = globalMinimum(landscape);
  if (theta < bottom) return valley + h - slopeDown * (theta - top);
  return valley - 1 + slopeUp * (theta - bottom);
}

/** f′(θ), the slope to the right of every kink. */
export function slopeAt(theta: number, landscape: Landscape): number {
  const { h, slopeDown, slopeUp } = landscape;
  const downhill = theta >= LOCAL_MINIMUM + h / slopeUp && theta < globalMinimum(landscape);
  return downhill ? -slopeDown : climbSlope(theta, landscape);
}
