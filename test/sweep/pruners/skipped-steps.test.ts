// Trials that report at some steps only: at a rung the first report from there on counts, for the trial itself and for those
// that are held against it; the row, the curve and the explanation are of the step that counted.
import { expect, test } from 'vitest';
import { describePruned } from '../../../src/cli/explain-words.js';
import { explainTrial } from '../../../src/sweep/explain/explain.js';
import { makeProject } from '../project.js';
import { read, rowsOf, runHere } from '../session.js';

/** Of odd ones the steps 1, 5 and 9, of the others all; the larger, the worse. */
const WORKER = `params: { id: z.number().default(0) },
  metrics: { loss: { type: 'number', goal: 'min' } }, series: ['loss'],
  run(trial) {
    const { id } = trial.params;
    for (let step = 1; step <= 9; step++) {
      if (id % 2 === 1 && step % 4 !== 1) continue;
      if (trial.report(step, { loss: id + 1 / step }).stop) throw trial.stopped();
    }
    return { loss: id };
  }`;

const pruner = { name: 'asha', metric: 'loss:min', min: 3, max: 9 };

test('count at a rung with their first report from there on', async () => {
  const { sweep } = makeProject(WORKER, 'axes: { id: [0, 1, 2, 3] }');
  const { folder } = await runHere({ sweep, pruner, workers: 1 });
  const rows = rowsOf(read(folder, 'trials.csv'));
  expect(rows.map(({ status, loss }) => [status, Number(loss)])).toEqual([
    ['ok', 0],
    ['pruned', 1 + 1 / 5],
    ['pruned', 2 + 1 / 3],
    ['pruned', 3 + 1 / 5],
  ]);
  const lastOf = (trial: number) =>
    Number(rowsOf(read(folder, 'metrics.csv')).findLast((row) => row.trial === String(trial))!.step);
  expect([0, 1, 2, 3].map(lastOf)).toEqual([9, 5, 3, 5]);

  const one = (await explainTrial(folder, 1)).pruned!;
  expect(one).toMatchObject({ rung: 3, step: 5, value: 1.2 });
  expect(one.competitors).toEqual([{ trial: 0, step: 3, value: 1 / 3 }]);
  const three = (await explainTrial(folder, 3)).pruned!;
  expect(three.competitors).toEqual([
    { trial: 0, step: 3, value: 1 / 3 },
    { trial: 1, step: 5, value: 1.2 },
    { trial: 2, step: 3, value: 2 + 1 / 3 },
  ]);
  const text = describePruned(three).join('\n');
  expect(text).toContain('At step 5 (rung 3) its loss was 3.2; to go on it had to be at most 0.333333.');
  expect(text).toContain('  trial 0: 0.333333\n  trial 1: 1.2 at step 5\n  trial 2: 2.33333\n');
});

test('one report beyond several rungs is judged at the last of them alone', async () => {
  const skipping = WORKER.replace('step % 4 !== 1', 'step % 8 !== 1');
  const { sweep } = makeProject(skipping, 'axes: { id: [0, 2, 4, 1] }');
  const { folder } = await runHere({ sweep, pruner: { ...pruner, min: 2, factor: 2, max: 20 }, workers: 1 });
  const told = (await explainTrial(folder, 3)).pruned!;
  // Rungs 2, 4 and 8: its report at 9 is the first one beyond all of them.
  expect(told).toMatchObject({ rung: 8, step: 9 });
  expect(told.competitors).toEqual([{ trial: 0, step: 8, value: 1 / 8 }]);
});
