// A search with a pruner on the shipped latent sweep: trainings in real threads, the same bytes with 1, 2 and 4 of them.
import { expect, test } from 'vitest';
import { int, loguniform } from '../../src/space/domain.js';
import { list, read, rowsOf, runSweep } from './session.js';

test('the latent sweep, searched and pruned, has the same bytes with 1, 2 and 4 workers', async () => {
  const request = {
    sweep: 'latent',
    data: 'digits',
    set: {
      latent: int(2, 32),
      alpha: loguniform(1e-4, 1e-1),
      ...{ epochs: list(3), train: list(300), test: list(150) },
    },
    sampler: { name: 'tpe', startUp: 4 },
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
