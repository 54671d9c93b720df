// Numbers and names as the page writes them.
import { expect, test } from 'vitest';
import { formatNumber, partsOf } from '../../src/explore/numbers.js';

test.each([
  [0.1 + 0.2, '0.3'],
  [1e-5, '0.00001'],
  [0.00000979353, '9.79353e-6'],
  [-0.0000123456, '-1.23456e-5'],
  [123456789, '123456789'],
  [1.5e21, '1.5e21'],
  [Number.NaN, ''],
])('%s is written %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [
    'model.layer_1.rate',
    ['model.layer_0.rate', 'model.layer_1.rate', 'loss'],
    ['model.layer_', '1.', 'rate'],
  ],
  ['optimizer', ['optimizer', 'rate'], ['optimi', 'zer', '']],
  ['rate', ['rate'], ['r', 'ate', '']],
  ['a.b', ['a.b', 'a.c', 'a.d'], ['a.', 'b', '']],
])('%s among %s is shown as %s', (name, names, parts) => {
  expect(partsOf(name, names, 6)).toEqual(parts);
  expect(partsOf(name, names, 6).join('')).toBe(name);
});
