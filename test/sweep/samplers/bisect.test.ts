// Bisection without noise, the sampler alone: whatever the ends and the tolerance, every configuration keeps to its own
// trial numbers, comes to an end, and has the threshold in its bracket.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSpace } from '../../../src/space/space.js';
import { lin } from '../../../src/space/values.js';
import { bisectSampler } from '../../../src/sweep/samplers/bisect.js';
import type { Surroundings } from '../../../src/sweep/samplers/contract.js';
import { ENDLESS } from '../../../src/sweep/samplers/turn.js';
import type { ProposedTrial } from '../../../src/trial/selection.js';

interface Plan {
  readonly from: number;
  readonly to: number;
  readonly tolerance: number;
  /** Of each configuration: where the metric turns. */
  readonly thresholds: readonly number[];
}

/** The values that each configuration was asked at, in order. */
function search({ from, to, tolerance, thresholds }: Plan): number[][] {
  const count = thresholds.length;
  const space = createSpace({
    grids: [{ axes: [{ names: ['i'], values: [lin(0, count - 1, count)] }] }],
    replicates: 1,
  });
  const proposes = true as const;
  const spec = { name: 'bisect', proposes, axis: 'h', metric: 'above', from, to, tolerance };
  const surroundings = { spec, accept: null, share: null, space, turn: ENDLESS };
  const sampler = bisectSampler.create(surroundings as unknown as Surroundings);
  const stride = bisectSampler.most(spec, { trials: 1, replicates: 1 });
  const asked = thresholds.map((): number[] => []);
  for (;;) {
    const found = sampler.next(100);
    if (found === 'end') return asked;
    if (found === 'wait' || found.kind !== 'points') throw new Error(`${found} with nothing under way`);
    for (const { trial, point } of found.points as ProposedTrial[]) {
      const [i, h] = [point.i as number, point.h as number];
      // Its own number, and the next of those.
      expect(trial).toBe(i * stride + asked[i]!.length);
      expect(asked[i]!.length).toBeLessThan(stride);
      asked[i]!.push(h);
      sampler.tell!({ trial, status: 'ok', metrics: { above: h > thresholds[i]! } });
    }
  }
}

function bracketOf(asked: readonly number[], threshold: number): readonly [low: number, high: number] {
  return [Math.max(...asked.filter((h) => h <= threshold)), Math.min(...asked.filter((h) => h > threshold))];
}

describe('a bisection', () => {
  const decimals = fc.tuple(fc.integer({ min: -400, max: 400 }), fc.integer({ min: 1, max: 400 }));
  const anywhere = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  test('keeps to its trial numbers and brackets the threshold', () => {
    fc.assert(
      fc.property(
        decimals,
        fc.oneof(
          // As people write them, whose quotient may be a power of two but for a rounding; and powers of two.
          fc.integer({ min: 1, max: 399 }).map((n) => n / 1000),
          fc.integer({ min: 1, max: 40 }).map((n) => -n),
        ),
        fc.array(anywhere, { minLength: 1, maxLength: 5 }),
        ([first, width], fineness, places) => {
          const [from, to] = [first / 100, (first + width) / 100];
          const tolerance = fineness > 0 ? fineness : (to - from) * 2 ** fineness;
          fc.pre(tolerance < to - from);
          const thresholds = places.map((place) => Math.min(from + place * (to - from), previous(to)));
          search({ from, to, tolerance, thresholds }).forEach((asked, i) => {
            const [low, high] = bracketOf(asked, thresholds[i]!);
            expect(high - low).toBeLessThanOrEqual(tolerance * (1 + 1e-9) + 4 * ulp(Math.max(-from, to)));
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  test.each([
    ['a tolerance that no two numbers are within', 1e10, 2e10, 1e-6],
    ['the least tolerance there is', 1, 2, Number.MIN_VALUE],
    ['numbers without a middle between them', 1, 1 + Number.EPSILON, Number.EPSILON / 2],
    ['ends whose sum is no number', 1e308, 1.7e308, 1e300],
    ['the smallest numbers', 0, 1e-322, Number.MIN_VALUE],
  ])('comes to its end with %s', (_, from, to, tolerance) => {
    for (const place of [0, 0.3, 0.5, 0.999]) {
      const threshold = Math.min(from + place * (to - from), previous(to));
      const [asked] = search({ from, to, tolerance, thresholds: [threshold] }) as [number[]];
      const [low, high] = bracketOf(asked, threshold);
      expect(high - low).toBeLessThanOrEqual(Math.max(tolerance * (1 + 1e-9), ulp(high)));
      expect(asked.every((h) => h >= from && h <= to)).toBe(true);
    }
  });
});

/** The distance to the next larger number. */
function ulp(of: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(of));
  view.setBigInt64(0, view.getBigInt64(0) + 1n);
  return view.getFloat64(0) - Math.abs(of);
}

/** The next smaller number. */
function previous(of: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, of === 0 ? -Number.MIN_VALUE : of);
  if (of !== 0) view.setBigInt64(0, view.getBigInt64(0) - BigInt(Math.sign(of)));
  return view.getFloat64(0);
}
