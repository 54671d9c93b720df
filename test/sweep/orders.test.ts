// The same results whatever the order in which trials end: hundreds of runs in simulated time, with 1 to 16 workers, trials of
// any length, messages that are late, hosts that die and kills of the coordinator, for each sampler with each pruner.
import { expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { CALM, drawConditions, planSimulated, runSimulated } from './simulated-run.js';

const GRID = { x: 'lin(0,1,6)', y: 'lin(0,1,5)' };

/** A new sampler is a line here. */
const SAMPLERS: Readonly<Record<string, { axes: Record<string, string>; request: Partial<RunRequest> }>> = {
  grid: { axes: GRID, request: {} },
  'random of a grid': { axes: GRID, request: { sampler: { name: 'random' }, trials: 24 } },
  'random of domains': {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'random' }, trials: 24 },
  },
  sobol: {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'sobol' }, trials: 24 },
  },
  halton: {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'halton' }, trials: 24 },
  },
  lhs: {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'lhs' }, trials: 24 },
  },
  'grid with a plateau': {
    axes: { x: 'lin(0,1,9)', y: 'lin(0,1,5)' },
    request: { plateau: 14, lookahead: 5 },
  },
  'random of a grid with a target': {
    axes: GRID,
    request: { sampler: { name: 'random' }, target: 0.4, lookahead: 4, seed: 10 },
  },
  'random of domains with a plateau': {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'random' }, plateau: 14, lookahead: 3 },
  },
  bisect: {
    axes: { x: 'lin(0,1,5)', y: 'lin(0,1,33)' },
    request: { sampler: { name: 'bisect', axis: 'y', metric: 'good' } },
  },
  gp: {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'gp', startup: 5 }, trials: 12 },
  },
  tpe: {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'tpe', startup: 5 }, trials: 24 },
  },
  cmaes: {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'cmaes' }, trials: 24 },
  },
  nsga2: {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'nsga2' }, trials: 24 },
  },
  'tpe with replicates auto': {
    axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' },
    request: { sampler: { name: 'tpe', startup: 5 }, trials: 16, replicates: 'auto' },
  },
};

const PRUNERS: Readonly<Record<string, NonNullable<RunRequest['pruner']>>> = {
  asha: { name: 'asha', max: 9 },
  'asha with a lookahead of 5': { name: 'asha', factor: 2, lookahead: 5 },
  hyperband: { name: 'hyperband', max: 9 },
  median: { name: 'median', startup: 3, warmup: 2 },
  patience: { name: 'patience', patience: 2 },
  'asha that pauses': { name: 'asha', factor: 2, max: 9, pause: true },
  'asha that pauses, without an end': { name: 'asha', min: 2, factor: 2, pause: true },
  pbt: { name: 'pbt', interval: 2, max: 9, mutate: 'x,y', quantile: 0.3 },
};

/** They wait for others, for whose end samplers that learn would have to wait too. */
const PAUSING = ['asha that pauses', 'asha that pauses, without an end', 'pbt'];
const LEARNING = [
  ...['bisect', 'gp', 'tpe', 'cmaes', 'nsga2', 'tpe with replicates auto'],
  ...['grid with a plateau', 'random of a grid with a target', 'random of domains with a plateau'],
];

const pairs = Object.keys(SAMPLERS).flatMap((sampler) =>
  Object.keys(PRUNERS)
    .filter((pruner) => !(PAUSING.includes(pruner) && LEARNING.includes(sampler)))
    .map((pruner) => [sampler, pruner] as const),
);
/** In all; SWEEPLINE_ORDERS=1000 asks for more than there is time for each time. */
const ORDERS = Math.ceil(Number(process.env.SWEEPLINE_ORDERS ?? 250) / pairs.length);

test.each(pairs)(
  '%s, %s',
  async (sampler, pruner) => {
    const { axes, request } = SAMPLERS[sampler]!;
    const plan = await planSimulated({ axes }, { ...request, pruner: PRUNERS[pruner]! });
    const expected = await runSimulated(plan, CALM, 0);
    if (pruner !== 'pbt') expect(expected.trials).toContain(',pruned,');
    expect(expected.trials).toContain(',ok,');
    // Each of its sessions starts a thread.
    const orders = sampler === 'gp' ? Math.ceil(ORDERS / 4) : ORDERS;
    for (let order = 1; order <= orders; order++) {
      const conditions = drawConditions(randomFor('orders', sampler, pruner, order));
      const { trials, metrics, artifacts, checkpoints } = await runSimulated(plan, conditions, order);
      const where = JSON.stringify({ order, conditions });
      expect(trials, where).toBe(expected.trials);
      expect(metrics, where).toBe(expected.metrics);
      expect(artifacts, where).toEqual(expected.artifacts);
      // A power cut may bring one back, which nobody asks for.
      if (conditions.kills.length === 0) expect(checkpoints, where).toEqual([]);
    }
  },
  120_000,
);
