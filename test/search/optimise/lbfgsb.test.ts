// L-BFGS between bounds on functions whose minima are known, with and without bounds that hold.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { minimise, type Smooth } from '../../../src/search/optimise/lbfgsb.js';

const options = { evaluations: 2000, gradientTolerance: 1e-8, valueTolerance: 0 };
const box = (n: number, from: number, to: number) => ({
  lower: new Float64Array(n).fill(from),
  upper: new Float64Array(n).fill(to),
});

const rosenbrock: Smooth = (x, gradient) => {
  gradient.fill(0);
  let sum = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const a = x[i + 1]! - x[i]! ** 2;
    const b = 1 - x[i]!;
    sum += 100 * a * a + b * b;
    gradient[i] = gradient[i]! - 400 * a * x[i]! - 2 * b;
    gradient[i + 1] = gradient[i + 1]! + 200 * a;
  }
  return sum;
};

test.each([2, 5, 20])('Rosenbrock in %d dimensions, its minimum inside', (n) => {
  const found = minimise(
    { ...box(n, -5, 10), evaluate: rosenbrock },
    new Float64Array(n).fill(-1.2),
    options,
  );
  expect(found.value).toBeLessThan(1e-12);
  for (const each of found.x) expect(each).toBeCloseTo(1, 5);
  expect(found.evaluations).toBeLessThan(60 * n);
});

test('Rosenbrock with its minimum outside: the best point of the bound', () => {
  // x₁ ≤ 0.5: along x₁ = 0.5 the best x₂ is 0.25 (Hock and Schittkowski 1981, as their problem 1 to 5 are bounded).
  const problem = {
    lower: Float64Array.of(-2, -2),
    upper: Float64Array.of(0.5, 2),
    evaluate: rosenbrock,
  };
  const found = minimise(problem, Float64Array.of(-1.2, 1), options);
  expect(found.x[0]).toBe(0.5);
  expect(found.x[1]).toBeCloseTo(0.25, 6);
  expect(found.value).toBeCloseTo(0.25, 10);
});

test('Hock and Schittkowski 1981, problems 3, 4, 5 and 38', () => {
  const three: Smooth = ([a, b], gradient) => {
    gradient.set([-2e-5 * (b! - a!), 1 + 2e-5 * (b! - a!)]);
    return b! + 1e-5 * (b! - a!) ** 2;
  };
  const at3 = minimise(
    { lower: Float64Array.of(-100, 0), upper: Float64Array.of(100, 100), evaluate: three },
    Float64Array.of(10, 1),
    options,
  );
  expect(at3.value).toBeCloseTo(0, 8);
  const four: Smooth = ([a, b], gradient) => {
    gradient.set([(a! + 1) ** 2, 1]);
    return (a! + 1) ** 3 / 3 + b!;
  };
  const at4 = minimise(
    { lower: Float64Array.of(1, 0), upper: Float64Array.of(100, 100), evaluate: four },
    Float64Array.of(1.125, 0.125),
    options,
  );
  expect([...at4.x]).toEqual([1, 0]);
  expect(at4.value).toBeCloseTo(8 / 3, 12);
  const five: Smooth = ([a, b], gradient) => {
    const c = Math.cos(a! + b!);
    gradient.set([c + 2 * (a! - b!) - 1.5, c - 2 * (a! - b!) + 2.5]);
    return Math.sin(a! + b!) + (a! - b!) ** 2 - 1.5 * a! + 2.5 * b! + 1;
  };
  const at5 = minimise(
    { lower: Float64Array.of(-1.5, -3), upper: Float64Array.of(4, 3), evaluate: five },
    Float64Array.of(0, 0),
    options,
  );
  expect(at5.value).toBeCloseTo(-Math.sqrt(3) / 2 - Math.PI / 3, 10);
  const wood: Smooth = ([a, b, c, d], gradient) => {
    const [p, q] = [b! - a! * a!, d! - c! * c!];
    gradient[0] = -400 * a! * p - 2 * (1 - a!);
    gradient[1] = 200 * p + 20.2 * (b! - 1) + 19.8 * (d! - 1);
    gradient[2] = -360 * c! * q - 2 * (1 - c!);
    gradient[3] = 180 * q + 20.2 * (d! - 1) + 19.8 * (b! - 1);
    return (
      100 * p * p +
      (1 - a!) ** 2 +
      90 * q * q +
      (1 - c!) ** 2 +
      10.1 * ((b! - 1) ** 2 + (d! - 1) ** 2) +
      19.8 * (b! - 1) * (d! - 1)
    );
  };
  const at38 = minimise({ ...box(4, -10, 10), evaluate: wood }, Float64Array.of(-3, -1, -3, -1), options);
  expect(at38.value).toBeLessThan(1e-12);
});

test('a convex parabola: nothing is left to gain where it ends, and it never leaves the box', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 12 }), (seed, n) => {
      const random = randomFor('parabola', seed);
      const rows = Array.from({ length: n }, () => Array.from({ length: n }, () => random.normal()));
      const b = Array.from({ length: n }, () => 3 * random.normal());
      const evaluate: Smooth = (x, gradient) => {
        for (const each of x) if (each < -1 || each > 1) throw new Error(`${each} is outside`);
        let sum = 0;
        for (let i = 0; i < n; i++) {
          sum += 0.5 * 0.1 * x[i]! ** 2 - b[i]! * x[i]!;
          gradient[i] = 0.1 * x[i]! - b[i]!;
        }
        for (const row of rows) {
          const along = row.reduce((s, each, i) => s + each * x[i]!, 0);
          sum += 0.5 * along * along;
          for (let i = 0; i < n; i++) gradient[i] = gradient[i]! + along * row[i]!;
        }
        return sum;
      };
      const start = Float64Array.from({ length: n }, () => 4 * random.uniform() - 2);
      const { x } = minimise({ ...box(n, -1, 1), evaluate }, start, options);
      const gradient = new Float64Array(n);
      evaluate(x, gradient);
      // Karush, Kuhn and Tucker: zero inside, outwards at a bound.
      for (let i = 0; i < n; i++) {
        if (x[i] === -1) expect(gradient[i]).toBeGreaterThan(-1e-5);
        else if (x[i] === 1) expect(gradient[i]).toBeLessThan(1e-5);
        else expect(Math.abs(gradient[i]!)).toBeLessThan(1e-5);
      }
    }),
    { numRuns: 200 },
  );
});

test('where the function cannot be computed steps get shorter; a bad start comes back', () => {
  const logarithm: Smooth = ([x], gradient) => {
    gradient[0] = 1 - 0.01 / x!;
    return x! - 0.01 * Math.log(x!);
  };
  const wide = { lower: Float64Array.of(-5), upper: Float64Array.of(5), evaluate: logarithm };
  expect(minimise(wide, Float64Array.of(3), options).x[0]).toBeCloseTo(0.01, 6);
  const bad = minimise(wide, Float64Array.of(-1), options);
  expect([...bad.x, bad.value, bad.evaluations]).toEqual([-1, Number.NaN, 1]);
});

test('no more evaluations than asked for', () => {
  for (const evaluations of [1, 2, 5, 17]) {
    let count = 0;
    const counted: Smooth = (x, gradient) => {
      count++;
      return rosenbrock(x, gradient);
    };
    minimise({ ...box(4, -5, 10), evaluate: counted }, new Float64Array(4).fill(-1.2), {
      ...options,
      evaluations,
    });
    expect(count).toBe(evaluations);
  }
});
