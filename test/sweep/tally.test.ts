// What is said of a run in progress.
import { expect, test } from 'vitest';
import { systemClock } from '../../src/ground/clock.js';
import { Tally } from '../../src/sweep/tally.js';

test.each([
  ['run', 3, 2],
  ['run', 1, 1],
  ['runBlock', 300, 300],
] as const)(
  'a worker with %s and %i trials in the pool of two threads: %i running',
  (mode, underWay, running) => {
    const tally = new Tally(systemClock, {
      format: { axes: [], params: [], metrics: [] },
      mode,
      total: 1000,
      before: { done: 4, failed: 1 },
      threads: () => 2,
    });
    tally.underWay = underWay;
    expect(tally.progress()).toMatchObject({ running, done: 4, failed: 1, total: 1000 });
  },
);
