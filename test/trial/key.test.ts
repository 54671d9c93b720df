// Keys: one for every way to write the same trial, another for every other trial. Seeds: every bit counts.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/space/types.js';
import { canonicalObject, copyValue } from '../../src/space/value.js';
import { createKeyer, trialKey, trialSeed } from '../../src/trial/key.js';
import { structured } from './rows.js';

const value: fc.Arbitrary<Value> = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  structured,
);
const params = fc.dictionary(fc.stringMatching(/^[a-z]\w{0,5}$/), value, { maxKeys: 6 });

describe('canonicalObject', () => {
  it('sorts names by code unit, writes the shortest numbers, quotes text', () => {
    expect(
      canonicalObject({ b: 1.0, a: -0, B: 'x"y', c: true, d: 1e15, e: 1e21, f: 1e-7, g: 0.1 + 0.2 }),
    ).toBe(
      '{"B":"x\\"y","a":0,"b":1,"c":true,"d":1000000000000000,"e":1e+21,"f":1e-7,"g":0.30000000000000004}',
    );
  });

  it('is the same for every order of names, and reads back as the same values', () => {
    fc.assert(
      fc.property(params, (given) => {
        const text = canonicalObject(given);
        expect(canonicalObject(Object.fromEntries(Object.entries(given).reverse()))).toBe(text);
        const back = JSON.parse(text) as Record<string, Value>;
        expect(canonicalObject(back)).toBe(text);
        for (const [name, each] of Object.entries(given)) expect(back[name]).toEqual(copyValue(each));
      }),
      { seed: 71, numRuns: 500 },
    );
  });

  it('refuses what is no finite number', () => {
    expect(() => canonicalObject({ a: Number.NaN })).toThrow('expected a finite number');
  });
});

describe('trialKey', () => {
  it('is 20 letters a to p: the upper 80 bits of the reference hash of the canonical text', () => {
    // MurmurHash3_x86_128 (Python's mmh3) of ["escape","1",{"alpha":0.3,"optimizer":"adam"},0] with seed 0.
    expect(trialKey('escape', '1', { optimizer: 'adam', alpha: 0.3 }, 0)).toBe('pcjapeehfjhkjbboblhe');
  });

  it('tells worker, version, replicate and the kinds of values apart', () => {
    const keys = [
      trialKey('w', '1', { a: 1 }, 0),
      trialKey('v', '1', { a: 1 }, 0),
      trialKey('w', '2', { a: 1 }, 0),
      trialKey('w', '1', { a: 1 }, 1),
      trialKey('w', '1', { a: '1' }, 0),
      trialKey('w', '1', { a: true }, 0),
      trialKey('w', '1', { a: 'true' }, 0),
      trialKey('w', '1', { b: 1 }, 0),
      trialKey('w', '1', {}, 0),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(trialKey('w', '1', { a: 1.0, b: -0 }, 0)).toBe(trialKey('w', '1', { b: 0, a: 1 }, 0));
  });

  it('never meets itself among 200,000 trials', () => {
    const keyer = createKeyer('w', '1');
    const keys = new Set<string>();
    for (let i = 0; i < 200_000; i++) keys.add(keyer.key({ a: i / 1000 }, i % 2));
    expect(keys.size).toBe(200_000);
  });
});

describe('trialSeed', () => {
  const key = fc.stringMatching(/^[a-p]{20}$/);
  const sweepSeed = fc.maxSafeInteger();

  it('is what the keyer says of its last key', () => {
    const keyer = createKeyer('w', '3');
    fc.assert(
      fc.property(params, fc.nat(), sweepSeed, (given, replicate, seed) => {
        const made = keyer.key(given, replicate);
        expect(made).toBe(trialKey('w', '3', given, replicate));
        expect(made).toMatch(/^[a-p]{20}$/);
        expect(keyer.lastSeed(seed)).toBe(trialSeed(seed, made));
      }),
      { seed: 72, numRuns: 300 },
    );
  });

  it('changes with any one letter of the key', () => {
    fc.assert(
      fc.property(
        key,
        sweepSeed,
        fc.nat({ max: 19 }),
        fc.integer({ min: 1, max: 15 }),
        (name, seed, at, by) => {
          const letter = String.fromCharCode(97 + ((name.charCodeAt(at) - 97) ^ by));
          const changed = name.slice(0, at) + letter + name.slice(at + 1);
          const result = trialSeed(seed, name);
          expect(Number.isInteger(result) && result >= 0 && result < 2 ** 32).toBe(true);
          expect(trialSeed(seed, changed)).not.toBe(result);
        },
      ),
      { seed: 73, numRuns: 500 },
    );
  });

  it('changes with any one bit of the sweep seed, and flips half of its own bits then', () => {
    let flipped = 0;
    let cases = 0;
    fc.assert(
      fc.property(key, fc.maxSafeNat(), fc.nat({ max: 52 }), (name, seed, bit) => {
        const other = Number(BigInt(seed) ^ (1n << BigInt(bit)));
        const difference = (trialSeed(seed, name) ^ trialSeed(other, name)) >>> 0;
        expect(difference).not.toBe(0);
        flipped += difference.toString(2).replaceAll('0', '').length;
        cases++;
      }),
      { seed: 74, numRuns: 2000 },
    );
    expect(Math.abs(flipped / cases / 32 - 0.5)).toBeLessThan(0.01);
  });
});
