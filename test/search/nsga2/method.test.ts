// NSGA-II: the conformance suite, ZDT1 and a problem with a constraint, and Optuna's where it is on this machine.
import { describe, expect, test } from 'vitest';
import type { Observation } from '../../../src/search/contract.js';
import { nsga2 } from '../../../src/search/nsga2/method.js';
import { choice, uniform } from '../../../src/space/domain.js';
import { hypervolume } from '../../../src/stats/hypervolume.js';
import { compare } from '../golden/compare.js';
import { zdt1 } from '../golden/functions.js';
import { findGolden, readPeers } from '../golden/peers.js';
import { createOn, describeMethod } from '../methods.js';
import { minimise } from '../minimise.js';

describeMethod(nsga2, {
  trials: 30,
  options: [{ population: 8 }, { population: 5, crossover: 0, mutation: 1 }],
});

interface Evaluated {
  readonly values: readonly number[];
  readonly violation?: number;
}

function run(evaluate: (x: readonly number[]) => Evaluated, trials: number, seed: number): Observation[] {
  const { space, make } = createOn(nsga2, [uniform(0, 1), uniform(0, 1), uniform(0, 1)]);
  const method = make(seed, 2);
  const told: Observation[] = [];
  while (told.length < trials) {
    const { x } = method.propose(told.length, { told, pending: [] });
    const { values, violation = 0 } = evaluate(Object.values(space.pointAt(x)) as number[]);
    told.push({ number: told.length, x, status: 'ok', values, errors: [0, 0], violation, step: null });
  }
  return told;
}

describe('two objectives', () => {
  test('comes near the front of ZDT1, and spreads along it', () => {
    for (const seed of [1, 2, 3]) {
      const told = run((x) => ({ values: zdt1(x) }), 1000, seed);
      const volume = hypervolume(
        told.map(({ values }) => values!),
        [1.1, 1.1],
      );
      // All of it is 0.21 + 2/3 = 0.8767; random search has 0.35 after 1000.
      expect(volume, `seed ${seed}`).toBeGreaterThan(0.84);
    }
  });

  test('what misses a constraint is left behind', () => {
    const told = run((x) => ({ values: zdt1(x), violation: Math.max(0, 0.5 - x[0]!) }), 600, 1);
    const late = told.slice(-100);
    expect(late.filter(({ violation }) => violation === 0).length).toBeGreaterThan(80);
    const best = Math.min(...late.filter((o) => o.violation === 0).map(({ values }) => values![0]!));
    expect(best).toBeLessThan(0.51);
  });
});

test('one objective, numbers and choices: a child is told by its parents', () => {
  const domains = [uniform(-5, 5), choice('a', 'b', 'c', 'd'), uniform(-5, 5)];
  const objective = (x: readonly unknown[]) =>
    (x[0] as number) ** 2 + ((x[2] as number) - 1) ** 2 + (x[1] === 'c' ? 0 : 3);
  const { best, whys } = minimise(nsga2, { domains, objective, seed: 1, trials: 600, lookahead: 4 });
  expect(best).toBeLessThan(0.01);
  const child = whys.at(-1)! as unknown as { stage: string; parents: number[] };
  expect(child.stage).toBe('child');
  for (const parent of child.parents) expect(parent).toBeLessThanOrEqual(600 - 1 - 4);
});

const golden = findGolden();
test.skipIf(golden === undefined)('not worse than Optuna’s on ZDT1, look-ahead 1 and 8', () => {
  const peers = readPeers(golden!);
  for (const rows of compare({ definition: nsga2, peers, seeds: 20, lookaheads: [1, 8], ns: [100, 200] }))
    for (const { n, worse } of rows)
      for (const [lookahead, p] of worse)
        expect(p, `${n} trials, look-ahead ${lookahead}`).toBeGreaterThan(0.05);
});
