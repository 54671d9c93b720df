// The normal distribution against values of 20 digits (mpmath 1.3: ncdf, npdf, erfc and their logarithms).
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  logImprovement,
  logImprovementSlope,
  logNormalCdf,
  millsRatio,
  normalCdf,
  normalDensity,
  normalQuantile,
} from '../../src/stats/normal.js';

interface Known {
  readonly z: number;
  readonly cdf: string;
  readonly logCdf: string;
  readonly logImprovement: string;
  readonly slope: string;
}

const KNOWN = JSON.parse(
  readFileSync(new URL('../fixtures/gp/normal.json', import.meta.url), 'utf8'),
) as readonly Known[];

/** Relative, or absolute below the smallest normal float64. */
function errorOf(found: number, known: string): number {
  return Math.abs(found - Number(known)) / Math.max(Math.abs(Number(known)), 1e-300);
}

test('distribution function, its logarithm, log expected improvement and its slope to 1e-14', () => {
  for (const { z, ...known } of KNOWN) {
    expect(errorOf(normalCdf(z), known.cdf), `cdf(${z})`).toBeLessThan(1e-14);
    expect(errorOf(logNormalCdf(z), known.logCdf), `log cdf(${z})`).toBeLessThan(1e-14);
    expect(errorOf(logImprovement(z), known.logImprovement), `log h(${z})`).toBeLessThan(1e-14);
    expect(errorOf(logImprovementSlope(z), known.slope), `slope(${z})`).toBeLessThan(1e-14);
  }
});

test('quantiles are the inverse, and the slope is that of the logarithm', () => {
  fc.assert(
    fc.property(fc.double({ min: -8, max: 5, noNaN: true }), (z) => {
      expect(normalQuantile(normalCdf(z))).toBeCloseTo(z, 9);
      const h = 1e-5;
      const rise = (logImprovement(z + h) - logImprovement(z - h)) / (2 * h);
      expect(logImprovementSlope(z) / rise).toBeCloseTo(1, 6);
      if (z > 0) expect((millsRatio(z) * normalDensity(z)) / normalCdf(-z)).toBeCloseTo(1, 12);
    }),
  );
});

test('ends: nothing overflows or is not a number', () => {
  expect(normalCdf(-40)).toBeLessThan(1e-300);
  expect(normalCdf(Number.NEGATIVE_INFINITY)).toBe(0);
  expect(normalCdf(Number.POSITIVE_INFINITY)).toBe(1);
  expect(normalCdf(9)).toBe(1);
  for (const z of [-1e160, -1e10, -1e5, 1e5, 1e100]) {
    expect(logImprovement(z), `${z}`).not.toBeNaN();
    expect(logImprovementSlope(z), `${z}`).toBeGreaterThan(0);
  }
});
