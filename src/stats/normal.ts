// The normal distribution to machine precision: its distribution function and quantiles, also far out in the tails.

const SQRT_2_PI = Math.sqrt(2 * Math.PI);

export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / SQRT_2_PI;
}

/** Probability of a standard normal number below z. */
export function normalCdf(z: number): number {
  return z < 0 ? upperTail(-z) : 1 - upperTail(z);
}

/** P(Z > z) for z >= 0: the power series near 0, Laplace's continued fraction further out (Abramowitz and Stegun 26.2). */
function upperTail(z: number): number {
  if (z < 3) {
    let term = z;
    let sum = z;
    for (let n = 1; term > 1e-18 * sum; n++) {
      term *= (z * z) / (2 * n + 1);
      sum += term;
    }
    return 0.5 - normalDensity(z) * sum;
  }
  if (z > 39) return 0;
  let fraction = 0;
  for (let n = 60 + Math.ceil(600 / (z * z)); n >= 1; n--) fraction = n / (z + fraction);
  return normalDensity(z) / (z + fraction);
}

const CENTRE = [
  [2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987],
  [13731.69376550946, 1971.5909503065513, 133.14166789178438, 3.3871328727963665],
].flat();
const CENTRE_BELOW = [
  [5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597],
  [5394.196021424751, 687.1870074920579, 42.31333070160091, 1],
].flat();
const TAIL = [
  [0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684],
  [3.6478483247632045, 5.769497221460691, 4.630337846156546, 1.4234371107496835],
].flat();
const TAIL_BELOW = [
  [1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008],
  [0.6897673349851, 1.6763848301838038, 2.053191626637759, 1],
].flat();
const FAR = [
  [2.0103343992922881e-7, 0.000027115555687434876, 0.0012426609473880784, 0.026532189526576124],
  [0.29656057182850487, 1.7848265399172913, 5.463784911164114, 6.657904643501103],
].flat();
const FAR_BELOW = [
  [2.0442631033899397e-15, 1.421511758316446e-7, 0.000018463183175100548, 0.0007868691311456133],
  [0.014875361290850615, 0.1369298809227358, 0.599832206555888, 1],
].flat();

/** The number that a standard normal one is below with probability p (Wichura 1988, AS 241); ±Infinity at 0 and 1. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(CENTRE, r)) / polynomial(CENTRE_BELOW, r);
  }
  const least = q < 0 ? p : 1 - p;
  if (least <= 0) return q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-Math.log(least));
  const z =
    r <= 5
      ? polynomial(TAIL, r - 1.6) / polynomial(TAIL_BELOW, r - 1.6)
      : polynomial(FAR, r - 5) / polynomial(FAR_BELOW, r - 5);
  return q < 0 ? -z : z;
}

/** The highest power first. */
function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}
