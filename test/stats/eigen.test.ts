// Eigenvalues and eigenvectors: the definition on random matrices, and matrices whose eigenvalues are known.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { symmetricEigen } from '../../src/stats/eigen.js';

/** Σ value * vector vector^T. */
function compose(values: Float64Array, vectors: Float64Array, n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let k = 0; k < n; k++)
        matrix[i * n + j]! += values[k]! * vectors[i * n + k]! * vectors[j * n + k]!;
  return matrix;
}

function largest(numbers: Iterable<number>): number {
  let most = 0;
  for (const each of numbers) most = Math.max(most, Math.abs(each));
  return most;
}

const element = fc.oneof(
  fc.double({ min: -10, max: 10, noNaN: true }),
  fc.constantFrom(0, 1, -1, 1e-12, 1e8, 5e-324),
);

const symmetricArb = fc.integer({ min: 1, max: 12 }).chain((n) =>
  fc.array(element, { minLength: n * n, maxLength: n * n }).map((some) => {
    const matrix = Float64Array.from(some);
    for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) matrix[i * n + j] = matrix[j * n + i]!;
    return { n, matrix };
  }),
);

describe('symmetricEigen', () => {
  test('vectors are orthonormal, and make up the matrix', () => {
    fc.assert(
      fc.property(symmetricArb, ({ n, matrix }) => {
        const before = matrix.slice();
        const { values, vectors } = symmetricEigen(matrix, n);
        expect(matrix).toEqual(before);
        const scale = largest(matrix);
        const made = compose(values, vectors, n);
        expect(largest(made.map((each, i) => each - matrix[i]!))).toBeLessThanOrEqual(
          1e-13 * n * scale + 1e-300,
        );
        const unit = compose(new Float64Array(n).fill(1), vectors, n);
        expect(largest(unit.map((each, i) => each - (i % (n + 1) === 0 ? 1 : 0)))).toBeLessThan(1e-13 * n);
      }),
      { numRuns: 500 },
    );
  });

  test('the second differences of n points have eigenvalues 2 - 2 cos(k π / (n + 1))', () => {
    const n = 40;
    const matrix = new Float64Array(n * n);
    for (let i = 0; i < n; i++) {
      matrix[i * n + i] = 2;
      if (i > 0) matrix[i * n + i - 1] = -1;
      if (i > 0) matrix[(i - 1) * n + i] = -1;
    }
    const found = [...symmetricEigen(matrix, n).values].sort((a, b) => a - b);
    found.forEach((value, k) => {
      expect(value).toBeCloseTo(2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)), 13);
    });
  });

  test('a matrix of rank one, a diagonal one, one of zeros, and one number', () => {
    const ones = new Float64Array(9).fill(1);
    const found = [...symmetricEigen(ones, 3).values].sort((a, b) => a - b);
    [0, 0, 3].forEach((value, k) => {
      expect(found[k]).toBeCloseTo(value, 14);
    });
    const diagonal = Float64Array.of(3, 0, 0, 0, 1e-9, 0, 0, 0, 2);
    expect([...symmetricEigen(diagonal, 3).values]).toEqual([3, 1e-9, 2]);
    expect([...symmetricEigen(new Float64Array(16), 4).values]).toEqual([0, 0, 0, 0]);
    expect(symmetricEigen(Float64Array.of(-7), 1)).toEqual({
      values: Float64Array.of(-7),
      vectors: Float64Array.of(1),
    });
  });
});
