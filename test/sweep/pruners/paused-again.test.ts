// Runs whose trials pause, taken up with something else than before; and what others need of a trial that has ended.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRun } from '../../../src/sweep/start.js';
import { makeProject } from '../project.js';
import { newFolder, read, resume, rowsOf, runHere } from '../session.js';
import { trainingWorker } from '../training-worker.js';

const PRUNERS = {
  asha: { name: 'asha', factor: 2, max: 9, pause: true },
  pbt: { name: 'pbt', interval: 3, max: 9, mutate: 'x,y', quantile: 0.5 },
} as const;
const DOMAINS = `axes: { x: 'uniform(0,1)', y: 'uniform(0,1)' }`;
const AXES = `axes: { x: [0.1, 0.3, 0.6, 0.9], y: [0.2, 0.7] }`;
const bytesOf = (out: string) => [read(out, 'trials.csv'), read(out, 'metrics.csv')];
const checkpointsOf = (out: string): string[] =>
  existsSync(join(out, 'checkpoints')) ? readdirSync(join(out, 'checkpoints')) : [];

/** Stops a run once so many attempts have paused. */
async function runPart(sweep: string, out: string, pruner: object, pauses: number): Promise<void> {
  const run = await startRun({ sweep, out, pruner: pruner as never, workers: 1 });
  const poll = setInterval(() => {
    const text = existsSync(join(out, 'journal.bin')) ? read(out, 'journal.bin') : '';
    if (text.split('"status":"parked"').length - 1 >= pauses) run.stop();
  }, 5);
  await run.outcome.finally(() => clearInterval(poll));
}

describe.each(['asha', 'pbt'] as const)('%s', (name) => {
  const pruner = PRUNERS[name];

  test.each([
    AXES,
    `axes: { x: [0.1, 0.3, 0.6, 0.9], y: 'choice(0.2, 0.5, 0.9)' }`,
    `axes: { x: 'logint(1,4)', y: 'uniform(0,1,0.25)' }`,
  ])(
    'stopped politely and resumed, the same bytes: %s',
    async (axes) => {
      const { sweep } = makeProject(trainingWorker(2), axes);
      const whole = await runHere({ sweep, pruner });
      const out = join(newFolder(), 'run');
      await runPart(sweep, out, pruner, 3);
      expect(checkpointsOf(out).length).toBeGreaterThan(0);
      await resume(out);
      expect(bytesOf(out)).toEqual(bytesOf(whole.folder));
      expect(checkpointsOf(out)).toEqual([]);
    },
    120_000,
  );
});

test('asha: of more trials than before, those that have their rows keep them', async () => {
  const { sweep } = makeProject(trainingWorker(1), DOMAINS);
  const out = join(newFolder(), 'run');
  const request = { sweep, pruner: PRUNERS.asha, sampler: { name: 'random' }, out };
  const before = await runHere({ ...request, trials: 6 });
  const { trials_csv, left } = await runHere({ ...request, trials: 9 });
  expect(left).toBe(0);
  expect(trials_csv.startsWith(before.trials_csv)).toBe(true);
  expect(rowsOf(trials_csv)).toHaveLength(9);
}, 60_000);

test('of a population, others go on from one that is refused later', async () => {
  // Trial 3 is the best at the first pause, and deaf from then on: its row comes before trial 6, the worst, goes on from it.
  const worker = trainingWorker(1).replace(
    '!trial.stopRequested',
    '(trial.number === 3 && step > 3) || !trial.stopRequested',
  );
  const { sweep } = makeProject(worker, AXES);
  const { trials_csv, folder } = await runHere({ sweep, pruner: { ...PRUNERS.pbt, quantile: 0.1 } });
  const rows = rowsOf(trials_csv);
  expect(rows.map(({ status }) => status)).toEqual(rows.map((_, trial) => (trial === 3 ? 'failed' : 'ok')));
  expect(read(folder, 'journal.bin')).toContain('"from":3');
  expect(checkpointsOf(folder)).toEqual([]);
}, 60_000);
