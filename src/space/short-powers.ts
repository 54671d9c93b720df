// The values between two short numbers in equal ratios, where they are short themselves: 64, 128, … 2048, and
// 0.0001, 0.0002, … 0.0032. Exact, with whole numbers of any length; what is not short is left to floating point.

interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

/** A root of 2 or more of a number of 40 digits has no higher degree than this. */
const HIGHEST = 132;
/** Digits that a float64 keeps whatever they are. */
const SHORT = 15;
const ZEROS = 40;

/**
 * from * (to / from) ** (i / n) for i from 0 to n, where that has at most 15 digits, else undefined. Both ends above 0.
 */
export function shortPowers(from: number, to: number, n: number): (i: number) => number | undefined {
  const [a, b] = [readDecimal(from), readDecimal(to)];
  const exponent = Math.min(a.exponent, b.exponent);
  if (Math.max(a.exponent, b.exponent) - exponent > ZEROS) return () => undefined;
  const start = a.digits * 10n ** BigInt(a.exponent - exponent);
  const end = b.digits * 10n ** BigInt(b.exponent - exponent);
  const common = greatestDivisor(start, end);
  const ratio = [end / common, start / common] as const;
  const roots = new Map<number, readonly [bigint, bigint] | undefined>();
  return (i) => {
    const shared = sharedBy(n, i);
    const degree = n / shared;
    if (degree > HIGHEST) return undefined;
    if (!roots.has(degree)) roots.set(degree, rootsOf(ratio, degree));
    const root = roots.get(degree);
    if (root === undefined) return undefined;
    const power = BigInt(i / shared);
    return toShort(start * root[0] ** power, root[1] ** power, exponent);
  };
}

/** The shortest text of `x` as digits and a power of ten. */
function readDecimal(x: number): Decimal {
  const [mantissa, exponent = '0'] = x.toExponential().split('e') as [string, string?];
  const [whole, decimals = ''] = mantissa.split('.') as [string, string?];
  return { digits: BigInt(whole + decimals), exponent: Number(exponent) - decimals.length };
}

function sharedBy(a: number, b: number): number {
  return b === 0 ? a : sharedBy(b, a % b);
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  return b === 0n ? a : greatestDivisor(b, a % b);
}

function rootsOf([p, q]: readonly [bigint, bigint], degree: number): readonly [bigint, bigint] | undefined {
  const [u, v] = [wholeRoot(p, degree), wholeRoot(q, degree)];
  return u === undefined || v === undefined ? undefined : [u, v];
}

/** The whole number whose power this is, if there is one. */
function wholeRoot(x: bigint, degree: number): bigint | undefined {
  const near = Math.round(Number(x) ** (1 / degree));
  if (!(near < 2 ** 50)) return undefined;
  return [near - 1, near, near + 1].map(BigInt).find((root) => root ** BigInt(degree) === x);
}

/** numerator / denominator * 10 ** exponent, if it is short. */
function toShort(numerator: bigint, denominator: bigint, exponent: number): number | undefined {
  const common = greatestDivisor(numerator, denominator);
  let digits = numerator / common;
  let rest = denominator / common;
  let power = exponent;
  for (let i = 0; rest > 1n; i++) {
    if (i === ZEROS) return undefined;
    digits *= 10n;
    power--;
    const divisor = greatestDivisor(digits, rest);
    digits /= divisor;
    rest /= divisor;
  }
  const text = String(digits);
  if (text.replace(/0+$/, '').length > SHORT) return undefined;
  return Number(`${text}e${power}`);
}
