// A run as data for programs.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRun } from '../../src/answer/read.js';
import { meanInterval } from '../../src/stats/interval.js';
import { fixture, newFolder, read, rowsOf, runHere } from '../sweep/session.js';

test('rows come typed, in trial order, as trials.csv has them', async () => {
  const { folder, trials_csv } = await runHere({ sweep: fixture('noisy') });
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

test('configurations are means over replicates; series come by trial and step', async () => {
  const { folder, trials_csv } = await runHere({ sweep: fixture('noisy') });
  const run = await readRun(folder);
  const configurations = [...run.configurations()];
  expect(configurations).toHaveLength(63);
  const rows = rowsOf(trials_csv);
  for (const { trial, ended, ok, point, metrics } of configurations) {
    const own = rows.slice(trial, trial + 2);
    expect({ ended, ok, x: point.x }).toEqual({ ended: 2, ok: 2, x: Number(own[0]!.x) });
    const expected = meanInterval(own.map(({ y }) => Number(y)));
    expect(metrics.y!.mean).toBeCloseTo(expected.mean, 12);
    expect(metrics.y!.high).toBeCloseTo(expected.high!, 10);
    expect(metrics.above!.mean).toBe(own[0]!.above === 'true' ? 1 : 0);
  }
  const csv = rowsOf(read(folder, 'metrics.csv'));
  const series = [...run.series()];
  expect(series).toHaveLength(252);
  expect(series.map(({ trial, step, values }) => [trial, step, values.drawn])).toEqual(
    csv.map(({ trial, step, drawn }) => [Number(trial), Number(step), Number(drawn)]),
  );
});
