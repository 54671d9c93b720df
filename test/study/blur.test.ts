// The blur against scipy's (test/fixtures/blur/generate.py), and what any Gaussian blur must do.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { blurImages, createBlur, gaussianKernel, reflect101 } from '../../src/study/blur.js';

interface BlurCase {
  rows: number;
  columns: number;
  sigma: number;
  radius: number;
  image: number[];
  blurred: number[];
}

const fixture = new URL('../fixtures/blur/blur.json', import.meta.url);
const cases = JSON.parse(readFileSync(fixture, 'utf8')) as BlurCase[];

describe.each(cases)(
  "σ = $sigma on $rows × $columns, as scipy's",
  ({ rows, columns, sigma, radius, image, blurred }) => {
    test('unrounded, and to the byte', () => {
      const bytes = Uint8Array.from(image);
      expect(gaussianKernel(sigma).length).toBe(radius + 1);
      const exact = createBlur(rows, columns, sigma)(bytes, 0);
      blurred.forEach((value, p) => {
        expect(Math.abs(exact[p]! - value)).toBeLessThan(1e-8);
      });
      const rounded = blurImages(bytes, { count: 1, rows, columns }, sigma);
      expect(Array.from(rounded)).toEqual(blurred.map(Math.round));
      expect(rounded.buffer).toBeInstanceOf(SharedArrayBuffer);
    });
  },
);

test('the border: dcb|abcd|cba, and on where the kernel is wider than the image', () => {
  expect(Array.from({ length: 11 }, (_, i) => reflect101(i - 4, 4))).toEqual([
    2, 3, 2, 1, 0, 1, 2, 3, 2, 1, 0,
  ]);
  expect(reflect101(-7, 1)).toBe(0);
});

test('kernels sum to 1; flat images stay; σ = 0 copies; images do not touch each other', () => {
  const shape = { count: 2, rows: 6, columns: 5 };
  fc.assert(
    fc.property(fc.double({ min: 0.05, max: 9, noNaN: true }), fc.nat(255), fc.nat(255), (sigma, a, b) => {
      const weights = gaussianKernel(sigma);
      expect(weights.reduce((sum, w, r) => sum + (r === 0 ? w : 2 * w), 0)).toBeCloseTo(1, 12);
      const flat = Uint8Array.from({ length: 60 }, (_, p) => (p < 30 ? a : b));
      expect(Array.from(blurImages(flat, shape, sigma))).toEqual(Array.from(flat));
      expect(Array.from(blurImages(flat, shape, 0))).toEqual(Array.from(flat));
    }),
    { seed: 7, numRuns: 60 },
  );
});

test.each([-1, Number.NaN, 1e9])('σ = %f is refused', (sigma) => {
  expect(() => blurImages(new Uint8Array(4), { count: 1, rows: 2, columns: 2 }, sigma)).toThrow(
    'expected a number from 0',
  );
});

test('sizes that do not fit are refused', () => {
  expect(() => blurImages(new Uint8Array(5), { count: 1, rows: 2, columns: 2 }, 1)).toThrow(
    '5 bytes for 1 images of 2 × 2',
  );
});
