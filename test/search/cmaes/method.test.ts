// CMA-ES: the conformance suite, evaluations against published ones, integers, the edge of the space, restarts, and the
// golden results where they are on this machine.
import { describe, expect, test } from 'vitest';
import { cmaes } from '../../../src/search/cmaes/method.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { choice, int, uniform } from '../../../src/space/domain.js';
import { compare } from '../golden/compare.js';
import { findGolden, readPeers } from '../golden/peers.js';
import { problems } from '../golden/problems.js';
import { runProblem } from '../golden/run.js';
import { describeMethod } from '../methods.js';
import { median, minimise } from '../minimise.js';

describeMethod(cmaes, {
  trials: 40,
  options: [
    { restarts: 'none', population: 6 },
    { restarts: 'bipop', start: 'random', sigma: 0.4 },
  ],
});

const sum = (x: readonly number[], term: (v: number, i: number) => number) =>
  x.reduce((total, v, i) => total + term(v, i), 0);
const sphere = (x: readonly number[]) => sum(x, (v) => (v - 3) ** 2);
const ellipsoid = (x: readonly number[]) => sum(x, (v, i) => 10 ** ((6 * i) / (x.length - 1)) * (v - 3) ** 2);
const rosenbrock = (x: readonly number[]) =>
  sum(x.slice(1), (v, i) => 100 * (v - x[i]! ** 2) ** 2 + (1 - x[i]!) ** 2);
const rastrigin = (x: readonly number[]) =>
  sum(x, (v) => 10 + (v - 1.7) ** 2 - 10 * Math.cos(2 * Math.PI * (v - 1.7)));

const box = (n: number, end = 10) => Array.from({ length: n }, () => uniform(-end, end));

describe('evaluations to 1e-10 in ten dimensions', () => {
  // What runs of Hansen's purecmaes.m needed (N = 10, population 10), as recorded in the tests of os-popt/pop-lso.
  test.each([
    ['sphere', sphere, 10, 2591],
    ['ellipsoid', ellipsoid, 10, 6711],
    ['Rosenbrock', rosenbrock, 3, 5911],
  ] as const)('%s: no more than published', (_, objective, end, published) => {
    const all = [1, 2, 3].map(
      (seed) =>
        minimise(cmaes, { domains: box(10, end), objective, seed, trials: 3 * published, target: 1e-10 })
          .evaluations,
    );
    expect(median(all)).toBeLessThan(published);
  });

  test('look-ahead 8 finds them too, for twice as many', () => {
    for (const [objective, end, published] of [
      [ellipsoid, 10, 6711],
      [rosenbrock, 3, 5911],
    ] as const) {
      const all = [1, 2, 3].map(
        (seed) =>
          minimise(cmaes, {
            ...{ domains: box(10, end), objective, seed, trials: 3 * published, target: 1e-10 },
            lookahead: 8,
          }).evaluations,
      );
      expect(median(all)).toBeLessThan(2 * published);
    }
  });
});

describe('integers and choices', () => {
  const OPTIMUM = [3, -2, 1.5, 4, -5, 7, -3, 2, 5, -8];
  const mixed = (x: readonly number[]) => sum(x, (v, i) => 10 ** (i % 5) * (v - OPTIMUM[i]!) ** 2);

  test('integers beside numbers are found by every seed', () => {
    const domains = [...box(5), ...Array.from({ length: 5 }, () => int(-10, 10))];
    for (const seed of [1, 2, 3, 4, 5]) {
      const found = minimise(cmaes, { domains, objective: mixed, seed, trials: 6000, target: 1e-8 });
      expect(found.best, `seed ${seed}`).toBeLessThan(1e-8);
    }
  });

  test('yes or no is as good as an integer', () => {
    const domains = [uniform(-1, 1), ...Array.from({ length: 8 }, () => choice('no', 'yes'))];
    const objective = (x: readonly unknown[]) =>
      ((x[0] as number) - 0.3) ** 2 + x.slice(1).filter((v) => v === 'no').length;
    for (const seed of [1, 2, 3])
      expect(
        minimise(cmaes, { domains, objective, seed, trials: 800, target: 1e-4 }).best,
        `seed ${seed}`,
      ).toBeLessThan(1e-4);
  });

  test('dimensions that do not always exist are searched where they do', () => {
    const problem = problems.find(({ name }) => name === 'jenatton')!;
    const regrets = [1, 2, 3, 4, 5].map(
      (seed) => runProblem({ problem, definition: cmaes, seed, trials: 300, lookahead: 1 }).at(-1)!,
    );
    expect(median(regrets)).toBeLessThan(0.01); // random search: 0.05
  });

  test('a choice of three is refused, with what to write instead', () => {
    const space = createSearchSpace([
      {
        axes: [
          { names: ['lr'], values: [uniform(0, 1)] },
          { names: ['optimizer'], values: [choice('sgd', 'adam', 'lion')] },
        ],
      },
    ]);
    expect(cmaes.findSpaceFaults!(space)).toEqual([
      'optimizer is a choice of 3 without an order; expected numbers, or a choice of two: use tpe or gp',
    ]);
  });
});

test('an optimum on the edge, and in a corner, is found', () => {
  const objective = (x: readonly number[]) => sum(x, (v, i) => (i + 1) * (v + 10));
  const found = minimise(cmaes, { domains: box(4), objective, seed: 1, trials: 600 });
  expect(found.best).toBeLessThan(0.01);
  expect(found.best).toBeGreaterThanOrEqual(0);
});

describe('restarts', () => {
  test('with larger populations find what the first search misses', () => {
    const runs = (restarts: string) =>
      [1, 2, 3, 4, 5].map((seed) =>
        minimise(cmaes, {
          ...{ domains: box(2), objective: rastrigin, seed, trials: 10_000, target: 1e-6 },
          options: { restarts },
        }),
      );
    const solved = (kind: string) => runs(kind).filter(({ best }) => best < 1e-6).length;
    expect(solved('ipop')).toBeGreaterThanOrEqual(4);
    expect(solved('bipop')).toBeGreaterThanOrEqual(4);
    expect(solved('none')).toBeLessThan(3);
  });

  test('ipop doubles the population; a plateau is left', () => {
    const { whys } = minimise(cmaes, { domains: box(2), objective: () => 1, seed: 1, trials: 1000 });
    const populations = new Map(whys.map(({ restart, population }) => [restart, population]));
    const all = [...populations.values()] as number[];
    expect(all.length).toBeGreaterThan(2);
    all.forEach((population, i) => {
      expect(population).toBe(all[0]! * 2 ** i);
    });
  });

  test('none stays with the first', () => {
    const options = { restarts: 'none' };
    const { whys } = minimise(cmaes, { domains: box(2), objective: sphere, seed: 1, trials: 1500, options });
    expect(whys.at(-1)!.restart).toBe(0);
    expect(whys.at(-1)!.sigma).toBeLessThan(1e-6);
  });
});

test('a steeper function of the same order gives the same proposals', () => {
  const run = (objective: (x: readonly number[]) => number) =>
    minimise(cmaes, { domains: box(3), objective, seed: 7, trials: 200, lookahead: 4 }).xs;
  expect(run((x) => Math.log(sphere(x)))).toEqual(run(sphere));
});

const golden = findGolden();
test.skipIf(golden === undefined)(
  'not worse than Optuna’s on Branin and Hartmann 6, look-ahead 1 and 8',
  () => {
    const peers = readPeers(golden!);
    const only = ['branin', 'hartmann6'];
    for (const rows of compare({
      ...{ definition: cmaes, peers, seeds: 20, lookaheads: [1, 8], only, ns: [100, 200] },
    }))
      for (const { problem, n, worse } of rows)
        for (const [lookahead, p] of worse)
          expect(p, `${problem}, ${n} trials, look-ahead ${lookahead}`).toBeGreaterThan(0.05);
  },
);
