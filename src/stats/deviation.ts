// Means and standard deviations of numbers whose squares are none: those from about 1e154 on overflow, and those below 1e-162
// vanish. Where nothing does, results are to the bit those of the plain sums: scales are powers of two.

/** Squares of numbers up to 2^400, and of their differences, stay far from both ends. */
const PLAIN = 400;

/** A power of two that brings numbers as large as `largest` to about 1; 1 where their squares are fine as they are. */
export function scaleFor(largest: number): number {
  if (!(largest > 0) || largest === Number.POSITIVE_INFINITY) return 1;
  const exponent = Math.floor(Math.log2(largest));
  return Math.abs(exponent) <= PLAIN ? 1 : 2 ** Math.min(1023, -exponent);
}

/** The largest distance from 0; 0 of none. */
export function largestOf(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** Of a sample, by n − 1, about its mean; 0 of one value. Never 0 where values differ, and finite where they are. */
export function deviationOf(values: readonly number[], mean: number): number {
  const freedom = Math.max(1, values.length - 1);
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  if (squares > 0 && squares < Number.POSITIVE_INFINITY) return Math.sqrt(squares / freedom);
  // Halves, because the difference of the largest numbers is none.
  const largest = largestOf(values.map((value) => value / 2 - mean / 2));
  if (!(largest > 0 && largest < Number.POSITIVE_INFINITY)) return largest;
  let parts = 0;
  for (const value of values) parts += ((value / 2 - mean / 2) / largest) ** 2;
  return Math.min(2 * largest * Math.sqrt(parts / freedom), Number.MAX_VALUE);
}
