// Which observations the models get, and what is made of failures, missed constraints and standard errors.
import { expect, test } from 'vitest';
import type { Observation } from '../../../src/search/contract.js';
import { createEncoder } from '../../../src/search/gp/encode.js';
import { sampleFeasibility, sampleObjective, select } from '../../../src/search/gp/observations.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { uniform } from '../../../src/space/domain.js';

const encoder = createEncoder(
  createSearchSpace([
    { axes: [{ names: ['x'], values: [uniform(0, 1)] }] } as Parameters<typeof createSearchSpace>[0][number],
  ]),
);

const observed = (number: number, value: number | null, rest: Partial<Observation> = {}): Observation => ({
  number,
  x: Float64Array.of(number / 1000),
  status: value === null ? 'failed' : 'ok',
  values: value === null ? null : [value],
  errors: value === null ? null : [0],
  violation: 0,
  step: null,
  ...rest,
});

test('of more than 500 the best half and the latest, in order', () => {
  const told = Array.from({ length: 700 }, (_, i) => observed(i, i < 300 ? i : 1000 - i));
  const kept = select(told, ({ values }) => values![0]!, 500).map(({ number }) => number);
  expect(kept).toHaveLength(500);
  expect([...kept].sort((a, b) => a - b)).toEqual(kept);
  const byValue = [...told].sort((a, b) => a.values![0]! - b.values![0]! || a.number - b.number);
  for (const { number } of byValue.slice(0, 250)) expect(kept).toContain(number);
  for (let number = 500; number < 700; number++) expect(kept).toContain(number);
  expect(select(told.slice(0, 500), () => 0, 500)).toHaveLength(500);
});

test('what failed is not in the model of the objective; pruned and infeasible ones are', () => {
  const told = [
    observed(0, 1),
    observed(1, null),
    observed(2, 3, { status: 'pruned', step: 2 }),
    observed(3, 2, { violation: 4 }),
  ];
  const { observations, data } = sampleObjective(told, 0, encoder);
  expect(observations.map(({ number }) => number)).toEqual([0, 2, 3]);
  expect([...data.points.columns[0]!]).toEqual([0, 0.002, 0.003]);
  expect(data.y[0]).toBeLessThan(data.y[2]!);
  expect(data.y[2]).toBeLessThan(data.y[1]!);
});

test('standard errors become variances in the scale of the model', () => {
  const told = Array.from({ length: 40 }, (_, i) =>
    observed(i, 100 + (i % 9), { errors: [i === 3 ? 0.5 : 0] }),
  );
  const { data } = sampleObjective(told, 0, encoder);
  // The scale of the model is linear here, near enough.
  const unit = (data.y[4]! - data.y[3]!) / 1;
  expect(Math.sqrt(data.variances[3]!)).toBeCloseTo(0.5 * unit, 2);
  expect(data.variances[4]).toBe(0);
  const wild = sampleObjective([observed(0, 1, { errors: [1e300] }), observed(1, 2)], 0, encoder);
  for (const variance of wild.data.variances) expect(Number.isFinite(variance)).toBe(true);
});

test('no model of feasibility while all is well; labels in the order of what is wrong', () => {
  expect(sampleFeasibility([observed(0, 1), observed(1, 2)], encoder)).toBeUndefined();
  const told = [
    observed(0, 1),
    observed(1, 1, { violation: 0.1 }),
    observed(2, 1, { violation: 1 }),
    observed(3, 1, { violation: 50 }),
    observed(4, null),
    observed(5, 1, { violation: Number.POSITIVE_INFINITY }),
    observed(6, 5),
  ];
  const { data, limit } = sampleFeasibility(told, encoder)!;
  const [good, near, typical, far, failed, unknown, other] = [...data.y];
  expect(good).toBe(other);
  expect(good).toBeLessThan(limit);
  expect(near).toBeGreaterThan(limit);
  expect(typical).toBeGreaterThan(near!);
  expect(far).toBeGreaterThan(typical!);
  expect(failed).toBe(typical);
  expect(unknown).toBe(typical);
  const all = sampleFeasibility([observed(0, null), observed(1, null)], encoder)!;
  expect([...all.data.y]).toEqual([0, 0]);
  expect(all.limit).toBeLessThan(0);
});
