// The simulated cluster against what can be worked out by hand; trials count once, whoever dies.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { type Cluster, ManualClock, simulate } from './cluster-model.js';

const calm: Cluster = {
  ...{ hosts: 1, threads: 1, linkMs: 0, slowEvery: 0 },
  ...{ deathMs: Number.POSITIVE_INFINITY, noticeMs: 5000, returnMs: 30_000 },
};
const free = { task: 0, trial: 0 };
const same = (count: number, ms: number) => new Array<number>(count).fill(ms);

test('without delays and prices, threads are busy all the time', () => {
  const { elapsedMs, efficiency } = simulate(
    same(80, 1000),
    { ...calm, hosts: 4, threads: 2 },
    free,
    randomFor('t'),
  );
  expect(elapsedMs).toBe(10_000);
  expect(efficiency).toBe(1);
});

test('a delay is hidden by the task that waits, but for the first and the last', () => {
  const { elapsedMs } = simulate(same(50, 1000), { ...calm, linkMs: 100 }, free, randomFor('t'));
  expect(elapsedMs).toBe(50_000 + 3 * 100);
});

test('a coordinator that needs longer for a task than the hosts together is what all wait for', () => {
  const price = { task: 10, trial: 0 };
  const { elapsedMs, coordinator } = simulate(
    same(5000, 1000),
    { ...calm, hosts: 1000 },
    price,
    randomFor('t'),
  );
  expect(coordinator).toBeGreaterThan(0.95);
  // 100 tasks a second, and half a task's price for each of the first 2000 that are asked for.
  expect(elapsedMs).toBeGreaterThan(50_000);
  expect(elapsedMs).toBeLessThan(65_000);
});

// Hosts live long enough for a task to come back over a slow link: otherwise none ever would.
test('every trial counts once, and the same again with the same dice', () => {
  const clusters = fc.record({
    hosts: fc.integer({ min: 1, max: 20 }),
    threads: fc.integer({ min: 1, max: 4 }),
    linkMs: fc.integer({ min: 0, max: 10 }),
    slowEvery: fc.integer({ min: 0, max: 3 }),
    deathMs: fc.integer({ min: 5000, max: 100_000 }),
    noticeMs: fc.integer({ min: 0, max: 5000 }),
    returnMs: fc.integer({ min: 0, max: 30_000 }),
  });
  const price = fc.record({ task: fc.nat(20), trial: fc.nat(2) });
  fc.assert(
    fc.property(
      clusters,
      price,
      fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 300 }),
      (cluster, cost, times) => {
        const run = () => simulate(times, cluster, cost, randomFor('deaths'));
        const first = run();
        expect([...first.counted]).toEqual(same(times.length, 1));
        expect(first.efficiency).toBeLessThanOrEqual(1);
        expect(run()).toEqual(first);
      },
    ),
    { numRuns: 50 },
  );
});

test('the clock does not go back', () => {
  const clock = new ManualClock();
  clock.turnTo(5);
  expect(() => clock.turnTo(4)).toThrow('the clock is at 5, past 4');
});
