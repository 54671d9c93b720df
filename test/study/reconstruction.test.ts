// Distances of decoded images against closed forms.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareReconstruction } from '../../src/study/reconstruction.js';

const bytes = fc.uint8Array({ minLength: 12, maxLength: 12 });
const options = { seed: 1, numRuns: 100 };

describe('compareReconstruction', () => {
  test('by hand', () => {
    const found = compareReconstruction(Uint8Array.of(0, 255, 255, 0), Float32Array.of(0.5, 0.5, 1, 0), 2);
    expect(found.l1).toBe(0.25);
    expect(found.mse).toBe(0.125);
    expect(found.bce).toBeCloseTo(Math.LN2 / 2, 15);
    // Originals: variance 1/4 at both pixels; decoded: 1/16 at both.
    expect(found.varianceShare).toBeCloseTo(0.25, 15);
  });

  test('an image against itself has no distance and all its variance', () => {
    fc.assert(
      fc.property(bytes, (images) => {
        const found = compareReconstruction(
          images,
          Float32Array.from(images, (v) => v / 255),
          4,
        );
        expect(found.l1).toBeLessThan(1e-7);
        expect(found.mse).toBeLessThan(1e-14);
        const alike = [0, 1, 2, 3].every((d) => images[d] === images[d + 4] && images[d] === images[d + 8]);
        if (alike) expect(found.varianceShare).toBe(0);
        else expect(found.varianceShare).toBeCloseTo(1, 5);
      }),
      options,
    );
  });

  test('shrinking images towards their mean by s leaves s² of their variance', () => {
    fc.assert(
      fc.property(bytes, fc.double({ min: 0.05, max: 1, noNaN: true }), (images, s) => {
        const mean = (d: number) => (images[d]! + images[d + 4]! + images[d + 8]!) / 3;
        fc.pre([0, 1, 2, 3].some((d) => images[d] !== images[d + 4]));
        const shrunk = Float32Array.from(images, (v, i) => (mean(i % 4) + s * (v - mean(i % 4))) / 255);
        expect(compareReconstruction(images, shrunk, 4).varianceShare).toBeCloseTo(s * s, 4);
      }),
      options,
    );
  });

  test('one image for all inputs has a variance share of 0', () => {
    const decoded = Float32Array.from({ length: 12 }, (_, i) => [0.1, 0.7, 0.3, 0.9][i % 4]!);
    const originals = Uint8Array.from({ length: 12 }, (_, i) => (i * 37) % 256);
    expect(compareReconstruction(originals, decoded, 4).varianceShare).toBeCloseTo(0, 12);
  });

  test('a probability of 0 for what is there costs 100, not infinity', () => {
    expect(compareReconstruction(Uint8Array.of(255), Float32Array.of(0), 1).bce).toBe(100);
  });

  test('refuses images that do not fit', () => {
    expect(() => compareReconstruction(new Uint8Array(4), new Float32Array(3), 2)).toThrow(
      /3 decoded pixels for 4/,
    );
    expect(() => compareReconstruction(new Uint8Array(0), new Float32Array(0), 2)).toThrow(/whole images/);
    expect(() => compareReconstruction(new Uint8Array(3), new Float32Array(3), 2)).toThrow(/whole images/);
  });
});
