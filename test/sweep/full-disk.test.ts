// A disk that is full while a trial saves an artifact: the run ends, resumable, and the trial is not charged with it.
// Needs a small file system of its own, which only root can mount.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { startRun } from '../../src/sweep/start.js';
import { makeProject } from './project.js';
import { newFolder, read, resume, rowsOf } from './session.js';

const mount = newFolder();
const isMounted =
  process.platform === 'linux' &&
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount]).status === 0;
if (!isMounted) console.warn('skipped: a small tmpfs cannot be mounted here');
afterAll(() => {
  if (isMounted) execFileSync('umount', [mount]);
});

const WORKER = `
  params: { x: z.int().default(0) },
  metrics: { size: { type: 'integer' } },
  run(trial) {
    try {
      trial.saveArtifact('big.bin', new Uint8Array(600_000));
    } catch {
      return { size: -1 }; // a worker that makes a result of it
    }
    return { size: 600_000 };
  },`;

test.skipIf(!isMounted)(
  'artifacts that do not fit end the run; with room it goes on, with the same bytes',
  async () => {
    const { sweep } = makeProject(WORKER, 'axes: { x: "range(0,19,1)" }');
    const out = join(mount, 'run');
    const run = await startRun({ sweep, out, workers: 2 });
    await expect(run.outcome).rejects.toMatchObject({ code: 'ENOSPC', syscall: expect.any(String) });
    execFileSync('mount', ['-o', 'remount,size=64m', mount]);
    expect(await resume(out)).toMatchObject({ ok: 20, failed: 0, left: 0 });
    expect(rowsOf(read(out, 'trials.csv')).map(({ size }) => size)).toEqual(Array(20).fill('600000'));
    const files = readdirSync(join(out, 'artifacts'), { recursive: true }).map(String);
    expect(files.filter((file) => file.endsWith('.tmp'))).toEqual([]);
    expect(existsSync(join(out, 'artifacts', '19', 'big.bin'))).toBe(true);
  },
);
