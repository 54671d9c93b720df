// Climbs and blocks of them, for the tests of the landscape.
import fc from 'fast-check';

import type { EscapeBlock } from '../../../src/study/landscape/block.js';
import type { Climb } from '../../../src/study/landscape/climb.js';
import { OPTIMIZER_NAMES } from '../../../src/study/landscape/optimizers.js';

/** The study's own configuration. */
export const STUDY: Climb = {
  optimizer: 'adam',
  alpha: 0.3,
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  momentum: 0.9,
  decay: 0,
  steps: 20,
  slopeDown: 1,
  slopeUp: 1,
};

const between = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const fraction = fc.oneof(fc.constantFrom(0, 0.9, 0.999), between(0, 0.9999));

export const anyClimb: fc.Arbitrary<Climb> = fc.record({
  optimizer: fc.constantFrom(...OPTIMIZER_NAMES),
  alpha: between(0.001, 1.5),
  beta1: fraction,
  beta2: fraction,
  eps: fc.constantFrom(0, 1e-8, 1e-3),
  momentum: fraction,
  decay: fc.oneof(fc.constant(0), between(0, 3)),
  steps: fc.integer({ min: 1, max: 120 }),
  slopeDown: fc.oneof(fc.constant(1), between(0.01, 20)),
  slopeUp: fc.oneof(fc.constant(1), between(0.01, 20)),
});

export const anyHeight = fc.oneof(fc.constantFrom(0, 0.2, 0.5), between(0, 3));

export const METRICS = ['escaped', 'reached', 'stuck', 'escape_step', 'peak', 'final_theta'] as const;
export type Metrics = Record<(typeof METRICS)[number], number>;

export interface EscapeTrial extends Climb {
  readonly h: number;
}

/** The trials as a worker's block, with the metrics as rows. */
export function blockOf(trials: readonly EscapeTrial[]): {
  block: EscapeBlock;
  rows(): Metrics[];
  failed: Set<number>;
} {
  const failed = new Set<number>();
  const numbers: Record<string, Float64Array> = {
    slope_down: Float64Array.from(trials, (t) => t.slopeDown),
    slope_up: Float64Array.from(trials, (t) => t.slopeUp),
  };
  for (const name of ['alpha', 'beta1', 'beta2', 'eps', 'momentum', 'decay', 'steps', 'h'] as const) {
    numbers[name] = Float64Array.from(trials, (t) => t[name]);
  }
  const codes = Uint16Array.from(trials, (t) => OPTIMIZER_NAMES.indexOf(t.optimizer));
  // 7 is no metric's value here: an entry that was not filled shows.
  const metrics = Object.fromEntries(METRICS.map((m) => [m, new Float64Array(trials.length).fill(7)]));
  const block: EscapeBlock = {
    count: trials.length,
    numbers: (name) => numbers[name]!,
    strings: () => ({ values: codes, dictionary: OPTIMIZER_NAMES }),
    metric: (name) => metrics[name]!,
    fail: (i) => void failed.add(i),
  };
  const row = (i: number) => Object.fromEntries(METRICS.map((m) => [m, metrics[m]![i]!])) as Metrics;
  return { block, failed, rows: () => trials.map((_, i) => row(i)) };
}

/** What the metrics of a trial mean, written down from their definition alone: θ by θ along the trajectory. */
export function metricsByDefinition(thetas: Float64Array, h: number, slopeUp: number): Metrics {
  const none = Number.NaN;
  const steps = thetas.length - 1;
  let step = 1;
  while (step < steps && !((thetas[step]! - 1) * slopeUp > h)) step++;
  const seen = thetas.subarray(0, step + 1);
  const final = thetas[step]!;
  const peak = thetas.some(Number.isNaN) ? none : Math.max(...thetas);
  if (Number.isNaN(final)) {
    return { escaped: none, reached: none, stuck: none, escape_step: none, peak: none, final_theta: none };
  }
  const escaped = (final - 1) * slopeUp > h;
  const reached = seen.some((theta) => theta >= 1);
  return {
    escaped: Number(escaped),
    reached: Number(reached),
    stuck: Number(reached && !escaped),
    escape_step: escaped ? step : none,
    peak,
    final_theta: final,
  };
}
