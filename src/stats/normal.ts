// The normal distribution to machine precision: its distribution function and quantiles, also far out in the tails.

const SQRT_2_PI = Math.sqrt(2 * Math.PI);
const LOG_SQRT_2_PI = 0.5 * Math.log(2 * Math.PI);

export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / SQRT_2_PI;
}

/** Probability of a standard normal number below z. */
export function normalCdf(z: number): number {
  if (Math.abs(z) < NEAR) return 0.5 + z * centralRatio(z * z);
  return z < 0 ? sharpDensity(z) * millsRatio(-z) : 1 - sharpDensity(z) * millsRatio(z);
}

/** The logarithm of `normalCdf`, also where that is 0 or rounds to 1. */
export function logNormalCdf(z: number): number {
  if (z > -NEAR) return z > 0 ? Math.log1p(-normalCdf(-z)) : Math.log(normalCdf(z));
  return -0.5 * z * z - LOG_SQRT_2_PI + Math.log(millsRatio(-z));
}

/** P(Z > z) / density(z) for a standard normal Z and z >= 0 (Cody 1969: rational approximations of erfc). */
export function millsRatio(z: number): number {
  const x = z / Math.SQRT2;
  if (z < NEAR) return (0.5 - z * centralRatio(z * z)) / normalDensity(z);
  const scaled =
    x <= 4
      ? polynomial(ERFC_MIDDLE, x) / polynomial(ERFC_MIDDLE_BELOW, x)
      : (1 / Math.sqrt(Math.PI) -
          polynomial(ERFC_FAR, 1 / (x * x)) / polynomial(ERFC_FAR_BELOW, 1 / (x * x)) / (x * x)) /
        x;
  return SQRT_2_PI * 0.5 * scaled;
}

/** Cody's inner interval, |x| <= 0.46875 for erf(x), as a number of standard deviations. */
const NEAR = 0.46875 * Math.SQRT2;

/** (Φ(z) − 1/2) / z near 0. */
function centralRatio(square: number): number {
  const y = square / 2;
  return (polynomial(ERF, y) / polynomial(ERF_BELOW, y)) * (0.5 / Math.SQRT2);
}

/** exp(−z² / 2) loses digits as z² is rounded: z is split so that the larger square is exact. */
function sharpDensity(z: number): number {
  if (Math.abs(z) > 40) return 0;
  const coarse = Math.trunc(z * 16) / 16;
  return (Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * (z - coarse) * (z + coarse))) / SQRT_2_PI;
}

const ERF = [
  [0.18577770618460315, 3.1611237438705655, 113.86415415105016],
  [377.485237685302, 3209.3775891384694],
].flat();
const ERF_BELOW = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const ERFC_MIDDLE = [
  [2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163],
  [298.6351381974001, 881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972],
].flat();
const ERFC_MIDDLE_BELOW = [
  [1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903],
  [3290.7992357334597, 4362.619090143247, 3439.3676741437216, 1230.3393548037495],
].flat();
const ERFC_FAR = [
  [0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926],
  [0.016083785148742275, 0.0006587491615298378],
].flat();
const ERFC_FAR_BELOW = [
  [1, 2.568520192289822, 1.8729528499234673, 0.5279051029514285],
  [0.06051834131244132, 0.0023352049762686918],
].flat();

/**
 * log E[max(z + Z, 0)] of a standard normal Z: the logarithm of the expected improvement of a normal number whose mean is
 * z standard deviations on the good side (Ament et al. 2023, "Unexpected improvements to expected improvement").
 */
export function logImprovement(z: number): number {
  if (z > -1) return Math.log(normalDensity(z) + z * normalCdf(z));
  return -0.5 * z * z - LOG_SQRT_2_PI + Math.log(excess(-z) * millsRatio(-z));
}

/** Its derivative, Φ(z) / (φ(z) + z Φ(z)). */
export function logImprovementSlope(z: number): number {
  if (z > -1) return normalCdf(z) / (normalDensity(z) + z * normalCdf(z));
  return 1 / excess(-z);
}

/**
 * 1 / millsRatio(t) − t for t >= 1: how far above t a normal number is expected that is above t. With it,
 * φ(t) − t Φ(−t) = Φ(−t) excess(t) has no difference of numbers that are nearly equal. Laplace's continued fraction
 * t + 1/(t + 2/(t + …)) further out (Abramowitz and Stegun 26.2.14).
 */
function excess(t: number): number {
  if (t < 4) return 1 / millsRatio(t) - t;
  if (t > 1e8) return 1 / t;
  let fraction = 0;
  for (let n = 16 + Math.ceil(500 / (t * t)); n >= 2; n--) fraction = n / (t + fraction);
  return 1 / (t + fraction);
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
