// The shipped escape worker: its defaults are the study's, its domains hold, its block gives the study's answers.
import { describe, expect, test } from 'vitest';

import { trajectory } from '../../src/study/landscape/climb.js';
import { OPTIMIZER_NAMES } from '../../src/study/landscape/optimizers.js';
import type { Worker } from '../../src/worker/contract.js';
import { describeWorker } from '../../src/worker/define.js';
import { findParamFaults } from '../../src/worker/validate.js';
import definition from '../../workers/escape.js';
import { blockOf, METRICS, metricsByDefinition, STUDY } from '../study/landscape/climbs.js';

const worker = definition as unknown as Worker;
const description = describeWorker(worker);

test("defaults are the study's configuration", () => {
  const defaults = Object.fromEntries(description.params.map((p) => [p.name, p.default]));
  const { slopeDown: slope_down, slopeUp: slope_up, ...rest } = STUDY;
  expect(defaults).toEqual({ ...rest, slope_down, slope_up, h: 0.2 });
  expect(description.params.find((p) => p.name === 'optimizer')?.choices).toEqual([...OPTIMIZER_NAMES]);
});

test('it declares just the metrics that its block fills', () => {
  expect(description.mode).toBe('runBlock');
  expect(description.metrics.map((m) => m.name)).toEqual([...METRICS]);
});

describe('domains', () => {
  test.each([
    ['alpha', [1e-50, 0.3, 1e50], [0, -1, Number.NaN, Number.POSITIVE_INFINITY]],
    ['beta1', [0, 0.999999], [1, -0.1]],
    ['beta2', [0, 0.999999], [1, -0.1]],
    ['momentum', [0, 0.9], [1, -0.1]],
    ['eps', [0, 1e-8], [-1e-9, 1e51]],
    ['decay', [0, 2], [-1e-9, 1e51]],
    ['steps', [1, 20, 10_000_000], [0, 1.5, 10_000_001]],
    ['h', [0, 2, 1e300], [-0.1, Number.POSITIVE_INFINITY]],
    ['slope_down', [1e-50, 1], [0, -1]],
    ['slope_up', [1e-50, 1], [0, -1]],
    ['optimizer', ['adam', 'nadam'], ['Adam', '', 3]],
  ] as const)('%s', (name, legal, illegal) => {
    for (const value of legal)
      expect(findParamFaults(worker, { [name]: [value] }, []), `${value}`).toEqual([]);
    for (const value of illegal) {
      expect(findParamFaults(worker, { [name]: [value] }, []), `${value}`).toHaveLength(1);
    }
  });
});

test('a block over a grid of heights: the bracket closes around the exact threshold', async () => {
  const heights = Array.from({ length: 81 }, (_, i) => i / 40);
  const trials = OPTIMIZER_NAMES.flatMap((optimizer) => heights.map((h) => ({ ...STUDY, optimizer, h })));
  const { block, rows } = blockOf(trials);
  const columns = {
    ...block,
    seeds: new Uint32Array(trials.length),
    column: () => ({ type: 'number', values: new Float64Array() }) as const,
  };
  await worker.runBlock?.(columns);
  const found = rows();
  expect(found).toEqual(trials.map((t) => metricsByDefinition(trajectory(t), t.h, t.slopeUp)));
  const escapedBy = (name: string) =>
    heights.filter((_, i) => found[OPTIMIZER_NAMES.indexOf(name as 'sgd') * 81 + i]!.escaped === 1);
  expect(Math.max(...escapedBy('adam'))).toBe(0.4);
  expect(Math.max(...escapedBy('sgd'))).toBe(0.175);
});
