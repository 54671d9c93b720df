// Nights of which it is known whether they changed: predictions and verdicts.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { judgeNights } from '../../src/nights/judge.js';
import { type Night, noiseOf } from '../../src/nights/night.js';
import { blockShare, predict, warningQuantile } from '../../src/nights/predict.js';
import { studentQuantile } from '../../src/stats/interval.js';
import { countLost, countMoved, drawNights, SHAPES } from './simulate.js';

const night = (mean: number): Night => ({ mean, count: 3, variance: null });
const noisy = (random: ReturnType<typeof randomFor>, count: number, level = 0) =>
  Array.from({ length: count }, () => level + random.normal());

describe('noise', () => {
  test('of a night with fewer replicates is larger by their share', () => {
    const random = randomFor('noise');
    const shape = { ...SHAPES[0]!, share: 0.2 };
    const nights = drawNights(random, { shape, nights: 4000, replicates: 4, shift: 0, shifted: 0 });
    const { variance, correlation } = noiseOf(nights);
    expect(variance(1 / 4)).toBeCloseTo(0.2 + 0.8 / 4, 1);
    expect(variance(1)).toBeCloseTo(1, 1);
    expect(correlation).toBeLessThan(0.05);
  });

  test('of nights that resemble their neighbours is told apart', () => {
    const shape = SHAPES.find(({ name }) => name.startsWith('autocorrelated'))!;
    const random = randomFor('noise', 'correlated');
    const nights = drawNights(random, { shape, nights: 4000, replicates: 100, shift: 0, shifted: 0 });
    expect(noiseOf(nights).correlation).toBeCloseTo(0.5, 1);
  });
});

describe('what is quick to find', () => {
  test('sums over nights are those of the plain formulas', () => {
    const mean = fc.double({ min: -1e3, max: 1e3, noNaN: true });
    const count = fc.integer({ min: 1, max: 9 });
    const nights = fc.array(fc.record({ mean, count, variance: fc.constantFrom(null, 0.1) }), {
      minLength: 8,
      maxLength: 60,
    });
    const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
    fc.assert(
      fc.property(nights, (drawn) => {
        const { length } = drawn;
        const center = sumOf(drawn.map((each) => each.mean)) / length;
        const off = drawn.map((each) => each.mean - center);
        const squares = sumOf(off.map((each) => each ** 2));
        const rated = drawn.filter((each) => each.variance !== null && each.count > 1);
        const within = rated.length === 0 ? 0 : 0.1;
        const share = sumOf(drawn.map((each) => 1 / each.count)) / length;
        const between = Math.max(0, squares / (length - 1) - within * share);
        const plain = squares === 0 ? 0 : sumOf(off.slice(1).map((each, i) => each * off[i]!)) / squares;
        const unbiased = squares === 0 ? 0 : plain + (1 + 4 * Math.max(0, plain)) / length;
        const noise = noiseOf(drawn);
        const scale = 1 + between + within;
        expect(noise.mean).toBeCloseTo(center, 9);
        expect(noise.variance(0.5) / scale).toBeCloseTo((between + within / 2) / scale, 9);
        expect(noise.correlation).toBeCloseTo(Math.min(0.9, Math.max(0, unbiased)), 9);
      }),
    );
  });

  test('the variance of a mean of neighbours is the sum over all pairs of them', () => {
    const plain = (length: number, correlation: number) => {
      let sum = 0;
      for (let i = 0; i < length; i++) for (let j = 0; j < length; j++) sum += correlation ** Math.abs(i - j);
      return sum / length ** 2;
    };
    const length = fc.integer({ min: 1, max: 60 });
    const correlation = fc.double({ min: 0, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(length, correlation, (m, r) => {
        expect(Math.abs(blockShare(m, r) / plain(m, r) - 1)).toBeLessThan(1e-12);
      }),
    );
  });

  test('the quantile of warnings is that of Student', () => {
    const freedom = fc.double({ min: 2, max: 60, noNaN: true });
    fc.assert(
      fc.property(freedom, (nu) => {
        expect(Math.abs(warningQuantile(nu) / studentQuantile(0.9995, nu) - 1)).toBeLessThan(3e-4);
      }),
    );
  });
});

describe('the last night', () => {
  const history = noisy(randomFor('history'), 20).map(night);

  test('is held against an interval of those before', () => {
    const { low, high, expected, isOutside } = predict(history, night(0));
    expect(isOutside).toBe(false);
    expect(low).toBeLessThan(-3);
    expect(high).toBeGreaterThan(3);
    expect(expected).toBeCloseTo(0, 0);
    expect(predict(history, night(20)).isOutside).toBe(true);
    expect(predict(history, night(-20)).isOutside).toBe(true);
  });

  test('is nothing to be said of after fewer than eight', () => {
    expect(predict(history.slice(0, 7), night(100)).isOutside).toBe(null);
    expect(predict(history.slice(0, 8), night(100)).isOutside).toBe(true);
  });

  test('is not outside where one before was as far', () => {
    expect(predict([...history, night(21)], night(20)).isOutside).toBe(false);
  });
});

describe('the verdict', () => {
  const random = randomFor('verdict');
  const usual = noisy(random, 50).map(night);
  const withLast = (...means: readonly number[]) => [...usual, ...means.map(night)];

  test('is steady, noisy after one wild night, and moved after two', () => {
    expect(judgeNights(usual).verdict).toBe('steady');
    expect(judgeNights(withLast(9))).toMatchObject({ verdict: 'noisy', change: null, isFailure: false });
    const moved = judgeNights(withLast(9, 8), { goal: 'min' });
    expect(moved).toMatchObject({
      verdict: 'moved',
      change: { since: 50, direction: 'worse' },
      isFailure: true,
    });
    expect(moved.change!.by).toBeCloseTo(8.5, 0);
    expect(judgeNights(withLast(9, 0)).verdict).toBe('steady');
  });

  test('stays moved while the new level lasts, since the same night, until it is accepted', () => {
    for (const lasts of [2, 3, 4, 6, 9, 15, 25, 40]) {
      const later = noisy(randomFor('later', lasts), lasts, 6).map(night);
      const { verdict, change } = judgeNights([...usual, ...later]);
      expect([lasts, verdict]).toEqual([lasts, 'moved']);
      expect(Math.abs(change!.since - 50)).toBeLessThanOrEqual(1);
    }
    const accepted = [...usual, ...noisy(randomFor('accepted'), 20, 6).map(night)];
    expect(judgeNights(accepted, { from: 50 }).verdict).toBe('steady');
    expect(judgeNights(accepted, { from: 65 }).verdict).toBe('too little history');
  });

  test('is no failure where it is better, has no goal, or is put up with', () => {
    const better = judgeNights(withLast(9, 8), { goal: 'max' });
    expect(better).toMatchObject({ verdict: 'moved', change: { direction: 'better' }, isFailure: false });
    expect(judgeNights(withLast(9, 8))).toMatchObject({ change: { direction: 'moved' }, isFailure: false });
    expect(judgeNights(withLast(9, 8), { goal: 'min', tolerance: 10 }).verdict).toBe('steady');
  });

  test('of nights that are equal to the last bit waits no longer than others', () => {
    const equal = Array.from({ length: 50 }, () => night(0.1));
    expect(judgeNights(equal).verdict).toBe('steady');
    expect(judgeNights([...equal, night(0.2)]).verdict).toBe('noisy');
    expect(judgeNights([...equal, night(0.2), night(0.2)], { goal: 'min' }).isFailure).toBe(true);
  });

  test('needs eight nights before the last', () => {
    expect(judgeNights(usual.slice(0, 8)).verdict).toBe('too little history');
    expect(judgeNights(usual.slice(0, 9)).verdict).not.toBe('too little history');
    expect(judgeNights([]).verdict).toBe('too little history');
  });
});

describe('over made-up nights', () => {
  test.each(SHAPES.map((shape) => [shape.name, shape] as const))('few false alarms: %s', (_, shape) => {
    const nights = [16, 24, 60];
    const alarms = nights.map((each) => {
      const { up, down } = countMoved(
        { shape, nights: each, replicates: 3, shift: 0, shifted: 0 },
        400,
        'test',
      );
      return up + down;
    });
    // Of 2,400 chances to fail the gate 2.4 would be one in a thousand.
    expect(alarms.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(7);
  });

  test('an improvement that is lost again is found', () => {
    const series = { shape: SHAPES[0]!, nights: 53, replicates: 5, shift: 3, shifted: 3 };
    expect(countLost(series, 20, 100, 'test')).toBeGreaterThanOrEqual(90);
  });

  test('a lasting change is found in two nights, and after fewer nights in a few more', () => {
    const found = (nights: number, shifted: number) =>
      countMoved({ shape: SHAPES[0]!, nights, replicates: 5, shift: 3, shifted }, 200, 'test').up / 200;
    expect(found(60, 2)).toBeGreaterThanOrEqual(0.95);
    expect(found(24, 3)).toBeGreaterThanOrEqual(0.8);
    expect(found(18, 4)).toBeGreaterThanOrEqual(0.7);
  });
});
