// Lists of very many values: as quick and as right as short ones, and refused past what can be found again.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileAxis } from '../../src/space/axis.js';
import { findSpaceFaults } from '../../src/space/check.js';
import { findAxisFaults, MOST_LISTED } from '../../src/space/faults.js';
import { packSpace, unpackSpace } from '../../src/space/packed.js';
import { createSpace } from '../../src/space/space.js';
import type { Value } from '../../src/space/types.js';
import { identityOf, isDistinct, isSameValue } from '../../src/space/value.js';

const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constant(-0),
);
const numbers = fc.array(number, { minLength: 1, maxLength: 50 });
const ascending = numbers.map((list) => [...new Set(list.map((each) => each + 0))].sort((a, b) => a - b));
const anything = fc.oneof(
  number,
  fc.string(),
  fc.boolean(),
  fc.constant(null),
  fc.array(number, { maxLength: 2 }),
);
const mixed = fc.array(anything, { minLength: 1, maxLength: 30 });
const list = (values: readonly Value[]) => ({ kind: 'list' as const, values });

describe('a list', () => {
  it('is distinct where a Set of its values has as many', () => {
    fc.assert(
      fc.property(fc.oneof(numbers, ascending, mixed), (values: readonly Value[]) => {
        expect(isDistinct(values)).toBe(new Set(values.map(identityOf)).size === values.length);
        expect(isDistinct(values)).toBe(new Set(values.map(identityOf)).size === values.length);
      }),
    );
  });

  it('finds every value where it stands first, and no other', () => {
    fc.assert(
      fc.property(fc.oneof(numbers, ascending, mixed), anything, (values: readonly Value[], other: Value) => {
        const axis = compileAxis(list(values));
        // Not indexOf, which tells no value in a list from itself, nor toBe, which tells 0 from -0.
        const find = (value: Value) => values.findIndex((each) => isSameValue(each, value));
        values.forEach((value, i) => {
          expect(isSameValue(axis.at(i), value)).toBe(true);
          expect(Object.is(axis.at(i), -0)).toBe(false);
          expect(axis.indexOf(value)).toBe(find(value));
        });
        expect(axis.indexOf(other)).toBe(find(other));
        expect(axis.indexOf(Number.NaN)).toBe(-1);
      }),
    );
  });

  it('of a million numbers that descend, of texts, or with a hole is checked as one of three', () => {
    const many = Array.from({ length: 1e6 }, (_, i) => 0.5 * (1e6 - i));
    expect(findAxisFaults(list(many))).toEqual([]);
    expect(findAxisFaults(list([...many, 0.5]))).toEqual(['0.5 is given 2 times; expected once']);
    const axis = compileAxis(list(many));
    expect([axis.indexOf(5e5), axis.indexOf(0.5), axis.indexOf(0.25)]).toEqual([0, 999_999, -1]);
    const texts = many.map((value) => `v${value}`);
    expect(findAxisFaults(list(texts))).toEqual([]);
    expect(compileAxis(list(texts)).indexOf('v0.5')).toBe(999_999);
    const holed = [...many];
    delete holed[77];
    expect(findAxisFaults(list(holed))).toEqual([expect.stringContaining('undefined is no value')]);
  });

  it('is refused where it is longer than what can be found again', () => {
    const values = new Array<number>(MOST_LISTED + 1);
    expect(findAxisFaults(list(values))).toEqual([
      expect.stringContaining('16,000,001 values; expected at most 16,000,000'),
    ]);
    expect(
      findSpaceFaults({ grids: [{ axes: [{ names: ['x'], values: [list(values)] }] }], replicates: 1 }),
    ).toHaveLength(1);
  });

  it('zipped with another may repeat values where the other does not', () => {
    const zip = (a: readonly Value[], b: readonly Value[]) =>
      findSpaceFaults({
        grids: [{ axes: [{ names: ['a', 'b'], values: [list(a), list(b)] }] }],
        replicates: 1,
      });
    expect(zip([1, 1, 1], [1, 2, 3])).toEqual([]);
    expect(zip([1, 1, 1], [2, 1, 2])).toEqual([expect.stringContaining('[1,2] is given 2 times')]);
  });
});

describe('a packed space', () => {
  it('is the same once it is unpacked, through a structured clone too', () => {
    const long = Array.from({ length: 2000 }, (_, i) => i / 8);
    const texts = long.map(String);
    const spec = {
      grids: [
        {
          axes: [
            { names: ['a', 'b'], values: [list(long), list(texts)] },
            { names: ['c'], values: [list([1, 2])], when: { a: [0, 1] } },
            { names: ['d'], values: [{ kind: 'lin' as const, from: 0, to: 1, count: 5 }] },
          ],
        },
      ],
      replicates: 2,
      seeds: [1, 2],
    };
    const packed = structuredClone(packSpace(spec));
    expect(packed.grids[0]!.axes[0]!.values[0]).toEqual(list(Float64Array.from(long) as never));
    expect(unpackSpace(packed)).toEqual(spec);
    expect(unpackSpace(spec)).toEqual(spec);
    expect(createSpace(unpackSpace(packed)).trials).toBe(createSpace(spec).trials);
  });
});
