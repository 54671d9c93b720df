// Trials that misbehave, in one process with others and each in its own: only they are the worse for it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunRequest } from '../../src/sweep/contract.js';
import { ACTS, type Act } from '../fixtures/workers/zoo.js';
import { fixture, list, newFolder, read, resume, rowsOf, runPart, runSweep } from './session.js';

const WITH_LIMIT: readonly Act[] = ['never-ends', 'blocks'];
const WITH_MEMORY: readonly Act[] = ['fills-memory'];
const ALWAYS = (Object.keys(ACTS) as Act[]).filter(
  (act) => !WITH_LIMIT.includes(act) && !WITH_MEMORY.includes(act),
);

function zoo(acts: readonly Act[], more: Partial<RunRequest> = {}): RunRequest {
  // Between misbehaving ones lie others that do not.
  const set = {
    act: list(...acts.flatMap((act) => (act === 'fine' ? [] : [act])), 'fine'),
    i: list(1, 2),
  };
  return { sweep: fixture('zoo'), set, workers: 3, maxFailures: { fraction: 1 }, ...more };
}

function expectStatuses(csv: string): void {
  const rows = rowsOf(csv);
  const found = rows.map(({ act, i, status, y }) => `${act} ${i} ${status} ${y}`);
  const expected = rows.map(({ act, i }) => {
    const status = ACTS[act as Act];
    const hasMetric = status === 'ok' || status === 'timeout';
    return `${act} ${i} ${status} ${hasMetric && act !== 'blocks' ? i : ''}`;
  });
  expect(found.map((text) => text.replace(/(blocks \d timeout) \d/, '$1 '))).toEqual(expected);
}

describe('the zoo', () => {
  test('harms only itself: the same rows in threads and in processes, with 1 worker and with 3, resumed or not', async () => {
    const threads = await runSweep(zoo(ALWAYS));
    expectStatuses(threads.trials_csv);
    expect(threads.left).toBe(0);
    const alone = await runSweep(zoo(ALWAYS, { workers: 1 }));
    expect(alone.trials_csv).toBe(threads.trials_csv);
    const apart = await runSweep(zoo(ALWAYS, { isolation: 'process', blockSize: 4 }));
    expect(apart.trials_csv).toBe(threads.trials_csv);
    const out = join(newFolder(), 'run');
    await runPart(zoo(ALWAYS, { out }));
    await resume(out);
    expect(read(out, 'trials.csv')).toBe(threads.trials_csv);
    expect(read(out, 'metrics.csv')).toBe(read(threads.folder, 'metrics.csv'));
  }, 300_000);

  test('is brought to an end by a limit of time', async () => {
    const run = await runSweep(zoo([...WITH_LIMIT, 'segfaults'], { timeoutMs: 700 }));
    expectStatuses(run.trials_csv);
    const timings = rowsOf(read(run.folder, 'timings.csv')).filter(({ status }) => status === 'timeout');
    expect(new Set(timings.map(({ error }) => error))).toEqual(
      new Set(['the task ran past its limit of 0.7 s']),
    );
  });

  test('is brought to an end by a limit of memory, in a process each', async () => {
    const run = await runSweep(zoo([...WITH_MEMORY, 'exits'], { memoryBytes: 400 * 2 ** 20, workers: 2 }));
    expectStatuses(run.trials_csv);
    expect(readFileSync(join(run.folder, 'timings.csv'), 'utf8')).toMatch(
      /failed,"the trial's process held \d+ MiB of memory, more than the limit of 400 MiB"/,
    );
  });

  test('leaves no file behind', async () => {
    const run = await runSweep(zoo(['exits', 'aborts']));
    expect(readdirSync(run.folder).sort()).toEqual([
      'journal.bin',
      'manifest.json',
      'metrics.csv',
      'timings.csv',
      'trials.csv',
    ]);
  });
});

test('10,000 trials of which a third fail: every row is there, and the same in tasks of any size', async () => {
  const set = { i: { kind: 'range', from: 1, to: 10_000, step: 1 } } as const;
  const request: RunRequest = { sweep: fixture('thirds'), set, maxFailures: { fraction: 1 } };
  const run = await runSweep(request);
  expect(run).toMatchObject({ trials: 10_000, ok: 6667, failed: 3333, left: 0 });
  const other = await runSweep({ ...request, blockSize: 7, workers: 1 });
  expect(other.trials_csv).toBe(run.trials_csv);
});
