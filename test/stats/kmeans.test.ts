// k-means: both solvers against each other, collapsed codes, and the known numbers of MNIST's raw pixels.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { randomFor } from '../../src/ground/random.js';
import { normalizedMutualInformation } from '../../src/stats/agreement.js';
import { clusterKMeans } from '../../src/stats/kmeans.js';
import { matchClusters } from '../../src/stats/matching.js';

function drawBlobs(name: number, count: number, dims: number, groups: number): Float32Array {
  const random = randomFor('blobs', name);
  const centres = Float64Array.from({ length: groups * dims }, () => 2 * random.normal());
  return Float32Array.from({ length: count * dims }, (_, p) => {
    const group = Math.floor(p / dims) % groups;
    return centres[group * dims + (p % dims)]! + random.normal();
  });
}

test('both solvers come to the same labels, centres and iterations from the same starts', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 12, max: 300 }),
      fc.integer({ min: 1, max: 19 }),
      (name, count, dims) => {
        const points = { values: drawBlobs(name, count, dims, 7), count, dims };
        const solve = (solver: 'ml-kmeans' | 'elkan') =>
          clusterKMeans(points, { random: randomFor('starts', name), restarts: 2, tolerance: 0, solver });
        const peer = solve('ml-kmeans');
        const ours = solve('elkan');
        expect(ours.labels).toEqual(peer.labels);
        expect(ours.iterations).toBe(peer.iterations);
        expect(ours.converged).toBe(true);
        ours.centres.forEach((x, p) => {
          expect(x).toBeCloseTo(peer.centres[p]!, 9);
        });
      },
    ),
    { seed: 3, numRuns: 60 },
  );
});

test.each(['ml-kmeans', 'elkan'] as const)(
  'codes on a coarse grid, full of ties and doubles (%s)',
  (solver) => {
    const random = randomFor('grid');
    const points = {
      values: Float32Array.from({ length: 1200 }, () => random.below(3)),
      count: 400,
      dims: 3,
    };
    const options = { restarts: 3, k: 10, tolerance: 0 };
    const found = clusterKMeans(points, { ...options, random: randomFor('g'), solver });
    const peer = clusterKMeans(points, { ...options, random: randomFor('g'), solver: 'ml-kmeans' });
    expect(found.labels).toEqual(peer.labels);
    const sizes = new Int32Array(10);
    for (const label of found.labels) sizes[label]!++;
    expect(sizes.reduce((sum, n) => sum + n, 0)).toBe(400);
  },
);

test.each(['ml-kmeans', 'elkan'] as const)('a collapsed model: every code the same (%s)', (solver) => {
  const points = { values: new Float32Array(200).fill(0.1), count: 100, dims: 2 };
  const found = clusterKMeans(points, { random: randomFor('dead'), solver });
  expect(new Set(found.labels)).toEqual(new Set([0]));
  expect(found.emptyClusters).toBe(9);
  expect(found.inertia).toBeCloseTo(0, 12);
  expect(found.converged).toBe(true);
});

test('the lowest inertia of the restarts wins, and equals its definition', () => {
  const points = { values: drawBlobs(5, 500, 4, 10), count: 500, dims: 4 };
  const found = clusterKMeans(points, { random: randomFor('inertia'), restarts: 6 });
  expect(found.inertias.length).toBe(6);
  expect(found.inertia).toBe(Math.min(...found.inertias));
  expect(found.inertias[found.restart]).toBe(found.inertia);
  let sum = 0;
  for (let p = 0; p < points.values.length; p++) {
    sum += (points.values[p]! - found.centres[found.labels[Math.floor(p / 4)]! * 4 + (p % 4)]!) ** 2;
  }
  expect(found.inertia / sum).toBeCloseTo(1, 12);
});

test('groups that stand apart are found', () => {
  const truth = Array.from({ length: 300 }, (_, i) => i % 10);
  const random = randomFor('apart');
  const values = Float64Array.from(
    truth.flatMap((g) => [100 * (g % 4) + random.normal(), 100 * Math.floor(g / 4) + random.normal()]),
  );
  const found = clusterKMeans({ values, count: 300, dims: 2 }, { random: randomFor('s') });
  expect(matchClusters(truth, found.labels).accuracy).toBe(1);
});

test('wrong requests and codes that are not finite are refused', () => {
  const points = { values: new Float32Array(10), count: 5, dims: 2 };
  expect(() => clusterKMeans(points, { random: randomFor('x'), k: 6 })).toThrow('6 clusters of 5 points');
  expect(() => clusterKMeans(points, { random: randomFor('x'), k: 2, restarts: 0 })).toThrow(
    '0 k-means starts',
  );
  const broken = { ...points, values: Float32Array.of(0, 0, 0, 0, 0, Number.NaN, 0, 0, 0, 0) };
  expect(() => clusterKMeans(broken, { random: randomFor('x'), k: 2 })).toThrow(
    'point 2 has NaN at position 1',
  );
});

const mnist = join(process.cwd(), '../shared/data/mnist');
const images = join(mnist, 't10k-images-idx3-ubyte.gz');

describe.skipIf(!existsSync(images))('MNIST (skipped where ../shared/data/mnist is absent)', () => {
  const read = (name: string, header: number) => gunzipSync(readFileSync(join(mnist, name))).subarray(header);

  test('raw test pixels, ten restarts: accuracy 0.54, NMI 0.50', { timeout: 300_000 }, () => {
    const pixels = read('t10k-images-idx3-ubyte.gz', 16);
    const truth = read('t10k-labels-idx1-ubyte.gz', 8);
    const found = clusterKMeans({ values: pixels, count: 10_000, dims: 784 }, { random: randomFor('mnist') });
    const { accuracy } = matchClusters(truth, found.labels);
    expect(Math.abs(accuracy - 0.54)).toBeLessThan(0.015);
    expect(Math.abs(normalizedMutualInformation(truth, found.labels) - 0.5)).toBeLessThan(0.015);
  });

  test('on 1,500 raw images both solvers agree', () => {
    const points = {
      values: read('t10k-images-idx3-ubyte.gz', 16).slice(0, 1500 * 784),
      count: 1500,
      dims: 784,
    };
    const solve = (solver: 'ml-kmeans' | 'elkan') =>
      clusterKMeans(points, { random: randomFor('both'), restarts: 1, solver, maxIterations: 15 });
    expect(solve('elkan').labels).toEqual(solve('ml-kmeans').labels);
  });
});
