// TPE as a method: the conformance suite, what it finds on known problems, and what it does with failures, constraints and
// repeats.
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import type { Method, Observation } from '../../../src/search/contract.js';
import { createSearchSpace, type SearchSpace } from '../../../src/search/space.js';
import { tpe } from '../../../src/search/tpe/method.js';
import { choice, int, logint, loguniform, uniform } from '../../../src/space/domain.js';
import type { AxisDomain, GridSpec } from '../../../src/space/types.js';
import { RANDOM } from '../golden/definitions.js';
import { problems } from '../golden/problems.js';
import { runProblem } from '../golden/run.js';
import { createOn, describeMethod } from '../methods.js';

describeMethod(tpe, { options: [{ multivariate: 'no' }, { startup: 0, candidates: 3 }], runs: 12 });

const problem = (name: string) => problems.find((each) => each.name === name)!;

describe.each([1, 8])('with a look-ahead of %i', (lookahead) => {
  test('it is below 0.7 on Branin within 200 trials at every one of 30 seeds', () => {
    const branin = problem('branin');
    for (let seed = 0; seed < 30; seed++) {
      const regrets = runProblem({ problem: branin, definition: tpe, seed, trials: 100, lookahead });
      expect(regrets.at(-1)! + branin.optimum, `seed ${seed}`).toBeLessThan(0.7);
    }
  });

  test.each(['mixed_net', 'lr_bowl', 'zdt1_4'])('it finds far more than random search on %s', (name) => {
    const regretsOf = (definition: typeof tpe | typeof RANDOM) =>
      [0, 1, 2, 3, 4]
        .map(
          (seed) => runProblem({ problem: problem(name), definition, seed, trials: 80, lookahead }).at(-1)!,
        )
        .sort((a, b) => a - b)[2]!;
    expect(regretsOf(tpe)).toBeLessThan(0.6 * regretsOf(RANDOM));
  });
});

/** Runs one after another; returns the places. */
function search(
  method: Method,
  trials: number,
  resultOf: (x: Float64Array, k: number) => Partial<Observation>,
): Float64Array[] {
  const told: Observation[] = [];
  for (let k = 0; k < trials; k++) {
    const { x } = method.propose(k, { told: [...told], pending: [] });
    told.push({
      number: k,
      x,
      status: 'ok',
      values: null,
      errors: null,
      violation: 0,
      step: null,
      ...resultOf(x, k),
    });
  }
  return told.map(({ x }) => x);
}

const near = (xs: readonly Float64Array[], from: number, to: number) =>
  xs.filter((x) => x[0]! >= from && x[0]! < to).length;

describe('what is not a plain result', () => {
  const methodOn = (domains: readonly AxisDomain[]) => createOn(tpe, domains).make(5);

  test('it keeps away from where trials fail, though values there would be best', () => {
    const xs = search(methodOn([uniform(0, 1), uniform(0, 1)]), 80, (x) =>
      x[0]! < 0.5 ? { status: 'failed' } : { values: [x[0]! + x[1]!] },
    );
    // The best that ends is at the very edge: some will be tried on the other side of it.
    expect(near(xs.slice(40), 0, 0.4)).toBeLessThan(5);
  });

  test('where all fail it goes on', () => {
    const xs = search(methodOn([uniform(0, 1)]), 30, () => ({ status: 'failed' }));
    expect(near(xs, 0, 0.5)).toBeGreaterThan(5);
    expect(near(xs, 0.5, 1)).toBeGreaterThan(5);
  });

  test('it keeps to where constraints are met, though values elsewhere are better', () => {
    const xs = search(methodOn([uniform(0, 1), uniform(0, 1)]), 80, (x) => ({
      values: [x[0]!],
      violation: Math.max(0, 0.6 - x[0]!),
    }));
    expect(near(xs.slice(40), 0.55, 0.8)).toBeGreaterThan(25);
  });

  test('where none meets them it goes to where they are missed least', () => {
    const xs = search(methodOn([uniform(0, 1)]), 80, (x) => ({ values: [x[0]!], violation: 2 - x[0]! }));
    expect(near(xs.slice(40), 0.8, 1.01)).toBeGreaterThan(25);
  });

  test('pruned ones are worse than any that ended, and among them those that got furthest are best', () => {
    const xs = search(methodOn([uniform(0, 1)]), 80, (x) => ({
      status: 'pruned',
      values: [x[0]!],
      step: Math.floor(10 * x[0]!),
    }));
    expect(near(xs.slice(40), 0.8, 1.01)).toBeGreaterThan(25);
  });
});

describe('points that are not allowed', () => {
  test('are left out: a small space is visited whole before anything is proposed again', () => {
    const space = createSearchSpace([
      {
        axes: [
          { names: ['a'], values: [choice('x', 'y', 'z')] },
          { names: ['b'], values: [int(1, 4)] },
        ],
      },
    ]);
    const seen = new Set<string>();
    const method = tpe.create({
      space,
      seed: 1,
      options: tpe.options.parse({}),
      objectives: 1,
      allows: (x) => !seen.has(x.join(' ')),
    });
    search(method, 12, (x) => {
      seen.add(x.join(' '));
      return { values: [x[1]!] };
    });
    expect(seen.size).toBe(12);
  });

  test('are not proposed though they are best', () => {
    const { space } = createOn(tpe, [uniform(0, 1), uniform(0, 1)]);
    const allows = (x: Float64Array) => x[0]! >= 0.4;
    const method = tpe.create({ space, seed: 2, options: tpe.options.parse({}), objectives: 1, allows });
    const xs = search(method, 80, (x) => ({ values: [x[0]! + (x[1]! - 0.3) ** 2] }));
    expect(xs.every(allows)).toBe(true);
    expect(near(xs.slice(40), 0.4, 0.5)).toBeGreaterThan(25);
  });
});

test('it goes on from another history as a new method would', () => {
  const { space, make } = createOn(tpe, [uniform(0, 1), logint(1, 100), choice('a', 'b'), loguniform(1, 10)]);
  const views = [0, 1].map((which) => {
    const draws = randomFor('views', which);
    const told = Array.from({ length: 30 }, (_, number): Observation => {
      const x = space.draw(draws);
      return { number, x, status: 'ok', values: [draws.normal()], errors: [0], violation: 0, step: null };
    });
    return { told, pending: [space.draw(draws)] };
  });
  const used = make(3);
  const shorter = { told: views[1]!.told.slice(0, 20), pending: [] };
  for (const view of [views[0]!, views[1]!, shorter, views[1]!]) {
    const k = view.told.length + view.pending.length;
    expect(used.propose(k, view).x).toEqual(make(3).propose(k, view).x);
  }
});

test('branches of a space do not disturb each other: the best branch is found, and its optimum', () => {
  const grid = (at: string, best: number): GridSpec<AxisDomain> => ({
    axes: [
      { names: ['kind'], values: [choice(at)] },
      { names: [`x_${at}`], values: [uniform(0, 1)] },
      { names: [`n_${at}`], values: [int(1, Math.round(10 * best))] },
    ],
  });
  const space: SearchSpace = createSearchSpace([grid('a', 0.3), grid('b', 0.9)]);
  const method = tpe.create({
    space,
    seed: 4,
    options: tpe.options.parse({}),
    objectives: 1,
    allows: () => true,
  });
  const xs = search(method, 100, (x) => {
    const point = space.pointAt(x);
    return { values: [point.kind === 'a' ? 1 : (Number(point.x_b) - 0.9) ** 2 + 0.01 * Number(point.n_b)] };
  });
  const last = xs.slice(60).map((x) => space.pointAt(x));
  expect(last.filter(({ kind }) => kind === 'b').length).toBeGreaterThan(30);
  expect(last.filter(({ x_b }) => Math.abs(Number(x_b) - 0.9) < 0.1).length).toBeGreaterThan(20);
});

test('the numbers of its proposals are those that runs of this version have in their journals', () => {
  const { space, make } = createOn(tpe, [
    uniform(0, 1),
    loguniform(1e-4, 1),
    int(1, 9),
    choice('a', 'b', 'c'),
    logint(1, 300),
  ]);
  const xs = search(make(1), 200, (x) => ({
    values: [x.reduce((sum, each) => sum + (each - 0.3) ** 2, 0)],
  }));
  const points = [60, 199].map((k) => space.pointAt(xs[k]!));
  expect(points).toEqual([
    { x0: 0.3502317736587919, x1: 0.0005000484449486851, x2: 1, x3: 'a', x4: 2 },
    { x0: 0.32263623438338174, x1: 0.0016301894612075647, x2: 2, x3: 'c', x4: 1 },
  ]);
});
