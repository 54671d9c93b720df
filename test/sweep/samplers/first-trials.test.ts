// Runs whose first trials all fail in the same way: they stop, say how to go on, and can.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startRun } from '../../../src/sweep/start.js';
import { fixture, list, newFolder, read, resume, rowsOf, runSweep } from '../session.js';

const data = mkdtempSync(join(tmpdir(), 'sweepline-first-'));
// More than are ever under way at once.
const TRIALS = 1000;
const broken = {
  sweep: fixture('unruly'),
  data,
  set: { act: list('broken'), i: list(...Array(TRIALS).keys()) },
  workers: 1,
  blockSize: 1,
};

test('stops once the first trials have all failed in the same way, and goes on when told so', async () => {
  const lines: string[] = [];
  const out = join(newFolder(), 'run');
  const run = await startRun({ ...broken, out }, [{ onLine: (line) => lines.push(line) }]);
  const outcome = await run.outcome;
  expect(outcome).toMatchObject({ tooManyFailures: true, interrupted: false, ok: 0 });
  expect(outcome.failed).toBeGreaterThanOrEqual(3);
  expect(outcome.failed).toBeLessThan(TRIALS);
  expect(lines.filter((line) => line.includes('in the same way'))).toEqual([
    'All trials so far have failed in the same way (RangeError: broken at 0): no more are started. ' +
      'Add --max-failures 100% to run them all the same.',
  ]);
  expect(await resume(out, { maxFailures: { fraction: 1 } })).toMatchObject({
    tooManyFailures: false,
    trials: TRIALS,
    failed: TRIALS,
  });
});

test('does not stop where a limit is given, or only some fail', async () => {
  expect(await runSweep({ ...broken, maxFailures: TRIALS })).toMatchObject({
    failed: TRIALS,
    tooManyFailures: false,
  });
  const mixed = { act: list('none', 'broken'), i: list(...Array(10).keys()) };
  const some = await runSweep({ ...broken, set: mixed });
  expect(some).toMatchObject({ ok: 10, failed: 10, tooManyFailures: false });
  const few = await runSweep({ ...broken, set: { act: list('broken'), i: list(0, 1, 2) } });
  expect(few).toMatchObject({ failed: 3, left: 0, tooManyFailures: false });
});

test('goes on watching when trials that failed are tried again', async () => {
  const { folder, failed } = await runSweep(broken);
  const again = await resume(folder, { retry: 'failed', workers: 1, blockSize: 1 });
  expect(again).toMatchObject({ tooManyFailures: true, ok: 0 });
  expect(again.trials).toBeGreaterThanOrEqual(failed);
  expect(again.trials).toBeLessThan(TRIALS);
});

test('a warning of all trials is told once, and values that do not fit are told with their trial', async () => {
  const lines: string[] = [];
  const failures: string[] = [];
  const run = await startRun(
    { sweep: fixture('misfit'), out: join(newFolder(), 'run'), workers: 2, blockSize: 1 },
    [
      {
        onLine: (line) => lines.push(line),
        onFailure: ({ trial, error }) => failures.push(`${trial}: ${error.message}`),
      },
    ],
  );
  const { folder, failed } = await run.outcome;
  expect(failed).toBe(3);
  expect(failures.sort()).toEqual(
    [3, 4, 5].map(
      (i) => `${i}: metric "correct" is 1.5; expected an integer (whole, and at most 2^53 - 1 in size)`,
    ),
  );
  expect(
    lines
      .filter((line) => line.includes('is declared'))
      .map((line) => line.split('"')[1])
      .sort(),
  ).toEqual(['correct', 'hit', 'word']);
  expect(rowsOf(read(folder, 'trials.csv')).map(({ status, loss }) => `${status} ${loss}`)).toEqual([
    ...Array(3).fill('ok 0.5'),
    ...Array(3).fill('failed 0.5'),
  ]);
});
