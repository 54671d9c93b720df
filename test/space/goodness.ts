// Tests of goodness of fit for tests with fixed seeds: a sound sample passes each with probability 0.9999.
import { expect } from 'vitest';

/** Counts of cells that are equally likely: Pearson's chi-square, its quantile by Wilson and Hilferty (1931). */
export function expectEven(counts: readonly number[]): void {
  const expected = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const chi2 = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const degrees = counts.length - 1;
  const spread = 2 / (9 * degrees);
  expect(chi2).toBeLessThan(degrees * (1 - spread + 3.719 * Math.sqrt(spread)) ** 3);
}

/** Numbers that should be uniform on [0, 1]: Kolmogorov and Smirnov; sqrt(n) D exceeds 2.2253 once in 10,000 times. */
export function expectUniform(values: readonly number[]): void {
  const n = values.length;
  const sorted = [...values].sort((a, b) => a - b);
  const distance = Math.max(...sorted.map((value, i) => Math.max(value - i / n, (i + 1) / n - value)));
  expect(Math.sqrt(n) * distance).toBeLessThan(2.2253);
}

/** A mean whose expectation and variance are known, within 4.5 sigma. */
export function expectMean(values: readonly number[], mean: number, variance: number): void {
  const found = values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(found - mean)).toBeLessThan(4.5 * Math.sqrt(variance / values.length));
}
