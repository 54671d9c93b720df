// Real signals to the real program: Ctrl-C once, twice, SIGTERM; then resume.
import { existsSync, readFileSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder, runProgram, startProgram, sweepFile } from './program.js';

const NOISY = sweepFile('fixtures/sweeps/noisy');

/** Trials whose workers have logged this word, in the order they did. */
const logged = (folder: string, word: string): number[] =>
  (existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').split('\n') : [])
    .filter((line) => line.endsWith(` ${word}`))
    .map((line) => Number.parseInt(line, 10));

function untilLogged(folder: string, word: string, count: number): Promise<void> {
  return new Promise((done) => {
    const watcher = watch(folder, () => look());
    const look = () => {
      if (logged(folder, word).length < count) return;
      watcher.close();
      done();
    };
    look();
  });
}

async function statusOf(cwd: string): Promise<Record<string, unknown>> {
  return JSON.parse((await runProgram(cwd, 'status', 'there', '--json')).stdout) as Record<string, unknown>;
}

describe('interrupted', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    '%s once: what runs is finished, exit 130, resume does the rest',
    async (signal) => {
      const cwd = newFolder();
      const hold = join(cwd, 'log.hold');
      writeFileSync(hold, '20');
      const { child, finished, said } = startProgram(cwd, [
        'run',
        NOISY,
        ...['--set', `log=${join(cwd, 'log')}`],
        '--workers',
        '2',
        '--out',
        'there',
      ]);
      await untilLogged(cwd, 'start', 22); // each of the two threads has one that waits
      child.kill(signal);
      await said('Stopping');
      rmSync(hold);
      const { code, stdout, stderr } = await finished;
      expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
      expect(stderr).toContain('Stopping: what runs is finished');
      expect(stderr).toMatch(/ not run, in .*\n.*\nInterrupted; resume with: sweepline resume there\n$/);
      const done = logged(cwd, 'end').length;
      expect(done).toBeLessThan(126);
      expect(await statusOf(cwd)).toMatchObject({
        state: 'interrupted',
        coordinator: null,
        done,
        orphaned: 0,
      });

      const resumed = await runProgram(cwd, 'resume', 'there', '--no-report');
      expect(resumed).toMatchObject({ code: 0, stdout: '' });
      expect(resumed.stderr).toContain(`noisy: ${126 - done} trials to go, ${done} done before`);
      // Every trial once: none was cut off, and none that was finished ran again.
      expect(logged(cwd, 'start').sort((a, b) => a - b)).toEqual(Array.from({ length: 126 }, (_, i) => i));
      expect(await statusOf(cwd)).toMatchObject({ state: 'complete', done: 126, ok: 126 });
    },
  );

  test('twice: a trial that hears nothing is not waited for, and nothing finished is lost', async () => {
    const cwd = newFolder();
    // Deaf for an hour: only the second request can end it.
    const deaf = [
      '--set',
      `log=${join(cwd, 'log')}`,
      '--set',
      'wait=0,3600000',
      '--set',
      'kind=plain',
      '--set',
      'x=0,1',
    ];
    const argv = ['run', NOISY, '--workers', '1', '--replicates', '1', '--out', 'there', ...deaf];
    const { child, finished, said } = startProgram(cwd, argv);
    await untilLogged(cwd, 'start', 3);
    child.kill('SIGINT');
    await said('Stopping: what runs is finished');
    child.kill('SIGTERM');
    const { code, stderr } = await finished;
    expect(code).toBe(130);
    expect(stderr).toContain('Stopping now');
    expect(await statusOf(cwd)).toMatchObject({ state: 'interrupted', done: 2, failed: 0 });
  });
});
