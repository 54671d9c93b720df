// Expected improvement and the probability of success: against integrals, and slopes against differences.
import { expect, test } from 'vitest';
import { combine, expectFeasible, expectImprovement } from '../../../src/search/gp/criterion.js';
import { createProcess } from '../../../src/search/gp/posterior.js';
import { normalCdf, normalDensity } from '../../../src/stats/normal.js';

const columns = [Float64Array.of(0.1, 0.4, 0.8, 0.9), Float64Array.of(0.2, 0.9, 0.5, 0.1)];
const data = {
  points: { count: 4, columns, isHamming: [false, false] },
  y: Float64Array.of(0.5, -1, 0.3, 1.2),
  variances: new Float64Array(4),
};
const process = createProcess(data, { weights: Float64Array.of(8, 3), scale: 1, noise: 1e-6 });
const places = [
  [0.3, 0.7],
  [0.95, 0.95],
  [0.4001, 0.9],
  [0.9, 0.12],
].map((x) => Float64Array.from(x));

function slopesByDifference(criterion: (x: Float64Array) => number, x: Float64Array): number[] {
  return [0, 1].map((d) => {
    const [up, down] = [1e-6, -1e-6].map((h) => {
      const moved = x.slice();
      moved[d] = moved[d]! + h;
      return criterion(moved);
    });
    return (up! - down!) / 2e-6;
  });
}

test('expected improvement is the integral of the improvement', () => {
  for (const x of places) {
    const { mean, variance } = process.predict(x, false);
    const sd = Math.sqrt(variance);
    let sum = 0;
    const steps = 200_000;
    for (let i = 0; i < steps; i++) {
      const z = -12 + (24 * (i + 0.5)) / steps;
      sum += (Math.max(-0.7 - (mean + sd * z), 0) * normalDensity(z) * 24) / steps;
    }
    const value = expectImprovement(process, -0.7)(x);
    if (sum > 1e-12) expect(Math.exp(value) / sum).toBeCloseTo(1, 5);
  }
});

test('slopes are those of differences, also where next to nothing is to be had', () => {
  for (const best of [-0.7, -5, -500]) {
    const criteria = [expectImprovement(process, best), expectFeasible(process, best / 10)];
    for (const criterion of [...criteria, combine(criteria, 2)])
      for (const x of places) {
        const slopes = new Float64Array(2);
        const value = criterion(x, slopes);
        expect(value).toBe(criterion(x));
        expect(Number.isFinite(value)).toBe(true);
        slopesByDifference(criterion, x).forEach((slope, d) => {
          expect(Math.abs(slopes[d]! - slope)).toBeLessThan(1e-3 * (1 + Math.abs(slope) + Math.abs(value)));
        });
      }
  }
});

test('the probability of success is that of a normal number', () => {
  const { mean, variance } = process.predict(places[1]!, false);
  const value = expectFeasible(process, 0.4)(places[1]!);
  expect(Math.exp(value)).toBeCloseTo(normalCdf((0.4 - mean) / Math.sqrt(variance)), 12);
});
