// What is said of a run in progress.
import { expect, test } from 'vitest';
import { systemClock } from '../../src/ground/clock.js';
import { Tally } from '../../src/sweep/tally.js';
import type { WorkerDescription } from '../../src/worker/define.js';

const describeWorker = (mode: 'run' | 'runBlock') => ({ mode, metrics: [] }) as unknown as WorkerDescription;

test.each([
  ['run', 3, 2],
  ['run', 1, 1],
  ['runBlock', 300, 300],
] as const)(
  'a worker with %s and %i trials in the pool of two threads: %i running',
  (mode, underWay, running) => {
    const tally = new Tally(systemClock, describeWorker(mode), 1000, { done: 4, failed: 1 }, 2);
    tally.underWay = underWay;
    expect(tally.progress()).toMatchObject({ running, done: 4, failed: 1, total: 1000 });
  },
);
