// The linear probe against scikit-learn's RidgeClassifier, and on codes that a line can or cannot read.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

import { randomFor } from '../../src/ground/random.js';
import { probeAccuracy } from '../../src/stats/probe.js';

test("as scikit-learn's RidgeClassifier on standardised columns, one of them dead", () => {
  const fixture = new URL('../fixtures/sklearn/probe.json', import.meta.url);
  const saved = JSON.parse(readFileSync(fixture, 'utf8')) as {
    x: number[];
    y: number[];
    dims: number;
    train: number;
    accuracy: number;
  };
  const { dims, train } = saved;
  const part = (from: number, to: number) => ({
    values: Float64Array.from(saved.x.slice(from * dims, to * dims)),
    count: to - from,
    dims,
    labels: saved.y.slice(from, to),
  });
  const accuracy = probeAccuracy(part(0, train), part(train, saved.y.length), { classes: 5 });
  expect(accuracy).toBeCloseTo(saved.accuracy, 12);
});

function drawCodes(seed: number, code: (label: number) => number[]) {
  const random = randomFor('codes', seed);
  const labels = Array.from({ length: 400 }, () => random.below(3));
  const rows = labels.map((label) => code(label).map((x) => x + 0.01 * random.normal()));
  return { values: Float32Array.from(rows.flat()), count: 400, dims: rows[0]!.length, labels };
}

test('separable codes are read without a mistake; codes that say nothing, at chance', () => {
  const corners = (label: number) => [label === 0 ? 1 : 0, label === 1 ? 1 : 0];
  expect(probeAccuracy(drawCodes(1, corners), drawCodes(2, corners), { classes: 3 })).toBe(1);
  const silent = () => [0, 0];
  expect(
    Math.abs(probeAccuracy(drawCodes(1, silent), drawCodes(2, silent), { classes: 3 }) - 1 / 3),
  ).toBeLessThan(0.1);
});

test('codes that are all the same: the most frequent class', () => {
  const dead = { values: new Float32Array(12).fill(0.1), count: 6, dims: 2, labels: [1, 1, 1, 1, 0, 2] };
  expect(probeAccuracy(dead, dead, { classes: 3 })).toBeCloseTo(4 / 6, 12);
});

test('shapes that do not fit are refused', () => {
  const codes = { values: new Float32Array(4), count: 2, dims: 2, labels: [0, 1] };
  expect(() => probeAccuracy(codes, { ...codes, labels: [0] })).toThrow('2 × 2 codes with 1 labels');
});
