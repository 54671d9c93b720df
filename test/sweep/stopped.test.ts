// Trials that are asked to stop, say that they were without having been, or make a half result of it; and failures that
// are tried again while the run is interrupted.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readJournal } from '../../src/run/read-journal.js';
import type { RunRequest } from '../../src/sweep/contract.js';
import { startRun } from '../../src/sweep/start.js';
import { fixture, list, newFolder, read, resume, rowsOf, runSweep } from './session.js';

interface Case {
  readonly request: RunRequest & { readonly out: string };
  readonly data: string;
}

/** One trial for each act, in order, in one thread. */
function caseOf(acts: readonly string[], changes: Partial<RunRequest> = {}): Case {
  const home = newFolder();
  const data = newFolder();
  const set = { act: list(...acts), i: list(7) };
  const out = join(home, 'run');
  return {
    data,
    request: { sweep: fixture('unruly'), set, data, out, workers: 1, blockSize: 1, ...changes },
  };
}

const go = (data: string) => writeFileSync(join(data, 'go'), '');

/** Waits until the trial has begun; the files of its folder say so. */
async function hasStarted(data: string, trial: number): Promise<void> {
  const log = join(data, 'log');
  await vi.waitUntil(() => existsSync(log) && readFileSync(log, 'utf8').includes(`start ${trial} `), 30_000);
}

/** Starts the run, asks it to stop once `trial` has begun, and waits for its end. */
async function interrupt({ request, data }: Case, trial: number) {
  const run = await startRun(request);
  await hasStarted(data, trial);
  run.stop();
  return run.outcome;
}

const attemptsOf = (folder: string) =>
  rowsOf(read(folder, 'timings.csv')).map(({ trial, attempt, status }) => `${trial} ${attempt} ${status}`);

describe('a trial', () => {
  test('that says it was stopped without having been asked has failed, and nothing is lost', async () => {
    const { request } = caseOf(['none', 'unasked', 'none']);
    const set = { act: list('none', 'unasked'), i: list(1, 2, 3) };
    const failures: string[] = [];
    const run = await startRun({ ...request, set, blockSize: 3 }, [
      { onFailure: ({ trial, error }) => failures.push(`${trial} ${error.message}`) },
    ]);
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ trials: 6, ok: 3, failed: 3, left: 0, interrupted: false });
    expect(rowsOf(read(outcome.folder, 'trials.csv')).map(({ status }) => status)).toEqual([
      ...['ok', 'ok', 'ok'],
      ...['failed', 'failed', 'failed'],
    ]);
    expect(failures[0]).toBe('3 the trial threw trial.stopped() although it was not asked to stop');
  });

  test('that gives up when asked has no row, and its second attempt gives the same bytes', async () => {
    const acts = ['wait', 'none'];
    const whole = caseOf(acts);
    go(whole.data);
    const expected = await runSweep(whole.request);
    const one = caseOf(acts);
    expect(await interrupt(one, 0)).toMatchObject({ trials: 0, left: 2, interrupted: true });
    const { out } = one.request;
    expect(attemptsOf(out)).toEqual(['0 1 stopped']);
    expect(readJournal(out).state.epoch.lastAttempt(0)).toBe(1);
    go(one.data);
    expect(await resume(out)).toMatchObject({ trials: 2, ok: 2, left: 0 });
    expect(attemptsOf(out)).toEqual(['0 1 stopped', '0 2 ok', '1 1 ok']);
    expect(read(out, 'trials.csv')).toBe(expected.trials_csv);
    expect(read(out, 'metrics.csv')).toBe(read(expected.folder, 'metrics.csv'));
  });

  test('that makes half a result of a request to stop has no row: it runs again, with the same bytes', async () => {
    const acts = ['swallow', 'none'];
    const whole = caseOf(acts);
    go(whole.data);
    const expected = await runSweep(whole.request);
    const one = caseOf(acts);
    expect(await interrupt(one, 0)).toMatchObject({ trials: 0, left: 2, interrupted: true });
    const { out } = one.request;
    expect(rowsOf(read(out, 'trials.csv'))).toEqual([]);
    go(one.data);
    expect(await resume(out)).toMatchObject({ trials: 2, ok: 2, left: 0 });
    expect(read(out, 'trials.csv')).toBe(expected.trials_csv);
    expect(read(out, 'metrics.csv')).toBe(read(expected.folder, 'metrics.csv'));
  });
});

describe('failures that are tried again', () => {
  // In one thread: the second trial waits, and the second attempt of the first one behind it.
  test.each(['flaky', 'broken'])('give the same bytes interrupted between two attempts: %s', async (act) => {
    const acts = [act, 'wait'];
    const whole = caseOf(acts, { retries: 2 });
    go(whole.data);
    const expected = await runSweep(whole.request);
    const last = act === 'flaky' ? 'ok' : 'failed';
    const attempts = ['0 1 failed', '0 2 failed', `0 3 ${last}`];
    expect(attemptsOf(expected.folder)).toEqual([...attempts, '1 1 ok']);

    const one = caseOf(acts, { retries: 2 });
    const stopped = await interrupt(one, 1);
    expect(stopped).toMatchObject({ trials: 0, left: 2, interrupted: true });
    const { out } = one.request;
    const { epoch } = readJournal(out).state;
    expect([epoch.isDone(0), epoch.failedAttempts(0), epoch.lastAttempt(0)]).toEqual([false, 1, 1]);
    go(one.data);
    await resume(out, { retries: 2, blockSize: 1 });
    expect(attemptsOf(out)).toEqual([...attempts, '1 1 stopped', '1 2 ok']);
    expect(read(out, 'trials.csv')).toBe(expected.trials_csv);
    expect(read(out, 'metrics.csv')).toBe(read(expected.folder, 'metrics.csv'));
  });

  test('leave no row before the last attempt, and none is told as a failure', async () => {
    const { request } = caseOf(['flaky', 'broken'], { retries: 2 });
    const failures: number[] = [];
    const run = await startRun(request, [{ onFailure: ({ trial }) => failures.push(trial) }]);
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ trials: 2, ok: 1, failed: 1 });
    expect(failures).toEqual([1]);
    const drawn = rowsOf(read(outcome.folder, 'metrics.csv'));
    expect(drawn.map(({ trial, step }) => `${trial} ${step}`)).toEqual(['0 1', '1 1']);
  });

  test('are counted on where they stand when a run is resumed with fewer retries', async () => {
    const one = caseOf(['broken', 'wait'], { retries: 5 });
    await interrupt(one, 1);
    go(one.data);
    const { out } = one.request;
    expect(await resume(out, { retries: 0 })).toMatchObject({ trials: 2, ok: 1, failed: 1 });
    expect(attemptsOf(out)).toEqual(['0 1 failed', '0 2 failed', '1 1 stopped', '1 2 ok']);
  });
});
