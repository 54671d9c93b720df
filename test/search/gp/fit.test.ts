// Fits find the hyperparameters that observations were drawn with, and depend on the observations alone.
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import type { Observation } from '../../../src/search/contract.js';
import { factor } from '../../../src/search/gp/cholesky.js';
import { createFits, firstTheta, fitTheta, scheduleUpTo } from '../../../src/search/gp/fit.js';
import { addDistances, applyKernel, type Points, readPoint } from '../../../src/search/gp/kernel.js';
import {
  createLikelihood,
  type Data,
  defaultPrior,
  toHyperparameters,
} from '../../../src/search/gp/likelihood.js';

/** Values of a function drawn from the process itself. */
function drawData(n: number, weights: readonly number[], noise: number, name: string): Data {
  const random = randomFor(name);
  const columns = weights.map(() => Float64Array.from({ length: n }, () => random.uniform()));
  const points: Points = { count: n, columns, isHamming: weights.map(() => false) };
  const kernel = new Float64Array(n * n);
  const x = new Float64Array(weights.length);
  for (let i = 0; i < n; i++) {
    addDistances(points, Float64Array.from(weights), readPoint(points, i, x), i, kernel, i * n);
    applyKernel(kernel, i * n, i, 1);
    kernel[i * n + i] = 1 + noise;
  }
  expect(factor(kernel, n)).toBe(true);
  const z = Float64Array.from({ length: n }, () => random.normal());
  const y = z.map((_, i) =>
    z.subarray(0, i + 1).reduce((sum, each, k) => sum + each * kernel[i * n + k]!, 0),
  );
  return { points, y, variances: new Float64Array(n) };
}

test('length scales and noise of a function drawn from a known process', () => {
  const data = drawData(150, [40, 1, 0.01], 0.01, 'fit');
  const { weights, noise } = toHyperparameters(fitTheta(data, [firstTheta(3)], 100));
  expect(weights[0]).toBeGreaterThan(15);
  expect(weights[0]).toBeLessThan(100);
  expect(weights[1]).toBeGreaterThan(0.3);
  expect(weights[1]).toBeLessThan(4);
  expect(weights[2]).toBeLessThan(0.3);
  expect(noise).toBeGreaterThan(0.004);
  expect(noise).toBeLessThan(0.03);
});

test('of several starts the best end counts, and an end is no worse than its start', () => {
  const data = drawData(40, [10, 1], 1e-3, 'starts');
  const evaluate = createLikelihood(data, defaultPrior);
  const densityOf = (theta: Float64Array) => evaluate(theta, new Float64Array(theta.length));
  const starts = [firstTheta(2, 1e4), firstTheta(2), firstTheta(2, 1e-4)];
  const ends = starts.map((start) => densityOf(fitTheta(data, [start], 30)));
  starts.forEach((start, i) => {
    expect(ends[i]).toBeLessThanOrEqual(densityOf(start));
  });
  expect(densityOf(fitTheta(data, starts, 30))).toBe(Math.min(...ends));
});

test('the schedule: of a longer run it begins like that of a shorter one, and its fits are few', () => {
  for (let n = 0; n < 600; n++) {
    const counts = scheduleUpTo(n);
    expect(counts).toEqual(scheduleUpTo(600).filter((count) => count <= n));
    for (let i = 1; i < counts.length; i++) expect(counts[i]! > counts[i - 1]!).toBe(true);
    expect(n < 3 || n - counts.at(-1)! <= 0.15 * n).toBe(true);
  }
  expect(scheduleUpTo(600).length).toBeLessThan(45);
});

test('fits are those of the observations, whatever was asked before', () => {
  const data = drawData(40, [5, 1], 0.01, 'pure');
  const asked: number[] = [];
  const sample = (told: readonly Observation[]): Data => {
    asked.push(told.length);
    const count = told.length;
    const columns = data.points.columns.map((column) => column.slice(0, count));
    return {
      points: { ...data.points, count, columns },
      y: data.y.slice(0, count),
      variances: new Float64Array(count),
    };
  };
  const told = Array.from({ length: 40 }, () => ({}) as Observation);
  const fits = createFits(2, sample);
  const byCount = told.map((_, i) => fits(told.slice(0, i + 1)));
  // Each count of the schedule once.
  expect(asked).toEqual(scheduleUpTo(40));
  for (const i of [39, 3, 20]) expect(createFits(2, sample)(told.slice(0, i + 1))).toEqual(byCount[i]);
  expect(fits(told.slice(0, 9))).toEqual(byCount[8]);
  expect(byCount[39]).not.toEqual(byCount[10]);
});
