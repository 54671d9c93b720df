// Cholesky factors of symmetric matrices in flat arrays, and what is computed from them. Matrices are row-major with a
// row every `n` numbers, or every `stride` numbers where one is given; of lower triangles the rest is neither read nor
// written. Inner loops run along rows and hold four sums, so that the adder does not wait for itself.

/**
 * Replaces the lower triangle of A by L with L Lᵀ = A. Rows before `from` are taken to be factored already.
 * False, with some rows done, where A is not positive definite to working precision.
 */
export function factor(a: Float64Array, n: number, stride = n, from = 0): boolean {
  for (let i = from; i < n; i++) {
    const row = i * stride;
    let j = 0;
    // Four columns at a time: their sums over the columns before them are independent.
    for (; j + 4 <= i; j += 4) {
      const r0 = j * stride;
      const r1 = r0 + stride;
      const r2 = r1 + stride;
      const r3 = r2 + stride;
      let s0 = a[row + j]!;
      let s1 = a[row + j + 1]!;
      let s2 = a[row + j + 2]!;
      let s3 = a[row + j + 3]!;
      for (let k = 0; k < j; k++) {
        const v = a[row + k]!;
        s0 -= v * a[r0 + k]!;
        s1 -= v * a[r1 + k]!;
        s2 -= v * a[r2 + k]!;
        s3 -= v * a[r3 + k]!;
      }
      s0 /= a[r0 + j]!;
      s1 = (s1 - s0 * a[r1 + j]!) / a[r1 + j + 1]!;
      s2 = (s2 - s0 * a[r2 + j]! - s1 * a[r2 + j + 1]!) / a[r2 + j + 2]!;
      s3 = (s3 - s0 * a[r3 + j]! - s1 * a[r3 + j + 1]! - s2 * a[r3 + j + 2]!) / a[r3 + j + 3]!;
      a[row + j] = s0;
      a[row + j + 1] = s1;
      a[row + j + 2] = s2;
      a[row + j + 3] = s3;
    }
    for (; j < i; j++) a[row + j] = (a[row + j]! - dot(a, row, a, j * stride, j)) / a[j * stride + j]!;
    const pivot = a[row + i]! - dot(a, row, a, row, i);
    if (!(pivot > 0)) return false;
    a[row + i] = Math.sqrt(pivot);
  }
  return true;
}

/** Replaces b by the solution of L x = b. */
export function solveLower(l: Float64Array, b: Float64Array, n: number, stride = n): void {
  for (let i = 0; i < n; i++) b[i] = (b[i]! - dot(l, i * stride, b, 0, i)) / l[i * stride + i]!;
}

/** Replaces b by the solution of Lᵀ x = b. */
export function solveUpper(l: Float64Array, b: Float64Array, n: number, stride = n): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * stride;
    const x = b[i]! / l[row + i]!;
    b[i] = x;
    for (let k = 0; k < i; k++) b[k] = b[k]! - x * l[row + k]!;
  }
}

/**
 * Writes A⁻¹ = L⁻ᵀ L⁻¹ over the lower triangle of `inverse`; `work` takes the transpose of L⁻¹. n³ / 3 multiplications;
 * all three arrays hold n × n numbers.
 */
export function invert(l: Float64Array, inverse: Float64Array, work: Float64Array, n: number): void {
  invertFactor(l, work, n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let j = 0;
    for (; j + 4 <= i + 1; j += 4) {
      const r0 = j * n;
      const r1 = r0 + n;
      const r2 = r1 + n;
      const r3 = r2 + n;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      for (let k = i; k < n; k++) {
        const v = work[row + k]!;
        s0 += v * work[r0 + k]!;
        s1 += v * work[r1 + k]!;
        s2 += v * work[r2 + k]!;
        s3 += v * work[r3 + k]!;
      }
      inverse[row + j] = s0;
      inverse[row + j + 1] = s1;
      inverse[row + j + 2] = s2;
      inverse[row + j + 3] = s3;
    }
    for (; j <= i; j++) inverse[row + j] = dot(work, row + i, work, j * n + i, n - i);
  }
}

/** Row j of `m` becomes column j of L⁻¹, from its diagonal on. */
function invertFactor(l: Float64Array, m: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const pivot = 1 / l[row + i]!;
    let j = 0;
    // Row i of L against four finished columns; each begins at its own diagonal.
    for (; j + 4 <= i; j += 4) {
      const r0 = j * n;
      const r1 = r0 + n;
      const r2 = r1 + n;
      const r3 = r2 + n;
      let s0 = l[row + j]! * m[r0 + j]! + l[row + j + 1]! * m[r0 + j + 1]!;
      s0 += l[row + j + 2]! * m[r0 + j + 2]! + l[row + j + 3]! * m[r0 + j + 3]!;
      let s1 = l[row + j + 1]! * m[r1 + j + 1]! + l[row + j + 2]! * m[r1 + j + 2]!;
      s1 += l[row + j + 3]! * m[r1 + j + 3]!;
      let s2 = l[row + j + 2]! * m[r2 + j + 2]! + l[row + j + 3]! * m[r2 + j + 3]!;
      let s3 = l[row + j + 3]! * m[r3 + j + 3]!;
      for (let k = j + 4; k < i; k++) {
        const v = l[row + k]!;
        s0 += v * m[r0 + k]!;
        s1 += v * m[r1 + k]!;
        s2 += v * m[r2 + k]!;
        s3 += v * m[r3 + k]!;
      }
      m[r0 + i] = -s0 * pivot;
      m[r1 + i] = -s1 * pivot;
      m[r2 + i] = -s2 * pivot;
      m[r3 + i] = -s3 * pivot;
    }
    for (; j < i; j++) m[j * n + i] = -dot(l, row + j, m, j * n + j, i - j) * pivot;
    m[row + i] = pivot;
  }
}

/** Sum of a[p + k] b[q + k] for k < count. */
export function dot(a: Float64Array, p: number, b: Float64Array, q: number, count: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 4 <= count; k += 4) {
    s0 += a[p + k]! * b[q + k]!;
    s1 += a[p + k + 1]! * b[q + k + 1]!;
    s2 += a[p + k + 2]! * b[q + k + 2]!;
    s3 += a[p + k + 3]! * b[q + k + 3]!;
  }
  for (; k < count; k++) s0 += a[p + k]! * b[q + k]!;
  return s0 + s1 + (s2 + s3);
}
