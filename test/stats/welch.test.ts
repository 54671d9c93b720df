// Welch's t-test against a second way to compute it, a published example, and its rate of false alarms.
import { sampleVariance, tTestTwoSample } from 'simple-statistics';
import { expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { meanInterval } from '../../src/stats/interval.js';
import { type Summary, summaryInterval, welchTest } from '../../src/stats/welch.js';

const summarize = (values: readonly number[]): Summary => ({
  count: values.length,
  mean: values.reduce((sum, value) => sum + value, 0) / values.length,
  variance: sampleVariance([...values]),
});

/** Two-sided tail of Student's distribution by Simpson's rule over its density, up to a constant that cancels. */
function tailByIntegral(t: number, freedom: number): number {
  const density = (x: number) => (1 + (x * x) / freedom) ** (-(freedom + 1) / 2);
  // x = tan u maps the whole line to a finite interval.
  const simpson = (from: number, to: number) => {
    const steps = 20_000;
    const h = (to - from) / steps;
    const at = (i: number) => density(Math.tan(from + i * h)) / Math.cos(from + i * h) ** 2;
    let sum = at(0) + at(steps);
    for (let i = 1; i < steps; i++) sum += at(i) * (i % 2 === 0 ? 2 : 4);
    return (sum * h) / 3;
  };
  const end = Math.PI / 2 - 1e-7;
  return simpson(Math.atan(Math.abs(t)), end) / simpson(0, end);
}

test('t is the pooled one where counts are equal, and p the area of its tails', () => {
  const random = randomFor('welch');
  for (const count of [2, 3, 5, 20]) {
    const [a, b] = [0, 0.7].map((shift) => Array.from({ length: count }, () => shift + random.normal()));
    const found = welchTest(summarize(a!), summarize(b!))!;
    expect(found.t).toBeCloseTo(tTestTwoSample(a!, b!)!, 10);
    expect(found.p).toBeCloseTo(tailByIntegral(found.t, found.freedom), 6);
  }
});

test('unequal spreads: t and degrees of freedom by their formulas', () => {
  const a = { count: 10, mean: 20, variance: 4 };
  const b = { count: 25, mean: 17, variance: 36 };
  const found = welchTest(a, b)!;
  expect(found.t).toBeCloseTo(3 / Math.sqrt(0.4 + 1.44), 12);
  expect(found.freedom).toBeCloseTo(1.84 ** 2 / (0.4 ** 2 / 9 + 1.44 ** 2 / 24), 10);
  expect(found.p).toBeCloseTo(tailByIntegral(found.t, found.freedom), 6);
  expect(welchTest(b, a)!.p).toBe(found.p);
});

test('one value says nothing of noise; values that never vary differ or do not', () => {
  const still = (mean: number) => ({ count: 3, mean, variance: 0 });
  expect(welchTest({ count: 1, mean: 1, variance: Number.NaN }, still(2))).toBeNull();
  expect(welchTest(still(1), still(2))).toMatchObject({ p: 0, t: Number.NEGATIVE_INFINITY });
  expect(welchTest(still(1), still(1))).toMatchObject({ p: 1, t: 0 });
});

test('equal means are taken for different as often as the level says', () => {
  const random = randomFor('false alarms');
  const draw = (count: number, spread: number) =>
    summarize(Array.from({ length: count }, () => spread * random.normal()));
  let alarms = 0;
  for (let i = 0; i < 4000; i++) if (welchTest(draw(4, 1), draw(8, 3))!.p < 0.05) alarms++;
  expect(alarms / 4000).toBeGreaterThan(0.035);
  expect(alarms / 4000).toBeLessThan(0.065);
});

test('the interval of a summary is that of its values', () => {
  const values = [0.3, 0.1, 0.45, 0.2];
  const [a, b] = [summaryInterval(summarize(values)), meanInterval(values)];
  expect(a.low).toBeCloseTo(b.low!, 12);
  expect(a.high).toBeCloseTo(b.high!, 12);
  expect(summaryInterval({ count: 1, mean: 2, variance: Number.NaN })).toEqual(meanInterval([2]));
});
