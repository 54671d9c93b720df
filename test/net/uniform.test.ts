// Arrays drawn at once hold the values that are drawn by place, bit for bit, whatever their length.
import { expect, test } from 'vitest';
import { counterBits } from '../../src/net/counter.js';
import { fillUniform } from '../../src/net/uniform.js';

test.each([0, 1, 2, 3, 4, 5, 15, 16, 17, 1001, 4095, 4096, 4097, 8192, 8209, 200_704])(
  '%i values drawn at once are those drawn one by one',
  (length) => {
    const bits = counterBits('counter', 7);
    const drawn = new Float32Array(length);
    fillUniform(drawn, 0.3 * 2 ** -31, 'counter', 7);
    expect(drawn).toEqual(Float32Array.from({ length }, (_, i) => 0.3 * 2 ** -31 * (bits(i) + 0.5)));
  },
);

test('values drawn at once are spread evenly over (−1, 1), without ties between neighbours', () => {
  const drawn = new Float32Array(10_000);
  fillUniform(drawn, 2 ** -31, 'spread');
  const counts = new Array<number>(10).fill(0);
  for (const value of drawn) counts[Math.floor((value + 1) * 5)]!++;
  // Standard deviation of a count: √(10,000 · 0.1 · 0.9) = 30.
  for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(4 * 30);
  for (let i = 1; i < drawn.length; i++) expect(drawn[i]).not.toBe(drawn[i - 1]);
});
