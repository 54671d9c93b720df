// How often two runs of the same are told apart, and how many of the changes that are told are none: over many made-up
// runs with fixed seeds. The samples go through the same functions as the cells of real runs.
import { expect, test } from 'vitest';
import { type Random, randomFor } from '../../src/ground/random.js';
import { adjustByRate } from '../../src/stats/adjust.js';
import {
  type Difference,
  independentDifference,
  independentShares,
  pairedDifference,
  pairedShares,
} from '../../src/stats/difference.js';

type Draw = (random: Random) => number;

const normal: Draw = (random) => random.normal();
/** Accuracies of a hundred images: few different values. */
const coarse: Draw = (random) => Math.round(90 + 2 * random.normal()) / 100;
const skewed: Draw = (random) => Math.exp(random.normal());
const heavy: Draw = (random) =>
  random.normal() /
  Math.sqrt(Math.max(1e-3, (random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2) / 3));
const coin: Draw = (random) => Number(random.uniform() < 0.3);

type Compare = (a: readonly number[], b: readonly number[]) => Difference;

const CASES: readonly (readonly [name: string, draw: Draw, compare: Compare, replicates: number])[] = [
  ['normal, pairs', normal, pairedDifference, 3],
  ['normal, samples', normal, independentDifference, 3],
  ['coarse, pairs', coarse, pairedDifference, 3],
  ['coarse, samples', coarse, independentDifference, 5],
  ['skewed, pairs', skewed, pairedDifference, 5],
  ['skewed, samples', skewed, independentDifference, 5],
  ['heavy-tailed, samples', heavy, independentDifference, 5],
  ['booleans, pairs', coin, pairedShares, 10],
  ['booleans, samples', coin, independentShares, 10],
];

const COMPARISONS = 300;
const CELLS = 100;

const sampleOf = (draw: Draw, random: Random, count: number, shift = 0) =>
  Array.from({ length: count }, () => draw(random) + shift);

test.each(CASES)('two runs of the same: %s', (name, draw, compare, replicates) => {
  const random = randomFor('same', name);
  let told = 0;
  for (let i = 0; i < COMPARISONS; i++) {
    const p = Float64Array.from(
      { length: CELLS },
      () => compare(sampleOf(draw, random, replicates), sampleOf(draw, random, replicates)).p!,
    );
    if (adjustByRate(p).some((each) => each < 0.05)) told++;
  }
  // At a rate of 5 % 15 are expected, and more than 26 once in a thousand times.
  expect(told).toBeLessThanOrEqual(26);
});

test('of the changes that are told few are none, and most of the large ones are told', () => {
  const random = randomFor('planted');
  let [told, wrong, missed] = [0, 0, 0];
  for (let i = 0; i < 100; i++) {
    const p = Float64Array.from({ length: CELLS }, (_, cell) => {
      const shift = cell < 10 ? 5 : 0;
      return independentDifference(sampleOf(normal, random, 5), sampleOf(normal, random, 5, shift)).p!;
    });
    adjustByRate(p).forEach((each, cell) => {
      if (each < 0.05) told++;
      if (each < 0.05 && cell >= 10) wrong++;
      if (each >= 0.05 && cell < 10) missed++;
    });
  }
  expect(wrong / told).toBeLessThan(0.06);
  expect(missed / 1000).toBeLessThan(0.05);
});

test('intervals hold the true difference in 95 of 100 cases', () => {
  const random = randomFor('intervals');
  const cases: readonly (readonly [Draw, Compare, number])[] = [
    [normal, pairedDifference, 3],
    [normal, independentDifference, 4],
    [coin, pairedShares, 12],
    [coin, independentShares, 12],
  ];
  for (const [draw, compare, count] of cases) {
    let held = 0;
    for (let i = 0; i < 2000; i++) {
      const { low, high } = compare(sampleOf(draw, random, count), sampleOf(draw, random, count));
      if (low! <= 0 && high! >= 0) held++;
    }
    expect(held / 2000).toBeGreaterThan(0.94);
  }
});
