// A stage without parameters: one trial that all trials of the run depend on, found again by its key.
import { expect, test } from 'vitest';
import { fixture, rowsOf, runSweep } from './session.js';

test('a stage that takes no parameters runs once, and its result reaches every trial', async () => {
  const run = await runSweep({ sweep: fixture('common'), debug: true });
  expect(run).toMatchObject({ trials: 2, ok: 2, skipped: 0 });
  expect(rowsOf(run.trials_csv).map((row) => row.sum)).toEqual(['41', '42']);
});
