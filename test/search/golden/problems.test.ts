// The port of the test problems is held against values computed by the Python that Optuna was run on.
import { expect, test } from 'vitest';
import { createSearchSpace } from '../../../src/search/space.js';
import { noise } from './noise.js';
import { fixture, problems } from './problems.js';

test.each(problems)('$name has the values and the optimum it should have', (problem) => {
  expect(problem.checks).toHaveLength(6);
  for (const { params, value } of problem.checks)
    problem.evaluate(params).forEach((found, m) => {
      const wanted = [value].flat()[m]!;
      expect(Math.abs(found - wanted)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(wanted)));
    });
  if (problem.objectives === 1)
    expect(Math.abs(problem.evaluate(problem.minimiser)[0]! - problem.optimum)).toBeLessThan(1e-12);
  expect(createSearchSpace(problem.grids).placeOf(problem.minimiser)).toBeDefined();
});

test('noise is that of the golden results', () => {
  expect(fixture.noise).toHaveLength(8);
  for (const { key, value } of fixture.noise) expect(noise(...key)).toBeCloseTo(value, 15);
  const noisy = problems.find(({ name }) => name === 'branin_noisy')!;
  const { params, value } = noisy.checks[0]!;
  expect(noisy.observe(params, 7, 42)[0]).toBeCloseTo((value as number) + 0.5 * noise(7, 42), 12);
});
