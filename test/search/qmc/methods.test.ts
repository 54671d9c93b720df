// Sobol, Halton and Latin hypercubes as methods: the conformance suite, and that places are the points of the sequences.
import { expect, test } from 'vitest';
import { halton } from '../../../src/search/halton.js';
import { lhs } from '../../../src/search/lhs.js';
import { MOST_DIMENSIONS } from '../../../src/search/qmc/sobol-sequence.js';
import { sobol } from '../../../src/search/sobol.js';
import { choice, uniform } from '../../../src/space/domain.js';
import { createOn, describeMethod } from '../methods.js';

describeMethod(sobol);
describeMethod(halton);
describeMethod(lhs, { options: [{ centered: true }, { maximin: 5, size: 7 }, { size: 1 }] });

const NOTHING = { told: [], pending: [] };

test.each([sobol, halton, lhs])('$name covers the axes evenly', (definition) => {
  const { make } = createOn(definition, [uniform(0, 1), choice('a', 'b', 'c', 'd')]);
  const method = make(3);
  const xs = Array.from({ length: 64 }, (_, k) => method.propose(k, NOTHING).x);
  const eighths = new Array<number>(8).fill(0);
  const quarters = new Array<number>(4).fill(0);
  for (const [u, position] of xs as unknown as [number, number][]) {
    eighths[Math.floor(u * 8)]!++;
    quarters[position]!++;
  }
  for (const count of eighths) expect(Math.abs(count - 8)).toBeLessThanOrEqual(1);
  for (const count of quarters) expect(Math.abs(count - 16)).toBeLessThanOrEqual(2);
});

test('points of any number are there at once', () => {
  for (const definition of [sobol, halton, lhs]) {
    const method = createOn(definition, [uniform(0, 1), uniform(0, 1)]).make(3);
    const far = [10 ** 6, 2 ** 31, 2 ** 32 - 1].map((k) => method.propose(k, NOTHING).x.join(' '));
    expect(new Set(far).size).toBe(3);
  }
});

test('sobol says how many dimensions it has', () => {
  const axes = (count: number) => Array.from({ length: count }, () => uniform(0, 1));
  expect(sobol.findSpaceFaults!(createOn(sobol, axes(MOST_DIMENSIONS)).space)).toEqual([]);
  const [fault] = sobol.findSpaceFaults!(createOn(sobol, axes(MOST_DIMENSIONS + 1)).space);
  expect(fault).toMatch('256 dimensions at most, and the space 257');
});

test.each([{ size: 0 }, { size: 1e6 }, { maximin: 0 }, { centered: 'yes' }])('lhs refuses %j', (options) => {
  expect(lhs.options.safeParse(options).success).toBe(false);
});
