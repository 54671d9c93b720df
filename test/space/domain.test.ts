// Domains: draws stay inside, on the steps, and are spread as they claim; the values that a domain can give.
// Every stream is fixed by its name, so a bound either always holds or never does.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Random, randomFor } from '../../src/ground/random.js';
import {
  choice,
  contains,
  drawFrom,
  drawValue,
  int,
  loguniform,
  toFiniteValues,
  uniform,
} from '../../src/space/domain.js';
import { findAxisFaults } from '../../src/space/faults.js';
import type { AxisDomain, Value } from '../../src/space/types.js';
import {
  axisAt,
  axisIndexOf,
  axisLength,
  describeAxisValues,
  lin,
  log,
  range,
} from '../../src/space/values.js';
import { anyDomain, finiteDomain } from './domains.js';
import { expectEven, expectUniform } from './goodness.js';

const N = 20_000;

function draw(domain: AxisDomain, name: string, count = N): Value[] {
  const random = randomFor('domain', name);
  return Array.from({ length: count }, () => drawFrom(domain, random));
}

/** A stream that starts at `u`, as a fraction of what can come, and goes on at random. */
function startingAt(u: number): Random {
  const random = randomFor('starting at');
  let started = false;
  return {
    ...random,
    uniform() {
      const drawn = started ? random.uniform() : u;
      started = true;
      return drawn;
    },
    below: (n) => Math.floor(u * n),
  };
}

const NEARLY_ONE = 1 - 2 ** -53;

describe('drawFrom', () => {
  it('stays within the domain, on its steps, and never gives -0', () => {
    fc.assert(
      fc.property(anyDomain, fc.nat(), (domain, name) => {
        const streams = [randomFor(name), startingAt(0), startingAt(0.5), startingAt(NEARLY_ONE)];
        for (const random of [...streams, randomFor(name, 2)]) {
          const value = drawFrom(domain, random);
          expect(contains(domain, value)).toBe(true);
          expect(Object.is(value, -0)).toBe(false);
          if (domain.kind === 'choice' || domain.kind === 'normal') continue;
          expect(value).toBeGreaterThanOrEqual(domain.from);
          expect(value).toBeLessThanOrEqual(domain.to);
          if (domain.kind === 'int') {
            expect(Number.isSafeInteger(value)).toBe(true);
            expect((BigInt(value as number) - BigInt(domain.from)) % BigInt(domain.step ?? 1)).toBe(0n);
          }
        }
      }),
      { seed: 82, numRuns: 1000 },
    );
  });

  it('can give exactly what toFiniteValues lists', () => {
    fc.assert(
      fc.property(finiteDomain, (domain) => {
        const values = toFiniteValues(domain)!;
        expect(findAxisFaults(values)).toEqual([]);
        expect(toFiniteValues(domain)).toBe(values);
        const length = axisLength(values);
        const all = Array.from({ length }, (_, i) => axisAt(values, i));
        const drawn = all.map((_, i) => drawFrom(domain, { ...startingAt(0), below: () => i }));
        expect(drawn).toEqual(all);
        expect(new Set(all).size).toBe(length);
        expect(all.every((value) => contains(domain, value))).toBe(true);
        const random = randomFor('listed', length);
        for (let i = 0; i < 20; i++)
          expect(axisIndexOf(values, drawFrom(domain, random))).toBeGreaterThanOrEqual(0);
        if (domain.kind === 'choice') {
          expect(all).toEqual(domain.values);
          return;
        }
        // One more step would pass the end, or meet it by rounding where the ends have no exact decimal form.
        const { from, to, step = 1 } = domain as { from: number; to: number; step?: number };
        expect(from + length * step).toBeGreaterThanOrEqual(to);
        expect(all[0]).toBe(from + 0);
        for (const beyond of [from - step, from + step / 2, from + length * step, '1', true])
          expect(contains(domain, beyond)).toBe(false);
      }),
      { seed: 83, numRuns: 500 },
    );
    expect(toFiniteValues(uniform(0, 1))).toBeUndefined();
    expect(toFiniteValues(loguniform(1, 2))).toBeUndefined();
    expect(toFiniteValues(lin(0, 1, 3))).toEqual(lin(0, 1, 3));
  });

  it('gives clean decimals on steps', () => {
    expect([...new Set(draw(uniform(0.1, 0.75, 0.1), 'clean'))].sort()).toEqual([
      0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7,
    ]);
    expect([...new Set(draw(uniform(-0.1, 0.1, 0.1), 'zero'))].some((value) => Object.is(value, -0))).toBe(
      false,
    );
    expect(drawFrom(uniform(0, 1 / 3, 1 / 9), startingAt(NEARLY_ONE))).toBeLessThanOrEqual(1 / 3);
  });

  it('gives whole numbers up to 2^53 exactly, and their lowest bit evenly', () => {
    const wide = int(0, Number.MAX_SAFE_INTEGER);
    expect(drawFrom(wide, startingAt(NEARLY_ONE))).toBe(Number.MAX_SAFE_INTEGER);
    expect(drawFrom(int(1 - 2 ** 53, -1), startingAt(0))).toBe(1 - 2 ** 53);
    const bits = draw(wide, 'bits').map((value) => (value as number) % 2);
    expectEven([bits.filter((bit) => bit === 0).length, bits.filter((bit) => bit === 1).length]);
    for (const domain of [wide, int(-(2 ** 51), 2 ** 52), int(5, 2 ** 33, 1), int(0, 3e15, 7)]) {
      const width = domain.kind === 'int' ? domain.to - domain.from : 0;
      const from = domain.kind === 'int' ? domain.from : 0;
      expectUniform(draw(domain, `wide ${width}`).map((value) => ((value as number) - from) / width));
    }
  });

  it('draws uniform numbers (Kolmogorov and Smirnov), also over the whole of float64', () => {
    expectUniform(draw(uniform(0, 1), 'unit') as number[]);
    expectUniform((draw(uniform(-3, 7), 'shifted') as number[]).map((value) => (value + 3) / 10));
    expectUniform(
      (draw(uniform(-1.5e308, 1.5e308), 'all') as number[]).map((value) => value / 1.5e308 / 2 + 0.5),
    );
  });

  it('draws loguniform numbers whose logarithm is uniform', () => {
    for (const [from, to] of [
      [1e-4, 1],
      [2, 3],
      [1e-300, 1e300],
    ] as const) {
      const logs = (draw(loguniform(from, to), `log ${from}`) as number[]).map(Math.log);
      expectUniform(logs.map((value) => (value - Math.log(from)) / (Math.log(to) - Math.log(from))));
    }
    for (const u of [0, NEARLY_ONE]) {
      // Rounding may pass either end by a little, so draws are clipped.
      for (const domain of [loguniform(1e-4, 0.3), loguniform(3, 5), loguniform(0.7, 1e9)])
        expect(contains(domain, drawFrom(domain, startingAt(u)))).toBe(true);
    }
  });

  it.each<AxisDomain>([
    int(1, 10),
    int(-7, 20, 4),
    uniform(0, 1, 0.05),
    choice('a', 'b', true, 7),
    choice('only', 'two'),
    lin(0, 1, 11),
    log(1, 100, 3),
    range(20, 2, -2),
    { kind: 'list', values: ['x', 'y', 3] },
  ])('draws every value of %o equally often (chi-square)', (domain) => {
    const values = toFiniteValues(domain)!;
    const counts = new Array<number>(axisLength(values)).fill(0);
    for (const value of draw(domain, describeAxisValues(domain))) counts[axisIndexOf(values, value)]!++;
    expectEven(counts);
    const random = randomFor('domain', describeAxisValues(domain));
    expect(drawValue(values, random)).toBe(draw(domain, describeAxisValues(domain), 1)[0]);
  });
});

describe('contains', () => {
  it('knows the ends, the kinds and the steps', () => {
    const inside: [AxisDomain, Value][] = [
      [uniform(0, 1), 0],
      [uniform(0, 1), 1],
      [uniform(0, 1), -0],
      [loguniform(1e-4, 1), 1e-4],
      [uniform(0, 1, 0.1), 0.3],
      [int(1, 9, 2), 9],
      [choice('1', 2), '1'],
      [lin(0, 1, 3), 0.5],
    ];
    const outside: [AxisDomain, Value][] = [
      [uniform(0, 1), 1.0000000000000002],
      [uniform(0, 1), '0.5'],
      [uniform(0, 1), Number.NaN],
      [loguniform(1e-4, 1), 0],
      [uniform(0, 1, 0.1), 0.1 + 0.2],
      [int(1, 9, 2), 2],
      [int(1, 9), 1.5],
      [choice('1', 2), 1],
      [choice('1', 2), true],
      [lin(0, 1, 3), 0.25],
    ];
    for (const [domain, value] of inside) expect(contains(domain, value)).toBe(true);
    for (const [domain, value] of outside) expect(contains(domain, value)).toBe(false);
  });
});
