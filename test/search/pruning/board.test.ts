// The board decides the same whatever order curves arrive in, and never later than everything is known.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import type { Pruned, PrunerSpec } from '../../../src/search/pruning/contract.js';
import { createPruningRule } from '../../../src/search/pruning/rules.js';
import { StoppingBoard } from '../../../src/search/pruning/stopping.js';

const SPECS = [
  { name: 'asha', min: 1, factor: 2, max: 9 },
  { name: 'hyperband', min: 1, factor: 2, max: 9 },
  { name: 'median', percentile: 50, warmup: 1, startup: 2, interval: 1 },
  { name: 'patience', patience: 2, minDelta: 0, warmup: 0 },
] as const;

interface Plan {
  readonly spec: number;
  readonly lookahead: number;
  readonly trials: number;
  readonly seed: number;
}

/** Steps, of which some are left out, and how many of them there are. */
function curvesOf({ trials, seed }: Plan): (readonly [step: number, value: number])[][] {
  return Array.from({ length: trials }, (_, trial) => {
    const random = randomFor('curve', seed, trial);
    const length = random.below(3) === 0 ? random.below(9) : 9;
    const all = Array.from({ length }, (_, i) => [i + 1, random.below(20)] as const);
    return all.filter(() => random.below(6) > 0);
  });
}

/** All decisions by trial; `workers` trials at once, whose next values come in a random order. */
function decide(plan: Plan, workers: number, order: number): Map<number, Pruned> {
  const spec = { metric: 'loss', goal: 'min', ...SPECS[plan.spec]!, lookahead: plan.lookahead };
  const board = new StoppingBoard(createPruningRule(spec as PrunerSpec, plan.seed)!, plan.lookahead);
  const random = randomFor('order', order);
  const curves = curvesOf(plan);
  const told = new Map<number, number>();
  const found = new Map<number, Pruned>();
  let next = 0;
  while (next < plan.trials || told.size > 0) {
    if (next < plan.trials && told.size < workers) {
      board.propose(next);
      told.set(next++, 0);
      continue;
    }
    const trial = [...told.keys()][random.below(told.size)]!;
    const row = told.get(trial)!;
    const point = curves[trial]![row];
    if (point === undefined) {
      board.end(trial);
      told.delete(trial);
    } else {
      board.learn(trial, ...point);
      told.set(trial, row + 1);
    }
    for (const decision of board.decide()) found.set(decision.trial, decision);
  }
  for (let trial = 0; trial < plan.trials; trial++) expect(board.verdict(trial).state).not.toBe('open');
  return found;
}

const plans = fc.record({
  spec: fc.nat(SPECS.length - 1),
  lookahead: fc.integer({ min: 1, max: 6 }),
  trials: fc.integer({ min: 1, max: 25 }),
  seed: fc.nat(1000),
});

it('decides the same in a thousand orders', () => {
  fc.assert(
    fc.property(plans, fc.integer({ min: 1, max: 16 }), fc.nat(), (plan, workers, order) => {
      const sorted = (found: Map<number, Pruned>) => [...found].sort(([a], [b]) => a - b);
      expect(sorted(decide(plan, workers, order))).toEqual(sorted(decide(plan, 1, 0)));
    }),
    { seed: 811, numRuns: 1000 },
  );
});

it('holds nobody against trials that come later, or within the lookahead', () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const all = decide(plan, 1, 0);
      const first = decide({ ...plan, trials: Math.ceil(plan.trials / 2) }, 1, 0);
      for (const [trial, decision] of first) expect(all.get(trial)).toEqual(decision);
      for (const { trial, others } of all.values())
        expect(others).toBeLessThanOrEqual(Math.max(0, trial - plan.lookahead + 1));
    }),
    { seed: 812, numRuns: 300 },
  );
});

it('goes on with what a later attempt reports, and counts nothing twice', () => {
  const board = new StoppingBoard(
    createPruningRule({ metric: 'loss', goal: 'min', lookahead: 1, ...SPECS[3] }, 1)!,
    1,
  );
  board.propose(0);
  for (const [step, value] of [
    [1, 3],
    [2, 4],
    [1, 3],
    [2, 4],
  ] as const)
    board.learn(0, step, value);
  expect(board.decide()).toEqual([]);
  board.learn(0, 3, 5);
  expect(board.decide()).toMatchObject([{ trial: 0, step: 3, value: 5, cutoff: 3, others: 0 }]);
  expect(board.verdict(0)).toEqual({ state: 'pruned', row: 2 });
});
