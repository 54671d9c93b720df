// What a night keeps of a run.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { summarizeRun } from '../../src/nights/summarize.js';
import { startRun } from '../../src/sweep/start.js';
import { makeProject } from '../sweep/project.js';
import { newFolder } from '../sweep/session.js';

async function run(worker: string, sweep: string): Promise<string> {
  const out = join(newFolder(), 'run');
  const maxFailures = { fraction: 1 };
  const { outcome } = await startRun({
    sweep: makeProject(worker, sweep).sweep,
    out,
    workers: 1,
    maxFailures,
  });
  await outcome;
  return out;
}

const WORKER = `params: { a: z.number().default(0), b: z.number().default(0), name: z.string().default('x') },
  metrics: { loss: { type: 'number', goal: 'min', unit: 'nats', tolerance: 0.5 }, ok: { type: 'boolean' }, word: { type: 'string' } },
  run: ({ params, replicate }) => {
    if (params.name === 'bad') throw new Error('no');
    return { loss: params.a + replicate, ok: replicate > 0, word: 'w' };
  },`;

test('each metric of each configuration, with its spread between replicates', async () => {
  const out = await run(
    WORKER,
    "title: 't', axes: { a: [1, 5], name: ['x', 'bad'] }, replicates: 3, retries: 0",
  );
  const night = await summarizeRun('mine-1', out);
  expect(night).toMatchObject({
    ...{ name: 'mine-1', sweep: 'mine', trials: 12, failed: 6, together: [] },
    metrics: [
      { name: 'loss', goal: 'min', unit: 'nats', tolerance: 0.5, isBoolean: false },
      { name: 'ok', goal: null, unit: null, tolerance: null, isBoolean: true },
    ],
  });
  const of = (configuration: string) =>
    night.cells
      .filter((cell) => cell.configuration === configuration)
      .map(({ metric, mean, sd, n }) => [metric, mean, sd, n]);
  expect(of('a=5 name=x')).toEqual([
    ['status', 1, null, 3],
    ['loss', 6, 1, 3],
    ['ok', expect.closeTo(2 / 3, 12), expect.closeTo(Math.sqrt(1 / 3), 12), 3],
  ]);
  expect(of('a=5 name=bad')).toEqual([
    ['status', 0, null, 3],
    ['loss', null, null, 0],
    ['ok', null, null, 0],
  ]);
  const times = of('');
  // Not every system tells the processor's time of a thread.
  expect(times.map(([name]) => name).filter((name) => name !== 'cpu_ms')).toEqual(['run_ms']);
  expect(times[0]![0]).toBe('run_ms');
  expect(times[0]![1]).toBeGreaterThan(0);
  expect(night.rows).toBe((await summarizeRun('mine-1', out)).rows);
});

test('configurations past two thousand are taken together, the longest axis first', async () => {
  const out = await run(WORKER, "title: 't', axes: { a: 'lin(0,99,100)', b: 'lin(0,29,30)' }, replicates: 1");
  const { cells, together, trials } = await summarizeRun('mine', out);
  expect({ together, trials }).toEqual({ together: ['a'], trials: 3000 });
  const losses = cells.filter(({ metric }) => metric === 'loss');
  expect(losses).toHaveLength(30);
  // The mean over a: (0 + … + 99) / 100.
  for (const { mean, n, sd } of losses) expect({ mean, n, sd }).toEqual({ mean: 49.5, n: 100, sd: null });
});
