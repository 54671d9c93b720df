import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../src/ground/random.js';
import { readRunStatus } from '../../src/run/status.js';
import { resumeRun } from '../../src/sweep/start.js';
import { fixture, newFolder, runSweep } from './session.js';

const list = (value: string | number) => ({ kind: 'list', values: [value] }) as const;

/** Starts a run in a process group of its own. */
function startChild(out: string, log: string): ChildProcess {
  const set = JSON.stringify({ log: list(log), wait: list(6) });
  return spawn(process.execPath, [resolve('dist/test/sweep/children/run.js'), fixture('noisy'), out, set], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

/** Kills the whole group, hosts included, once the child has said so many lines. Resolves when it is gone. */
async function killAfter(child: ChildProcess, lines: number): Promise<void> {
  const gone = new Promise((done) => child.once('close', done));
  let seen = 0;
  for await (const _ of createInterface({ input: child.stdout! })) {
    if (++seen >= lines) break;
  }
  process.kill(-child.pid!, 'SIGKILL');
  child.stdout!.resume();
  await gone;
}

const startsIn = (log: string): number[] =>
  existsSync(log)
    ? readFileSync(log, 'utf8')
        .split('\n')
        .filter((line) => line.endsWith(' start'))
        .map((line) => Number.parseInt(line, 10))
    : [];

describe('kill -9 of the whole process group', () => {
  test('at random moments, then resume: the same bytes, and no finished trial runs twice', async () => {
    const random = randomFor('kill moments', 7);
    let partly = 0;
    const log = join(newFolder(), 'log');
    const whole = await runSweep({ sweep: fixture('noisy'), set: { log: list(log), wait: list(6) } });
    for (let round = 0; round < 4; round++) {
      rmSync(log, { force: true });
      const out = join(newFolder(), 'run');
      await killAfter(startChild(out, log), 1 + random.below(3));
      const killed = await readRunStatus(out).catch(() => undefined);
      const startedBefore = startsIn(log).length;
      if (killed === undefined) continue; // killed before the journal had begun
      const outcome = await (await resumeRun(out, { workers: 2 })).outcome;
      expect(outcome.left).toBe(0);
      for (const file of ['trials.csv', 'metrics.csv']) {
        expect(readFileSync(join(out, file), 'utf8')).toBe(readFileSync(join(whole.folder, file), 'utf8'));
      }
      const again = startsIn(log).slice(startedBefore);
      expect(again.filter((trial) => killed.state.epoch.isDone(trial))).toEqual([]);
      if (killed.done > 0 && killed.done < killed.total!) partly++;
    }
    expect(partly).toBeGreaterThan(0);
  }, 180_000);

  test('a second coordinator is refused while the first one works, with its pid', async () => {
    const folder = newFolder();
    const out = join(folder, 'run');
    const hold = join(folder, 'log.hold');
    writeFileSync(hold, '30'); // it does not end before
    const child = startChild(out, join(folder, 'log'));
    const lines = createInterface({ input: child.stdout! });
    await new Promise((started) => lines.once('line', started));
    await expect(resumeRun(out, { workers: 1 })).rejects.toThrow(new RegExp(String(child.pid)));
    const gone = new Promise((done) => child.once('close', done));
    process.kill(-child.pid!, 'SIGKILL');
    await gone;
    rmSync(hold);
    const outcome = await (await resumeRun(out, { workers: 2 })).outcome;
    expect(outcome.left).toBe(0);
  });
});

describe('a trial that kills its host', () => {
  test('fails alone; everything else is done', async () => {
    const { ok, failed, trials } = await runSweep({ sweep: fixture('deadly'), blockSize: 4 });
    expect({ ok, failed, trials }).toEqual({ ok: 15, failed: 1, trials: 16 });
  });
});
