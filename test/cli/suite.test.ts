import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder, runProgram, sweepFile } from './program.js';

const SMALL = sweepFile('fixtures/sweeps/small-suite');
const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

test('a suite runs its sweeps into one folder, with a page that leads to them, and goes on there', async () => {
  const cwd = newFolder();
  const first = await runProgram(cwd, 'suite', SMALL, '--out', 'here', '--workers', '2');
  expect(first.stderr).toContain('small: 2 sweeps, 14 trials to run, into here');
  expect(first).toMatchObject({ code: 0, stdout: '' });
  expect(readdirSync(join(cwd, 'here')).sort()).toEqual([
    'noise',
    'report.html',
    'report.md',
    'staged',
    'suite.json',
  ]);
  expect(read(cwd, 'here/report.md')).toMatch(
    /\| noise \| complete \| 6 ok \| kind=wild gain=\d x=0\.[27]5: y \S+ \|/,
  );
  expect(read(cwd, 'here/staged/trials.csv').split('\n')).toHaveLength(10);

  const trials = read(cwd, 'here/staged/trials.csv');
  const second = await runProgram(cwd, 'suite', SMALL, '--out', 'here', '--workers', '1');
  expect(second.stderr).toContain('small: 2 sweeps, 0 trials to run');
  expect(second.code).toBe(0);
  expect(read(cwd, 'here/staged/trials.csv')).toBe(trials);
});

test('a suite has a folder under runs/, where its sweeps are found by their names', async () => {
  const cwd = newFolder();
  await runProgram(cwd, 'suite', SMALL, '--quiet');
  const [id] = readdirSync(join(cwd, 'runs', 'small'));
  const { stdout, code } = await runProgram(cwd, 'status', 'noise', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    folder: join(cwd, 'runs', 'small', id!, 'noise'),
    ok: 6,
    state: 'complete',
  });
  expect((await runProgram(cwd, 'status')).stdout).toContain('8 done of 8');
});

test('nothing is begun where one of the sweeps cannot run, or the folder holds something else', async () => {
  const cwd = newFolder();
  writeFileSync(
    join(cwd, 'wrong.mjs'),
    `import { defineSuite } from ${JSON.stringify(new URL('../../dist/src/index.js', import.meta.url).href)};
     export default defineSuite({ name: 'wrong', runs: [{ sweep: 'escape' }, { sweep: 'latent', set: { latent: [2.5] } }] });`,
  );
  const wrong = await runProgram(cwd, 'suite', './wrong.mjs', '--data', 'digits');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('2.5');
  rmSync(join(cwd, 'wrong.mjs'));
  expect(readdirSync(cwd)).toEqual([]);
  writeFileSync(join(cwd, 'mine.txt'), 'mine');
  const full = await runProgram(cwd, 'suite', SMALL, '--out', '.');
  expect(full.code).toBe(2);
  expect(full.stderr).toContain('mine.txt');
  expect((await runProgram(cwd, 'suite', 'tuor')).stderr).toContain('did you mean "tour"?');
});

test('a suite is planned without running, and the suites are listed', async () => {
  const cwd = newFolder();
  const { stdout, code } = await runProgram(cwd, 'suite', SMALL, '--plan');
  expect({ code, files: readdirSync(cwd) }).toEqual({ code: 0, files: [] });
  expect(stdout).toContain('stage draw');
  expect((await runProgram(cwd, 'suite')).stdout).toMatch(
    /^nightly: [\s\S]*\nnightly-small: [\s\S]*\ntour: /,
  );
});
