// Which parameter matters, against functions whose shares of variance are known in closed form.
import { describe, expect, test } from 'vitest';
import type { Configurations } from '../../src/answer/configurations.js';
import { findImportances } from '../../src/answer/importance.js';
import { randomFor } from '../../src/ground/random.js';
import type { Value } from '../../src/space/types.js';
import { configurationsOf, drawnPoints, even, gridOf } from './functions.js';

type Point = Readonly<Record<string, Value>>;
const num = (point: Point, name: string) => point[name] as number;

function sharesOf(of: Configurations): Record<string, number> {
  const { parameters } = findImportances(of, 'y');
  return Object.fromEntries(parameters.map(({ parameter, importance }) => [parameter, importance]));
}

/** Variance of x² on values from 0 to 1, by its definition. */
const varianceOf = (values: readonly number[]) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
};

describe('on a whole grid', () => {
  const grid = gridOf({ a: even(6), b: even(5), c: even(4) });

  test('an additive function has the variances of its terms', () => {
    const found = findImportances(
      configurationsOf(grid, (point) => ({ y: 3 * num(point, 'a') + num(point, 'b') ** 2 })),
      'y',
    );
    const [va, vb] = [9 * varianceOf(even(6)), varianceOf(even(5).map((value) => value ** 2))];
    expect(found).toMatchObject({ configurations: 120, sampled: 120 });
    expect(found.parameters.map(({ parameter, method }) => [parameter, method])).toEqual([
      ['a', 'anova'],
      ['b', 'anova'],
      ['c', 'anova'],
    ]);
    const [a, b, c] = found.parameters.map(({ importance }) => importance);
    expect(a).toBeCloseTo(va / (va + vb), 12);
    expect(b).toBeCloseTo(vb / (va + vb), 12);
    expect(c).toBe(0);
    // Without noise the bounds close in on it.
    expect(found.parameters[0]!.low).toBeCloseTo(a!, 12);
    expect(found.parameters[0]!.high).toBeCloseTo(a!, 12);
  });

  test('what two do together is shared by both', () => {
    const shares = sharesOf(
      configurationsOf(grid, (point) => ({ y: (num(point, 'a') - 0.5) * (num(point, 'b') - 0.5) })),
    );
    expect(shares.a).toBeCloseTo(0.5, 12);
    expect(shares.b).toBeCloseTo(0.5, 12);
    expect(shares.c).toBe(0);
  });

  test('noise that replicates show is no effect', () => {
    const random = randomFor('noise');
    const of = configurationsOf(grid, (point) => ({ y: num(point, 'a') + random.normal() }), 4);
    const { parameters } = findImportances(of, 'y');
    const [first, ...others] = parameters;
    // Var(a) = 0.1167; of a mean of four 0.25.
    expect(first!.parameter).toBe('a');
    expect(first!.low).toBeLessThan(0.318);
    expect(first!.high).toBeGreaterThan(0.318);
    for (const { importance, low } of others) {
      expect(importance).toBeLessThan(0.15);
      expect(low).toBeLessThan(0.03);
    }
  });

  test('of two parameters and one value a cell, the least is without what they do together', () => {
    const two = gridOf({ a: even(5), b: even(5) });
    const of = configurationsOf(two, (p) => ({ y: (num(p, 'a') - 0.5) * (num(p, 'b') - 0.5) }));
    for (const { importance, low, high } of findImportances(of, 'y').parameters) {
      expect(importance).toBeCloseTo(0.5, 12);
      expect(low).toBe(0);
      expect(high).toBe(importance);
    }
  });

  test('axes that move together are one parameter', () => {
    const points = even(6).flatMap((a) => ['x', 'y', 'z'].map((kind) => ({ a, twin: 1 - a, kind })));
    const shares = sharesOf(configurationsOf(points, (p) => ({ y: num(p, 'a') })));
    expect(shares).toEqual({ 'a+twin': 1, kind: 0 });
  });

  test('one axis explains all, and a constant has nothing to explain', () => {
    const points = even(5).map((a) => ({ a }));
    expect(sharesOf(configurationsOf(points, (p) => ({ y: num(p, 'a') })))).toEqual({ a: 1 });
    expect(sharesOf(configurationsOf(points, () => ({ y: 3 })))).toEqual({});
    expect(sharesOf(configurationsOf(points, () => ({ y: Number.NaN })))).toEqual({});
  });
});

describe('on drawn points', () => {
  const points = drawnPoints(3000, ['a', 'b', 'c']);

  test('an additive function with an idle parameter: 0.9, 0.1 and 0', () => {
    const of = configurationsOf(points, (p) => ({ y: 3 * num(p, 'a') + num(p, 'b') }));
    const { parameters } = findImportances(of, 'y');
    expect(parameters.map(({ parameter, method }) => `${parameter} ${method}`)).toEqual([
      'a fanova',
      'b fanova',
      'c fanova',
    ]);
    expect(parameters[0]!.importance).toBeCloseTo(0.9, 1);
    expect(parameters[1]!.importance).toBeCloseTo(0.1, 1);
    expect(parameters[2]!.importance).toBeLessThan(0.01);
    for (const { importance, low, high } of parameters) {
      expect(low).toBeLessThanOrEqual(importance);
      expect(high).toBeGreaterThanOrEqual(importance);
    }
  });

  test('a product without any effect of its own: half each', () => {
    const shares = sharesOf(
      configurationsOf(points, (p) => ({ y: (num(p, 'a') - 0.5) * (num(p, 'b') - 0.5) })),
    );
    expect(shares.a).toBeGreaterThan(0.45);
    expect(shares.b).toBeGreaterThan(0.45);
    expect(shares.c).toBeLessThan(0.02);
  });

  test("Ishigami's function: Shapley effects 0.436, 0.442 and 0.122", () => {
    // S1 = 0.3139, S2 = 0.4424, S13 = 0.2437 for a = 7, b = 0.1.
    const angle = (p: Point, name: string) => Math.PI * (2 * num(p, name) - 1);
    const shares = sharesOf(
      configurationsOf(points, (p) => {
        const [x, y, z] = [angle(p, 'a'), angle(p, 'b'), angle(p, 'c')];
        return { y: Math.sin(x) + 7 * Math.sin(y) ** 2 + 0.1 * z ** 4 * Math.sin(x) };
      }),
    );
    expect(Math.abs(shares.a! - 0.436)).toBeLessThan(0.06);
    expect(Math.abs(shares.b! - 0.442)).toBeLessThan(0.06);
    expect(Math.abs(shares.c! - 0.122)).toBeLessThan(0.06);
  });

  test("Sobol's g-function with a = 0, 1, 4.5, 9: its own parts and half of those in pairs, from its definition", () => {
    const weights = [0, 1, 4.5, 9];
    const names = ['a', 'b', 'c', 'd'];
    // V_i = 1 / (3 (1 + a_i)²), V_ij = V_i V_j, and V = Π (1 + V_i) − 1 (Saltelli and Sobol 1995).
    const parts = weights.map((weight) => 1 / (3 * (1 + weight) ** 2));
    const total = parts.reduce((product, part) => product * (1 + part), 1) - 1;
    const exact = parts.map((part, i) => {
      const others = parts.reduce((sum, other, j) => (i === j ? sum : sum + (part * other) / 2), 0);
      return (part + others) / total;
    });
    const shares = sharesOf(
      configurationsOf(drawnPoints(3000, names), (p) => ({
        y: names.reduce(
          (product, name, i) =>
            product * ((Math.abs(4 * num(p, name) - 2) + weights[i]!) / (1 + weights[i]!)),
          1,
        ),
      })),
    );
    for (const [i, name] of names.entries()) expect(Math.abs(shares[name]! - exact[i]!)).toBeLessThan(0.03);
  });

  test('pure noise is explained by nothing', () => {
    const random = randomFor('pure');
    const shares = sharesOf(configurationsOf(points, () => ({ y: random.normal() })));
    for (const share of Object.values(shares)) expect(share).toBeLessThan(0.02);
  });

  test('values over orders of magnitude count by their order, not their size', () => {
    const logs = points.map((p) => ({ lr: 10 ** (8 * p.a! - 8), b: p.b! }));
    const shares = sharesOf(
      configurationsOf(logs, (p) => ({ y: Math.log10(num(p, 'lr')) + 8 * num(p, 'b') })),
    );
    expect(Math.abs(shares.lr! - 0.5)).toBeLessThan(0.03);
    expect(Math.abs(shares.b! - 0.5)).toBeLessThan(0.03);
  });

  test('words, booleans and parameters that do not exist everywhere', () => {
    const kinds = ['one', 'two', 'three', 'four'];
    const mixed = points.map((p) => {
      const kind = kinds[Math.floor(p.a! * 4)]!;
      const flag = p.b! < 0.5;
      // What is left of a, so that no two points are one configuration.
      const idle = (p.a! * 4) % 1;
      return kind === 'two' ? { kind, flag, depth: p.c!, idle } : { kind, flag, idle };
    });
    const effect: Record<string, number> = { one: 0, two: 4, three: 1, four: 3 };
    const of = configurationsOf(mixed, ({ kind, flag }) => ({
      y: effect[kind as string]! + (flag === true ? 1 : 0),
    }));
    const shares = sharesOf(of);
    // Var(kind) = 2.5, Var(flag) = 0.25; depth does nothing, though it exists only where y is large.
    expect(Math.abs(shares.flag! - 0.25 / 2.75)).toBeLessThan(0.04);
    expect(shares.idle).toBeLessThan(0.02);
    expect(shares.kind! + shares.depth!).toBeGreaterThan(0.85);
    expect(shares.kind).toBeGreaterThan(shares.depth!);
  });

  test('the same rows give the same shares; of many, a sample is looked at and said so', () => {
    const make = () =>
      configurationsOf(drawnPoints(6000, ['a', 'b']), (p) => ({ y: num(p, 'a') + 0.1 * num(p, 'b') }));
    const found = findImportances(make(), 'y');
    expect(found).toMatchObject({ configurations: 6000, sampled: 4000 });
    expect(findImportances(make(), 'y')).toEqual(found);
  });

  test('a few points say nothing', () => {
    const few = configurationsOf(points.slice(0, 7), (p) => ({ y: num(p, 'a') }));
    expect(findImportances(few, 'y')).toMatchObject({ parameters: [], configurations: 7 });
  });
});

describe('values of any size', () => {
  const near = (shares: Record<string, number>, digits = 9) =>
    Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, expect.closeTo(share, digits)]));
  const drawn = (times: number) =>
    configurationsOf(drawnPoints(200, ['a', 'b', 'c']), (point) => ({
      y: times * (3 * num(point, 'a') + num(point, 'b') - 2),
    }));
  const onGrid = (times: number, replicates = 1) => {
    const random = randomFor('sizes');
    return configurationsOf(
      gridOf({ a: even(4), b: even(5) }),
      (point) => ({ y: times * (3 * num(point, 'a') + num(point, 'b') + 0.1 * random.normal()) }),
      replicates,
    );
  };

  test.each([2 ** 600, 2 ** -600, 1e155, 1e200, 4e307, 1e-155, 1e-200, 1e-300])(
    'times %d have the same shares',
    (times) => {
      // Roundings may cut a tree elsewhere where two cuts are as good; powers of two leave none.
      const isExact = Number.isInteger(Math.log2(times));
      expect(sharesOf(drawn(times))).toEqual(isExact ? sharesOf(drawn(1)) : near(sharesOf(drawn(1)), 2));
      expect(sharesOf(onGrid(times))).toEqual(near(sharesOf(onGrid(1))));
      // Of replicates below 1e-154 the spread is lost, and with it what chance adds.
      if (times > 1) expect(sharesOf(onGrid(times, 3))).toEqual(near(sharesOf(onGrid(1, 3))));
    },
  );

  test('one huge value, or one replicate, leaves shares that are numbers', () => {
    for (const replicates of [1, 2])
      for (const huge of [1e154, 1e200, 1.7e308, -1.7e308]) {
        let count = 0;
        const value = (x: number) => (++count === 20 ? huge : x);
        const grid = configurationsOf(
          gridOf({ a: even(4), b: even(5) }),
          (point) => ({ y: value(num(point, 'a')) }),
          replicates,
        );
        count = 0;
        const some = configurationsOf(
          drawnPoints(60, ['a', 'b', 'c']),
          (point) => ({ y: value(num(point, 'a')) }),
          replicates,
        );
        for (const of of [grid, some]) {
          const { parameters } = findImportances(of, 'y');
          expect(parameters.length).toBeGreaterThan(1);
          for (const { importance, low, high } of parameters) {
            expect(importance).toBeGreaterThanOrEqual(0);
            expect(importance).toBeLessThanOrEqual(1);
            expect([low, high].some(Number.isNaN)).toBe(false);
          }
        }
      }
  });

  test('means and deviations of replicates do not overflow', () => {
    const summaryOf = (...values: number[]) => {
      let i = 0;
      return configurationsOf([{ a: 1 }], () => ({ y: values[i++]! }), values.length).summary('y', 0);
    };
    expect(summaryOf(1e308, -1e308, 0).mean).toBe(0);
    expect(summaryOf(1e308, -1e308, 0).deviation! / 1e308).toBeCloseTo(1, 12);
    expect(summaryOf(1e200, -1e200)).toMatchObject({ mean: 0, variance: Number.POSITIVE_INFINITY });
    expect(summaryOf(1e200, -1e200).deviation! / 1e200).toBeCloseTo(Math.SQRT2, 12);
    expect(summaryOf(1.5e308, 1.6e308).mean / 1e308).toBeCloseTo(1.55, 12);
    expect(summaryOf(1, 3)).toEqual({ count: 2, mean: 2, variance: 2 });
  });
});
