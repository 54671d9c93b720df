// Hypervolume: fronts whose volume is known, and any points against the count of boxes.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exclusive, hypervolume } from '../../src/stats/hypervolume.js';

/** Counts the boxes between all coordinates that some point dominates. */
function countBoxes(points: readonly (readonly number[])[], reference: readonly number[]): number {
  const ends = reference.map((end, m) =>
    [...new Set([...points.map((point) => point[m]!).filter((value) => value < end), end])].sort(
      (a, b) => a - b,
    ),
  );
  const corner = new Array<number>(reference.length).fill(0);
  const sumFrom = (m: number, volume: number): number => {
    if (m === reference.length)
      return points.some((point) => point.every((value, i) => value <= corner[i]!)) ? volume : 0;
    let sum = 0;
    for (let i = 0; i + 1 < ends[m]!.length; i++) {
      corner[m] = ends[m]![i]!;
      sum += sumFrom(m + 1, volume * (ends[m]![i + 1]! - ends[m]![i]!));
    }
    return sum;
  };
  return sumFrom(0, 1);
}

describe('hypervolume', () => {
  test.each([1, 2, 3, 4])('of %d objectives is that of all boxes', (objectives) => {
    const point = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: objectives, maxLength: objectives });
    fc.assert(
      fc.property(fc.array(point, { maxLength: 8 }), (points) => {
        const reference = new Array<number>(objectives).fill(5);
        const expected = countBoxes(points, reference);
        expect(hypervolume(points, reference)).toBe(expected);
        // What one adds is the difference that it makes.
        const [first, ...others] = points;
        if (first?.every((value) => value < 5))
          expect(exclusive(first, others, reference)).toBe(expected - countBoxes(others, reference));
      }),
      { numRuns: objectives === 4 ? 60 : 200 },
    );
  });

  test('the staircase of n steps on the line a + b = 1 has 1/2 - 1/(2n)', () => {
    const n = 50;
    const points = Array.from({ length: n + 1 }, (_, i) => [i / n, 1 - i / n]);
    expect(hypervolume(points, [1, 1])).toBeCloseTo(0.5 - 1 / (2 * n), 12);
  });

  test('the plane a + b + c = 1 in steps of 1/n has 1 - (n + 1)(n + 2) / (6n²)', () => {
    // Above the plane lie the boxes (i, j, k) / n with i + j + k >= n: all but n (n + 1) (n + 2) / 6 of n³.
    const n = 12;
    const points: number[][] = [];
    for (let i = 0; i <= n; i++)
      for (let j = 0; i + j <= n; j++) points.push([i / n, j / n, (n - i - j) / n]);
    const volume = 1 - ((n + 1) * (n + 2)) / (6 * n ** 2);
    expect(hypervolume(points, [1, 1, 1])).toBeCloseTo(volume, 12);
  });

  test('the sphere of DTLZ2: 1 - π/4 and 1 - π/6, from below', () => {
    const angles = Array.from({ length: 401 }, (_, i) => ((i / 400) * Math.PI) / 2);
    const circle = hypervolume(
      angles.map((a) => [Math.cos(a), Math.sin(a)]),
      [1, 1],
    );
    expect(circle).toBeLessThan(1 - Math.PI / 4);
    expect(circle).toBeGreaterThan(1 - Math.PI / 4 - 0.005);
    const few = Array.from({ length: 21 }, (_, i) => ((i / 20) * Math.PI) / 2);
    const ball = hypervolume(
      few.flatMap((a) => few.map((b) => [Math.cos(a) * Math.cos(b), Math.cos(a) * Math.sin(b), Math.sin(a)])),
      [1, 1, 1],
    );
    expect(ball).toBeLessThan(1 - Math.PI / 6);
    expect(ball).toBeGreaterThan(1 - Math.PI / 6 - 0.12);
  });

  test('four objectives: two boxes that share one', () => {
    const reference = [4, 4, 4, 4];
    const points = [
      [0, 1, 2, 3],
      [3, 2, 1, 0],
    ];
    expect(hypervolume(points, reference)).toBe(24 + 24 - 1 * 2 * 2 * 1);
  });

  test('no point, or none better than the reference, has none', () => {
    expect(hypervolume([], [1, 1, 1])).toBe(0);
    expect(hypervolume([[1, 0, 0]], [1, 1, 1])).toBe(0);
  });
});
