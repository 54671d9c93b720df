// Margins of integers: whatever the distribution, each neighbour keeps its chance, and nothing moves that need not.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBox, edgeAfter, positionAt } from '../../../src/search/cmaes/box.js';
import { Distribution } from '../../../src/search/cmaes/distribution.js';
import { keepMargins } from '../../../src/search/cmaes/margin.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { int, logint } from '../../../src/space/domain.js';
import type { AxisDomain } from '../../../src/space/types.js';
import { normalCdf } from '../../../src/stats/normal.js';

const boxOf = (domain: AxisDomain) =>
  createBox(createSearchSpace([{ axes: [{ names: ['x'], values: [domain] }] }]));
/** Evenly spread, which `fc.double` is not. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 1e6 }).map((n) => min + ((max - min) * n) / 1e6);

const domains = [int(1, 2), int(0, 9), logint(1, 1000), int(0, 100_000)];

test('every integer can be left, however narrow the distribution is', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...domains),
      between(-0.2, 1.2),
      between(-8, 0),
      between(0.001, 0.1),
      (domain, mean, exponent, margin) => {
        const box = boxOf(domain);
        const dimension = box.space.dimensions[0]!;
        const distribution = new Distribution(Float64Array.of(mean), 10 ** exponent);
        const before = positionAt(dimension, mean);
        keepMargins(box, distribution, margin);
        const at = distribution.mean[0]!;
        const width = distribution.sigma * distribution.widths[0]!;
        expect(Number.isFinite(at) && width > 0).toBe(true);
        const position = positionAt(dimension, at);
        expect(Math.abs(position - before)).toBeLessThanOrEqual(before === position ? 0 : 1);
        const below = before === 0 ? 0 : normalCdf((edgeAfter(dimension, before - 1) - at) / width);
        const above =
          before === dimension.size - 1 ? 0 : normalCdf((at - edgeAfter(dimension, before)) / width);
        // From an end there is one way, which has all of the margin; else half of it each, but for rounding.
        const isEnd = before === 0 || before === dimension.size - 1;
        const least = (isEnd ? margin : margin / 2) * (1 - 1e-5) - 1e-8;
        if (before > 0) expect(below).toBeGreaterThanOrEqual(least);
        if (before < dimension.size - 1) expect(above).toBeGreaterThanOrEqual(least);
      },
    ),
    { numRuns: 500 },
  );
});

test('a wide distribution is left as it is', () => {
  const box = boxOf(int(0, 9));
  const distribution = new Distribution(Float64Array.of(0.53), 0.2);
  keepMargins(box, distribution, 0.01);
  expect(distribution.mean[0]).toBeCloseTo(0.53, 12);
  expect(distribution.widths[0]).toBeCloseTo(1, 12);
});
