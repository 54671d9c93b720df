// The way of the shown metric in a few dozen numbers.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderTrend } from '../../../src/cli/progress.js';
import { Trend } from '../../../src/sweep/coordinator/trend.js';

function trendOf(values: readonly number[], goal: 'min' | 'max'): Trend {
  const trend = new Trend(goal);
  for (const value of values) trend.add(value);
  return trend;
}

test('few values are kept as they are; what is not finite is none', () => {
  expect(trendOf([3, Number.NaN, 1, Number.POSITIVE_INFINITY, 2], 'min').values).toEqual([3, 1, 2]);
});

test('many are the bests of equal stretches in order, however many there are', () => {
  const bestOf = { min: Math.min, max: Math.max };
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 400 }),
      fc.constantFrom('min' as const, 'max' as const),
      (values, goal) => {
        const kept = trendOf(values, goal).values;
        expect(kept.length).toBeLessThanOrEqual(32);
        let stretch = 1;
        while (Math.ceil(values.length / stretch) > 32) stretch *= 2;
        const expected = Array.from({ length: Math.ceil(values.length / stretch) }, (_, i) =>
          bestOf[goal](...values.slice(i * stretch, (i + 1) * stretch)),
        );
        expect(kept).toEqual(expected);
      },
    ),
  );
});

test('a sparkline goes from the least to the greatest', () => {
  expect(renderTrend({ trend: [0, 7, 3.5, 1] }, 9)).toBe('▁█▅▂');
  expect(renderTrend({ trend: [0, 7, 3.5, 1] }, 3)).toBe('█▅▂');
  for (const width of [1, 0, -5]) expect(renderTrend({ trend: [0, 7] }, width)).toBe('');
  expect(renderTrend({ trend: [2, 2] }, 9)).toBe('');
  expect(renderTrend({}, 9)).toBe('');
});
