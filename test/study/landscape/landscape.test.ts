// The valley, the bump and where its top is, to the last bit.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  climbed,
  climbSlope,
  exactThreshold,
  globalMinimum,
  heightAt,
  slopeAt,
  topOfBump,
} from '../../../src/study/landscape/landscape.js';
import { anyHeight } from './climbs.js';

const study = { h: 0.2, slopeDown: 1, slopeUp: 1 };
const anySlope = fc.double({ min: 0.01, max: 20, noNaN: true });
const anyLandscape = fc.record({ h: anyHeight, slopeDown: anySlope, slopeUp: anySlope });

test("the study's landscape: 1 at the start, 0 in the valley, h on the bump, deeper behind it", () => {
  expect([0, 0.5, 1, 1.1, 1.2].map((x) => heightAt(x, study))).toEqual([1, 0.5, 0, expect.closeTo(0.1), 0.2]);
  expect(heightAt(globalMinimum(study), study)).toBeCloseTo(-1, 12);
  expect([-1, 0, 0.999, 1, 1.19, 1.2, 2, 5].map((x) => slopeAt(x, study))).toEqual([
    -1, -1, -1, 1, 1, -1, -1, 1,
  ]);
});

test('the slope is the derivative of the height, to the right of kinks too', () => {
  fc.assert(
    fc.property(anyLandscape, fc.double({ min: -1, max: 6, noNaN: true }), (landscape, x) => {
      const kinks = [1, 1 + landscape.h / landscape.slopeUp, globalMinimum(landscape)];
      const step = 1e-6;
      fc.pre(kinks.every((kink) => x >= kink || x + step < kink));
      const difference = (heightAt(x + step, landscape) - heightAt(x, landscape)) / step;
      expect(difference).toBeCloseTo(slopeAt(x, landscape), 6);
    }),
    { seed: 1 },
  );
});

test('the height has no jump at any kink', () => {
  fc.assert(
    fc.property(anyLandscape, (landscape) => {
      for (const kink of [1, 1 + landscape.h / landscape.slopeUp, globalMinimum(landscape)]) {
        const jump = heightAt(kink * (1 - 1e-9), landscape) - heightAt(kink, landscape);
        expect(Math.abs(jump)).toBeLessThan(1e-9 * kink * 25);
      }
    }),
    { seed: 1 },
  );
});

test('before the top every landscape has the slope of the endless climb', () => {
  fc.assert(
    fc.property(anyLandscape, fc.double({ min: -1, max: 1, noNaN: true }), (landscape, part) => {
      const theta = part < 0 ? part : part * (1 + landscape.h / landscape.slopeUp) * (1 - 1e-12);
      expect(climbSlope(theta, landscape)).toBe(slopeAt(theta, landscape));
    }),
    { seed: 1 },
  );
});

test('the top is the last float64 not above h, and within two roundings of 1 + h / slope_up', () => {
  const anyBump = fc.double({ min: 0, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(fc.oneof(anyBump, anyHeight), fc.oneof(anySlope, fc.constant(1)), (h, slopeUp) => {
      const top = topOfBump(h, slopeUp);
      const next = top * (1 + 2 ** -52);
      expect(climbed(top, slopeUp)).toBeLessThanOrEqual(h);
      expect(climbed(next, slopeUp)).toBeGreaterThan(h);
      expect(Math.abs(top / (1 + h / slopeUp) - 1)).toBeLessThan(2 ** -51);
    }),
    { seed: 1, numRuns: 500 },
  );
  expect(topOfBump(1e308, 1e-50)).toBe(Number.POSITIVE_INFINITY);
});

test('a trial escapes exactly when its height is below the threshold, at the last bit too', () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 5, noNaN: true }), anySlope, anyHeight, (peak, slopeUp, other) => {
      const threshold = exactThreshold(peak, slopeUp);
      const near = [threshold, threshold * (1 - 2 ** -53), threshold * (1 + 2 ** -52), other];
      for (const h of near) expect(peak > topOfBump(h, slopeUp)).toBe(h < threshold);
    }),
    { seed: 1, numRuns: 500 },
  );
  expect(exactThreshold(1.1, 1)).toBe(1.1 - 1);
  expect(exactThreshold(0.7, 1)).toBe(0);
  expect(exactThreshold(Number.NaN, 1)).toBeNaN();
});
