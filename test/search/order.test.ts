// Which observation is better: an order of classes, and one by value within each.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Observation } from '../../src/search/contract.js';
import { compareObservations } from '../../src/search/order.js';

const make = (part: Partial<Observation>): Observation => ({
  ...{ number: 0, x: new Float64Array(1), status: 'ok', values: [1], errors: [0], violation: 0, step: null },
  ...part,
});

const IN_ORDER = [
  make({ values: [-5] }),
  make({ values: [3] }),
  make({ status: 'pruned', values: [9], step: 4 }),
  make({ status: 'pruned', values: [-7], step: 3 }),
  make({ status: 'pruned', values: [-6], step: 3 }),
  make({ values: [-100], violation: 0.1 }),
  make({ status: 'pruned', values: [-200], violation: 2, step: 9 }),
  make({ status: 'failed', values: null }),
];

test('complete, pruned, infeasible, failed', () => {
  IN_ORDER.forEach((a, i) => {
    IN_ORDER.forEach((b, j) => {
      expect(Math.sign(compareObservations(a, b)), `${i} and ${j}`).toBe(Math.sign(i - j));
    });
  });
});

test('of what has failed, or misses nobody knows how much, nothing is better', () => {
  const some = [
    make({ status: 'failed', values: null }),
    make({ status: 'failed', values: [1] }),
    make({ values: null }),
    make({ values: [-9], violation: Number.POSITIVE_INFINITY }),
  ];
  for (const a of some) for (const b of some) expect(compareObservations(a, b)).toBe(0);
});

const observationArb = fc
  .record({
    status: fc.constantFrom('ok' as const, 'pruned' as const, 'failed' as const),
    values: fc.option(fc.tuple(fc.integer({ min: -2, max: 2 })), { nil: null }),
    violation: fc.constantFrom(0, 0, 1, 2, Number.POSITIVE_INFINITY),
    step: fc.integer({ min: 1, max: 3 }),
  })
  .map(make);

test('it is an order: antisymmetric and transitive', () => {
  fc.assert(
    fc.property(observationArb, observationArb, observationArb, (a, b, c) => {
      expect(Math.sign(compareObservations(a, b)) + Math.sign(compareObservations(b, a))).toBe(0);
      if (compareObservations(a, b) <= 0 && compareObservations(b, c) <= 0)
        expect(compareObservations(a, c)).toBeLessThanOrEqual(0);
    }),
    { numRuns: 500 },
  );
});
