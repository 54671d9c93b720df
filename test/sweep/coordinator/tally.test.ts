// What is said of a run in progress.
import { expect, test } from 'vitest';
import { type Clock, systemClock } from '../../../src/ground/clock.js';
import { Tally } from '../../../src/sweep/coordinator/tally.js';

const tallyOf = (clock: Clock, threads: number) =>
  new Tally(clock, {
    format: { axes: [], params: [], metrics: [] },
    mode: 'run',
    total: 100,
    before: { done: 0, failed: 0 },
    threads: () => threads,
  });
const noRows = new Uint8Array(0);

test('there is no rate and no time left while one trial has ended, and elapsed time always', () => {
  let now = 1000;
  const tally = tallyOf({ now: () => now, elapsed: () => now }, 1);
  now = 61_000;
  tally.add({ ended: 1, failed: 0, rows: noRows });
  expect(tally.progress()).toMatchObject({ done: 1, rate: 0, etaMs: null, elapsedMs: 60_000 });
  now = 121_000;
  tally.add({ ended: 1, failed: 0, rows: noRows });
  expect(tally.progress()).toMatchObject({ rate: 2 / 120, etaMs: 98 * 60_000, elapsedMs: 120_000 });
});

test('the rate of trials of a minute on four threads that end together does not leap', () => {
  let now = 0;
  const tally = tallyOf({ now: () => now, elapsed: () => now }, 4);
  for (let round = 1; round <= 10; round++)
    for (let thread = 0; thread < 4; thread++) {
      now = round * 60_000 + thread * 300;
      tally.add({ ended: 1, failed: 0, rows: noRows });
      if (round < 3) continue;
      const { rate } = tally.progress();
      expect(rate * 60).toBeGreaterThan(2.4);
      expect(rate * 60).toBeLessThan(6);
    }
});

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
