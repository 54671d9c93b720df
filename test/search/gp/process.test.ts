// The Gaussian process against a dense reference (numpy, explicit inverses), and its gradients against differences.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import type { Points } from '../../../src/search/gp/kernel.js';
import { createLikelihood, defaultPrior } from '../../../src/search/gp/likelihood.js';
import { createProcess } from '../../../src/search/gp/posterior.js';

interface Dense {
  readonly X: readonly number[][];
  readonly y: readonly number[];
  readonly variances: readonly number[];
  readonly weights: readonly number[];
  readonly scale: number;
  readonly noise: number;
  readonly at: readonly number[][];
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  readonly pending: readonly number[][];
  readonly variancePending: readonly number[];
  readonly negativeLogPosterior: number;
}

const dense = JSON.parse(
  readFileSync(new URL('../../fixtures/gp/dense.json', import.meta.url), 'utf8'),
) as Dense;

function toPoints(rows: readonly (readonly number[])[]): Points {
  const columns = rows[0]!.map((_, d) => Float64Array.from(rows, (row) => row[d]!));
  return { count: rows.length, columns, isHamming: columns.map((_, d) => d === columns.length - 1) };
}

const data = {
  points: toPoints(dense.X),
  y: Float64Array.from(dense.y),
  variances: Float64Array.from(dense.variances),
};
const hyperparameters = {
  weights: Float64Array.from(dense.weights),
  scale: dense.scale,
  noise: dense.noise,
};

test('mean and variance are those of the dense formulas', () => {
  const process = createProcess(data, hyperparameters);
  const pending = createProcess(
    { ...data, points: toPoints([...dense.X, ...dense.pending]) },
    hyperparameters,
  );
  dense.at.forEach((x, i) => {
    const found = process.predict(Float64Array.from(x), false);
    expect(found.mean).toBeCloseTo(dense.mean[i]!, 10);
    expect(found.variance).toBeCloseTo(dense.variance[i]!, 10);
    const after = pending.predict(Float64Array.from(x), true);
    expect(after.mean).toBeCloseTo(dense.mean[i]!, 10);
    expect(after.variance).toBeCloseTo(dense.variancePending[i]!, 10);
  });
});

test('slopes of mean and variance are those of differences', () => {
  const process = createProcess(data, hyperparameters);
  for (const x of dense.at) {
    const at = Float64Array.from(x);
    const { meanSlope, varianceSlope } = process.predict(at, true);
    const [ofMean, ofVariance] = [meanSlope.slice(), varianceSlope.slice()];
    for (let d = 0; d < 3; d++) {
      const h = 1e-5;
      const [up, down] = [h, -h].map((move) => {
        const moved = at.slice();
        moved[d] = moved[d]! + move;
        return { ...process.predict(moved, false) };
      });
      expect(ofMean[d]).toBeCloseTo((up!.mean - down!.mean) / (2 * h), 6);
      expect(ofVariance[d]).toBeCloseTo((up!.variance - down!.variance) / (2 * h), 6);
    }
    expect([ofMean[3], ofVariance[3]]).toEqual([0, 0].map((zero) => expect.closeTo(zero, 12)));
  }
});

test('the likelihood is that of the dense formulas, and its gradient that of differences', () => {
  const evaluate = createLikelihood(data, defaultPrior);
  const theta = Float64Array.from([...dense.weights, dense.scale, dense.noise], Math.log);
  expect(evaluate(theta, new Float64Array(6))).toBeCloseTo(dense.negativeLogPosterior, 10);
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -3, max: 2, noNaN: true }), { minLength: 6, maxLength: 6 }),
      (list) => {
        const at = Float64Array.from(list);
        const gradient = new Float64Array(6);
        const value = evaluate(at, gradient);
        for (let i = 0; i < 6; i++) {
          const h = 1e-5;
          const [up, down] = [h, -h].map((move) => {
            const moved = at.slice();
            moved[i] = moved[i]! + move;
            return evaluate(moved, new Float64Array(6));
          });
          expect(Math.abs(gradient[i]! - (up! - down!) / (2 * h))).toBeLessThan(1e-6 * (1 + Math.abs(value)));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a point that is told twice without noise, and one far away', () => {
  const random = randomFor('gp twice');
  const rows = Array.from({ length: 30 }, () => [random.uniform(), random.uniform(), 0]);
  const points = toPoints([...rows, ...rows]);
  const y = Float64Array.from([...rows, ...rows], ([a, b]) => a! - b!);
  const process = createProcess(
    { points, y, variances: new Float64Array(60) },
    { weights: Float64Array.of(1, 1, 1), scale: 1, noise: 0 },
  );
  for (let i = 0; i < 30; i++) {
    const { mean, variance } = process.predict(Float64Array.from(rows[i]!), false);
    expect(mean).toBeCloseTo(y[i]!, 3);
    expect(variance).toBeGreaterThan(0);
    expect(variance).toBeLessThan(1e-6);
  }
  const far = process.predict(Float64Array.of(1e6, 0, 0), true);
  expect([far.mean, far.variance, far.meanSlope[0]]).toEqual([0, 1, 0]);
});
