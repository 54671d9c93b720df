// A coordinator that was frozen, and finds on waking up that another has taken its run over, or that its folder is gone.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { LOCK_FILE } from '../../src/run/lock.js';
import { JOURNAL_FILE } from '../../src/run/read-journal.js';
import { resumeRun } from '../../src/sweep/start.js';
import { fixture, newFolder, rowsOf, runSweep } from './session.js';

const list = (value: string | number) => ({ kind: 'list', values: [value] }) as const;

/** `whole`: the rows of a run that nobody disturbs. */
async function prepare() {
  const folder = newFolder();
  const log = join(folder, 'log');
  const set = { log: list(log), wait: list(6) };
  const { trials_csv: whole } = await runSweep({ sweep: fixture('noisy'), set });
  const hold = `${log}.hold`;
  writeFileSync(hold, '30');
  return { folder, out: join(folder, 'run'), set, whole, letGo: () => rmSync(hold) };
}

/** Starts a run in a process of its own, and resolves once it has begun: it does not end before it is let go. */
async function startChild(out: string, set: object): Promise<ChildProcess> {
  const script = resolve('dist/test/sweep/children/run.js');
  const child = spawn(process.execPath, [script, fixture('noisy'), out, JSON.stringify(set)], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines = createInterface({ input: child.stdout! });
  await new Promise((seen) => lines.once('line', seen));
  return child;
}

/** Makes the lock look as one of another machine that has not been heard of for long. */
function age(lock: string): void {
  const holder = JSON.parse(readFileSync(lock, 'utf8')) as object;
  writeFileSync(lock, JSON.stringify({ ...holder, host: 'a-machine-far-away' }));
  utimesSync(lock, 1, 1);
}

describe('a coordinator that was frozen (SIGSTOP)', () => {
  test('writes nothing any more once another has taken its lock, and says so', async () => {
    const { out, set, whole, letGo } = await prepare();
    const child = await startChild(out, set);
    const said = text(child.stderr!);
    const ended = new Promise<number | null>((done) => child.once('close', done));
    process.kill(child.pid!, 'SIGSTOP');
    age(join(out, LOCK_FILE));
    letGo();

    const { outcome } = await resumeRun(out, { workers: 2 });
    expect(await outcome).toMatchObject({ left: 0, interrupted: false });
    const size = statSync(join(out, JOURNAL_FILE)).size;
    process.kill(child.pid!, 'SIGCONT');
    expect(await ended).not.toBe(0);
    expect(await said).toMatch(/another coordinator has taken over/);

    expect(statSync(join(out, JOURNAL_FILE)).size).toBe(size);
    expect(readFileSync(join(out, 'trials.csv'), 'utf8')).toBe(whole);
    const recorded = rowsOf(readFileSync(join(out, 'timings.csv'), 'utf8')).filter(
      ({ status }) => status === 'ok',
    );
    expect(new Set(recorded.map(({ trial }) => trial)).size).toBe(recorded.length);
  }, 120_000);
});

describe('a run whose folder is renamed', () => {
  test('ends with what was written, and goes on once it is back', async () => {
    const { folder, out, set, whole, letGo } = await prepare();
    const child = await startChild(out, set);
    const said = text(child.stderr!);
    const ended = new Promise<number | null>((done) => child.once('close', done));
    renameSync(out, join(folder, 'elsewhere'));
    letGo();
    expect(await ended).not.toBe(0);
    expect(await said).toMatch(/lost its lock: it was deleted, moved or renamed/);
    const { outcome } = await resumeRun(join(folder, 'elsewhere'), { workers: 2 });
    expect(await outcome).toMatchObject({ left: 0 });
    expect(readFileSync(join(folder, 'elsewhere', 'trials.csv'), 'utf8')).toBe(whole);
  }, 120_000);
});
