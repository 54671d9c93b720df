// The optimisers against PyTorch's float64 trajectories, against closed forms, and against one another.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { type Climb, trajectory } from '../../../src/study/landscape/climb.js';
import { exactThreshold } from '../../../src/study/landscape/landscape.js';
import { createOptimizer, OPTIMIZER_NAMES } from '../../../src/study/landscape/optimizers.js';
import { anyClimb, STUDY } from './climbs.js';

const fixture = JSON.parse(
  readFileSync(new URL('../../fixtures/landscape-torch.json', import.meta.url), 'utf8'),
) as { cases: (Climb & { thetas: number[] })[] };

const peakOf = (climb: Climb) => Math.max(...trajectory(climb));

describe("PyTorch's trajectories", () => {
  test('cover every optimiser', () => {
    expect(new Set(fixture.cases.map((c) => c.optimizer))).toEqual(new Set(OPTIMIZER_NAMES));
  });
  test.each(fixture.cases.map((c, i) => [`${c.optimizer}, case ${i}`, c] as const))(
    '%s',
    (_, { thetas, ...climb }) => {
      const ours = trajectory(climb);
      expect(ours).toHaveLength(thetas.length + 1);
      thetas.forEach((theta, i) => {
        expect(Math.abs(ours[i + 1]! - theta), `step ${i + 1}`).toBeLessThan(1e-10);
      });
    },
  );
});

describe("the study's numbers", () => {
  test("Adam's threshold without and with ε", () => {
    expect(exactThreshold(peakOf({ ...STUDY, eps: 0 }), 1)).toBeCloseTo(0.41018429512997, 12);
    expect(exactThreshold(peakOf(STUDY), 1)).toBeCloseTo(0.410184281028, 12);
  });

  test('plain gradient descent bounces between 0.9 and 1.2', () => {
    const thetas = trajectory({ ...STUDY, optimizer: 'sgd', steps: 8 });
    expect([...thetas].map((x) => Number(x.toFixed(12)))).toEqual([
      0, 0.3, 0.6, 0.9, 1.2, 0.9, 1.2, 0.9, 1.2,
    ]);
  });

  test("plain gradient descent's threshold is α·ceil(1/α) − 1", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.005, max: 3, noNaN: true }), (alpha) => {
        // Where 1/α is whole, θ meets the minimum within a rounding, and the roundings decide between 0 and α.
        fc.pre(Math.abs(1 / alpha - Math.round(1 / alpha)) > 1e-9);
        const peak = peakOf({ ...STUDY, optimizer: 'sgd', alpha, steps: 400 });
        expect(exactThreshold(peak, 1)).toBeCloseTo(alpha * Math.ceil(1 / alpha) - 1, 11);
      }),
      { seed: 1 },
    );
  });

  test('where 1/α is whole, roundings decide, and the result says on which side they fell', () => {
    expect(exactThreshold(peakOf({ ...STUDY, optimizer: 'sgd', alpha: 0.25 }), 1)).toBe(0);
    expect(exactThreshold(peakOf({ ...STUDY, optimizer: 'sgd', alpha: 0.1 }), 1)).toBeCloseTo(0.1, 12);
  });
});

describe('closed forms on a constant slope −1', () => {
  const h = { alpha: 0.01, beta1: 0.9, beta2: 0.99, eps: 0, momentum: 0.8, decay: 0 };
  const steps = 50;
  const after = (name: Climb['optimizer']) => {
    const step = createOptimizer(name, h);
    let theta = 0;
    for (let t = 0; t < steps; t++) theta = step(theta, -1);
    return theta;
  };
  const sum = (term: (t: number) => number) =>
    Array.from({ length: steps }, (_, i) => term(i + 1)).reduce((a, b) => a + b);
  const ball = (t: number) => (1 - h.momentum ** t) / (1 - h.momentum);

  test.each([
    ['sgd', sum(() => 1)],
    ['momentum', sum(ball)],
    ['nesterov', sum((t) => 1 + h.momentum * ball(t))],
    ['rmsprop', sum((t) => 1 / Math.sqrt(1 - h.beta2 ** t))],
    ['adagrad', sum((t) => 1 / Math.sqrt(t))],
    ['adam', sum(() => 1)],
    ['amsgrad', sum(() => 1)],
    ['adamw', sum(() => 1)],
  ] as const)('%s', (name, expected) => {
    expect(after(name)).toBeCloseTo(h.alpha * expected, 10);
  });
});

describe('identities of the family', () => {
  const same = (change: (climb: Climb) => readonly [Climb, Climb]) =>
    fc.assert(
      fc.property(anyClimb, (climb) => {
        const [a, b] = change(climb);
        expect(trajectory(a)).toEqual(trajectory(b));
      }),
      { seed: 1 },
    );

  test('momentum and nesterov with μ = 0 are sgd', () => {
    same((c) => [
      { ...c, optimizer: 'momentum', momentum: 0 },
      { ...c, optimizer: 'sgd' },
    ]);
    same((c) => [
      { ...c, optimizer: 'nesterov', momentum: 0 },
      { ...c, optimizer: 'sgd' },
    ]);
  });
  test('adamw without decay is adam', () => {
    same((c) => [
      { ...c, optimizer: 'adamw', decay: 0 },
      { ...c, optimizer: 'adam', decay: 0 },
    ]);
  });
  test('nadam with β1 = 0 is adam with β1 = 0', () => {
    same((c) => [
      { ...c, optimizer: 'nadam', beta1: 0 },
      { ...c, optimizer: 'adam', beta1: 0 },
    ]);
  });
  test('amsgrad is adam while v never shrinks: equal slopes, no decay', () => {
    const level = { slopeDown: 1, slopeUp: 1, decay: 0 };
    same((c) => [
      { ...c, ...level, optimizer: 'amsgrad' },
      { ...c, ...level, optimizer: 'adam' },
    ]);
  });
  test('adam with β1 = β2 = 0 and ε = 0 takes steps of ±α, as sgd does on slopes of 1', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 300 }), (n) => {
        const climb = { ...STUDY, alpha: n / 256, beta1: 0, beta2: 0, eps: 0, steps: 300 };
        expect(trajectory(climb)).toEqual(trajectory({ ...climb, optimizer: 'sgd' }));
      }),
      { seed: 1 },
    );
  });
  test('rmsprop with β2 = 0 and ε = 0 takes steps of ±α too', () => {
    const climb = { ...STUDY, alpha: 0.375, beta2: 0, eps: 0 };
    expect(trajectory({ ...climb, optimizer: 'rmsprop' })).toEqual(
      trajectory({ ...climb, optimizer: 'sgd' }),
    );
  });
});

test('from the first θ that is not finite, a trajectory has no values', () => {
  const thetas = trajectory({ ...STUDY, optimizer: 'sgd', decay: 1e50, steps: 20 });
  const firstLost = thetas.findIndex((theta) => Number.isNaN(theta));
  expect(firstLost).toBeGreaterThan(1);
  expect(thetas.subarray(0, firstLost).every(Number.isFinite)).toBe(true);
  expect(thetas.subarray(firstLost).every(Number.isNaN)).toBe(true);
});
