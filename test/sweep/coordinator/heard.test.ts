// What programs hear of trials as they end, and how an observer ends a run.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRun } from '../../../src/answer/read.js';
import type { Observer } from '../../../src/sweep/contract.js';
import { Observers } from '../../../src/sweep/coordinator/observers.js';
import { startRun } from '../../../src/sweep/start.js';
import type { TrialRow } from '../../../src/trial/row.js';
import { fixture, newFolder, resume } from '../session.js';

async function run(observer: Observer, sweep = 'noisy') {
  const out = join(newFolder(), 'run');
  const { outcome } = await startRun(
    { sweep: fixture(sweep), out, workers: 2, blockSize: 1, maxFailures: { fraction: 1 } },
    [observer],
  );
  return outcome;
}

test('onTrial brings each row once, as it is read back; failed ones too, those of stages not', async () => {
  const heard: TrialRow[] = [];
  const { folder } = await run({ onTrial: (row) => heard.push(row) }, 'thirds');
  heard.sort((a, b) => a.trial - b.trial);
  expect(heard).toEqual([...(await readRun(folder)).trials()]);
  expect(heard.filter(({ status }) => status === 'failed')).toHaveLength(3);
  const staged: number[] = [];
  const ended = await run({ onTrial: ({ trial }) => staged.push(trial) }, 'staged');
  expect(staged.length).toBe(ended.trials);
});

test.each([
  ['at once', () => 'stop'],
  ['later', async () => 'stop'],
])("an observer that says 'stop' %s ends the run, which can be resumed", async (_, onTrial) => {
  let ends = 0;
  const outcome = await run({ onTrial, onEnd: () => ends++ });
  expect(outcome).toMatchObject({ interrupted: true, failed: 0 });
  expect(outcome.left).toBeGreaterThan(0);
  expect(ends).toBe(1);
  expect(await resume(outcome.folder)).toMatchObject({ left: 0, interrupted: false });
});

test("'stop' at the start runs nothing more than what has begun", async () => {
  const outcome = await run({ onStart: () => 'stop' });
  expect(outcome).toMatchObject({ interrupted: true, ok: 0 });
});

test('an observer that throws is dropped, and the run goes on', async () => {
  let calls = 0;
  const outcome = await run({
    onTrial() {
      calls++;
      throw new Error('mine');
    },
  });
  expect(outcome).toMatchObject({ ok: 126, interrupted: false });
  expect(calls).toBe(1);
});

test('who has no hook for trials is not heard', () => {
  expect(new Observers([{ onLine: () => undefined }, {}]).hears('onTrial')).toBe(false);
  expect(new Observers([{}, { onTrial: () => undefined }]).hears('onTrial')).toBe(true);
});
