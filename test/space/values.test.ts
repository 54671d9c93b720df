// Axis values: what the command line accepts and refuses, exact ends, and position <-> value as exact inverses.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ulp } from '../../src/space/axis.js';
import { isDomain } from '../../src/space/domain.js';
import type { AxisDomain, AxisValues, Value } from '../../src/space/types.js';
import { canonicalValue } from '../../src/space/value.js';
import {
  axisAt,
  axisIndexOf,
  axisLength,
  describeAxisValues,
  lin,
  log,
  parseAxisValues,
  range,
} from '../../src/space/values.js';
import { structured } from '../trial/rows.js';
import { faultOf } from './fault.js';

function all(values: AxisDomain): Value[] {
  if (isDomain(values)) throw new Error('expected values by position, and found a domain');
  return Array.from({ length: axisLength(values) }, (_, i) => axisAt(values, i));
}

describe('parseAxisValues', () => {
  it.each<[string, Value[]]>([
    ['0.3', [0.3]],
    ['0.1,0.2', [0.1, 0.2]],
    [' 1 , -2e3,+.5, 4.', [1, -2000, 0.5, 4]],
    ['adam,sgd', ['adam', 'sgd']],
    ['true,false', [true, false]],
    ['512-256-128,study', ['512-256-128', 'study']],
    ['"1",1,"true",true,"a,b","say \\"x\\""', ['1', 1, 'true', true, 'a,b', 'say "x"']],
    ['-0', [0]],
    ['[64,32],[128],[]', [[64, 32], [128], []]],
    ['{"lr":0.1,"name":"a,b"},null', [{ lr: 0.1, name: 'a,b' }, null]],
    ['[[1,"]"],{"x":[{}]}],"[1]","null"', [[[1, ']'], { x: [{}] }], '[1]', 'null']],
    ['lin(0,1,5)', [0, 0.25, 0.5, 0.75, 1]],
    ['lin(2, 2, 1)', [2]],
    ['lin(1,-1,3)', [1, 0, -1]],
    ['log(1e-4,1,5)', [1e-4, 1e-3, 1e-2, 0.1, 1]],
    ['range(2,20,6)', [2, 8, 14, 20]],
    ['range(20,2,-6)', [20, 14, 8, 2]],
    ['range(2,21,6)', [2, 8, 14, 20]],
    ['range(0,0.3,0.1)', [0, 0.1, 0.2, 0.3]],
    ['range(5,5,1)', [5]],
  ])('reads %s', (text, expected) => {
    expect(all(parseAxisValues(text))).toEqual(expected);
  });

  it.each([
    ['', /no values; expected at least one/],
    ['1,2,', /empty item/],
    [',1', /empty item/],
    ['0.1,0.1', /0\.1 is given 2 times; expected once/],
    ['1.0,1.0', /1\.0 is given 2 times/],
    ['[relu,tanh]', /\[relu,tanh\] is not JSON: expected \[64,32\] or \["relu","tanh"\]/],
    ['{a:1}', /\{a:1\} is not JSON: expected \{"name":"sgd"\}/],
    ['[1e999]', /item 1: Infinity is no value/],
    ['[1],[1.0],[01]', /\[01\] is not JSON/],
    ['a[0],b', /a\[0\] has brackets/],
    ['[1,2', /\[1,2 is not JSON/],
    ['NaN', /"NaN" is no value; expected a finite number, or '"NaN"' for the text/],
    ['1,-Infinity', /"-Infinity" is no value/],
    ['1e999', /Infinity is no value/],
    ['lin(0,1,0)', /count is 0; expected a whole number of at least 1/],
    ['lin(0,1,2.5)', /count is 2\.5/],
    ['lin(0,1,1)', /count is 1, but 0 and 1 are two ends/],
    ['lin(1,1,3)', /both ends are 1, but count is 3/],
    ['lin(0,1)', /2 numbers; expected lin\(from,to,count\)/],
    ['lin()', /0 numbers; expected lin/],
    ['lin(0,x,3)', /to is "x"; expected a finite number/],
    ['lin(0,,3)', /to is ""/],
    ['lin(0,1e999,3)', /to is Infinity/],
    ['lin(1,1.0000000000000002,9)', /cannot tell them apart/],
    ['log(0,1,3)', /0 has no logarithm/],
    ['log(-1,1,3)', /-1 has no logarithm/],
    ['log(1,1.0000000001,100)', /too many/],
    ['range(1,10,0)', /step is 0/],
    ['range(10,1,2)', /10 to 1 is never reached in steps of 2/],
    ['range(1,10,-2)', /never reached/],
    ['linn(0,1,3)', /unknown function "linn"; did you mean "lin"\? \(legal: lin, log, range, /],
    ['0.1,lin(0,1,3)', /neither a number nor a plain word/],
    ['lin(0,1,3', /neither a number nor a plain word/],
    ['"abc', /not a whole quoted text/],
  ])('refuses %j', (text, message) => {
    const fault = faultOf(() => parseAxisValues(text));
    expect(fault.code).toBe('BAD_USAGE');
    expect(fault.message).toMatch(message);
    expect(fault.message).toContain(`"${text}"`);
    expect(fault.hint).toBeTruthy();
  });

  it('keeps how values were written where that may matter, and only there', () => {
    expect(parseAxisValues('3.10,007,1e3,1.0,+5,-0,12345678901234567000,true,x')).toEqual({
      kind: 'list',
      values: [3.1, 7, 1000, 1, 5, 0, 12345678901234567000, true, 'x'],
      texts: ['3.10', '007', '1e3', '1.0', '+5', '-0', '12345678901234567000', 'true', 'x'],
    });
    expect(parseAxisValues('choice(1,1.0)')).toEqual({ kind: 'choice', values: [1, 1], texts: ['1', '1.0'] });
    expect(parseAxisValues('0.1,-5,true,"[1,2]","a,b"')).toEqual({
      kind: 'list',
      values: [0.1, -5, true, '[1,2]', 'a,b'],
    });
  });

  it('refuses the same in definition files, as BAD_DEFINITION', () => {
    expect(faultOf(() => lin(0, 1, 0))).toMatchObject({
      code: 'BAD_DEFINITION',
      message: expect.stringMatching(/lin\(0, 1, 0\): count is 0/),
    });
    expect(faultOf(() => range(0, Number.NaN, 1)).message).toMatch(/to is NaN/);
  });
});

describe('exactness', () => {
  it('gives lin the nearest float64 of each fraction', () => {
    for (let i = 0; i <= 80; i++) expect(axisAt(lin(0, 2, 81), i)).toBe(Number((0.025 * i).toFixed(3)));
    for (let i = 0; i <= 100; i++) expect(axisAt(lin(0, 1, 101), i)).toBe(i / 100);
    expect(all(lin(0.1, 0.2, 11))).toEqual([0.1, 0.11, 0.12, 0.13, 0.14, 0.15, 0.16, 0.17, 0.18, 0.19, 0.2]);
  });

  it('gives log exact powers of ten, exact ends, and equal ratios', () => {
    expect(all(log(1e-9, 1e3, 13))).toEqual([
      1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000,
    ]);
    const values = all(log(0.01, 1, 41)) as number[];
    expect([values[0], values[20], values[40]]).toEqual([0.01, 0.1, 1]);
    values.forEach((value, i) => {
      const exact = 10 ** (-2 + i / 20);
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(8 * ulp(exact));
    });
    expect(all(log(1, 8, 4))).toEqual([1, 2, 4, 8]);
    expect(all(log(100, 1, 3))).toEqual([100, 10, 1]);
  });

  it('spans the whole of float64 without overflow', () => {
    expect(all(lin(-1e308, 1e308, 5))).toEqual([-1e308, -5e307, 0, 5e307, 1e308]);
    expect(axisIndexOf(lin(-1e308, 1e308, 5), 5e307)).toBe(3);
    expect(all(log(1e-300, 1e300, 3))).toEqual([1e-300, 1, 1e300]);
  });
});

describe('position and value', () => {
  const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  const decimal = fc.integer({ min: -5000, max: 5000 }).map((n) => n / 1000);
  const end = fc.oneof(finite, decimal);
  const positive = fc.double({ min: 1e-8, max: 1e8, noNaN: true });
  const count = fc.integer({ min: 2, max: 3000 });
  const axis: fc.Arbitrary<AxisValues> = fc.oneof(
    fc
      .record({ from: end, to: end, count })
      .filter(({ from, to }) => Math.abs(to - from) > 1e-3)
      .map((a) => lin(a.from, a.to, a.count)),
    fc
      .record({ from: positive, to: positive, count })
      .filter(({ from, to }) => Math.abs(to / from - 1) > 1e-3)
      .map((a) => log(a.from, a.to, a.count)),
    fc
      .record({ from: end, step: end, count })
      .filter(({ step }) => Math.abs(step) > 1e-3)
      .map((a) => range(a.from, a.from + a.step * a.count, a.step)),
    fc
      .uniqueArray(fc.oneof(finite, fc.string(), fc.boolean(), structured), {
        minLength: 1,
        selector: canonicalValue,
      })
      .map((values): AxisValues => ({ kind: 'list', values })),
  );

  it('are exact inverses, ends are exact, and values go one way', () => {
    fc.assert(
      fc.property(axis, fc.nat(), (values, pick) => {
        const length = axisLength(values);
        for (const i of [0, length - 1, pick % length])
          expect(axisIndexOf(values, axisAt(values, i))).toBe(i);
        if (values.kind === 'list') return;
        expect(axisAt(values, 0)).toBe(values.from + 0);
        if (values.kind !== 'range') expect(axisAt(values, length - 1)).toBe(values.to + 0);
        const i = pick % Math.max(1, length - 1);
        const [a, b] = [axisAt(values, i), axisAt(values, Math.min(length - 1, i + 1))] as [number, number];
        if (length > 1) expect(Math.sign(b - a)).toBe(Math.sign(values.to - values.from));
        const between = a + (b - a) / 2;
        if (between !== a && between !== b) expect(axisIndexOf(values, between)).toBe(-1);
      }),
      { seed: 51, numRuns: 500 },
    );
  });

  it('know 1 and 1.0 as one value, 0 and -0 too, and "1" and true as others', () => {
    const list: AxisValues = { kind: 'list', values: [-0, 1, 'true'] };
    expect(axisIndexOf(list, 1.0)).toBe(1);
    expect(axisIndexOf(list, '1')).toBe(-1);
    expect(axisIndexOf(list, true)).toBe(-1);
    expect(axisIndexOf(list, 0)).toBe(0);
    expect(Object.is(axisAt(list, 0), 0)).toBe(true);
    expect(axisIndexOf(lin(-1, 1, 3), -0)).toBe(1);
    expect(Object.is(axisAt(lin(-1, 1, 3), 1), 0)).toBe(true);
    expect(axisIndexOf(lin(0, 1, 3), '0')).toBe(-1);
    expect(axisIndexOf(lin(0, 1, 3), Number.NaN)).toBe(-1);
    expect(axisIndexOf(log(1, 10, 3), -1)).toBe(-1);
  });

  it('need no list: a trillion values at once', () => {
    const long = lin(0, 1, 1e12 + 1);
    expect(axisAt(long, 5e11)).toBe(0.5);
    expect(axisIndexOf(long, 0.25)).toBe(2.5e11);
    const whole = range(1, Number.MAX_SAFE_INTEGER, 1);
    expect(axisAt(whole, 2 ** 53 - 2)).toBe(Number.MAX_SAFE_INTEGER);
    expect(axisIndexOf(whole, 2 ** 53 - 3)).toBe(2 ** 53 - 4);
  });
});

describe('describeAxisValues', () => {
  it('is short', () => {
    expect(describeAxisValues(lin(0, 1, 101))).toBe('lin(0, 1, 101)');
    expect(describeAxisValues(range(2, 20, 2))).toBe('range(2, 20, 2)');
    expect(describeAxisValues({ kind: 'list', values: ['adam', 'sgd'] })).toBe('adam, sgd');
    expect(describeAxisValues({ kind: 'list', values: [1, 2, 3, 4, 5, 6, 7] })).toBe('1, 2, … 7 (7 values)');
    expect(describeAxisValues({ kind: 'list', values: ['007', 7, 'a,b', 'a b'] })).toBe(
      '"007", 7, "a,b", a b',
    );
  });
});
