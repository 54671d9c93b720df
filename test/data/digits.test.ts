// The drawn digits: the same on every machine, sized and centred as MNIST, and about as hard for simple methods.
import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';

import { drawDigits } from '../../src/data/digits.js';
import { hashBytes } from '../../src/data/idx.js';
import { drawLine, traceCurve } from '../../src/data/pen.js';
import { renderSheet } from '../../src/data/png.js';
import { randomFor } from '../../src/ground/random.js';
import { clusterKMeans } from '../../src/stats/kmeans.js';
import { matchClusters } from '../../src/stats/matching.js';

const train = drawDigits('train', 8000);
const held = drawDigits('test', 2000);

test('the same images every time, and any subset is the start of the whole', () => {
  const start = drawDigits('train', 300);
  expect(start.images).toEqual(train.images.slice(0, 300 * 784));
  expect(start.labels).toEqual(train.labels.slice(0, 300));
  expect(hashBytes(start.images)).toBe('19064f9d801e597145566db1d3cf1254ba94dfbaf9b8a69ff033b912a53c5183');
  expect(drawDigits('test', 10).images).not.toEqual(train.images.slice(0, 7840));
});

test('every label as often, in drawn order; no image twice', () => {
  const counts = new Array<number>(10).fill(0);
  for (const label of train.labels) counts[label]!++;
  expect(counts).toEqual(new Array(10).fill(800));
  expect(Array.from(train.labels.slice(0, 10))).not.toEqual(Array.from(train.labels.slice(10, 20)));
  const sums = new Set(
    Array.from({ length: 2000 }, (_, i) => hashBytes(train.images.subarray(i * 784, (i + 1) * 784))),
  );
  expect(sums.size).toBe(2000);
});

test('as MNIST: ink in a box of 20 × 20, centre of mass in the middle, mean pixel about 0.13', () => {
  let total = 0;
  for (let i = 0; i < 1000; i++) {
    const image = train.images.subarray(i * 784, (i + 1) * 784);
    let [mass, x, y] = [0, 0, 0];
    const [columns, rows] = [new Set<number>(), new Set<number>()];
    image.forEach((ink, p) => {
      if (ink === 0) return;
      mass += ink;
      x += ink * ((p % 28) + 0.5);
      y += ink * (Math.floor(p / 28) + 0.5);
      columns.add(p % 28);
      rows.add(Math.floor(p / 28));
    });
    expect(Math.abs(x / mass - 14)).toBeLessThan(1.5);
    expect(Math.abs(y / mass - 14)).toBeLessThan(1.5);
    const longest = Math.max(columns.size, rows.size);
    expect(longest).toBeGreaterThanOrEqual(17);
    expect(longest).toBeLessThanOrEqual(22);
    total += mass;
  }
  expect(Math.abs(total / 1000 / 784 / 255 - 0.13)).toBeLessThan(0.02);
});

describe('as hard as MNIST for simple methods', () => {
  test('a linear softmax classifier: 80 to 97 % of held-out images', () => {
    const accuracy = trainSoftmax(4);
    expect(accuracy).toBeGreaterThan(0.8);
    expect(accuracy).toBeLessThan(0.97);
  });

  test('k-means on pixels, matched: 0.4 to 0.7', () => {
    const points = { values: held.images, count: held.count, dims: 784 };
    const found = clusterKMeans(points, { random: randomFor('digits'), restarts: 5 });
    const { accuracy } = matchClusters(held.labels, found.labels);
    expect(accuracy).toBeGreaterThan(0.4);
    expect(accuracy).toBeLessThan(0.7);
  });
});

/** Plain stochastic gradient descent on the cross-entropy of a linear softmax, image by image; held-out accuracy. */
function trainSoftmax(epochs: number): number {
  const weights = new Float64Array(10 * 785);
  const scores = new Float64Array(10);
  const score = (images: Uint8Array, i: number) => {
    for (let c = 0; c < 10; c++) {
      let s = weights[c * 785 + 784]!;
      for (let p = 0; p < 784; p++) s += (weights[c * 785 + p]! * images[i * 784 + p]!) / 255;
      scores[c] = s;
    }
    return scores.indexOf(Math.max(...scores));
  };
  for (let step = 0; step < epochs * train.count; step++) {
    const i = step % train.count;
    const top = scores[score(train.images, i)]!;
    const sum = scores.reduce((total, s) => total + Math.exp(s - top), 0);
    for (let c = 0; c < 10; c++) {
      const error = Math.exp(scores[c]! - top) / sum - (c === train.labels[i] ? 1 : 0);
      for (let p = 0; p < 784; p++)
        weights[c * 785 + p]! -= (0.01 * error * train.images[i * 784 + p]!) / 255;
      weights[c * 785 + 784]! -= 0.01 * error;
    }
  }
  let right = 0;
  for (let i = 0; i < held.count; i++) if (score(held.images, i) === held.labels[i]) right++;
  return right / held.count;
}

test('the pen: ink covers what its radius covers', () => {
  const pixels = new Uint8Array(400);
  drawLine({ pixels, offset: 0, size: 20 }, [5, 10, 15, 10], 2);
  // A stadium of length 10 and radius 2: 40 + 4π pixels of ink.
  const ink = pixels.reduce((sum, v) => sum + v, 0) / 255;
  expect(Math.abs(ink - (40 + 4 * Math.PI))).toBeLessThan(0.5);
  const line: number[] = [];
  traceCurve([0, 0, 1, 2, 3, 1], false, 4, line);
  expect(line.slice(0, 2)).toEqual([0, 0]);
  expect(line.slice(8, 10)).toEqual([1, 2]);
  expect(line.slice(-2)).toEqual([3, 1]);
});

test('a sheet of images as PNG, pixel by pixel', () => {
  const options = { rows: 2, columns: 2, perRow: 2, scale: 2, gap: 1, background: 9 };
  const sheet = decode(renderSheet(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13), options));
  expect([sheet.width, sheet.height, sheet.channels]).toEqual([10, 10, 1]);
  const row = (y: number) => Array.from(sheet.data.subarray(y * 10, y * 10 + 10));
  expect(row(0)).toEqual([1, 1, 2, 2, 9, 9, 5, 5, 6, 6]);
  expect(row(3)).toEqual([3, 3, 4, 4, 9, 9, 7, 7, 8, 8]);
  expect(row(4)).toEqual(new Array(10).fill(9));
  expect(row(9)).toEqual([12, 12, 13, 13, 9, 9, 9, 9, 9, 9]);
});
