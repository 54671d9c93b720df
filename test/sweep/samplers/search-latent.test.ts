// Searches with pruners on the shipped latent sweep: trainings in real threads, the same bytes with 1, 2 and 4 of them.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { int, loguniform } from '../../../src/space/domain.js';
import { list, read, rowsOf, runSweep } from '../session.js';

test('the latent sweep, searched and pruned, has the same bytes with 1, 2 and 4 workers', async () => {
  const request = {
    sweep: 'latent',
    data: 'digits',
    set: {
      latent: int(2, 32),
      alpha: loguniform(1e-4, 1e-1),
      ...{ epochs: list(3), train: list(300), test: list(150) },
    },
    sampler: { name: 'tpe', startup: 4 },
    pruner: { name: 'asha', factor: 2, lookahead: 4, metric: 'train_loss:min' },
    objectives: ['test_l1:min'],
    ...{ replicates: 1, trials: 12, lookahead: 4 },
  };
  const one = await runSweep({ ...request, workers: 1 });
  expect(new Set(rowsOf(one.trials_csv).map(({ status }) => status))).toEqual(new Set(['ok', 'pruned']));
  for (const workers of [2, 4]) {
    const more = await runSweep({ ...request, workers });
    expect(more.trials_csv).toBe(one.trials_csv);
    expect(read(more.folder, 'metrics.csv')).toBe(read(one.folder, 'metrics.csv'));
  }
}, 120_000);

/** Tiny trainings that pause and go on from checkpoints. */
const PAUSING = {
  sweep: 'latent',
  data: 'digits',
  set: {
    latent: list(4, 16),
    alpha: loguniform(1e-4, 1e-1),
    ...{ epochs: list(6), train: list(300), test: list(150) },
  },
  sampler: { name: 'random' },
  ...{ replicates: 1, trials: 10 },
};

test.each([
  ['asha that pauses', { name: 'asha', factor: 2, max: 6, pause: true, metric: 'train_loss:min' }],
  ['pbt', { name: 'pbt', interval: 2, max: 6, mutate: 'alpha', quantile: 0.4, metric: 'train_loss:min' }],
])(
  'the latent sweep with %s has the same bytes with 1, 2 and 4 workers, and leaves no checkpoint',
  async (_, pruner) => {
    const runs = [];
    for (const workers of [1, 2, 4]) runs.push(await runSweep({ ...PAUSING, pruner, workers }));
    const [one, ...others] = runs;
    const statuses = rowsOf(one!.trials_csv).map(({ status }) => status);
    expect(statuses.filter((status) => status === 'ok').length).toBeGreaterThan(0);
    expect(statuses.includes('pruned')).toBe(pruner.name === 'asha');
    expect(statuses.includes('failed')).toBe(false);
    if (pruner.name === 'pbt') expect(read(one!.folder, 'journal.bin')).toContain('"t":"exploit"');
    for (const { folder, trials_csv } of others) {
      expect(trials_csv).toBe(one!.trials_csv);
      expect(read(folder, 'metrics.csv')).toBe(read(one!.folder, 'metrics.csv'));
    }
    for (const { folder } of runs) {
      const checkpoints = join(folder, 'checkpoints');
      expect(existsSync(checkpoints) ? readdirSync(checkpoints) : []).toEqual([]);
    }
  },
  180_000,
);
