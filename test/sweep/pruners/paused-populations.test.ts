// Populations of grids that name one point in two ways, and of trials that report less often than generations end.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeProject } from '../project.js';
import { read, rowsOf, runHere } from '../session.js';
import { STEPS, trainingWorker } from '../training-worker.js';

const PBT = { name: 'pbt', interval: 2, max: 9, mutate: 'x', quantile: 0.5 } as const;
const FILES = ['trials.csv', 'metrics.csv', 'schedules.csv'];

/** What each trial had learnt at its end, from the parameters in the schedule. */
function learntOf(folder: string): number[] {
  const schedules = rowsOf(read(folder, 'schedules.csv'));
  const trials = rowsOf(read(folder, 'trials.csv'));
  const own = (trial: string) => schedules.filter((row) => row.trial === trial);
  const weightAt = (trial: string, step: number): number => {
    if (step === 0) return 1;
    const last = own(trial).findLast((row) => Number(row.step) < step)!;
    const start = Number(last.step);
    const x = Number(last.x || 0);
    const y = Number(trials[Number(trial)]!.y);
    const factor = 0.6 + Math.abs(x - 0.3) / 4 + Math.abs(y - 0.7) / 4;
    const before = weightAt(last.from === '' ? trial : last.from!, start);
    return before * factor ** (step - start);
  };
  return trials.map(({ trial }) => weightAt(trial!, STEPS));
}

test('two trials with one key keep checkpoints of their own', async () => {
  const grids = `grids: [
    { axes: { y: [0.7], x: [0, 0.2, 0.9] } }, { axes: { y: [0.7], x: [0.4, 0.6] } }, { axes: { y: [0.7] } },
  ]`;
  const { sweep } = makeProject(trainingWorker(2), grids);
  const one = await runHere({ sweep, pruner: PBT, workers: 1 });
  const keys = rowsOf(one.trials_csv).map(({ key }) => key);
  expect(new Set(keys).size).toBeLessThan(keys.length);
  const three = await runHere({ sweep, pruner: PBT, workers: 3 });
  for (const file of FILES) expect(read(three.folder, file)).toBe(read(one.folder, file));
  const found = rowsOf(one.trials_csv).map(({ weight }) => Number(weight));
  for (const [trial, weight] of learntOf(one.folder).entries()) expect(found[trial]).toBeCloseTo(weight, 12);
  const checkpoints = join(three.folder, 'checkpoints');
  expect(existsSync(checkpoints) ? readdirSync(checkpoints) : []).toEqual([]);
}, 60_000);

test('where reports skip ends of generations, the schedule says what was trained', async () => {
  const worker = trainingWorker(1).replace(
    'trial.report(step,',
    `if (step % 3 > 0 && step < ${STEPS}) continue;\n        trial.report(step,`,
  );
  const { sweep } = makeProject(worker, 'axes: { y: [0.7], x: [0, 0.2, 0.5, 0.9] }');
  const { folder, trials_csv } = await runHere({ sweep, pruner: { ...PBT, interval: 1 } });
  const taken = rowsOf(read(folder, 'schedules.csv')).filter(({ from }) => from !== '');
  expect(new Set(taken.map(({ step }) => step))).toEqual(new Set(['3', '6']));
  const found = rowsOf(trials_csv).map(({ weight }) => Number(weight));
  for (const [trial, weight] of learntOf(folder).entries()) expect(found[trial]).toBeCloseTo(weight, 12);
}, 60_000);
