// Two coordinators in containers of one machine that share a folder: the same host name, and process numbers of their own.
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MAIN, runProgram, startProgram } from '../cli/program.js';
import { makeProject } from './project.js';
import { read, rowsOf } from './session.js';

const CONTAINER = ['--pid', '--fork', '--mount-proc', '--kill-child'];
const canContain = spawnSync('unshare', [...CONTAINER, 'true']).status === 0;

test.skipIf(!canContain)(
  'the second one is refused, whatever its process numbers mean, and no trial runs twice (needs unshare)',
  async () => {
    const { home } = makeProject(
      `params: { x: z.int().default(0) }, metrics: { y: { type: 'integer' } },
       async run({ params }) {
         const { existsSync } = await import('node:fs');
         while (params.x > 50 && existsSync(new URL('./hold', import.meta.url)))
           await new Promise((resolve) => setTimeout(resolve, 5));
         return { y: params.x };
       },`,
      'axes: { x: "range(0,99,1)" }',
    );
    writeFileSync(join(home, 'hold'), ''); // it ends once the second one was refused
    const contained = (...argv: string[]) =>
      startProgram(home, argv, {}, ['unshare', ...CONTAINER, process.execPath, MAIN]);
    const first = contained('run', 'sweep.mjs', '--workers', '2', '--out', 'run');
    await first.said('into run');
    // In its own container it has the number that the first one has in its own, and no other process is to be seen.
    const second = await contained('resume', 'run', '--workers', '2').finished;
    expect(second).toMatchObject({
      code: 70,
      stderr: expect.stringMatching(/is in use by the coordinator with pid/),
    });
    rmSync(join(home, 'hold'));
    expect((await first.finished).code).toBe(0);
    expect((await runProgram(home, 'resume', 'run', '--quiet')).code).toBe(0);
    const trials = rowsOf(read(join(home, 'run'), 'timings.csv')).map(({ trial }) => trial);
    expect(trials).toHaveLength(100);
    expect(new Set(trials).size).toBe(100);
  },
);
