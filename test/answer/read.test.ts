// A run as data for programs.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRun } from '../../src/answer/read.js';
import { fixture, newFolder, rowsOf, runSweep } from '../sweep/session.js';

test('rows come typed, in trial order, as trials.csv has them', async () => {
  const { folder, trials_csv } = await runSweep({ sweep: fixture('noisy') });
  const run = await readRun(folder);
  expect(run).toMatchObject({ done: 126, ok: 126, total: 126, stopped: 'end' });
  expect(run.manifest.sweep).toBe('noisy');
  const rows = [...run.trials()];
  const csv = rowsOf(trials_csv);
  expect(rows).toHaveLength(csv.length);
  for (const [i, row] of rows.entries()) {
    const cells = csv[i]!;
    expect(row).toEqual({
      trial: i,
      key: cells.key,
      replicate: Number(cells.replicate),
      seed: Number(cells.seed),
      point: {
        kind: cells.kind,
        ...(cells.gain === '' ? {} : { gain: Number(cells.gain) }),
        x: Number(cells.x),
      },
      status: 'ok',
      metrics: { y: Number(cells.y), above: cells.above === 'true' },
    });
  }
});

test('what is no run is refused', async () => {
  await expect(readRun(join(newFolder(), 'none'))).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
});
