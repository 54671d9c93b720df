// Values with parts: one canonical text for each, the same value however it was written, and copies that nobody can change.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/space/types.js';
import {
  canonicalValue,
  copyValue,
  findValueFault,
  identityOf,
  includesValue,
  isSameValue,
} from '../../src/space/value.js';
import { structured } from '../trial/rows.js';

/** The same value with the names of its objects the other way round. */
function reversed(value: Value): Value {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).map(([name, each]) => [name, reversed(each)] as const);
  return Object.fromEntries(entries.reverse());
}

describe('a value', () => {
  it('has one text, which reads back as it', () => {
    fc.assert(
      fc.property(structured, (value) => {
        const text = canonicalValue(value);
        expect(JSON.parse(text)).toEqual(copyValue(value));
        expect(canonicalValue(reversed(value))).toBe(text);
        expect(isSameValue(value, reversed(value))).toBe(true);
        expect(new Set([identityOf(reversed(value)), identityOf(copyValue(value))]).size).toBe(1);
        expect(findValueFault(value)).toBeUndefined();
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('is the same as another one exactly where their texts are', () => {
    fc.assert(
      fc.property(structured, structured, fc.array(structured, { maxLength: 4 }), (a, b, list) => {
        const isSame = canonicalValue(a) === canonicalValue(b);
        expect(isSameValue(a, b) || (a === 0 && b === 0)).toBe(isSame);
        expect(new Set([identityOf(a), identityOf(b)]).size).toBe(isSame ? 1 : 2);
        expect(includesValue([...list, reversed(a)], a)).toBe(true);
        expect(includesValue(list, a)).toBe(list.some((each) => isSameValue(each, a)));
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it('does not stand for a text that is written like it', () => {
    expect(isSameValue([1], '[1]')).toBe(false);
    expect(isSameValue(null, 'null')).toBe(false);
    expect(identityOf([1])).not.toBe(identityOf('[1]'));
    expect(identityOf(null)).not.toBe(identityOf('null'));
  });

  it('is copied whole, and the copy cannot be changed', () => {
    const list = [[1], { a: -0 }];
    const copy = copyValue(list) as typeof list;
    list.pop();
    expect(copy).toEqual([[1], { a: 0 }]);
    expect(() => copy.pop()).toThrow(TypeError);
    expect(() => (copy[0] as number[]).push(2)).toThrow(TypeError);
  });

  const circle: unknown[] = [];
  circle.push([circle]);
  it.each<[string, unknown, string | undefined]>([
    ['a hole', new Array(1), 'item 1: undefined is no value'],
    [
      'a part that is not finite',
      { a: [1, Number.NaN] },
      'a: item 2: NaN is no value; expected a finite number',
    ],
    ['a function', { a: () => 1 }, 'a: a function is no value'],
    ['a date', [new Date(0)], 'item 1: a Date is no value'],
    ['a Map', new Map(), 'a Map is no value'],
    ['a typed array within a list', [Float64Array.of(1)], 'item 1: a Float64Array is no value'],
    [
      'a bigint',
      [1n],
      'item 1: 1n is no value; expected a number, a text, true, false, null, or a list or an object of such: write 1',
    ],
    ['a symbol as a name', { [Symbol('x')]: 1 }, 'Symbol(x): expected a text as its name'],
    ['a circle', circle, 'more than 32 deep, or hold themselves'],
    ['an object without a prototype', Object.assign(Object.create(null), { a: 1 }), undefined],
    ['a name that objects have', JSON.parse('{"__proto__":{"a":1},"constructor":2}'), undefined],
  ])('%s', (_, given, fault) => {
    if (fault === undefined) expect(findValueFault(given)).toBeUndefined();
    else expect(findValueFault(given)).toContain(fault);
  });
});
