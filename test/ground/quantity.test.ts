// Amounts as people write them.
import { expect, test } from 'vitest';
import { readBytes, readDuration, readFraction, readNumber } from '../../src/ground/quantity.js';

test.each([
  ['500ms', 500],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['1d', 86_400_000],
  ['1e3ms', 1000],
  ['0s', undefined],
  ['-1s', undefined],
  ['10', undefined],
  ['m', undefined],
  ['10 m', undefined],
  ['1e999h', undefined],
  ['1e305h', undefined],
  ['Infinityh', undefined],
  ['10constructor', undefined],
  ['', undefined],
])('readDuration %s: %s ms', (text, ms) => {
  expect(readDuration(text)).toBe(ms);
});

test.each([
  ['512m', 512 * 2 ** 20],
  ['2g', 2 ** 31],
  ['1.5GB', 1.5 * 2 ** 30],
  ['2GiB', 2 ** 31],
  ['1t', 2 ** 40],
  ['64k', 65_536],
  ['0g', undefined],
  ['2', undefined],
  ['2b', undefined],
  ['g', undefined],
  ['2gg', undefined],
  ['1e999g', undefined],
  ['1e300g', undefined],
])('readBytes %s: %s', (text, bytes) => {
  expect(readBytes(text)).toBe(bytes);
});

test.each([
  ['300%', 3],
  ['5%', 0.05],
  ['0%', undefined],
  ['-5%', undefined],
  ['%', undefined],
  ['5', undefined],
  ['1e999%', undefined],
])('readFraction %s: %s', (text, fraction) => {
  expect(readFraction(text)).toBe(fraction);
});

test.each([
  ['1.5', 1.5],
  ['-2e-3', -0.002],
  ['.5', 0.5],
  ['1e308', 1e308],
  ['1e309', Number.NaN],
  ['-1e999', Number.NaN],
  ['Infinity', Number.NaN],
  ['', Number.NaN],
])('readNumber %s: %s', (text, number) => {
  expect(readNumber(text)).toBe(number);
});
