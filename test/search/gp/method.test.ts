// The conformance suite, and that the search finds what it is for: on smooth functions, between failures, within constraints,
// with noise, in small finite spaces, of several objectives.
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import type { Observation } from '../../../src/search/contract.js';
import { gp } from '../../../src/search/gp/method.js';
import { createSearchSpace, type SearchSpace } from '../../../src/search/space.js';
import { choice, int, uniform } from '../../../src/space/domain.js';
import type { AxisDomain, Point } from '../../../src/space/types.js';
import { problems } from '../golden/problems.js';
import { runProblem } from '../golden/run.js';
import { describeMethod } from '../methods.js';

describeMethod(gp, { options: [{ startup: 3 }], trials: 20, runs: 8 });

const spaceOf = (axes: Readonly<Record<string, AxisDomain>>): SearchSpace =>
  createSearchSpace([
    {
      axes: Object.entries(axes).map(([name, domain]) => ({ names: [name], values: [domain] })),
    } as Parameters<typeof createSearchSpace>[0][number],
  ]);

interface Running {
  readonly space: SearchSpace;
  readonly trials: number;
  readonly observe: (point: Point, k: number) => Partial<Observation>;
  readonly allows?: (x: Float64Array) => boolean;
  readonly objectives?: number;
}

function run({ space, trials, observe, allows = () => true, objectives = 1 }: Running): Observation[] {
  const method = gp.create({ space, seed: 4, options: gp.options.parse({}), objectives, allows });
  const told: Observation[] = [];
  for (let k = 0; k < trials; k++) {
    const { x } = method.propose(k, { told, pending: [] });
    const plain = { values: [0], errors: [0], status: 'ok' as const, violation: 0, step: null };
    told.push({ ...plain, number: k, x, ...observe(space.pointAt(x), k) });
  }
  return told;
}

const square = spaceOf({ a: uniform(0, 1), b: uniform(0, 1) });
const bowl = ({ a, b }: Point) => ((a as number) - 0.7) ** 2 + ((b as number) - 0.2) ** 2;

test.each([
  [1, 1e-3],
  [8, 0.1],
])('Branin after 45 trials, with look-ahead %d: within %d', (lookahead, most) => {
  const branin = problems.find(({ name }) => name === 'branin')!;
  for (const seed of [0, 1]) {
    const regrets = runProblem({ problem: branin, definition: gp, seed, trials: 45, lookahead });
    expect(regrets.at(-1)).toBeLessThan(most);
  }
});

test('of a mixed space the best choice and its own best number', () => {
  const space = spaceOf({ kind: choice('a', 'b', 'c', 'd'), n: int(1, 40), x: uniform(-1, 1) });
  const best = { a: 30, b: 5, c: 12, d: 20 };
  const told = run({
    space,
    trials: 45,
    observe: ({ kind, n, x }) => {
      const off = ((n as number) - best[kind as keyof typeof best]) / 40;
      return { values: [off ** 2 + ((x as number) - 0.3) ** 2 + (kind === 'c' ? 0 : 0.1)] };
    },
  });
  const least = told.reduce((a, b) => (b.values![0]! < a.values![0]! ? b : a));
  expect(space.pointAt(least.x)).toMatchObject({ kind: 'c', n: 12 });
  expect(least.values![0]).toBeLessThan(1e-4);
});

/** The bowl, where trials fail past a border. */
const tellUpTo = (border: number) => (point: Point) =>
  (point.a as number) > border
    ? { status: 'failed' as const, values: null, errors: null }
    : { values: [bowl(point)] };

test('where trials fail the best of the others is found, also at the border', () => {
  for (const border of [0.6, 0.9]) {
    const told = run({ space: square, trials: 45, observe: tellUpTo(border) });
    const values = told.flatMap((each) => each.values ?? []);
    expect(Math.min(...values)).toBeLessThan(Math.max(0, 0.7 - border) ** 2 + 1e-3);
  }
});

test('trials keep away from where all fail, if there is nothing to be had', () => {
  const told = run({ space: square, trials: 45, observe: tellUpTo(0.75) });
  expect(told.slice(20).filter(({ values }) => values === null).length).toBeLessThan(8);
});

test('a constraint: the best feasible place is found, though better ones miss it', () => {
  const told = run({
    space: square,
    trials: 40,
    observe: (point) => ({
      values: [bowl(point)],
      violation: Math.max(0, (point.a as number) + (point.b as number) - 0.7),
    }),
  });
  const feasible = told.filter(({ violation }) => violation === 0).map(({ values }) => values![0]!);
  // The nearest point of a + b = 0.7 to (0.7, 0.2) is (0.6, 0.1).
  expect(Math.min(...feasible)).toBeLessThan(0.022);
  expect(Math.min(...feasible)).toBeGreaterThanOrEqual(0.02);
});

test('with noise the trials gather where the function is small', () => {
  const random = randomFor('noise of gp');
  const told = run({
    space: square,
    trials: 50,
    observe: (point) => ({ values: [bowl(point) + 0.05 * random.normal()] }),
  });
  const late = told.slice(30).map(({ x }) => bowl(square.pointAt(x)));
  const early = told.slice(0, 10).map(({ x }) => bowl(square.pointAt(x)));
  const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each / values.length, 0);
  expect(mean(late)).toBeLessThan(mean(early) / 2);
});

test('a finite space without repeats is gone through to its end', () => {
  const space = spaceOf({ n: int(1, 4), c: choice('a', 'b', 'c'), only: choice('x') });
  const seen = new Set<string>();
  run({
    space,
    trials: 12,
    allows: (x) => !seen.has(`${x}`),
    observe: (point, k) => {
      seen.add(`${space.placeOf(point)}`);
      expect(seen.size).toBe(k + 1);
      return { values: [(point.n as number) * (point.c === 'b' ? 1 : 2)] };
    },
  });
});

test('two objectives: a front of many places that none dominates', () => {
  const told = run({
    space: square,
    trials: 40,
    objectives: 2,
    observe: ({ a, b }) => {
      const g = 1 + 3 * (b as number);
      return { values: [a as number, g * (1 - Math.sqrt((a as number) / g))], errors: [0, 0] };
    },
  });
  const front = told.filter(
    ({ values }) => !told.some((other) => other.values![0]! < values![0]! && other.values![1]! < values![1]!),
  );
  expect(front.length).toBeGreaterThan(15);
  expect(front.filter(({ x }) => x[1]! < 0.01).length).toBeGreaterThan(15);
});

test('more than 500 observations: a proposal from some of them, the same from a fresh method', () => {
  const random = randomFor('many');
  const told = Array.from({ length: 520 }, (_, number): Observation => {
    const x = square.draw(random);
    const values = [bowl(square.pointAt(x))];
    return { number, x, values, errors: [0], status: 'ok', violation: 0, step: null };
  });
  const make = () =>
    gp.create({ space: square, seed: 1, options: gp.options.parse({}), objectives: 1, allows: () => true });
  const method = make();
  method.propose(505, { told: told.slice(0, 505), pending: [] });
  const { x } = method.propose(520, { told, pending: [] });
  expect([...make().propose(520, { told, pending: [] }).x]).toEqual([...x]);
  expect(bowl(square.pointAt(x))).toBeLessThan(0.01);
});
