// Boxes against points at random, areas known in closed form, and the expected hypervolume against Monte Carlo.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { type Boxes, cutBoxes, findFront } from '../../../src/search/gp/boxes.js';
import { expectHypervolume } from '../../../src/search/gp/hypervolume-criterion.js';
import type { GaussianProcess } from '../../../src/search/gp/posterior.js';

/** Coordinates on a coarse lattice, so that there are ties. */
const pointsArb = fc
  .integer({ min: 1, max: 4 })
  .chain((objectives) =>
    fc.array(fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives }), {
      minLength: 1,
      maxLength: 8,
    }),
  )
  .map((rows) => rows.map((row) => Float64Array.from(row)));

const countAt = ({ count, ends, lower, upper }: Boxes, at: readonly number[]) => {
  const objectives = at.length;
  let inside = 0;
  for (let b = 0; b < count; b++) {
    const isIn = at.every(
      (value, m) =>
        value > ends[m]![lower[b * objectives + m]!]! && value < ends[m]![upper[b * objectives + m]!]!,
    );
    if (isIn) inside++;
  }
  return inside;
};

test('every point below the reference that the front does not dominate lies in one box, others in none', () => {
  fc.assert(
    fc.property(pointsArb, fc.integer(), (points, seed) => {
      const objectives = points[0]!.length;
      const reference = new Float64Array(objectives).fill(7);
      const front = findFront(points);
      const boxes = cutBoxes(front, reference);
      const random = randomFor('boxes', seed);
      for (let i = 0; i < 50; i++) {
        const at = Array.from({ length: objectives }, () => 10 * random.uniform() - 1.5);
        const isDominated = points.some((point) => point.every((value, m) => value <= at[m]!));
        const isBelow = at.every((value) => value < 7);
        expect(countAt(boxes, at)).toBe(isBelow && !isDominated ? 1 : 0);
      }
    }),
    { numRuns: 200 },
  );
});

test('a front: nothing in it dominates another, and all else is dominated', () => {
  fc.assert(
    fc.property(pointsArb, (points) => {
      const front = findFront(points);
      const isBelow = (a: Float64Array, b: Float64Array) => a.every((value, m) => value <= b[m]!);
      for (const a of front) for (const b of front) if (a !== b) expect(isBelow(a, b)).toBe(false);
      for (const point of points) expect(front.some((each) => isBelow(each, point))).toBe(true);
    }),
  );
});

test('two objectives: as many boxes as points, and one', () => {
  const front = [0, 1, 2, 3, 4].map((i) => Float64Array.of(i, 4 - i));
  expect(cutBoxes(front, Float64Array.of(5, 5)).count).toBe(6);
});

test('three objectives: points that are dominated within a slice do not cut it', () => {
  const front = [0, 1, 2, 3].map((i) => Float64Array.of(5 - i, 5 - i, i));
  // One box before the first point, two in each slice from there on.
  expect(cutBoxes(front, Float64Array.of(6, 6, 6)).count).toBe(9);
});

/** Of objectives that are linear in x, with a standard deviation each that is too. */
function linear(mean: readonly number[], sd: readonly number[]): GaussianProcess {
  const answer = { mean: 0, variance: 0, meanSlope: new Float64Array(2), varianceSlope: new Float64Array(2) };
  return {
    answer,
    predict: (x: Float64Array) => {
      const s = sd[0]! + sd[1]! * x[0]! + sd[2]! * x[1]!;
      answer.mean = mean[0]! + mean[1]! * x[0]! + mean[2]! * x[1]!;
      answer.variance = s * s;
      for (const d of [0, 1]) {
        answer.meanSlope[d] = mean[d + 1]!;
        answer.varianceSlope[d] = 2 * s * sd[d + 1]!;
      }
      return answer;
    },
  } as unknown as GaussianProcess;
}

test.each([2, 3])(
  'expected hypervolume of %d objectives: Monte Carlo, and slopes by differences',
  (objectives) => {
    const random = randomFor('hypervolume', objectives);
    const known = Array.from({ length: 6 }, () =>
      Float64Array.from({ length: objectives }, () => random.uniform()),
    );
    const models = Array.from({ length: objectives }, () =>
      linear([0.4, random.normal(), random.normal()], [0.3, 0.1, -0.05]),
    );
    const acquisition = expectHypervolume(models, known);
    const x = Float64Array.of(0.1, -0.2);
    const slopes = new Float64Array(2);
    const value = acquisition(x, slopes);
    const reference = known[0]!.map((_, m) => {
      const all = known.map((point) => point[m]!);
      return Math.max(...all) + 0.1 * (Math.max(...all) - Math.min(...all)) + 1e-3;
    });
    const moments = models.map((model) => ({ ...model.predict(x, false) }));
    const boxes = cutBoxes(findFront(known), reference);
    let sum = 0;
    const draws = 300_000;
    for (let i = 0; i < draws; i++) {
      const f = moments.map(({ mean, variance }) => mean + Math.sqrt(variance) * random.normal());
      for (let b = 0; b < boxes.count; b++) {
        let part = 1;
        for (let m = 0; m < objectives; m++) {
          const low = boxes.ends[m]![boxes.lower[b * objectives + m]!]!;
          const high = boxes.ends[m]![boxes.upper[b * objectives + m]!]!;
          part *= Math.max(0, high - Math.max(low, f[m]!));
        }
        sum += part;
      }
    }
    expect(Math.abs(Math.exp(value) / (sum / draws) - 1)).toBeLessThan(0.03);
    for (const d of [0, 1]) {
      const [up, down] = [1e-5, -1e-5].map((h) => {
        const moved = x.slice();
        moved[d] = moved[d]! + h;
        return acquisition(moved);
      });
      expect(slopes[d]).toBeCloseTo((up! - down!) / 2e-5, 5);
    }
  },
);

test('where nothing can be hoped for there still is a slope', () => {
  const models = [linear([60, 1, 0], [0.5, 0, 0]), linear([80, 0, 1], [0.5, 0, 0])];
  const known = [Float64Array.of(0, 1), Float64Array.of(1, 0)];
  const slopes = new Float64Array(2);
  const value = expectHypervolume(models, known)(Float64Array.of(0, 0), slopes);
  expect(value).toBeLessThan(-10_000);
  for (const slope of slopes) expect(slope).toBeLessThan(-100);
});
