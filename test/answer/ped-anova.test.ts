// What decides who is among the best (PED-ANOVA), and what explains the variance over a space that a search has not seen
// evenly: against functions whose shares follow from their definition, and against Optuna 5.0.0 on the same points.
import { describe, expect, test } from 'vitest';
import type { Configurations } from '../../src/answer/configurations.js';
import { findImportances, type Importance } from '../../src/answer/importance.js';
import { LEAST_PED, pedShares } from '../../src/answer/ped-anova.js';
import { drawSpace } from '../../src/answer/spread.js';
import { randomFor } from '../../src/ground/random.js';
import { choice, loguniform, uniform } from '../../src/space/domain.js';
import type { AxisDomain, Value } from '../../src/space/types.js';
import { configurationsOf } from './functions.js';

type Point = Readonly<Record<string, Value>>;
type Unit = readonly [number, number, number];
const num = (point: Point, name: string) => point[name] as number;

/** Points spread evenly by the golden ratio's relatives: the same in Python. */
const ALPHA = [Math.SQRT2 - 1, Math.sqrt(3) - 1, Math.sqrt(5) - 2];
const spread = (count: number): Unit[] =>
  Array.from({ length: count }, (_, i) => {
    const [a, b, c] = ALPHA.map((alpha) => (0.5 + (i + 1) * alpha) % 1);
    return [a!, b!, c!];
  });

interface Case {
  readonly name: string;
  readonly count: number;
  point(u: Unit): Point;
  value(point: Point): number;
  /** Of Optuna's PedAnovaImportanceEvaluator() on these points, scaled to 1 together: `evaluate_on_local=True`. */
  readonly optuna: readonly number[];
}

const even = ([a, b, c]: Unit) => ({ a, b, c });
const KINDS: Readonly<Record<string, number>> = { p: 0, q: 4, r: 1, s: 3 };
const CASES: readonly Case[] = [
  {
    name: 'additive',
    count: 500,
    point: even,
    value: (p) => 3 * num(p, 'a') + num(p, 'b'),
    optuna: [0.863, 0.137, 0],
  },
  {
    name: 'Ishigami',
    count: 1000,
    point: even,
    value(p) {
      const [a, b, c] = ['a', 'b', 'c'].map((name) => Math.PI * (2 * num(p, name) - 1));
      return Math.sin(a!) + 7 * Math.sin(b!) ** 2 + 0.1 * c! ** 4 * Math.sin(a!);
    },
    optuna: [0.821, 0.019, 0.16],
  },
  {
    name: 'gathered near 0',
    count: 500,
    point: ([a, b, c]) => ({ a: a ** 3, b, c: c ** 2 }),
    value: (p) => num(p, 'a') + 0.3 * num(p, 'b'),
    optuna: [0.665, 0.331, 0.004],
  },
  {
    name: 'words and a logarithmic scale',
    count: 500,
    point: ([a, b, c]) => ({ kind: 'pqrs'[Math.floor(a * 4)]!, lr: 10 ** (4 * b - 4), c }),
    value: (p) => KINDS[p.kind as string]! + (Math.log10(num(p, 'lr')) + 2) ** 2,
    optuna: [0.225, 0.775, 0],
  },
];

/** Var(P(top | x)) by its definition, over a fine grid of the numbers that points are made of. */
function exactShares({ point, value }: Case, steps = 60): number[] {
  const at = Array.from({ length: steps }, (_, i) => (i + 0.5) / steps);
  const all = at.flatMap((a) => at.flatMap((b) => at.map((c): Unit => [a, b, c])));
  const values = all.map((u) => value(point(u)));
  const cut = values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)]!;
  const parts = [0, 1, 2].map((d) => {
    const means = new Float64Array(steps);
    all.forEach((u, i) => {
      if (values[i]! <= cut) means[Math.floor(u[d]! * steps)]! += 1 / steps ** 2;
    });
    return means.reduce((sum, mean) => sum + (mean - 0.1) ** 2, 0);
  });
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}

const everywhere = (names: readonly (readonly [string, AxisDomain])[]) =>
  drawSpace({
    where: null,
    sampler: {
      ...{ name: 'any', proposes: true },
      grids: [{ axes: names.map(([name, values]) => ({ names: [name], values: [values] })) }],
    },
  });

/** A space of which the points are a corner: they are gathered for certain. */
const WIDE = everywhere([
  ['a', uniform(0, 9)],
  ['b', uniform(0, 9)],
  ['c', uniform(0, 9)],
  ['kind', choice('p', 'q', 'r', 's')],
  ['lr', loguniform(1e-9, 1)],
]);

function decide(of: Configurations, goal: 'min' | 'max' = 'min') {
  const { deciding } = findImportances(of, 'y', { goal, points: WIDE });
  return new Map(deciding.map((each) => [each.parameter, each]));
}

describe('who is among the best', () => {
  test.each(CASES)('$name: nearer to the exact shares than Optuna, and within 0.09 of them', (each) => {
    const exact = exactShares(each);
    const points = spread(each.count).map(each.point);
    const found = decide(configurationsOf(points, (p) => ({ y: each.value(p) })));
    const names = Object.keys(points[0]!);
    const errorOf = (shares: readonly number[]) =>
      Math.max(...shares.map((share, d) => Math.abs(share - exact[d]!)));
    const shares = names.map((name) => found.get(name)!.importance);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
    expect(errorOf(shares)).toBeLessThan(Math.max(0.02, errorOf(each.optuna)));
    expect(errorOf(shares)).toBeLessThan(0.09);
    for (const { importance, low, high, method } of found.values()) {
      expect(method).toBe('ped-anova');
      expect(low).toBeLessThanOrEqual(importance);
      expect(high).toBeGreaterThanOrEqual(importance);
    }
  });

  test('many points come as near as one likes; the interval covers the exact share', () => {
    const each = CASES[2]!;
    const random = randomFor('many');
    const points = Array.from({ length: 4000 }, () =>
      each.point([random.uniform(), random.uniform(), random.uniform()]),
    );
    const found = decide(configurationsOf(points, (p) => ({ y: each.value(p) })));
    exactShares(each).forEach((exact, d) => {
      const { importance, low, high } = found.get('abc'[d]!)!;
      expect(Math.abs(importance - exact)).toBeLessThan(0.04);
      expect(low! - 0.005).toBeLessThan(exact);
      expect(high! + 0.005).toBeGreaterThan(exact);
    });
  });

  test('what is sought the other way round is the mirror image', () => {
    const points = spread(400).map(even);
    const least = decide(configurationsOf(points, (p) => ({ y: num(p, 'a') ** 2 + num(p, 'b') })));
    const most = decide(
      configurationsOf(points, (p) => ({ y: -(num(p, 'a') ** 2) - num(p, 'b') })),
      'max',
    );
    expect(most).toEqual(least);
  });

  test('a parameter that exists where values are good does not decide for that alone', () => {
    const points = spread(600).map(([a, b, c]): Point => (a < 0.5 ? { kind: 'p', b, c } : { kind: 'q', c }));
    const idle = decide(configurationsOf(points, (p) => ({ y: p.kind === 'p' ? num(p, 'c') : 5 })));
    expect(idle.get('b')!.importance).toBeLessThan(0.01);
    expect(idle.get('kind')!.importance).toBeGreaterThan(0.1);
    const own = decide(configurationsOf(points, (p) => ({ y: p.kind === 'p' ? num(p, 'b') : 5 })));
    expect(own.get('b')!.importance).toBeGreaterThan(0.8);
  });

  test('noise decides nothing in particular, whatever the sample: the parts have no bias', () => {
    const random = randomFor('ped noise');
    let sum = 0;
    const one = Uint32Array.from({ length: 200 }, (_, i) => i % 5);
    const marker = Uint32Array.from({ length: 200 }, (_, i) => (i < 40 ? 0 : 1));
    for (let round = 0; round < 300; round++) {
      const bins = [random.shuffle(one.slice()), marker];
      // The marker decides a known part: all of the top are among its first 40.
      const losses = Float64Array.from(marker, (bin) => bin + random.uniform());
      sum += pedShares({ bins, sizes: [5, 2], absent: [-1, -1], losses }, 0.1)![0]!;
    }
    expect(sum / 300).toBeLessThan(0.025);
  });

  test('where all values are alike, or few configurations are there, nobody is the best', () => {
    const points = spread(400).map(even);
    expect(decide(configurationsOf(points, (p) => ({ y: Number(num(p, 'a') < 0.3) }))).size).toBe(0);
    const few = points.slice(0, LEAST_PED - 1);
    expect(decide(configurationsOf(few, (p) => ({ y: num(p, 'a') }))).size).toBe(0);
    const enough = points.slice(0, LEAST_PED);
    expect(decide(configurationsOf(enough, (p) => ({ y: num(p, 'a') }))).size).toBe(3);
  });
});

describe('under a pruner', () => {
  const points = spread(500).map(even);
  const value = (p: Point) => 3 * num(p, 'a') + num(p, 'b');
  const cuts = points.map(value).sort((a, b) => a - b);

  test.each([0.1, 0.2, 0.5])(
    'that leaves the best %d of all, the same decides as of trials that all ended',
    (part) => {
      const cut = cuts[part * cuts.length - 1]!;
      const [whole, pruned] = [false, true].map((isPruning) => {
        const of = configurationsOf(
          points,
          (p) => ({ y: value(p) }),
          1,
          (p) => isPruning && value(p) > cut,
        );
        return findImportances(of, 'y', { goal: 'min', points: WIDE });
      });
      const decided = ({ deciding }: typeof whole & object) =>
        deciding.map(({ parameter, importance }) => [parameter, importance]);
      expect(decided(pruned!)).toEqual(decided(whole!));
      // In halves of the configurations there may be fewer that ended than a tenth: then the intervals are others.
      if (part > 0.1) expect(pruned!.deciding).toEqual(whole!.deciding);
      expect(pruned).toMatchObject({ configurations: part * 500, pruned: 500 - part * 500 });
      expect(whole).toMatchObject({ configurations: 500, pruned: 0 });
      // The variance of those that are left is not that over the space, where a has 0.9 of it.
      const shareOf = ({ parameters }: typeof whole & object) =>
        parameters.find(({ parameter }) => parameter === 'a')!.importance;
      expect(Math.abs(shareOf(whole!) - 0.9)).toBeLessThan(0.05);
      if (part < 0.5) expect(shareOf(pruned!)).toBeLessThan(0.8);
    },
  );

  test('what decides is told of a grid and of an even spread as well; it takes eight that ended', () => {
    const rank = new Map<Point, number>(points.map((p) => [p, cuts.indexOf(value(p))]));
    const decided = (left: number) => {
      const isPruned = (p: Point) => rank.get(p)! >= left;
      return findImportances(
        configurationsOf(points, (p) => ({ y: value(p) }), 1, isPruned),
        'y',
        { goal: 'min' },
      ).deciding;
    };
    expect(decided(500)).toEqual([]);
    expect(decided(8)).toHaveLength(3);
    expect(decided(7)).toEqual([]);
  });

  test('a configuration of which one replicate was pruned is one of the pruned', () => {
    const of = configurationsOf(
      points,
      (p) => ({ y: value(p) }),
      2,
      (p, replicate) => replicate === 1 && num(p, 'a') > 0.5,
    );
    const { configurations, pruned } = findImportances(of, 'y', { goal: 'min' });
    expect(configurations + pruned).toBe(500);
    expect(pruned).toBe(points.filter((p) => num(p, 'a') > 0.5).length);
  });
});

describe('over the space', () => {
  const names = [
    ['a', uniform(0, 1)],
    ['lr', loguniform(1e-4, 1)],
    ['c', uniform(0, 1)],
  ] as const;
  const points = everywhere(names);
  const value = (p: Point) => 3 * num(p, 'a') + Math.log10(num(p, 'lr')) / 4;
  const sharesOf = (found: readonly Importance[]) =>
    Object.fromEntries(found.map(({ parameter, importance }) => [parameter, importance]));

  test('what a search has gathered counts as what it is a sample of: 0.9, 0.1 and 0', () => {
    const random = randomFor('gathered');
    const gathered = Array.from({ length: 1500 }, (_, i) => {
      // A tenth is spread evenly, the rest lies near a = 0.
      const u = random.uniform();
      const a = i % 10 === 0 ? u : u / 10;
      return { a, lr: 10 ** (4 * random.uniform() - 4), c: random.uniform() };
    });
    const of = configurationsOf(gathered, (p) => ({ y: value(p) }));
    const { parameters, deciding } = findImportances(of, 'y', { goal: 'min', points });
    const shares = sharesOf(parameters);
    expect(parameters.every(({ method }) => method === 'fanova')).toBe(true);
    expect(Math.abs(shares.a! - 0.9)).toBeLessThan(0.04);
    expect(Math.abs(shares.lr! - 0.1)).toBeLessThan(0.04);
    expect(shares.c).toBeLessThan(0.01);
    // By the configurations alone, a looks like less than it is.
    expect(sharesOf(findImportances(of, 'y').parameters).a).toBeLessThan(0.88);
    expect(deciding.map(({ method }) => method)).toEqual(Array(3).fill('ped-anova'));
  });

  test('points that are spread as the space is have nothing beside the shares of the variance', () => {
    const random = randomFor('spread');
    const drawn = Array.from({ length: 500 }, () => ({
      ...{ a: random.uniform(), lr: 10 ** (4 * random.uniform() - 4), c: random.uniform() },
    }));
    const of = configurationsOf(drawn, (p) => ({ y: value(p) }));
    const { parameters, deciding } = findImportances(of, 'y', { goal: 'min', points });
    expect(deciding).toEqual([]);
    expect(Math.abs(sharesOf(parameters).a! - 0.9)).toBeLessThan(0.04);
  });

  test('no points stand for a grid, nor for a space that a constraint cuts', () => {
    const axes = [{ names: ['a'], values: [uniform(0, 1)] }];
    const sampler = { name: 'any', proposes: true, grids: [{ axes }] } as const;
    expect(drawSpace({ sampler, where: null })).toHaveLength(8192);
    expect(drawSpace({ sampler, where: '(p) => p.a > 0.5' })).toEqual([]);
    expect(drawSpace({ sampler: { name: 'grid' }, where: null })).toEqual([]);
  });
});
