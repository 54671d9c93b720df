// One coordinator a folder, with real processes: refused while one lives, taken over at once when it is dead.
import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import type { Clock } from '../../src/ground/clock.js';
import { acquireLock, findCoordinator } from '../../src/run/lock.js';
import { startChild } from './children/start.js';
import { temporaryFolder } from './samples.js';

const clockAt = (ms: number): Clock => ({ now: () => ms, elapsed: () => ms });

async function startHolder(folder: string) {
  const child = startChild('lock', folder);
  await child.nextLine();
  child.process.stdin!.write('go\n');
  return child;
}

describe('lock', () => {
  it('refuses a second coordinator with the pid and host of the first, and lets it in after the release', async () => {
    const folder = temporaryFolder();
    const child = await startHolder(folder);
    expect(await child.nextLine()).toBe('held');
    const refusal = `${folder} is in use by the coordinator with pid ${child.process.pid} on ${hostname()}`;
    await expect(acquireLock(folder)).rejects.toMatchObject({ code: 'LOCKED', message: refusal });
    expect(await findCoordinator(folder)).toMatchObject({ pid: child.process.pid, host: hostname() });
    await child.kill();
    expect(await findCoordinator(folder)).toBeUndefined();
    const lock = await acquireLock(folder);
    await expect(acquireLock(folder)).rejects.toMatchObject({ code: 'LOCKED' });
    await lock.release();
    await lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('gives a dead coordinator’s lock to exactly one of many that want it at once', async () => {
    const folder = temporaryFolder();
    const dead = await startHolder(folder);
    await dead.nextLine();
    await dead.kill();
    const children = Array.from({ length: 6 }, () => startChild('lock', folder));
    for (const child of children) await child.nextLine();
    for (const child of children) child.process.stdin!.write('go\n');
    const answers = await Promise.all(children.map((child) => child.nextLine()));
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
    expect(answers.filter((answer) => answer?.startsWith('LOCKED: '))).toHaveLength(5);
    expect(readdirSync(folder)).toEqual(['coordinator.lock']);
  });

  // Without /proc there is no start to compare, and a live pid counts as the holder.
  it.skipIf(!existsSync('/proc/self/stat'))(
    'recognises a recycled pid by the start of its process',
    async () => {
      const folder = temporaryFolder();
      const holder = { pid: process.pid, host: hostname(), started: '1', token: 'old' };
      writeFileSync(join(folder, 'coordinator.lock'), JSON.stringify(holder));
      const lock = await acquireLock(folder);
      await lock.release();
    },
  );

  it.skipIf(!existsSync('/proc/self/ns/pid'))(
    'takes a process of another container for one of another machine, whatever its host name',
    async () => {
      const folder = temporaryFolder();
      const path = join(folder, 'coordinator.lock');
      const place = `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} pid:[1]`;
      // Nobody has such a pid here: over there it may be alive.
      const holder = { pid: 2 ** 22 + 1, host: hostname(), started: '1', place, token: 'theirs' };
      writeFileSync(path, JSON.stringify(holder));
      await expect(acquireLock(folder)).rejects.toMatchObject({ code: 'LOCKED' });
      expect(await findCoordinator(folder)).toMatchObject({ pid: holder.pid });
    },
  );

  it('takes over from another host after 60 silent seconds, and not before', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'coordinator.lock');
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', started: '1', token: 'theirs' }));
    utimesSync(path, 1000, 1000);
    await expect(acquireLock(folder, { clock: clockAt(1_060_000) })).rejects.toThrow('pid 1 on elsewhere');
    const said: string[] = [];
    const onWait = (text: string) => {
      // Touched while one looks on: its clock is another, and it is alive.
      if (said.push(text) === 1) utimesSync(path, 1001, 1001);
    };
    const asked = { clock: clockAt(1_060_001), watchMs: 1000, onWait };
    await expect(acquireLock(folder, asked)).rejects.toThrow('pid 1 on elsewhere');
    utimesSync(path, 1000, 1000);
    const lock = await acquireLock(folder, asked);
    expect(said).toEqual(Array(2).fill(expect.stringContaining('on elsewhere looks abandoned')));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ pid: process.pid });
    await lock.release();
  });

  it('goes on where a process died in the middle of taking over', async () => {
    const folder = temporaryFolder();
    const dead = startChild('lock', folder);
    await dead.kill();
    const holder = JSON.stringify({ pid: dead.process.pid, host: hostname(), started: '1', token: 'dead' });
    for (const name of ['coordinator.lock', 'coordinator.lock.takeover'])
      writeFileSync(join(folder, name), holder);
    const lock = await acquireLock(folder);
    expect(readdirSync(folder)).toEqual(['coordinator.lock']);
    await lock.release();
  });

  it('removes only its own lock', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'coordinator.lock');
    const lock = await acquireLock(folder);
    const theirs = JSON.stringify({ pid: 1, host: 'elsewhere', started: null, token: 'theirs' });
    writeFileSync(path, theirs);
    await lock.release();
    expect(readFileSync(path, 'utf8')).toBe(theirs);
    expect(statSync(path).isFile()).toBe(true);
  });

  it('touches its lock now and then, and tells when another has taken it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const folder = temporaryFolder();
    const path = join(folder, 'coordinator.lock');
    let lost = 0;
    const lock = await acquireLock(folder, { clock: clockAt(5_000_000), onLost: () => lost++ });
    expect(statSync(path).mtimeMs).not.toBe(5_000_000);
    vi.advanceTimersByTime(5_000);
    await vi.waitUntil(() => statSync(path).mtimeMs === 5_000_000, 30_000);
    expect(() => lock.check()).not.toThrow();
    rmSync(path); // as a takeover does it: never by writing into the file
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', started: null, token: 'theirs' }));
    vi.advanceTimersByTime(5_000);
    await vi.waitUntil(() => lost === 1, 30_000);
    expect(() => lock.check()).toThrow('another coordinator has taken over');
    vi.advanceTimersByTime(20_000);
    await lock.release();
    expect(lost).toBe(1);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ token: 'theirs' });
  });

  it('does not touch a file that is no lock', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'coordinator.lock'), 'my notes');
    await expect(acquireLock(folder)).rejects.toMatchObject({ code: 'LOCKED' });
    expect(readFileSync(join(folder, 'coordinator.lock'), 'utf8')).toBe('my notes');
  });
});
