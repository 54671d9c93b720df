// Tolerances: what is one, and how far it reaches.
import { expect, test } from 'vitest';
import { describeTolerance, findToleranceFaults, widthOf } from '../../src/trial/tolerance.js';

test.each([0, 0.5, { absolute: 0 }, { relative: 0.05 }, { absolute: 1, relative: 2 }])(
  '%j is one',
  (given) => {
    expect(findToleranceFaults(given)).toEqual([]);
  },
);

test.each<[unknown, string]>([
  [-1, 'expected a number of at least 0'],
  [Number.NaN, 'found NaN'],
  [Number.POSITIVE_INFINITY, 'found Infinity'],
  ['5%', 'found "5%"'],
  [{}, 'or such as { absolute: 0.01, relative: 0.05 }'],
  [{ absolute: -1 }, 'absolute: expected a number of at least 0, found -1'],
  [{ relativ: 0.05 }, 'relativ'],
])('%j is none', (given, message) => {
  expect(findToleranceFaults(given).join()).toContain(message);
});

test('the larger part counts, of the size of the baseline', () => {
  expect(widthOf(0.5, 100)).toBe(0.5);
  expect(widthOf({ relative: 0.05 }, -100)).toBe(5);
  expect(widthOf({ absolute: 7, relative: 0.05 }, 100)).toBe(7);
  expect(widthOf({ absolute: 7, relative: 0.05 }, 1000)).toBe(50);
});

test('is told as it is written', () => {
  expect([0.01, { relative: 0.05 }, { absolute: 1, relative: 0.1 }].map(describeTolerance)).toEqual([
    ...['0.01', '5%', '1 or 10%'],
  ]);
});
