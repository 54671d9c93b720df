// The test against published values and those that scipy gave for the golden results.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { larger } from './mann-whitney.js';
import { findGolden, readPeers } from './peers.js';

const males = [19, 22, 16, 29, 24];
const females = [20, 11, 17, 12];

test('exact: the example of scipy.stats.mannwhitneyu (U = 17, two-sided p = 1/9)', () => {
  expect(larger(males, females)).toBeCloseTo(1 / 18, 12);
});

test('small samples by counting every arrangement', () => {
  // Of the 6 orders of two and two, one has U = 4, and one U = 3.
  expect(larger([3, 4], [1, 2])).toBeCloseTo(1 / 6, 12);
  expect(larger([2, 4], [1, 3])).toBeCloseTo(2 / 6, 12);
  expect(larger([1, 2], [3, 4])).toBe(1);
});

test('ties: equal samples are not larger, and shifted ones are', () => {
  expect(larger([1, 1, 1], [1, 1, 1])).toBe(1);
  const a = Array.from({ length: 30 }, (_, i) => i % 5);
  expect(larger(a, a)).toBeCloseTo(0.5, 1);
  expect(
    larger(
      a.map((v) => v + 2),
      a,
    ),
  ).toBeLessThan(1e-4);
  expect(larger([1, 2, 2, 3, 3, 3, 4], [1, 1, 2, 2, 3])).toBeCloseTo(expectedWithTies(), 6);
});

/** By hand: U = 25.5, mean 17.5, variance with groups of 3, 4 and 4 ties. */
function expectedWithTies(): number {
  const variance = ((7 * 5) / 12) * (13 - (3 ** 3 - 3 + 2 * (4 ** 3 - 4)) / (12 * 11));
  const z = (25.5 - 17.5 - 0.5) / Math.sqrt(variance);
  // Upper tail by Simpson's rule.
  const steps = 2000;
  const h = (12 - z) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * Math.exp(-0.5 * (z + i * h) ** 2);
  }
  return (sum * h) / 3 / Math.sqrt(2 * Math.PI);
}

const golden = findGolden();
test.skipIf(golden === undefined)('as scipy on the golden results', () => {
  const peers = readPeers(golden!);
  const { mannWhitneyP_n100: wanted } = JSON.parse(readFileSync(`${golden}/golden.json`, 'utf8')) as {
    readonly mannWhitneyP_n100: Readonly<Record<string, Readonly<Record<string, number>>>>;
  };
  let compared = 0;
  for (const [problem, ps] of Object.entries(wanted))
    for (const [pair, p] of Object.entries(ps)) {
      // `a<b`: p that a's regrets are smaller.
      const [small, large] = pair.split('<').map((sampler) => {
        const { regret, n } = peers.find((peer) => peer.problem === problem && peer.sampler === sampler)!;
        return regret.map((row) => row[n.indexOf(100)]!);
      });
      expect(Math.abs(larger(large!, small!) - p), `${problem} ${pair}`).toBeLessThan(1e-9);
      compared++;
    }
  expect(compared).toBeGreaterThan(200);
});
