// Crossover and mutation of numbers: bounds, medians, and the shape of their distributions.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { breed, crossNumbers, mutateNumber } from '../../../src/search/nsga2/breeding.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { int, uniform } from '../../../src/space/domain.js';

const unit = fc.integer({ min: 0, max: 1e6 }).map((n) => n / 1e6);

test('children and mutants stay between 0 and 1', () => {
  fc.assert(
    fc.property(unit, unit, fc.boolean(), unit, (a, b, isLow, u) => {
      const child = crossNumbers(Math.min(a, b), Math.max(a, b), isLow, u);
      expect(child >= 0 && child <= 1).toBe(true);
      const mutant = mutateNumber(a, u);
      expect(mutant >= 0 && mutant <= 1).toBe(true);
    }),
  );
});

test('far from the bounds, crossover has the spread of Deb and Agrawal: β = (2u)^(1/21) below the middle', () => {
  const [low, high] = [0.499, 0.501];
  for (const u of [0.01, 0.1, 0.3, 0.5, 0.8, 0.99]) {
    const beta = u <= 0.5 ? (2 * u) ** (1 / 21) : (1 / (2 - 2 * u)) ** (1 / 21);
    expect(crossNumbers(low, high, true, u)).toBeCloseTo(0.5 - 0.001 * beta, 12);
    expect(crossNumbers(low, high, false, u)).toBeCloseTo(0.5 + 0.001 * beta, 12);
  }
});

test('mutation: as often up as down, the ends are reached at the ends of chance', () => {
  fc.assert(
    fc.property(unit, (x) => {
      expect(mutateNumber(x, 0.5)).toBeCloseTo(x, 12);
      expect(mutateNumber(x, 0)).toBeCloseTo(0, 12);
      expect(mutateNumber(x, 1)).toBeCloseTo(1, 12);
    }),
  );
  // Far from the bounds: 1 - (1 - δ)^(η+1) of half the probability lies within δ.
  for (const delta of [0.01, 0.05, 0.2])
    expect(mutateNumber(0.5, 0.5 * (1 - delta) ** 21)).toBeCloseTo(0.5 - delta, 5);
});

test('an integer that is mutated changes', () => {
  const space = createSearchSpace([{ axes: [{ names: ['n'], values: [int(0, 9)] }] }]);
  for (let k = 0; k < 200; k++) {
    const parent = Float64Array.of(k % 10);
    const [child] = breed(space, [parent, parent], { crossover: 0, mutation: 1 }, randomFor('breed', k));
    expect(child).not.toBe(parent[0]);
  }
});

test('without crossover and mutation a child is its first parent', () => {
  const space = createSearchSpace([
    { axes: [uniform(0, 1), int(0, 9)].map((domain, i) => ({ names: [`x${i}`], values: [domain] })) },
  ]);
  const parents = [Float64Array.of(0.25, 3), Float64Array.of(0.75, 7)] as const;
  expect(breed(space, parents, { crossover: 0, mutation: 0 }, randomFor('breed'))).toEqual(parents[0]);
});
