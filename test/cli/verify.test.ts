// `sweepline verify` as users call it: what it prints, how it exits, that Ctrl-C ends it and leaves nothing behind.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeProject } from '../sweep/project.js';
import { newFolder, runProgram, startProgram, sweepFile } from './program.js';

describe('sweepline verify', () => {
  test('exits 0 where all cells are the same, 1 where some differ, and 2 for wrong use', async () => {
    const project = makeProject(
      `params: { x: z.int().default(0) }, metrics: { y: { type: 'number' }, word: { type: 'string' } },
       async run({ params }) {
         const { readFileSync } = await import('node:fs');
         const [y, word] = readFileSync(new URL('./says', import.meta.url), 'utf8').split(' ');
         return { y: Number(y) * params.x, word };
       },`,
      'axes: { x: [1, 2] }',
    );
    const cwd = project.home;
    writeFileSync(join(cwd, 'says'), '1 a');
    await runProgram(cwd, 'run', project.sweep, '--out', 'run', '--debug', '--no-report');
    const same = await runProgram(cwd, 'verify', 'run', '--workers', '2');
    expect(same.code).toBe(0);
    expect(same.stdout).toBe(
      'mine: 2 trials of 2 again on 2 workers (run)\n16 cells compared: all the same\n',
    );
    writeFileSync(join(project.home, 'says'), '1.5 b\n\u001b[31m');
    const other = await runProgram(cwd, 'verify', 'run', '--workers', '2', '--tolerance', 'y=0.4');
    expect(other.code).toBe(1);
    expect(other.stdout).toBe(
      [
        'mine: 2 trials of 2 again on 2 workers (run)',
        '16 cells compared: 2 cells of 2 trials differ',
        '',
        '  trial  column  run                again  difference',
        '      0  word      a  "b\\u000a\\u001b[31m"',
        '      1  word      a  "b\\u000a\\u001b[31m"',
        '',
        'Differences are in parts of the larger number.',
        '',
      ].join('\n'),
    );
    const json = JSON.parse((await runProgram(cwd, 'verify', 'run', '--json', '--sample', '1')).stdout);
    expect(json).toMatchObject({ trials: 1, of: 2, differingCells: 2, interrupted: false });
    expect(json.differences[0]).toMatchObject({ column: 'y', difference: expect.closeTo(1 / 3, 12) });
    for (const wrong of [
      ['nowhere'],
      ['run', '--sample', '0'],
      ['run', '--tolerance', 'y'],
      ['run', '--tolerance', 'z=1'],
      ['run', '--engine', 'tfjs'],
    ]) {
      const refused = await runProgram(cwd, 'verify', ...wrong);
      expect([wrong, refused.code, refused.stdout]).toEqual([wrong, 2, '']);
    }
  });

  test('Ctrl-C ends it, and nothing is left of the trials', async () => {
    const cwd = newFolder();
    const data = newFolder();
    const log = join(data, 'log');
    writeFileSync(join(data, 'go'), '');
    const sweep = sweepFile('fixtures/sweeps/unruly');
    const run = await runProgram(
      ...([cwd, 'run', sweep, '--out', 'run', '--set', 'act=wait', '--data', data, '--no-report'].map(
        String,
      ) as [string]),
    );
    expect(run.code).toBe(0);
    rmSync(join(data, 'go'));
    writeFileSync(log, '');
    const own = join(cwd, 'tmp');
    mkdirSync(own);
    const { child, finished } = startProgram(cwd, ['verify', 'run', '--workers', '2'], { TMPDIR: own });
    while (!readFileSync(log, 'utf8').includes('start'))
      await new Promise((resolve) => setTimeout(resolve, 5));
    process.kill(-child.pid!, 'SIGINT');
    const { code, stdout } = await finished;
    expect(code).toBe(130);
    expect(stdout).toContain('Interrupted');
    expect(readdirSync(own).filter((name) => name.startsWith('sweepline-verify'))).toEqual([]);
  });
});
