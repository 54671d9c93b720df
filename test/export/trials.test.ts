// The trials that are exported: those that have ended, each once, with what they reported.
import { expect, test } from 'vitest';
import { readTrials, wholeSteps } from '../../src/export/trials.js';
import { openJournal } from '../../src/run/journal.js';
import { readJournal } from '../../src/run/read-journal.js';
import { makeManifest } from '../report/folders.js';
import { makeRun } from './runs.js';

const manifest = makeManifest({
  axes: ['alpha'],
  worker: {
    params: [{ name: 'alpha', type: 'number', default: 0 }],
    metrics: [{ name: 'loss', type: 'number' }],
    series: ['s'],
  },
});

test('a trial that ran again has its last row and series; one under way has none', async () => {
  const folder = await makeRun(manifest, [
    { point: { alpha: 1 }, metrics: { loss: 1 }, series: [[0, { s: 10 }]], runMs: 5 },
    { point: { alpha: 2 }, status: 'failed', error: { name: 'Error', message: 'once' } },
    { point: { alpha: 3 }, metrics: { loss: 3 } },
  ]);
  const journal = await openJournal(folder);
  const ran = { epoch: 0, attempt: 2, worker: 1, host: 'there', device: 'cpu', queue_ms: 0 };
  const rows = '0,key0,0,100,1,ok,7\n1,key1,0,101,2,ok,8\n';
  await journal.appendRows(
    { ...ran, trials: { first: 0, count: 2 }, run_ms: 30, notes: [] },
    Buffer.from(rows),
    Buffer.from('0,1,20\n0,2,\n1,1,21\n'),
  );
  await journal.append({ t: 'report', epoch: 0, trial: 5, attempt: 1 }, Buffer.from('5,0,1\n'));
  await journal.close();
  const { epoch } = readJournal(folder).state;
  const trials = [...readTrials(folder, epoch)].map(({ row, series, ...rest }) => ({
    ...rest,
    trial: row.trial,
    status: row.status,
    loss: row.metrics.loss,
    series: series.map(({ step, values }) => [step, values.s]),
  }));
  expect(trials).toEqual([
    {
      ...{ trial: 0, status: 'ok', loss: 7, runMs: 15, host: 'there', error: undefined },
      series: [
        [1, 20],
        [2, null],
      ],
    },
    { trial: 1, status: 'ok', loss: 8, runMs: 15, host: 'there', error: undefined, series: [[1, 21]] },
    { trial: 2, status: 'ok', loss: 3, runMs: 0, host: 'here', error: undefined, series: [] },
  ]);
});

test('steps are whole, or are counted', () => {
  const steps = (...all: number[]) => wholeSteps(all.map((step) => ({ trial: 0, step, values: {} })));
  expect(steps(0, 5, 7)).toEqual([0, 5, 7]);
  expect(steps(0, 0.5, 1)).toEqual([0, 1, 2]);
  expect(steps()).toEqual([]);
});
