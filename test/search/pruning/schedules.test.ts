// Population-based training on problems whose best schedule is known in closed form: it gets near it, where no fixed value
// does. SWEEPLINE_TABLE=1 prints the figures of docs/pruners.md.
import { describe, expect, it } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { createDimension } from '../../../src/search/dimension.js';
import { PRUNER_OPTIONS } from '../../../src/search/pruning/options.js';
import { PopulationBoard } from '../../../src/search/pruning/population.js';
import { choice, loguniform } from '../../../src/space/domain.js';
import type { AxisDomain, Value } from '../../../src/space/types.js';

interface Problem<State> {
  readonly domain: AxisDomain;
  readonly start: State;
  readonly steps: number;
  readonly interval: number;
  readonly resample?: number;
  /** One step with a value of the one axis. */
  update(state: State, value: Value): State;
  /** Less is better. */
  loss(state: State): number;
}

/** The values that random search gives the trials of a population. */
const drawn = ({ domain }: Pick<Problem<never>, 'domain'>, trials: number, seed: number): Value[] => {
  const { fromUnit, valuesAt } = createDimension({ names: ['a'], values: [domain] });
  return Array.from({ length: trials }, (_, trial) => {
    return valuesAt(fromUnit(randomFor('start', seed, trial).uniform()))[0]!;
  });
};

function trainFixed<State>(problem: Problem<State>, value: Value): number {
  let state = problem.start;
  for (let step = 0; step < problem.steps; step++) state = problem.update(state, value);
  return problem.loss(state);
}

/** The least loss of a population at its end. */
function trainPopulation<State>(problem: Problem<State>, trials: number, seed: number): number {
  const { domain, start, steps, interval, resample } = problem;
  const points = drawn(problem, trials, seed);
  const dimension = createDimension({ names: ['a'], values: [domain] });
  const asked = { interval, max: steps, mutate: 'a', ...(resample === undefined ? {} : { resample }) };
  const board = new PopulationBoard(PRUNER_OPTIONS.pbt.parse(asked), seed, {
    pointOf: (trial) => ({ a: points[trial]! }),
    keyOf: (trial) => `${trial}`,
    dimensionOf: () => dimension,
    accepts: () => true,
  });
  const checkpoints = new Map<string, State>();
  for (let trial = 0; trial < trials; trial++) board.propose(trial);
  board.complete();
  const last: number[] = [];
  for (let step = 0; step < steps; step += interval) {
    const to = Math.min(steps, step + interval);
    for (let trial = 0; trial < trials; trial++) {
      const { params, checkpoint = { load: '', save: `${trial}` } } = board.continuation(trial) ?? {};
      let state = checkpoints.get(checkpoint.load) ?? start;
      for (let i = step; i < to; i++) state = problem.update(state, params?.a ?? points[trial]!);
      checkpoints.set(checkpoint.save, state);
      last[trial] = problem.loss(state);
      board.learn(trial, to, last[trial]!);
      if (to < steps) board.park(trial, to);
    }
    board.decide();
    for (const name of board.takeSpent()) checkpoints.delete(name);
  }
  return Math.min(...last);
}

const SEEDS = Array.from({ length: 30 }, (_, seed) => seed);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const tell = (what: string, values: Readonly<Record<string, number>>) => {
  if (process.env.SWEEPLINE_TABLE !== '1') return;
  const shown = Object.entries(values).map(([name, value]) => `${name} ${value.toPrecision(4)}`);
  process.stderr.write(`${what}: ${shown.join(', ')}\n`);
};

// After Jaderberg et al. 2017, section 4.1 (figure 2): θ climbs 1.2 − h0·θ0² − h1·θ1² with steps of 0.01 times the gradient,
// and what counts is the same with h = (1, 1). A trial has h = (1, 0) or (0, 1): a fixed one leaves one part of θ where it is.
// The best schedule shares the steps between them.
describe('two surrogates, each with half of the objective', () => {
  const steps = 200;
  const [a, b] = [0.9, 0.9];
  const problem: Problem<readonly [number, number]> = {
    domain: choice(0, 1),
    start: [a, b],
    ...{ steps, interval: 4, resample: 0.5 },
    update: ([x, y], part) => (part === 0 ? [x - 0.01 * 2 * x, y] : [x, y - 0.01 * 2 * y]),
    loss: ([x, y]) => x ** 2 + y ** 2 - 1.2,
  };
  /** Of so many steps in the first part. */
  const lossOf = (first: number) => (a * 0.98 ** first) ** 2 + (b * 0.98 ** (steps - first)) ** 2 - 1.2;

  it('are half climbed with either, and nearly whole by a population', () => {
    const fixed = Math.min(lossOf(0), lossOf(steps));
    const best = Math.min(...Array.from({ length: steps + 1 }, (_, first) => lossOf(first)));
    expect(trainFixed(problem, 0)).toBeCloseTo(lossOf(steps), 12);
    expect(trainFixed(problem, 1)).toBeCloseTo(lossOf(0), 12);
    const found = SEEDS.map((seed) => trainPopulation(problem, 8, seed));
    const worst = Math.max(...found);
    tell('surrogates', { fixed, median: median(found), worst, best });
    expect(Math.min(...found)).toBeGreaterThan(best - 1e-12);
    expect(worst).toBeLessThan(fixed - 0.9 * (fixed - best));
  });
});

// Gradient descent on ½θ² with noise of variance 1 in the gradient: with step size a the variance v of θ becomes
// (1−a)²·v + a². The best a is v / (v + 1) at each step, and 1/v then grows by 1.
describe('the step size of a noisy gradient descent', () => {
  const start = 4;
  const steps = 100;
  const problem: Problem<number> = {
    domain: loguniform(1e-3, 1),
    ...{ start, steps, interval: 5 },
    update: (v, a) => (1 - (a as number)) ** 2 * v + (a as number) ** 2,
    loss: (v) => v,
  };

  it('is better changed by a population than with any fixed value', () => {
    const fixed = Math.min(...Array.from({ length: 2000 }, (_, i) => trainFixed(problem, (i + 1) / 2000)));
    const best = 1 / (1 / start + steps);
    const random = SEEDS.map((seed) =>
      Math.min(...drawn(problem, 16, seed).map((value) => trainFixed(problem, value))),
    );
    const found = SEEDS.map((seed) => trainPopulation(problem, 16, seed));
    const worst = Math.max(...found);
    tell('noisy descent', { random: median(random), fixed, median: median(found), worst, best });
    expect(Math.min(...random)).toBeGreaterThanOrEqual(fixed);
    expect(Math.min(...found)).toBeGreaterThan(best - 1e-12);
    expect(worst).toBeLessThan(fixed);
    expect(median(found)).toBeLessThan(1.3 * best);
  });
});
