// Eigenvalues and eigenvectors of symmetric matrices, by Jacobi's rotations (Golub and Van Loan 2013, 8.5): short, and
// exact for small eigenvalues too. For some dozens of rows; it takes about 10 n³ multiplications.

export interface Eigen {
  /** In no order. */
  readonly values: Float64Array;
  /** Row by row; column j belongs to value j. */
  readonly vectors: Float64Array;
}

/** More sweeps than any matrix of numbers needs: convergence is quadratic. */
const MOST_SWEEPS = 50;
/** Sum of squares beside the diagonal, as a part of that on it, that no float64 of the result feels. */
const DONE = 1e-30;

/** `matrix`: n rows of n numbers, symmetric; left as it is. */
export function symmetricEigen(matrix: Float64Array, n: number): Eigen {
  const a = matrix.slice();
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(a, n); sweep++)
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, vectors, n, p, q);
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors };
}

function isDiagonal(a: Float64Array, n: number): boolean {
  let [beside, on] = [0, 0];
  for (let i = 0; i < n; i++) {
    on += a[i * n + i]! ** 2;
    for (let j = 0; j < i; j++) beside += a[i * n + j]! ** 2;
  }
  return !(beside > DONE * on);
}

/** Turns rows and columns p and q by the angle that makes element (p, q) zero. */
function rotate(a: Float64Array, vectors: Float64Array, n: number, p: number, q: number): void {
  const off = a[p * n + q]!;
  if (off === 0) return;
  const theta = (a[q * n + q]! - a[p * n + p]!) / (2 * off);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p]!, a[k * n + q]!];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p * n + k]!, a[q * n + k]!];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [vectors[k * n + p]!, vectors[k * n + q]!];
    vectors[k * n + p] = c * x - s * y;
    vectors[k * n + q] = s * x + c * y;
  }
}
