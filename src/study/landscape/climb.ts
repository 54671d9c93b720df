// Trajectories on the endless climb, one at a time in plain JavaScript: for plots, for many bump heights at once, and
// wherever vectors are not to be had.
import { climbSlope, type Slopes, topOfBump } from './landscape.js';
import { createOptimizer, type Hyperparameters, type OptimizerName } from './optimizers.js';

/** All that a trajectory depends on before the top of the bump: everything but its height. */
export interface Climb extends Hyperparameters, Slopes {
  readonly optimizer: OptimizerName;
  /** Number of steps, ≥ 1. */
  readonly steps: number;
}

/** θ_0 = 0, θ_1, …, θ_steps on the endless climb, for plots. From the first θ that is not finite on, NaN. */
export function trajectory(climb: Climb): Float64Array {
  const thetas = new Float64Array(climb.steps + 1);
  const step = createOptimizer(climb.optimizer, climb);
  for (let t = 1; t <= climb.steps; t++) {
    const theta = thetas[t - 1]!;
    const next = step(theta, climbSlope(theta, climb));
    if (!Number.isFinite(next)) return thetas.fill(Number.NaN, t);
    thetas[t] = next;
  }
  return thetas;
}

/** How the trials of one climb ended, one entry a bump in the order given. */
export interface ClimbResult {
  /** The highest θ_t over all steps; NaN when some θ_t is not finite. */
  readonly peak: number;
  /** The step at which each trial passed the top of its bump; NaN where none did. */
  readonly escapeStep: Float64Array;
  /** θ at the end of each trial: at its escape, else after the last step; NaN where θ stopped being finite before. */
  readonly finalTheta: Float64Array;
}

/**
 * One trajectory answers for every bump height in `heights` (in any order): a trial of height h ends at the first θ_t
 * above `topOfBump(h)`, and until then no height makes a difference.
 */
export function followClimb(climb: Climb, heights: Float64Array): ClimbResult {
  const count = heights.length;
  const tops = heights.map((h) => topOfBump(h, climb.slopeUp));
  const order = ascendingOrder(tops);
  const escapeStep = new Float64Array(count).fill(Number.NaN);
  const finalTheta = new Float64Array(count).fill(Number.NaN);
  const step = createOptimizer(climb.optimizer, climb);
  let theta = 0;
  let peak = 0;
  let passed = 0;
  for (let t = 1; t <= climb.steps; t++) {
    theta = step(theta, climbSlope(theta, climb));
    if (!Number.isFinite(theta)) return { peak: Number.NaN, escapeStep, finalTheta };
    if (theta <= peak) continue;
    peak = theta;
    for (; passed < count && theta > tops[order[passed]!]!; passed++) {
      escapeStep[order[passed]!] = t;
      finalTheta[order[passed]!] = theta;
    }
  }
  for (; passed < count; passed++) finalTheta[order[passed]!] = theta;
  return { peak, escapeStep, finalTheta };
}

/** Positions by ascending value. Grids come sorted, so sorting is the exception. */
function ascendingOrder(values: Float64Array): Uint32Array {
  const order = new Uint32Array(values.length);
  let sorted = true;
  for (let i = 0; i < values.length; i++) {
    order[i] = i;
    if (i > 0 && values[i]! < values[i - 1]!) sorted = false;
  }
  return sorted ? order : order.sort((a, b) => values[a]! - values[b]!);
}
