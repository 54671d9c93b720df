// A limit for trials: one that waits gives up, one that blocks its thread is ended with its host; the others are done.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../src/sweep/contract.js';
import { fixture, list, newFolder, read, resume, rowsOf, runSweep } from './session.js';

function requestOf(acts: readonly string[], data: string): RunRequest {
  const set = { act: list(...acts), i: list(1, 2) };
  return { sweep: fixture('unruly'), set, data, timeoutMs: 1000, workers: 2, blockSize: 1 };
}

const statusOf = (csv: string) => rowsOf(csv).map(({ act, i, status, y }) => `${act} ${i} ${status} ${y}`);

describe('a trial that runs past its limit', () => {
  const expected = [
    'none 1 ok 1',
    'none 2 ok 2',
    'wait 1 timeout ',
    'wait 2 timeout ',
    'block 1 timeout ',
    'block 2 timeout ',
    'broken 1 failed ',
    'broken 2 failed ',
  ];
  const request = (data: string) => requestOf(['none', 'wait', 'block', 'broken'], data);

  test('has the status timeout, and the others are not the worse for it', async () => {
    const data = newFolder();
    const run = await runSweep(request(data));
    expect(statusOf(run.trials_csv)).toEqual(expected);
    expect(run).toMatchObject({ trials: 8, ok: 2, failed: 6, left: 0 });
    const timings = rowsOf(read(run.folder, 'timings.csv'));
    const late = timings.filter(({ status }) => status === 'timeout');
    expect(late.map(({ trial }) => trial)).toEqual(['2', '3', '4', '5']);
    expect(late.every(({ error }) => error === 'the task ran past its limit of 1 s')).toBe(true);

    writeFileSync(join(data, 'go'), '');
    const again = await resume(run.folder, { retry: 'timeout' });
    expect(again).toMatchObject({ trials: 8, ok: 6, failed: 2 });
    expect(statusOf(read(run.folder, 'trials.csv')).slice(2, 6)).toEqual([
      'wait 1 ok 1',
      'wait 2 ok 2',
      'block 1 ok 1',
      'block 2 ok 2',
    ]);
  });

  test('is tried again as often as --retries says, with the same row in the end', async () => {
    const run = await runSweep({ ...request(newFolder()), retries: 1, retryPauseMs: 1 });
    expect(statusOf(run.trials_csv)).toEqual(expected);
    const timings = rowsOf(read(run.folder, 'timings.csv'));
    for (const trial of ['2', '3', '4', '5']) {
      const mine = timings.filter((row) => row.trial === trial);
      expect(mine.filter(({ status }) => status === 'timeout')).toHaveLength(2);
    }
  });

  test('is found among the others of its task, who lose no retry for it', async () => {
    const asked = requestOf(['none', 'wait', 'broken'], newFolder());
    const run = await runSweep({ ...asked, workers: 1, blockSize: 6, retries: 1, retryPauseMs: 1 });
    expect(statusOf(run.trials_csv)).toEqual([...expected.slice(0, 4), ...expected.slice(6)]);
    const timings = rowsOf(read(run.folder, 'timings.csv'));
    const statuses = (trial: number) =>
      timings.filter((row) => row.trial === String(trial)).map(({ status }) => status);
    expect(statuses(0)).toEqual(['timeout', 'timeout', 'ok']);
    expect(statuses(2).slice(-2)).toEqual(['timeout', 'timeout']);
    expect(statuses(5)).toEqual(['timeout', 'timeout', 'failed', 'failed']);
  });
});
