// Parzen estimators: densities against dense formulas and integrals, drawing against densities, and the table of the normal
// distribution against its exact function.
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { createCellMasses } from '../../../src/search/tpe/cells.js';
import { Columns } from '../../../src/search/tpe/columns.js';
import { groupDimensions } from '../../../src/search/tpe/groups.js';
import { quickCdf } from '../../../src/search/tpe/normal-table.js';
import { ParzenEstimator } from '../../../src/search/tpe/parzen.js';
import { choice, int, logint, loguniform, uniform } from '../../../src/space/domain.js';
import type { AxisDomain } from '../../../src/space/types.js';
import { normalCdf, normalDensity } from '../../../src/stats/normal.js';

function setUp(domains: readonly AxisDomain[], rows: number, seed = 1) {
  const space = createSearchSpace([
    { axes: domains.map((domain, i) => ({ names: [`x${i}`], values: [domain] })) },
  ]);
  const at = domains.map((_, i) => i);
  const columns = new Columns(space.dimensions, at);
  const draws = randomFor('rows', seed);
  for (let k = 0; k < rows; k++) columns.add(k, space.draw(draws));
  const estimator = new ParzenEstimator(columns, domains.length);
  const weights = Float64Array.from({ length: rows }, (_, k) => (k % 3 === 1 ? 0 : 1 + (k % 2)));
  estimator.fit(weights);
  return { space, columns, estimator, weights };
}

test('the table of the normal distribution is right within 1e-9', () => {
  for (let z = -9; z <= 9; z += 0.00917) expect(Math.abs(quickCdf(z) - normalCdf(z))).toBeLessThan(1e-9);
});

describe('densities', () => {
  test.each([
    ['one dimension', [uniform(0, 1)], 12],
    ['a logarithmic one', [loguniform(1e-3, 1)], 40],
    ['none observed', [uniform(0, 1)], 0],
  ] as const)('%s: the integral is 1', (_, domains, rows) => {
    const { estimator } = setUp(domains, rows);
    const steps = 20_000;
    let sum = 0;
    for (let i = 0; i < steps; i++) sum += Math.exp(estimator.logDensity(Float64Array.of((i + 0.5) / steps)));
    expect(sum / steps).toBeCloseTo(1, 6);
  });

  test.each([
    ['few positions', [int(1, 9)], 9],
    ['many positions', [int(1, 200)], 200],
    ['logarithmic positions', [logint(1, 150)], 150],
    ['categories', [choice('a', 'b', 'c')], 3],
  ] as const)('%s: the sum is 1', (_, domains, size) => {
    const { estimator } = setUp(domains, 30);
    let sum = 0;
    for (let i = 0; i < size; i++) sum += Math.exp(estimator.logDensity(Float64Array.of(i)));
    expect(Math.abs(sum - 1)).toBeLessThan(size > 64 ? 3e-3 : 1e-6);
  });

  test('are those of the plain formula: neighbours, clipping, cut-off, weights and prior', () => {
    const { estimator, columns, weights } = setUp(
      [uniform(0, 1), choice('a', 'b', 'c'), uniform(0, 1), uniform(0, 1)],
      50,
    );
    const rows = [...weights.keys()].filter((row) => weights[row]! > 0);
    const n = rows.length;
    const sum = rows.reduce((all, row) => all + weights[row]!, 1);
    const widthsOf = (values: readonly number[]) => {
      const sorted = [...values].sort((a, b) => a - b);
      return values.map((value) => {
        const i = sorted.indexOf(value);
        const gaps = [sorted[i]! - (sorted[i - 1] ?? sorted[i]!), (sorted[i + 1] ?? sorted[i]!) - sorted[i]!];
        return Math.min(Math.max(...gaps, 1 / (n + 2), 0.01), 1);
      });
    };
    const kernel = (x: number, mean: number, width: number) =>
      normalDensity((x - mean) / width) / width / (normalCdf((1 - mean) / width) - normalCdf(-mean / width));
    const numeric = [0, 2, 3].map((i) => {
      const means = rows.map((row) => columns.columns[i]!.values[row]!);
      return { i, means, widths: widthsOf(means) };
    });
    const draws = randomFor('points');
    for (let point = 0; point < 50; point++) {
      const x = Float64Array.of(draws.uniform(), draws.below(3), draws.uniform(), draws.uniform());
      let density = (1 / sum) * (1 / 3);
      for (const { i } of numeric) density *= kernel(x[i]!, 0.5, 1);
      rows.forEach((row, k) => {
        const isSame = columns.columns[1]!.coordinates[row] === x[1];
        let term = (weights[row]! / sum) * (((isSame ? 1 : 0) + 1 / (n + 1)) / (1 + 3 / (n + 1)));
        for (const { i, means, widths } of numeric) term *= kernel(x[i]!, means[k]!, widths[k]!);
        density += term;
      });
      expect(Math.abs(estimator.logDensity(x) - Math.log(density))).toBeLessThan(1e-7);
    }
  });

  test('of many kernels are the sum of their parts', () => {
    const { estimator } = setUp([uniform(0, 1), int(1, 5)], 400);
    expect(estimator.parts).toBe(8);
    const x = Float64Array.of(0.3, 2);
    let sum = 0;
    for (let part = 0; part < estimator.parts; part++) sum += Math.exp(estimator.logPart(x, part));
    expect(Math.log(sum)).toBeCloseTo(estimator.logDensity(x), 10);
    expect(setUp([uniform(0, 1)], 5).estimator.parts).toBe(1);
  });

  test('are what coordinates are drawn from', () => {
    const { estimator } = setUp([uniform(0, 1), choice('a', 'b', 'c')], 9);
    const draws = randomFor('draws');
    const counts = new Float64Array(30);
    const total = 20_000;
    for (let i = 0; i < total; i++) {
      const [u, category] = estimator.draw(draws);
      counts[Math.floor(u! * 10) * 3 + category!]!++;
    }
    for (let cell = 0; cell < 30; cell++) {
      let share = 0;
      for (let i = 0; i < 200; i++)
        share += Math.exp(
          estimator.logDensity(Float64Array.of((Math.floor(cell / 3) + (i + 0.5) / 200) / 10, cell % 3)),
        );
      share /= 2000;
      const sd = Math.sqrt(total * share * (1 - share));
      expect(Math.abs(counts[cell]! - total * share), `cell ${cell}`).toBeLessThan(5 * sd);
    }
  });
});

test.each([
  ['few', int(1, 7)],
  ['many', int(1, 500)],
  ['logarithmic', logint(1, 300)],
] as const)('%s positions share out the mass of a kernel', (_, domain) => {
  const { space } = setUp([domain], 0);
  const dimension = space.dimensions[0]!;
  const masses = createCellMasses(dimension);
  for (const [mean, width] of [
    [0.2, 0.1],
    [0.9, 0.02],
    [0.5, 1],
  ] as const) {
    masses.fit({ means: Float64Array.of(mean), scales: Float64Array.of(1 / width), count: 0 });
    let sum = 0;
    for (let position = 0; position < dimension.size; position++) {
      expect(masses.at(position, 0)).toBeLessThanOrEqual(0);
      sum += Math.exp(masses.at(position, 0));
    }
    const whole = normalCdf((1 - mean) / width) - normalCdf(-mean / width);
    expect(Math.abs(sum / (whole * width * Math.sqrt(2 * Math.PI)) - 1)).toBeLessThan(3e-3);
  }
});

test('columns are in order, and dimensions with like conditions are modelled together', () => {
  const { columns } = setUp([uniform(0, 1)], 200);
  const { order, values } = columns.columns[0]!;
  const sorted = [...order.slice(0, 200)].map((row) => values[row]!);
  expect(sorted).toEqual([...values.slice(0, 200)].sort((a, b) => a - b));
  const space = createSearchSpace([
    {
      axes: [
        { names: ['kind'], values: [choice('a', 'b', 'c')] },
        { names: ['x'], values: [uniform(0, 1)], when: { kind: ['a', 'b'] } },
        { names: ['one'], values: [choice('only')] },
        { names: ['y'], values: [uniform(0, 1)] },
        { names: ['z'], values: [uniform(0, 1)], when: { kind: ['b', 'a'] } },
      ],
    },
  ]);
  expect(groupDimensions(space, true)).toEqual([
    [0, 3],
    [1, 4],
  ]);
  expect(groupDimensions(space, false)).toEqual([[0], [1], [3], [4]]);
});
