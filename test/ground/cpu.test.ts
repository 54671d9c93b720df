// The processor time of a thread, against that of its process, which the system counts apart.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { openCpuClock } from '../../src/ground/cpu.js';

test('is what the thread has computed, and no more than its process has', async () => {
  const clock = openCpuClock();
  const before = clock.now();
  const all = process.cpuUsage();
  const used = () => {
    const { user, system } = process.cpuUsage(all);
    return (user + system) / 1000;
  };
  let steps = 0;
  while (used() < 200) steps++;
  const own = clock.since(before);
  expect(steps).toBeGreaterThan(0);
  if (own === null) {
    expect(process.platform).not.toBe('linux');
    return;
  }
  // Its process has other threads, and the two are not read at once.
  expect(own).toBeGreaterThan(50);
  expect(own).toBeLessThan(used() + 10);
  // Waiting is not computing.
  const waiting = clock.now();
  const began = performance.now();
  await new Promise((done) => setTimeout(done, 300));
  expect(clock.since(waiting)!).toBeLessThan(performance.now() - began);
});

test.skipIf(process.platform !== 'linux')('opens its file once, however many ask for it', () => {
  const count = () => readdirSync('/proc/self/fd').length;
  openCpuClock();
  const before = count();
  for (let i = 0; i < 20; i++) openCpuClock();
  expect(count()).toBeLessThan(before + 20);
});
