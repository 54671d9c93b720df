// Thresholds from answers of which some are wrong: how often the interval holds the threshold, how many answers it takes,
// and the posterior against one that is counted out on a fine grid.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { ThresholdPosterior } from '../../../src/search/boundary/posterior.js';

interface Simulated {
  readonly noise: number;
  readonly assumed: number | 'auto';
  readonly tolerance: number;
  readonly most: number;
}

/** Searches thresholds drawn evenly from [0, 10], half of them with yes below, and counts intervals that hold them. */
function simulate({ noise, assumed, tolerance, most }: Simulated, runs: number) {
  let [held, asked, settled] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const random = randomFor('boundary', noise, run);
    const threshold = 10 * random.uniform();
    const isTrueBelow = random.uniform() < 0.5;
    const posterior = new ThresholdPosterior({ from: 0, to: 10, noise: assumed });
    const ask = (value: number) => {
      asked++;
      const truth = value < threshold === isTrueBelow;
      posterior.add(value, random.uniform() < noise ? !truth : truth);
    };
    ask(0);
    ask(10);
    for (let queries = 2; queries < most && !posterior.isKnownTo(tolerance); queries++) ask(posterior.next());
    if (posterior.isKnownTo(tolerance)) settled++;
    const { low, high } = posterior.interval();
    if (low <= threshold && threshold <= high) held++;
  }
  return { held: held / runs, asked: asked / runs, settled: settled / runs };
}

describe('the interval', () => {
  // Five standard deviations of 600 runs are 4.4 %.
  test.each([0.1, 0.3])(
    'holds the threshold in 95 of 100 searches, a part of %d of answers wrong',
    (noise) => {
      const { held, settled } = simulate({ noise, assumed: noise, tolerance: 0.05, most: 1000 }, 600);
      expect(held).toBeGreaterThan(0.91);
      expect(held).toBeLessThan(0.99);
      expect(settled).toBeGreaterThan(0.99);
    },
  );

  test('holds it where the search is cut short', () => {
    const { held, settled } = simulate({ noise: 0.2, assumed: 0.2, tolerance: 0.001, most: 12 }, 600);
    expect(settled).toBe(0);
    expect(held).toBeGreaterThan(0.91);
  });

  test('holds it where the rate of errors is learnt too', () => {
    for (const noise of [0.02, 0.25]) {
      const { held } = simulate({ noise, assumed: 'auto', tolerance: 0.05, most: 400 }, 300);
      expect(held, `${noise}`).toBeGreaterThan(0.9);
    }
  });

  test('takes few answers: about as many as the capacity of a channel with such errors asks for', () => {
    const entropy = (p: number) => -p * Math.log2(p) - (1 - p) * Math.log2(1 - p);
    for (const noise of [0.05, 0.1, 0.3]) {
      const { asked } = simulate({ noise, assumed: noise, tolerance: 0.01, most: 2000 }, 200);
      // Ten over 0.01 are 10 bits; one more for the way answers turn, and some to be certain of it.
      expect(asked, `${noise}`).toBeLessThan((10 + 1 + 5) / (1 - entropy(noise)));
    }
  });
});

describe('a threshold outside', () => {
  test.each([true, false])('is known after answers that are all %s', (answer) => {
    const posterior = new ThresholdPosterior({ from: 0, to: 1, noise: 0.1 });
    let queries = 0;
    for (; queries < 50 && !posterior.isKnownTo(1e-3); queries++) posterior.add(posterior.next(), answer);
    expect(queries).toBeLessThan(15);
    // It was told of no other answer, and so of no direction: no below is as good as yes above.
    const { isTrueBelow } = posterior.interval();
    const end = isTrueBelow === answer ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    expect(posterior.interval()).toMatchObject({ threshold: end, low: end, high: end });
  });
});

const answersArb = fc.array(fc.tuple(fc.integer({ min: 0, max: 8 }), fc.boolean()), { maxLength: 14 });

test('is that of a fine grid', () => {
  fc.assert(
    fc.property(answersArb, fc.constantFrom(0.1, 0.3), (answers, noise) => {
      const posterior = new ThresholdPosterior({ from: 0, to: 8, noise });
      for (const [value, answer] of answers) posterior.add(value, answer);
      const steps = 800;
      const likelihood = (truthAt: (value: number) => boolean) =>
        answers.reduce((p, [value, answer]) => p * (truthAt(value) === answer ? 1 - noise : noise), 1);
      const grid = Array.from({ length: steps }, (_, i) => (8 * (i + 0.5)) / steps);
      const falling = grid.map((theta) => (0.45 / steps) * likelihood((value) => value < theta));
      const rising = grid.map((theta) => (0.45 / steps) * likelihood((value) => value >= theta));
      const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
      const { isTrueBelow, threshold, low, high } = posterior.interval();
      const [f, r] = [total(falling), total(rising)];
      if (Math.abs(f - r) > 1e-9 * (f + r)) expect(isTrueBelow).toBe(f > r);
      const [allTrue, allFalse] = [0.05 * likelihood(() => true), 0.05 * likelihood(() => false)];
      const [below, above] = isTrueBelow ? [allFalse, allTrue] : [allTrue, allFalse];
      const pieces = isTrueBelow ? falling : rising;
      const all = below + total(pieces) + above;
      const massBelow = (end: number) => (below + total(pieces.filter((_, i) => grid[i]! < end))) / all;
      for (const [end, p] of [
        [low, 0.025],
        [threshold, 0.5],
        [high, 0.975],
      ] as const) {
        // Infinite: that much of the chance lies outside.
        if (end === Number.NEGATIVE_INFINITY) expect(below / all).toBeGreaterThan(p - 1e-9);
        else if (end === Number.POSITIVE_INFINITY) expect(1 - above / all).toBeLessThan(p + 1e-9);
        else expect(Math.abs(massBelow(end) - p)).toBeLessThan(0.01);
      }
    }),
    { numRuns: 200 },
  );
});

test('the order of answers does not count, but for rounding', () => {
  fc.assert(
    fc.property(answersArb, (answers) => {
      const of = (some: readonly (readonly [number, boolean])[]) => {
        const posterior = new ThresholdPosterior({ from: 0, to: 8, noise: 'auto' });
        for (const [value, answer] of some) posterior.add(value, answer);
        return posterior.interval();
      };
      const [a, b] = [of(answers), of([...answers].reverse())];
      if (a.isTrueBelow !== b.isTrueBelow) return; // a tie
      for (const end of ['low', 'high', 'threshold'] as const)
        if (Number.isFinite(a[end]) && Number.isFinite(b[end])) expect(a[end]).toBeCloseTo(b[end], 6);
    }),
  );
});

test('with hardly any noise it halves what is left', () => {
  const posterior = new ThresholdPosterior({ from: 0, to: 1, noise: 1e-9 });
  posterior.add(0, true);
  posterior.add(1, false);
  const asked: number[] = [];
  for (let i = 0; i < 6; i++) {
    asked.push(posterior.next());
    posterior.add(asked.at(-1)!, asked.at(-1)! < 0.3);
  }
  [0.5, 0.25, 0.375, 0.3125, 0.28125, 0.296875].forEach((value, i) => {
    expect(asked[i]).toBeCloseTo(value, 5);
  });
});
