// Domains as text and as plain data: what they accept, what they refuse and in which words, and both ways back.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choice, int, isDomain, loguniform, uniform } from '../../src/space/domain.js';
import { findAxisFaults } from '../../src/space/faults.js';
import type { AxisDomain } from '../../src/space/types.js';
import { describeAxisValues, parseAxisValues } from '../../src/space/values.js';
import { anyDomain } from './domains.js';
import { faultOf } from './fault.js';

describe('domains as text and as plain data', () => {
  it('are read back from their description, and from JSON, as they were', () => {
    fc.assert(
      fc.property(anyDomain, (domain) => {
        expect(parseAxisValues(describeAxisValues(domain))).toEqual(domain);
        expect(JSON.parse(JSON.stringify(domain))).toEqual(domain);
        expect(structuredClone(domain)).toEqual(domain);
        expect(findAxisFaults(domain)).toEqual([]);
        expect(isDomain(domain)).toBe(true);
      }),
      { seed: 81, numRuns: 1000 },
    );
  });

  it.each<[string, AxisDomain, string]>([
    ['uniform(0,1)', { kind: 'uniform', from: 0, to: 1 }, 'uniform(0, 1)'],
    [' uniform ( -0 , 1e0, .25 ) ', { kind: 'uniform', from: 0, to: 1, step: 0.25 }, 'uniform(0, 1, 0.25)'],
    ['loguniform(1e-4,1)', { kind: 'loguniform', from: 1e-4, to: 1 }, 'loguniform(0.0001, 1)'],
    ['int(1,10)', { kind: 'int', from: 1, to: 10 }, 'int(1, 10)'],
    ['int(1,10,2)', { kind: 'int', from: 1, to: 10, step: 2 }, 'int(1, 10, 2)'],
    ['choice(a)', { kind: 'choice', values: ['a'] }, 'choice(a)'],
    [
      'choice(a,b,"c,d", "1",1,true,"true",512-256)',
      { kind: 'choice', values: ['a', 'b', 'c,d', '1', 1, true, 'true', '512-256'] },
      'choice(a, b, "c,d", "1", 1, true, "true", 512-256)',
    ],
  ])('reads %s', (written, domain, described) => {
    expect(parseAxisValues(written)).toEqual(domain);
    expect(describeAxisValues(domain)).toBe(described);
  });

  it.each([
    ['uniform()', /0 numbers; expected uniform\(from,to\) or uniform\(from,to,step\)/],
    ['uniform(1)', /1 number; expected uniform/],
    ['uniform(0,1,2,3)', /4 numbers; expected uniform/],
    ['uniform(0,x)', /to is "x"; expected a finite number/],
    ['uniform(0,1,)', /step is ""; expected a finite number/],
    ['uniform(0,1e999)', /to is Infinity; expected a finite number/],
    ['uniform(nan,1)', /from is "nan"; expected a finite number/],
    ['uniform(1,0)', /from 1 to 0 goes down; expected the lower end first/],
    ['uniform(0.5,0.5)', /both ends are 0\.5; expected two ends, or the value itself: write 0\.5/],
    ['uniform(0,1,0)', /step is 0; expected a number above 0/],
    ['uniform(0,1,-0.5)', /step is -0\.5; expected a number above 0/],
    ['uniform(0,1,2)', /step is 2, but the ends are 1 apart/],
    ['uniform(2,1,-1)', /goes down.*; step is -1/],
    ['uniform(0,1,1e-17)', /too small|cannot tell them apart/],
    ['loguniform(0,1)', /0 has no logarithm; expected ends above 0/],
    ['loguniform(-2,-1)', /-2 has no logarithm.*; -1 has no logarithm/],
    ['loguniform(1,1)', /both ends are 1/],
    ['loguniform(1,2,3)', /3 numbers; expected loguniform\(from,to\)$/],
    ['int(1,2.5)', /to is 2\.5; expected a whole number/],
    ['int(0.5,2,0.5)', /from is 0\.5; .*; step is 0\.5; expected a whole number/],
    ['int(0,9007199254740992)', /to is 9007199254740992; expected a whole number between -2\^53 and 2\^53/],
    ['int(-9007199254740991,9007199254740991)', /apart; expected less than 2\^53/],
    ['int(1,3,4)', /step is 4, but the ends are 2 apart/],
    ['choice()', /no values; expected at least one/],
    ['choice(a,a)', /"a" is given 2 times; expected once/],
    ['choice(1,,2)', /empty item/],
    ['choice(Infinity)', /"Infinity" is no value/],
    ['choice(a,int(1,2))', /neither a number nor a plain word/],
    [
      'unifrom(0,1)',
      /unknown function "unifrom"; did you mean "uniform"\?.*loguniform, int, logint, normal, choice\)/,
    ],
    ['integer(0,1)', /unknown function "integer"/],
  ])('refuses %j', (written, message) => {
    const fault = faultOf(() => parseAxisValues(written));
    expect(fault.code).toBe('BAD_USAGE');
    expect(fault.message).toMatch(message);
    expect(fault.message).toContain(`"${written}"`);
    expect(fault.hint).toMatch(/lin\(.*uniform\(.*loguniform\(.*int\(.*choice\(/);
  });

  it('are refused in definition files as BAD_DEFINITION, with every fault', () => {
    expect(faultOf(() => uniform(1, 0, -1))).toMatchObject({
      code: 'BAD_DEFINITION',
      message: expect.stringMatching(/^uniform\(1, 0, -1\):\n {2}- from 1 to 0 .*\n {2}- step is -1/),
    });
    expect(faultOf(() => int(0.5, Number.NaN)).message).toMatch(/from is 0\.5[\s\S]*to is NaN/);
    expect(faultOf(() => loguniform(-1, 0)).message).toMatch(/-1 has no[\s\S]*\n {2}- 0 has no/);
    expect(faultOf(() => choice(1, 1, 'a', 'a')).message).toMatch(
      /1 is given 2 times[\s\S]*"a" is given 2 times/,
    );
    expect(faultOf(() => choice()).message).toMatch(/no values/);
    expect(faultOf(() => choice(Number.NaN)).message).toMatch(/NaN is no value/);
    expect(faultOf(() => uniform('a' as unknown as number, 1)).message).toMatch(/from is "a"; expected/);
    expect(choice(-0)).toEqual({ kind: 'choice', values: [0] });
    const circle: unknown[] = [];
    circle.push(circle);
    for (const [given, message] of [
      [new Map(), /a Map is no value/],
      [[new Date(0)], /item 1: a Date is no value/],
      [circle, /more than 32 deep, or hold themselves/],
    ] as const)
      expect(faultOf(() => choice(given as never)).message).toMatch(message);
  });
});
