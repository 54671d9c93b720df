// Sobol's and Halton's sequences and Latin hypercubes against published points and discrepancies, and what scrambling keeps.
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import {
  createScrambledHalton,
  firstPrimes,
  radicalInverse,
} from '../../../src/search/qmc/halton-sequence.js';
import { drawLatinHypercube } from '../../../src/search/qmc/latin-hypercube.js';
import {
  createScrambling,
  createSobolSequence,
  MOST_DIMENSIONS,
} from '../../../src/search/qmc/sobol-sequence.js';
import { centredDiscrepancy, starDiscrepancy } from './discrepancy.js';

type Points = Float64Array[];

const sobolPoints = (dimensions: number, n: number): Points => {
  const at = createSobolSequence(dimensions);
  return Array.from({ length: n }, (_, k) => Float64Array.from(at(k), (digits) => digits / 2 ** 32));
};

const scrambledPoints = (dimensions: number, n: number, seed: number): Points => {
  const at = createSobolSequence(dimensions);
  const scramble = createScrambling(dimensions, seed);
  return Array.from({ length: n }, (_, k) => scramble(at(k)));
};

const randomPoints = (dimensions: number, n: number, seed: number): Points => {
  const random = randomFor('points', seed);
  return Array.from({ length: n }, () => Float64Array.from({ length: dimensions }, () => random.uniform()));
};

/** All ways to share `total` halvings among the dimensions. */
function shares(total: number, dimensions: number): number[][] {
  if (dimensions === 1) return [[total]];
  return Array.from({ length: total + 1 }, (_, first) =>
    shares(total - first, dimensions - 1).map((rest) => [first, ...rest]),
  ).flat();
}

/** The least t that 2^m points are a (t, m, s)-net for: every elementary interval of 2^(t - m) holds 2^t of them. */
function qualityOf(points: Points): number {
  const [m, s] = [Math.log2(points.length), points[0]!.length];
  for (let t = 0; t <= m; t++) {
    const isNet = shares(m - t, s).every((halvings) => {
      const counts = new Map<string, number>();
      for (const x of points) {
        const cell = halvings.map((h, d) => Math.floor(x[d]! * 2 ** h)).join(' ');
        counts.set(cell, (counts.get(cell) ?? 0) + 1);
      }
      return counts.size === 2 ** (m - t) && [...counts.values()].every((count) => count === 2 ** t);
    });
    if (isNet) return t;
  }
  return m;
}

/** Kolmogorov's distance from the uniform distribution, times the root of the number of values: above 1.95 once in 1,000. */
function unevenness(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const gaps = sorted.map((v, i) => Math.max((i + 1) / n - v, v - i / n));
  return Math.max(...gaps) * Math.sqrt(n);
}

describe("Sobol's sequence", () => {
  test('begins with the points of Joe and Kuo', () => {
    // The first ten points in three dimensions, as the authors print them on their page.
    const wanted = [
      [0, 0, 0],
      [0.5, 0.5, 0.5],
      [0.75, 0.25, 0.25],
      [0.25, 0.75, 0.75],
      [0.375, 0.375, 0.625],
      [0.875, 0.875, 0.125],
      [0.625, 0.125, 0.875],
      [0.125, 0.625, 0.375],
      [0.1875, 0.3125, 0.9375],
      [0.6875, 0.8125, 0.4375],
    ];
    expect(sobolPoints(3, 10).map((x) => [...x])).toEqual(wanted);
  });

  test('has the coordinates of scipy 1.17 far out', () => {
    const at = createSobolSequence(MOST_DIMENSIONS);
    expect(MOST_DIMENSIONS).toBe(256);
    const pick = (k: number) => [0, 1, 50, 100, 200, 255].map((d) => at(k)[d]! / 2 ** 32);
    expect(pick(100)).toEqual([0.4140625, 0.2578125, 0.8828125, 0.0390625, 0.8515625, 0.5703125]);
    expect(pick(1023)).toEqual([
      0.0009765625, 0.7529296875, 0.2587890625, 0.2373046875, 0.6591796875, 0.8427734375,
    ]);
  });

  test.each([
    [2, 64, 0.00024001962608743987],
    [5, 256, 0.0002597808337478913],
    [10, 1024, 0.0007914203277383791],
  ])('in %i dimensions has the centred discrepancy of scipy 1.17 after %i points', (d, n, wanted) => {
    expect(Math.abs(centredDiscrepancy(sobolPoints(d, n)) / wanted - 1)).toBeLessThan(1e-6);
  });

  test.each([
    [2, 64, 0.012869849626468793],
    [5, 256, 0.004787772148829876],
  ])('in %i dimensions has the star discrepancy of scipy 1.17 after %i points', (d, n, wanted) => {
    expect(Math.abs(starDiscrepancy(sobolPoints(d, n)) / wanted - 1)).toBeLessThan(1e-6);
  });

  test('keeps its nets through scrambling: each elementary interval holds its share', () => {
    expect(qualityOf(sobolPoints(2, 256))).toBe(0);
    for (const [dimensions, n] of [
      [2, 256],
      [3, 128],
      [5, 128],
    ] as const) {
      const plain = qualityOf(sobolPoints(dimensions, n));
      for (let seed = 0; seed < 5; seed++)
        expect(qualityOf(scrambledPoints(dimensions, n, seed))).toBeLessThanOrEqual(plain);
    }
    expect(qualityOf(randomPoints(3, 128, 1))).toBeGreaterThan(2);
  });

  test('scrambled, every point is uniform over seeds, and pairs are as independent as they may be', () => {
    for (const k of [0, 5, 1000])
      for (const d of [0, 1, 7]) {
        const values = Array.from({ length: 2000 }, (_, seed) => scrambledPoints1(8, k, seed)[d]!);
        expect(unevenness(values)).toBeLessThan(1.95);
      }
  });

  test('scrambled, has less discrepancy than random points', () => {
    for (const d of [2, 5, 10]) {
      const mean = (make: (seed: number) => Points) =>
        [0, 1, 2, 3].reduce((sum, seed) => sum + centredDiscrepancy(make(seed)), 0);
      expect(mean((seed) => scrambledPoints(d, 128, seed))).toBeLessThan(
        0.5 * mean((seed) => randomPoints(d, 128, seed)),
      );
    }
  });
});

/** One point alone, without those before it. */
function scrambledPoints1(dimensions: number, k: number, seed: number): Float64Array {
  return createScrambling(dimensions, seed)(createSobolSequence(dimensions)(k));
}

describe("Halton's sequence", () => {
  test('begins with the radical inverses', () => {
    const points = Array.from({ length: 6 }, (_, k) => [2, 3, 5].map((base) => radicalInverse(k, base)));
    const wanted = [
      [0, 0, 0],
      [1 / 2, 1 / 3, 1 / 5],
      [1 / 4, 2 / 3, 2 / 5],
      [3 / 4, 1 / 9, 3 / 5],
      [1 / 8, 4 / 9, 4 / 5],
      [5 / 8, 7 / 9, 1 / 25],
    ];
    for (const [k, x] of points.entries())
      for (const [d, v] of x.entries()) expect(v).toBeCloseTo(wanted[k]![d]!, 14);
    expect(firstPrimes(10)).toEqual([2, 3, 5, 7, 11, 13, 17, 19, 23, 29]);
    expect(firstPrimes(1000).at(-1)).toBe(7919);
  });

  test.each([
    [2, 64, 0.0007340847364840641],
    [3, 100, 0.000761690509242019],
    [5, 256, 0.0007543063282486884],
  ])('in %i dimensions has the centred discrepancy of scipy 1.17 after %i points', (d, n, wanted) => {
    const bases = firstPrimes(d);
    const points = Array.from({ length: n }, (_, k) => bases.map((base) => radicalInverse(k, base)));
    expect(Math.abs(centredDiscrepancy(points) / wanted - 1)).toBeLessThan(1e-6);
  });

  test('scrambled, each axis has one of every b^j points in each part, and points are uniform over seeds', () => {
    const at = createScrambledHalton(4, 7);
    [2, 3, 5, 7].forEach((base, d) => {
      const n = base ** 2;
      for (const from of [0, n, 5 * n]) {
        const parts = Array.from({ length: n }, (_, k) => Math.floor(at(from + k)[d]! * n));
        expect([...parts].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }
    });
    for (const [k, d] of [
      [0, 0],
      [3, 2],
      [99, 9],
    ] as const) {
      const values = Array.from({ length: 1000 }, (_, seed) => createScrambledHalton(10, seed)(k)[d]!);
      expect(unevenness(values)).toBeLessThan(1.95);
    }
  });

  test('scrambled, has less discrepancy than random points', () => {
    const at = createScrambledHalton(5, 1);
    const points = Array.from({ length: 128 }, (_, k) => at(k));
    expect(centredDiscrepancy(points)).toBeLessThan(0.5 * centredDiscrepancy(randomPoints(5, 128, 1)));
  });
});

describe('a Latin hypercube', () => {
  const rowsOf = (points: Float64Array, dimensions: number): Points =>
    Array.from({ length: points.length / dimensions }, (_, i) =>
      points.slice(i * dimensions, (i + 1) * dimensions),
    );
  const closest = (points: Points): number => {
    let least = Number.POSITIVE_INFINITY;
    points.forEach((x, i) => {
      for (const y of points.slice(0, i)) least = Math.min(least, Math.hypot(...x.map((v, d) => v - y[d]!)));
    });
    return least;
  };

  test.each([true, false])('has one point in each part of each axis, centred %s', (centered) => {
    const points = rowsOf(drawLatinHypercube({ size: 20, dimensions: 3, centered, maximin: 3 }, 4, 2), 3);
    for (const d of [0, 1, 2]) {
      const scaled = points.map((x) => x[d]! * 20).sort((a, b) => a - b);
      expect(scaled.map(Math.floor)).toEqual(Array.from({ length: 20 }, (_, i) => i));
      const inMiddle = scaled.every((v) => Math.abs(v - Math.floor(v) - 0.5) < 1e-9);
      expect(inMiddle).toBe(centered);
    }
  });

  test('keeps the one whose closest points are furthest apart', () => {
    const drawn = (maximin: number) =>
      closest(rowsOf(drawLatinHypercube({ size: 12, dimensions: 2, centered: false, maximin }, 1, 0), 2));
    const distances = [1, 2, 10, 100].map(drawn);
    expect([...distances].sort((a, b) => a - b)).toEqual(distances);
    expect(distances[3]).toBeGreaterThan(distances[0]!);
  });

  test('blocks and seeds differ', () => {
    const drawn = [
      [1, 0],
      [1, 1],
      [2, 0],
    ].map(([seed, block]) =>
      drawLatinHypercube({ size: 5, dimensions: 2, centered: false, maximin: 1 }, seed!, block!).join(' '),
    );
    expect(new Set(drawn).size).toBe(3);
  });
});
