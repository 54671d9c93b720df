// The numbers of a step against the textbook forms, in float64; schedules; dropout masks.
import { describe, expect, it } from 'vitest';
import { fillMask } from '../../src/net/dropout.js';
import { type Optimizer, optimizer, stepNumbers, stepSize } from '../../src/net/optimizer.js';

const at = (step: number) => ({ step, stepsPerEpoch: 10, epochs: 20 });

describe('step numbers', () => {
  /** θ after 20 steps on gradients 1, −0.5, 1, … as the papers write it: with means and bias corrections. */
  it('adam’s folded corrections give the textbook’s steps', () => {
    const o = optimizer('adam', { alpha: 0.3, beta1: 0.8, beta2: 0.99, eps: 1e-3 });
    let [folded, m, v] = [0, 0, 0];
    let [textbook, mean, square] = [0, 0, 0];
    for (let step = 0; step < 20; step++) {
      const g = step % 2 === 0 ? 1 : -0.5;
      const n = stepNumbers(o, at(step));
      m = n.beta1 * m + g;
      v = n.beta2 * v + g * g;
      folded -= (n.step * m) / (Math.sqrt(v) + n.eps);
      mean = o.beta1 * mean + (1 - o.beta1) * g;
      square = o.beta2 * square + (1 - o.beta2) * g * g;
      const unbiased = mean / (1 - o.beta1 ** (step + 1));
      textbook -= (o.alpha * unbiased) / (Math.sqrt(square / (1 - o.beta2 ** (step + 1))) + o.eps);
    }
    expect(folded).toBeCloseTo(textbook, 12);
  });

  it('nadam’s product of momenta does not depend on the order in which steps are asked for', () => {
    const o = optimizer('nadam');
    const forwards = Array.from({ length: 30 }, (_, step) => stepNumbers(o, at(step)));
    stepNumbers({ ...o, beta1: 0.5 }, at(7));
    const backwards = Array.from({ length: 30 }, (_, i) => stepNumbers(o, at(29 - i))).reverse();
    expect(backwards).toEqual(forwards);
  });

  it('adamw takes α·decay off the parameter', () => {
    expect(stepNumbers(optimizer('adamw', { alpha: 0.1, decay: 0.2 }), at(0)).decay).toBeCloseTo(0.02, 15);
    expect(stepNumbers(optimizer('adam', { alpha: 0.1, decay: 0.2 }), at(0)).decay).toBe(0.2);
  });
});

describe('schedules', () => {
  const sizes = (options: Partial<Optimizer>, ...steps: number[]) =>
    steps.map((step) => stepSize(optimizer('sgd', { alpha: 2, ...options }), at(step)));
  it('constant', () => expect(sizes({}, 0, 199)).toEqual([2, 2]));
  it('step: × factor after every 5 epochs', () =>
    expect(sizes({ schedule: { kind: 'step', every: 5, factor: 0.5 } }, 0, 49, 50, 100)).toEqual([
      2, 2, 1, 0.5,
    ]));
  it('cosine: from α to the floor', () => {
    const [start, middle, end] = sizes({ schedule: { kind: 'cosine', floor: 0.1 } }, 0, 100, 200);
    expect([start, end]).toEqual([2, 0.2]);
    expect(middle).toBeCloseTo(1.1, 12);
  });
  it('warm-up rises linearly, on top of the schedule', () =>
    expect(sizes({ warmup: 1 }, 0, 4, 9, 10)).toEqual([0.2, 1, 2, 2]));
});

describe('dropout masks', () => {
  const mask = (rate: number, step: number, size = 200_000) => {
    const out = new Uint8Array(size);
    fillMask(out, rate, [7, 'dropout1'], step);
    return out;
  };
  const kept = (values: Uint8Array) => values.reduce((sum, bit) => sum + bit, 0) / values.length;

  it.each([0, 0.1, 0.25, 0.5, 0.9])('drops at rate %f', (rate) =>
    // Five standard errors of a proportion over 200,000 draws.
    expect(Math.abs(kept(mask(rate, 0)) - (1 - rate))).toBeLessThanOrEqual(
      5 * Math.sqrt((rate * (1 - rate)) / 2e5),
    ),
  );

  it('is the same for the same step, another for another, and neighbours are independent', () => {
    const [a, again, b] = [mask(0.5, 3), mask(0.5, 3), mask(0.5, 4)];
    expect(again).toEqual(a);
    const agree = (x: Uint8Array, y: Uint8Array) => kept(x.map((bit, i) => (bit === y[i] ? 1 : 0)));
    expect(Math.abs(agree(a, b) - 0.5)).toBeLessThan(0.006);
    for (const lag of [1, 2, 64])
      expect(Math.abs(agree(a.subarray(lag), a.subarray(0, -lag)) - 0.5)).toBeLessThan(0.006);
  });
});
