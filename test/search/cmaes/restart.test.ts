// When a phase has come to rest, of populations of any size.
import { expect, it } from 'vitest';
import { Distribution } from '../../../src/search/cmaes/distribution.js';
import { hasComeToRest, patience } from '../../../src/search/cmaes/restart.js';
import { strategyFor } from '../../../src/search/cmaes/strategy.js';
import type { Observation } from '../../../src/search/contract.js';

it.each([10, 20_000])('is told by values that are alike, with a population of %d', (population) => {
  const strategy = strategyFor(2, population);
  const distribution = new Distribution(Float64Array.of(0.5, 0.5), 0.3);
  const isAtRest = (valueAt: (i: number) => number) => {
    const recent = Array.from(
      { length: patience(strategy) },
      (_, i): Observation => ({
        ...{
          number: i,
          x: Float64Array.of(0, 0),
          status: 'ok',
          values: [valueAt(i)],
          errors: [0],
          violation: 0,
          step: null,
        },
      }),
    );
    return hasComeToRest(distribution, { strategy, sigma: 0.3 }, recent);
  };
  expect(isAtRest(() => 1)).toBe(true);
  expect(isAtRest((i) => -1 - (i % 3) * 1e-14)).toBe(true);
  expect(isAtRest((i) => i % 3)).toBe(false);
  expect(isAtRest((i) => (i % 2 === 0 ? 1 : -1) * Number.MAX_VALUE)).toBe(false);
});
