// Words for people: nearest names, counts, durations, sizes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeUnknown,
  editDistance,
  formatBytes,
  formatCount,
  formatDuration,
  nearestName,
  plural,
} from '../../src/ground/text.js';

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['kitten', 'sitting', 3],
    ['flaw', 'lawn', 2],
    ['alhpa', 'alpha', 2],
    ['', 'abc', 3],
  ])('of %j and %j is %i', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('is a metric', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
      { seed: 21 },
    );
  });
});

describe('names', () => {
  it('finds none that has no letter in common', () => {
    for (const typed of ['', 'x', 'xy', ' ']) expect(nearestName(typed, ['gp', 'tpe', 'a'])).toBeUndefined();
    expect(nearestName('g', ['gp', 'tpe'])).toBe('gp');
  });

  it('finds the nearest, and none that is far', () => {
    expect(nearestName('alhpa', ['beta1', 'alpha', 'eps'])).toBe('alpha');
    expect(nearestName('Optimiser', ['optimizer', 'output'])).toBe('optimizer');
    expect(nearestName('zzzz', ['alpha', 'beta1'])).toBeUndefined();
    expect(nearestName('x', [])).toBeUndefined();
  });

  it('describes an unknown name with the legal ones', () => {
    expect(describeUnknown('axis', 'alhpa', ['alpha', 'h'])).toBe(
      'unknown axis "alhpa"; did you mean "alpha"? (legal: alpha, h)',
    );
    expect(describeUnknown('axis', 'q', [])).toBe('unknown axis "q" (legal: none)');
  });
});

describe('quantities', () => {
  it.each([
    [0, '0.0s'],
    [400, '0.4s'],
    [9949, '9.9s'],
    [9950, '10s'],
    [59_499, '59s'],
    [59_500, '1m 00s'],
    [200_000, '3m 20s'],
    [3_599_499, '59m 59s'],
    [3_599_500, '1h 00m'],
    [18_120_000, '5h 02m'],
    [86_400_000, '1d 00h'],
    [183_600_000, '2d 03h'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each([
    [0, '0 B'],
    [512, '512 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [1500, '1.5 kB'],
    [20_000_000, '20 MB'],
    [999_499, '999 kB'],
    [999_500, '1.0 MB'],
    [3_100_000_000, '3.1 GB'],
    [5e15, '5000 TB'],
  ])('%d bytes are %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('counts', () => {
    expect(formatCount(1234567)).toBe('1,234,567');
    expect(plural(1, 'trial')).toBe('1 trial');
    expect(plural(0, 'trial')).toBe('0 trials');
    expect(plural(1200, 'trial')).toBe('1,200 trials');
  });
});
