// Intervals: Student's quantiles against scipy's, coverage by simulation, and what few values say.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { randomFor } from '../../src/ground/random.js';
import { bootstrapInterval, meanInterval, studentQuantile } from '../../src/stats/interval.js';

test("Student's quantiles are scipy's", () => {
  const fixture = new URL('../fixtures/sklearn/student.json', import.meta.url);
  const saved = JSON.parse(readFileSync(fixture, 'utf8')) as [number, number, number][];
  expect(saved.length).toBe(30);
  for (const [p, freedom, quantile] of saved)
    expect(studentQuantile(p, freedom) / quantile).toBeCloseTo(1, 8);
});

test('a mean with its interval, by hand', () => {
  // s = 1, n = 3: 4.302653 / sqrt(3) = 2.484138
  const { mean, low, high } = meanInterval([1, 2, 3]);
  expect(mean).toBe(2);
  expect(low).toBeCloseTo(2 - 2.484138, 5);
  expect(high).toBeCloseTo(2 + 2.484138, 5);
  expect(meanInterval([5, 5, 5])).toEqual({ count: 3, mean: 5, low: 5, high: 5 });
});

test('an interval is cut off where its quantity ends', () => {
  const values = [0.1, 0.9];
  const whole = meanInterval(values);
  expect(whole.low).toBeLessThan(0);
  expect(whole.high).toBeGreaterThan(1);
  expect(meanInterval(values, 0.95, [0, 1])).toEqual({ ...whole, low: 0, high: 1 });
  expect(meanInterval([0.5, 0.6], 0.5, [0, 1])).toEqual(meanInterval([0.5, 0.6], 0.5));
});

test('one value has no interval, none has no mean', () => {
  expect(meanInterval([0.3])).toEqual({ count: 1, mean: 0.3, low: null, high: null });
  expect(meanInterval([])).toEqual({ count: 0, mean: Number.NaN, low: null, high: null });
  expect(bootstrapInterval([0.3], { random: randomFor('b') }).low).toBeNull();
});

test('95 of 100 intervals hold the true mean', () => {
  const random = randomFor('coverage');
  let held = 0;
  for (let i = 0; i < 4000; i++) {
    const { low, high } = meanInterval(Array.from({ length: 4 }, () => 7 + random.normal()));
    if (low! <= 7 && 7 <= high!) held++;
  }
  // Binomial(4000, 0.95) has standard deviation 0.0034.
  expect(Math.abs(held / 4000 - 0.95)).toBeLessThan(0.012);
});

test('the bootstrap is seeded, and near the t-interval where values are many and normal', () => {
  const random = randomFor('values');
  const values = Array.from({ length: 200 }, () => random.normal());
  const boot = () => bootstrapInterval(values, { random: randomFor('boot') });
  expect(boot()).toEqual(boot());
  const student = meanInterval(values);
  expect(Math.abs(boot().low! - student.low!)).toBeLessThan(0.02);
  expect(Math.abs(boot().high! - student.high!)).toBeLessThan(0.02);
});

test('a level of 95 is a mistake for 0.95', () => {
  expect(() => meanInterval([1, 2], 95)).toThrow('confidence level 95');
});
