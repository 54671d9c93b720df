// Factors, solutions and inverses against products of matrices.
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { factor, invert, solveLower, solveUpper } from '../../../src/search/gp/cholesky.js';

/** B Bᵀ + I of random numbers. */
function drawMatrix(n: number): Float64Array {
  const random = randomFor('cholesky', n);
  const b = Float64Array.from({ length: n * n }, () => random.normal());
  const a = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) a[i * n + j] = a[i * n + j]! + b[i * n + k]! * b[j * n + k]!;
      if (i === j) a[i * n + j] = a[i * n + j]! + 1;
    }
  return a;
}

const largest = (n: number, at: (i: number, j: number) => number) => {
  let most = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) most = Math.max(most, Math.abs(at(i, j)));
  return most;
};

test.each([1, 2, 3, 4, 5, 7, 8, 9, 16, 31, 50])('a matrix of %d rows', (n) => {
  const a = drawMatrix(n);
  const l = a.slice();
  expect(factor(l, n)).toBe(true);
  const lower = (i: number, j: number) => (j <= i ? l[i * n + j]! : 0);
  const product = (i: number, j: number) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += lower(i, k) * lower(j, k);
    return sum;
  };
  expect(largest(n, (i, j) => product(i, j) - a[i * n + j]!)).toBeLessThan(1e-11);
  // What is above the diagonal stays as it was.
  expect(largest(n, (i, j) => (j > i ? l[i * n + j]! - a[i * n + j]! : 0))).toBe(0);

  const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  const x = b.slice();
  solveLower(l, x, n);
  solveUpper(l, x, n);
  const times = (i: number) => x.reduce((sum, value, k) => sum + a[i * n + k]! * value, 0);
  expect(largest(n, (i) => times(i) - b[i]!)).toBeLessThan(1e-11);

  const inverse = new Float64Array(n * n);
  invert(l, inverse, new Float64Array(n * n), n);
  const symmetric = (i: number, j: number) => inverse[Math.max(i, j) * n + Math.min(i, j)]!;
  const identity = (i: number, j: number) => {
    let sum = i === j ? -1 : 0;
    for (let k = 0; k < n; k++) sum += a[i * n + k]! * symmetric(k, j);
    return sum;
  };
  expect(largest(n, identity)).toBeLessThan(1e-11);
});

test('a matrix that is not positive definite is said to be none', () => {
  for (const n of [2, 6]) {
    const a = drawMatrix(n);
    a[n * n - 1] = -1;
    expect(factor(a, n)).toBe(false);
  }
  expect(factor(Float64Array.of(Number.NaN), 1)).toBe(false);
});
