// Judging codes by their clusters: numbers that follow from codes whose clusters are known beforehand.
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { countConstantUnits, judgeCodes } from '../../src/study/codes.js';
import { placeCodes } from '../../src/study/plane.js';

/** `each` points around each of the corners (10·c, −10·c), with labels. */
function blobs(classes: number, each: number, spread: number) {
  const random = randomFor('blobs', classes);
  const labels = Array.from({ length: classes * each }, (_, i) => i % classes);
  const values = Float32Array.from(
    labels.flatMap((c) => [10 * c, -10 * c].map((v) => v + spread * random.normal())),
  );
  return { codes: { values, count: labels.length, dims: 2 }, labels };
}

describe('judgeCodes', () => {
  test('finds groups that lie apart, however k-means numbers them', async () => {
    const { codes, labels } = blobs(6, 40, 0.1);
    const raw: number[] = [];
    for (let seed = 0; seed < 8; seed++) {
      const judged = await judgeCodes(codes, labels, { classes: 6, random: randomFor(seed) });
      expect(judged).toMatchObject({ accuracy: 1, ari: 1 });
      expect(judged.nmi).toBeCloseTo(1, 12);
      expect(judged.confusion).toEqual(
        Array.from({ length: 6 }, (_, r) => Array.from({ length: 6 }, (_, c) => (r === c ? 40 : 0))),
      );
      raw.push(judged.rawAccuracy);
    }
    // The same perfect clusters, six by chance numbered classes: a mean of 1/6, and never all right at once here.
    expect(Math.max(...raw)).toBeLessThan(1);
    expect(new Set(raw).size).toBeGreaterThan(1);
  });

  test('its parts agree with each other where groups overlap', async () => {
    const { codes, labels } = blobs(5, 60, 9);
    const judged = await judgeCodes(codes, labels, { classes: 5, random: randomFor(3) });
    const trace = judged.confusion.reduce((sum, row, i) => sum + row[i]!, 0);
    expect(judged.accuracy).toBe(trace / labels.length);
    expect(judged.accuracy).toBeGreaterThan(0.2);
    expect(judged.accuracy).toBeLessThan(1);
    expect(judged.confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([60, 60, 60, 60, 60]);
    expect(judged.classification.find((row) => row.class === 'accuracy')?.f1).toBe(judged.accuracy);
    judged.classification.slice(0, 5).forEach((row, c) => {
      expect(row.recall).toBe(judged.confusion[c]![c]! / 60);
    });
  });

  test('codes that are all equal: one cluster is used, and the accuracy is that of the most frequent class', async () => {
    const labels = Array.from({ length: 50 }, (_, i) => (i < 20 ? 3 : i % 10));
    const codes = { values: new Float32Array(100).fill(0.5), count: 50, dims: 2 };
    const judged = await judgeCodes(codes, labels, { classes: 10, random: randomFor(1) });
    const threes = labels.filter((label) => label === 3).length;
    expect(judged.clustering.emptyClusters).toBe(9);
    expect(judged).toMatchObject({ accuracy: threes / 50, nmi: 0, ari: 0 });
  });
});

describe('countConstantUnits', () => {
  test('counts columns that do not move beyond rounding', () => {
    const rows = [
      [0, 5, 1, 1e-9, 0.25],
      [0, 5.000001, 1.1, 2e-9, 0.25],
      [0, 5, 1, 1e-9, 0.25],
    ];
    const codes = { values: Float64Array.from(rows.flat()), count: 3, dims: 5 };
    // Dead, rounding, alive, small but alive, constant.
    expect(countConstantUnits(codes)).toBe(3);
  });
});

describe('placeCodes', () => {
  const random = randomFor('plane');
  test('codes of two numbers stay where they are', async () => {
    const { codes, labels } = blobs(3, 5, 1);
    expect(await placeCodes(codes, labels, { random })).toEqual(Float64Array.from(codes.values));
  });

  test('codes of one number get a line for each class', async () => {
    const codes = { values: Float32Array.of(2, 4, 7), count: 3, dims: 1 };
    expect([...(await placeCodes(codes, [0, 1, 3], { random }))]).toEqual([2, 0, 4, 0.5, 7, 1.5]);
  });

  test.each([1, 2, 7])('equal codes of %i numbers stay at one place', async (dims) => {
    const codes = { values: new Float32Array(8 * dims).fill(0.3), count: 8, dims };
    expect(await placeCodes(codes, new Uint8Array(8), { random })).toEqual(new Float64Array(16));
  });

  test.each(['tsne', 'umap'] as const)(
    'longer codes by %s: groups that lie apart lie apart, the same way with the same seed',
    async (embedding) => {
      const groups = [0, 1].flatMap((c) => Array.from({ length: 20 }, () => c));
      const noise = randomFor('noise');
      const values = Float64Array.from(groups.flatMap((c) => [c * 50, c, 0].map((v) => v + noise.normal())));
      const place = (seed: number) =>
        placeCodes({ values, count: 40, dims: 3 }, groups, {
          random: randomFor(seed),
          embedding,
          iterations: 400,
        });
      const plane = await place(1);
      expect(await place(1)).toEqual(plane);
      expect(await place(2)).not.toEqual(plane);
      const at = (i: number) => [plane[2 * i]!, plane[2 * i + 1]!] as const;
      const nearest = groups.map((_, i) => {
        const others = groups.flatMap((_, j) => (j === i ? [] : [j]));
        const far = (j: number) => (at(i)[0] - at(j)[0]) ** 2 + (at(i)[1] - at(j)[1]) ** 2;
        return groups[others.reduce((best, j) => (far(j) < far(best) ? j : best))];
      });
      expect(nearest).toEqual(groups);
    },
  );
});
