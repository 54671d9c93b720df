// t-SNE and its parts: neighbours against brute force, the tree against the exact sum, the picture against
// scikit-learn's (test/fixtures/sklearn/generate.py).
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { randomFor } from '../../src/ground/random.js';
import { computeAffinities } from '../../src/stats/affinity.js';
import { findNeighbours } from '../../src/stats/neighbours.js';
import { projectPrincipal } from '../../src/stats/principal.js';
import { Quadtree } from '../../src/stats/quadtree.js';
import { trustworthiness } from '../../src/stats/trustworthiness.js';
import { embedTsne } from '../../src/stats/tsne.js';

const fixture = new URL('../fixtures/sklearn/tsne.json', import.meta.url);
const saved = JSON.parse(readFileSync(fixture, 'utf8')) as {
  points: number[];
  dims: number;
  plane: number[];
  trustworthiness: Record<string, number>;
};
const count = saved.points.length / saved.dims;
const points = { values: Float64Array.from(saved.points), count, dims: saved.dims };
const sklearnPlane = { values: Float64Array.from(saved.plane), count, dims: 2 };

function drawNormal(name: string, length: number): Float64Array {
  const random = randomFor(name);
  return Float64Array.from({ length }, () => random.normal());
}

describe('against scikit-learn', () => {
  test.each([5, 12])("trustworthiness of scikit-learn's picture, %i neighbours", (k) => {
    expect(trustworthiness(points, sklearnPlane, k)).toBeCloseTo(saved.trustworthiness[k]!, 12);
  });

  test('our picture is as trustworthy within 0.005, over seeds; same seed, same picture', () => {
    const embed = (seed: number) => embedTsne(points, { random: randomFor('tsne', seed) });
    for (const seed of [1, 2]) {
      const ours = trustworthiness(points, { values: embed(seed), count, dims: 2 });
      expect(ours).toBeGreaterThan(saved.trustworthiness[5]! - 0.005);
    }
    expect(embed(1)).toEqual(embed(1));
    expect(embed(1)).not.toEqual(embed(2));
  });
});

test('the tree finds the neighbours that brute force finds', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 3, max: 120 }),
      fc.integer({ min: 1, max: 6 }),
      (name, n, dims) => {
        const values = drawNormal(`nn${name}`, n * dims);
        const k = Math.min(7, n - 1);
        const found = findNeighbours(values, n, dims, k, randomFor('tree', name));
        for (let i = 0; i < n; i++) {
          const row = values.subarray(i * dims, (i + 1) * dims);
          const exact = Array.from({ length: n }, (_, j) => j)
            .filter((j) => j !== i)
            .map(
              (j) =>
                [j, Math.sqrt(row.reduce((s, x, d) => s + (x - values[j * dims + d]!) ** 2, 0))] as const,
            )
            .sort((a, b) => a[1] - b[1])
            .slice(0, k);
          expect(Array.from(found.indices.subarray(i * k, (i + 1) * k))).toEqual(exact.map(([j]) => j));
          exact.forEach(([, d], r) => {
            expect(found.distances[i * k + r]).toBeCloseTo(d, 10);
          });
        }
      },
    ),
    { seed: 4, numRuns: 40 },
  );
});

test('affinities sum to 1, are symmetric, and have the perplexity asked for', () => {
  const n = 80;
  const neighbours = findNeighbours(drawNormal('aff', 3 * n), n, 3, n - 1, randomFor('t'));
  const { starts, columns, values } = computeAffinities(neighbours, n, 12);
  expect(values.reduce((s, x) => s + x, 0)).toBeCloseTo(1, 12);
  const entry = (i: number, j: number) => {
    for (let p = starts[i]!; p < starts[i + 1]!; p++) if (columns[p] === j) return values[p]!;
    return 0;
  };
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) expect(entry(i, j)).toBe(entry(j, i));
  // Every point alike: a ring, where symmetrising changes nothing and each row's entropy is log(perplexity).
  const ring = Float64Array.from({ length: 2 * n }, (_, p) =>
    (p % 2 ? Math.sin : Math.cos)((2 * Math.PI * (p >> 1)) / n),
  );
  const even = computeAffinities(findNeighbours(ring, n, 2, n - 1, randomFor('t')), n, 12);
  const row = Array.from(even.values.subarray(even.starts[0]!, even.starts[1]!)).map((x) => x * n);
  expect(Math.exp(row.reduce((h, p) => h - (p > 0 ? p * Math.log(p) : 0), 0))).toBeCloseTo(12, 2);
});

test.each([
  [0, 1e-12],
  [0.3, 0.02],
])('the tree sums the repulsion (theta %f)', (theta, tolerance) => {
  const n = 300;
  const plane = drawNormal('plane', 2 * n);
  plane.set(plane.subarray(0, 8), 8); // four points stand twice, to the bit
  const tree = new Quadtree(n);
  tree.build(plane, theta);
  for (let i = 0; i < n; i++) {
    tree.repel(plane, i);
    let [x, y, total] = [0, 0, 0];
    for (let j = 0; j < n; j++) {
      if (j === i) continue;
      const dx = plane[2 * i]! - plane[2 * j]!;
      const dy = plane[2 * i + 1]! - plane[2 * j + 1]!;
      const q = 1 / (1 + dx * dx + dy * dy);
      total += q;
      x += q * q * dx;
      y += q * q * dy;
    }
    expect(Math.abs(tree.total / total - 1)).toBeLessThan(tolerance);
    expect(Math.hypot(tree.forceX - x, tree.forceY - y)).toBeLessThan(tolerance * total);
  }
});

test('principal components: the plane keeps the two largest variances', () => {
  const n = 500;
  const noise = drawNormal('pca', 4 * n);
  const values = noise.map((x, p) => x * [3, 0.5, 5, 0.1][p % 4]! + 10);
  const plane = projectPrincipal(values, n, 4, randomFor('pca'));
  for (let i = 0; i < n; i += 50) {
    expect(Math.abs(Math.abs(plane[2 * i]!) - Math.abs(values[4 * i + 2]! - 10))).toBeLessThan(0.9);
    expect(Math.abs(Math.abs(plane[2 * i + 1]!) - Math.abs(values[4 * i]! - 10))).toBeLessThan(0.9);
  }
});

test('codes that are all the same, and very few codes, still give a finite picture', () => {
  for (const [values, n] of [
    [new Float32Array(400).fill(0.3), 200],
    [Float32Array.of(0, 0, 1, 0, 0, 1, 5, 5), 4],
  ] as const) {
    const plane = embedTsne({ values, count: n, dims: 2 }, { random: randomFor('dead'), iterations: 300 });
    expect(plane.length).toBe(2 * n);
    expect(plane.every(Number.isFinite)).toBe(true);
  }
});
