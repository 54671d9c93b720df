// The rows of trials that stay paused are written when a rung closes, thousands at the end of a run: progress goes on meanwhile.
import { afterEach, expect, test, vi } from 'vitest';
import { systemClock } from '../../../src/ground/clock.js';
import type { Progress } from '../../../src/sweep/contract.js';
import { startRun } from '../../../src/sweep/start.js';
import { fixture, newFolder, read, rowsOf } from '../session.js';

afterEach(() => {
  vi.restoreAllMocks();
});

test('progress is told while rows of paused trials are written', async () => {
  // Each look at the clock is a second later than the last: no tick is too soon after another one.
  let now = 0;
  vi.spyOn(systemClock, 'elapsed').mockImplementation(() => {
    now += 1000;
    return now;
  });
  const told: Progress[] = [];
  const pruner = { name: 'asha', pause: true, factor: 2, max: 8 };
  const request = { sweep: fixture('paused'), pruner, out: newFolder(), workers: 2 };
  const run = await startRun(request, [{ onProgress: (progress) => void told.push(progress) }]);
  const outcome = await run.outcome;
  expect(outcome.pruned).toBeGreaterThan(3);
  expect(told.at(-1)).toMatchObject({ done: 12, pruned: outcome.pruned, running: 0 });
  // One for each attempt: those that ran, and the rows of trials that were not promoted, which took no time.
  const attempts = rowsOf(read(outcome.folder, 'timings.csv'));
  expect(attempts.filter(({ status }) => status === 'pruned')).toHaveLength(outcome.pruned);
  expect(told.length).toBeGreaterThanOrEqual(attempts.length);
});
