// Named random streams: equal names, equal numbers; different names, unrelated ones; the distributions they claim.
// Every stream here is fixed by its name, so a bound either always holds or never does. Bounds are 4.5 sigma.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFor } from '../../src/ground/random.js';

const N = 100_000;

function draw(length: number, next: () => number): number[] {
  return Array.from({ length }, next);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

describe('randomFor', () => {
  it('gives equal streams for equal names, different ones for different names', () => {
    const heads = [[1], [2], ['1'], ['a', 'b'], ['ab'], ['a', 'b', ''], [1, 'a'], ['a', 1]].map((name) =>
      draw(4, randomFor(...name).uint32).join(),
    );
    expect(new Set(heads).size).toBe(heads.length);
    expect(draw(4, randomFor('a', 'b').uint32).join()).toBe(heads[3]);
  });

  it('draws uniform floats in [0, 1) with the moments of the uniform distribution', () => {
    const values = draw(N, randomFor('uniform').uniform);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(Math.abs(mean(values) - 1 / 2)).toBeLessThan(4.5 * Math.sqrt(1 / 12 / N));
    expect(Math.abs(mean(values.map((v) => v * v)) - 1 / 3)).toBeLessThan(4.5 * Math.sqrt(4 / 45 / N));
  });

  it('sets every bit of uint32 half of the time', () => {
    const { uint32 } = randomFor('bits');
    const ones = new Array<number>(32).fill(0);
    for (let i = 0; i < N; i++) {
      const drawn = uint32();
      for (let bit = 0; bit < 32; bit++) ones[bit]! += (drawn >>> bit) & 1;
    }
    for (const count of ones) expect(Math.abs(count / N - 1 / 2)).toBeLessThan(4.5 * Math.sqrt(1 / 4 / N));
  });

  it('draws standard normal numbers: mean 0, variance 1, fourth moment 3, neighbours uncorrelated', () => {
    const values = draw(N, randomFor('normal').normal);
    const pairs = values.slice(1).map((value, i) => value * values[i]!);
    expect(Math.abs(mean(values))).toBeLessThan(4.5 * Math.sqrt(1 / N));
    expect(Math.abs(mean(values.map((v) => v ** 2)) - 1)).toBeLessThan(4.5 * Math.sqrt(2 / N));
    expect(Math.abs(mean(values.map((v) => v ** 4)) - 3)).toBeLessThan(4.5 * Math.sqrt(96 / N));
    expect(Math.abs(mean(pairs))).toBeLessThan(4.5 * Math.sqrt(1 / N));
  });

  it('draws below n evenly (chi-square of 10 cells, 9 degrees of freedom: 99.99 % lie under 33.7)', () => {
    const { below } = randomFor('below');
    const cells = new Array<number>(10).fill(0);
    for (let i = 0; i < N; i++) cells[below(10)]!++;
    const chi2 = cells.reduce((sum, count) => sum + (count - N / 10) ** 2 / (N / 10), 0);
    expect(chi2).toBeLessThan(33.7);
  });

  it.each([2 ** 32, 2 ** 32 + 1, 3e9, 1e12, 2 ** 53])('draws evenly below %d too', (n) => {
    const { below } = randomFor('wide', n);
    const cells = new Array<number>(10).fill(0);
    for (let i = 0; i < N; i++) {
      const drawn = below(n);
      expect(Number.isInteger(drawn) && drawn >= 0 && drawn < n).toBe(true);
      cells[Math.floor((drawn / n) * 10)]!++;
    }
    const chi2 = cells.reduce((sum, count) => sum + (count - N / 10) ** 2 / (N / 10), 0);
    expect(chi2).toBeLessThan(33.7);
  });

  it('gives streams with neighbouring names that do not move together', () => {
    const products = draw(N, () => 0).map((_, i) => {
      const a = randomFor('trial', i).uniform() - 0.5;
      const b = randomFor('trial', i + 1).uniform() - 0.5;
      return a * b * 12;
    });
    expect(Math.abs(mean(products))).toBeLessThan(4.5 * Math.sqrt(1 / N));
  });

  it('shuffles: a permutation, in place, every order of three equally often', () => {
    fc.assert(
      fc.property(fc.array(fc.integer()), fc.integer(), (items, name) => {
        const shuffled = [...items];
        expect(randomFor(name).shuffle(shuffled)).toBe(shuffled);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
      { seed: 31 },
    );
    const { shuffle } = randomFor('orders');
    const orders = new Map<string, number>();
    for (let i = 0; i < 60_000; i++) {
      const order = shuffle([0, 1, 2]).join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(6);
    for (const count of orders.values())
      expect(Math.abs(count - 10_000)).toBeLessThan(4.5 * Math.sqrt(60_000 * (5 / 36)));
  });
});
