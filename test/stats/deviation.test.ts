// Standard deviations of numbers whose squares overflow or vanish, and what builds on them.
import { describe, expect, it } from 'vitest';
import { deviationOf, scaleFor } from '../../src/stats/deviation.js';
import { independentDifference, summarise } from '../../src/stats/difference.js';
import { meanInterval } from '../../src/stats/interval.js';
import { summaryInterval, welchTest } from '../../src/stats/welch.js';

const VALUES = [1, 4, 2, 5, -3];
const SIZES = [2 ** 1000, 2 ** 600, 1e160, 2 ** -600, 2 ** -1000];
const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);

describe('of any size', () => {
  it.each(SIZES)('times %d a deviation is as many times as large', (times) => {
    const scaled = VALUES.map((value) => value * times);
    const deviation = deviationOf(VALUES, meanOf(VALUES));
    expect(deviation).toBeCloseTo(Math.sqrt(9.7), 12);
    expect(deviationOf(scaled, meanOf(scaled)) / times).toBeCloseTo(deviation, 12);
    const [plain, large] = [meanInterval(VALUES), meanInterval(scaled)];
    expect(large.mean / times).toBeCloseTo(plain.mean, 12);
    expect(large.high! / times).toBeCloseTo(plain.high!, 9);
  });

  it('is 0 of values that are equal, of one, and of none, and of no others', () => {
    expect([deviationOf([3, 3], 3), deviationOf([1e300], 1e300), deviationOf([], 0)]).toEqual([0, 0, 0]);
    expect(deviationOf([1e-200, 3e-200], 2e-200)).toBeGreaterThan(1e-200);
    expect(deviationOf([Number.MAX_VALUE, -Number.MAX_VALUE], 0)).toBe(Number.MAX_VALUE);
  });

  it.each(SIZES.filter((times) => times > 1))('times %d two samples are as far apart', (times) => {
    const other = [9, 12, 10, 14];
    const [a, b] = [VALUES, other].map((values) => summarise(values.map((value) => value * times)));
    const plain = welchTest(summarise(VALUES), summarise(other))!;
    const large = welchTest(a!, b!)!;
    expect(large.p).toBeCloseTo(plain.p, 12);
    expect(large.freedom).toBeCloseTo(plain.freedom, 9);
    expect(summaryInterval(a!).low! / times).toBeCloseTo(summaryInterval(summarise(VALUES)).low!, 9);
    expect(independentDifference([...VALUES], [...VALUES]).p).toBe(1);
  });

  it('has a mean where a sum has none', () => {
    expect(summarise([1.5e308, 1.7e308, -1e308]).mean / 1e308).toBeCloseTo(2.2 / 3, 12);
    expect(meanInterval([1.5e308, 1.7e308]).mean / 1e308).toBeCloseTo(1.6, 12);
  });

  it('leaves alone what has squares', () => {
    expect([1, 0, 1e100, 1e-100, Number.POSITIVE_INFINITY].map(scaleFor)).toEqual([1, 1, 1, 1, 1]);
    for (const largest of [1e200, 1.7e308, 1e-200, 1e-300]) {
      expect(largest * scaleFor(largest)).toBeGreaterThanOrEqual(1);
      expect(largest * scaleFor(largest)).toBeLessThan(2);
    }
  });
});
