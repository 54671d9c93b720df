// No host outlives its coordinator, whatever it is doing.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { makeProject } from '../sweep/project.js';
import { startProgram } from './program.js';

/** Processes of the program's group, its own included. */
function groupOf(leader: number): number[] {
  try {
    return execFileSync('pgrep', ['-g', String(leader)])
      .toString()
      .trim()
      .split('\n')
      .map(Number);
  } catch {
    return []; // none is left
  }
}

const gone = async (leader: number): Promise<void> => {
  while (groupOf(leader).length > 0) await new Promise((done) => setTimeout(done, 20));
};

test.each([
  ['its module loops', 'for (;;);', 'run: () => ({ y: 1 }),'],
  ['its load loops', '', 'load() { for (;;); }, run: () => ({ y: 1 }),'],
  ['its trials block', '', 'run() { for (;;); },'],
])('a coordinator that is killed takes its host with it: %s', async (_, module, worker) => {
  const declared = 'params: { x: z.int().default(0) }, metrics: { y: { type: "integer" } },';
  const project = makeProject(`${declared} ${worker}`, 'axes: { x: [1, 2, 3] }');
  if (module !== '') project.write('worker.mjs', module);
  const { child, finished } = startProgram(project.home, [
    'run',
    'sweep.mjs',
    '--workers',
    '2',
    '--out',
    'run',
  ]);
  // The coordinator and its host.
  while (groupOf(child.pid!).length < 2) await new Promise((done) => setTimeout(done, 20));
  process.kill(child.pid!, 'SIGKILL');
  await finished;
  await gone(child.pid!);
  expect(groupOf(child.pid!)).toEqual([]);
});

test('Ctrl-C twice ends a start that never comes to its end', async () => {
  const project = makeProject('', 'axes: { x: [1] }');
  project.write('worker.mjs', 'for (;;);');
  const { child, finished, said } = startProgram(project.home, ['run', 'sweep.mjs', '--out', 'run']);
  await said('loading the sweep');
  process.kill(child.pid!, 'SIGINT');
  await said('Stopping');
  await new Promise((done) => setTimeout(done, 150)); // a second signal within a moment is a copy of the first
  process.kill(child.pid!, 'SIGINT');
  expect((await finished).code).toBe(130);
  await gone(child.pid!);
});
