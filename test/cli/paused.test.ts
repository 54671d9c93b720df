// Runs that pause as users see them: the answer at the end, best, status, replay and verify, with real processes.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { makeProject } from '../sweep/project.js';
import { trainingWorker } from '../sweep/training-worker.js';
import { newFolder, runProgram, sweepFile } from './program.js';

const cwd = newFolder();
const sweep = sweepFile('fixtures/sweeps/paused');
const pbt = [
  '--pruner',
  'pbt',
  ...['interval=2', 'max=8', 'mutate=alpha'].flatMap((each) => ['--pruner-option', each]),
];
let said = '';
beforeAll(async () => {
  const { code, stderr } = await runProgram(cwd, 'run', sweep, '--out', 'run', '--no-report', ...pbt);
  expect(code, stderr).toBe(0);
  said = stderr;
}, 60_000);

test('the answer at the end has the values that parameters had at the end, and where the others are', () => {
  expect(said).toMatch(/ best {4}loss \S+, trial 5\n {10}kind=adam alpha=0\.8 \(\S+ at the end\)\n/);
  expect(said).toContain('\n          pbt changed alpha on the way: schedules.csv has every value\n');
});

test('best shows both, and no replay of a trial with the weights of another', async () => {
  const text = await runProgram(cwd, 'best', 'run');
  expect(text.stdout).toMatch(/kind {2,}alpha {2}alpha at the end\n/);
  expect(text.stdout).toContain('pbt changed alpha on the way: schedules.csv has every value.');
  expect(text.stdout).toMatch(
    /Replay one by its trial: sweepline replay run \d+\nWhose weights a trial has: sweepline explain run \d+/,
  );
  const json = await runProgram(cwd, 'best', 'run', '--json', '-n', '12');
  const { best, mutated } = JSON.parse(json.stdout) as {
    mutated: string[];
    best: { trial: number; point: { alpha: number }; final: { alpha: number }; replay: string | null }[];
  };
  expect(mutated).toEqual(['alpha']);
  const first = best.find(({ trial }) => trial === 0)!;
  expect(first).toMatchObject({ point: { alpha: 0.02 }, final: { alpha: 0.4 }, replay: null });
  expect(best.find(({ trial }) => trial === 5)).toMatchObject({ replay: 'sweepline replay run 5' });
});

test('replay refuses such a trial with exit 2; verify leaves it out and says so', async () => {
  const replay = await runProgram(cwd, 'replay', 'run', '0');
  expect(replay).toMatchObject({ code: 2, stdout: '' });
  expect(replay.stderr).toContain(
    'trial 0 went on from the weights of trial 5 at step 2 (pbt): alone it would be another trial',
  );
  const verify = await runProgram(cwd, 'verify', 'run');
  expect(verify.code).toBe(0);
  expect(verify.stdout).toMatch(
    /Left out: \d trials went on from the weights of others \(pbt\)\n.*all the same/,
  );
}, 60_000);

test('sql and Parquet have the schedules, and no rows of other runs', async () => {
  const sql = 'SELECT count(*) AS n, count("from") AS taken FROM schedules WHERE trial < 6';
  const { stdout } = await runProgram(cwd, 'sql', 'run', sql, '--json');
  const { n, taken } = JSON.parse(stdout) as { n: number; taken: number };
  expect(n - taken).toBe(6);
  expect(taken).toBeGreaterThan(1);
  const exported = await runProgram(cwd, 'export', 'run', '--parquet', '--out', 'tables');
  expect(exported.stderr + exported.stdout).toContain('schedules.parquet');
  await runProgram(cwd, 'run', sweep, '--out', 'plain', '--no-report', '--quiet');
  const none = await runProgram(cwd, 'sql', 'plain', 'SELECT count(*) AS n FROM schedules', '--json');
  expect(JSON.parse(none.stdout)).toEqual({ n: 0 });
  const plain = await runProgram(cwd, 'export', 'plain', '--parquet', '--out', 'others');
  expect(plain.stderr + plain.stdout).not.toContain('schedules');
}, 60_000);

test('what cannot be taken further says so with exit 2', async () => {
  const retry = await runProgram(cwd, 'resume', 'run', '--retry', 'failed');
  expect(retry.code).toBe(2);
  expect(retry.stderr).toContain('leave --retry out, or start a new run');
}, 60_000);

test('of a failed trial with the weights of another no replay is offered, but what tells whose they are', async () => {
  const out = newFolder();
  /** `broken`: trials that fail at step 5. */
  const runBroken = async (name: string, broken: readonly number[]) => {
    const project = makeProject(trainingWorker(0, { broken }), `axes: { x: [0.1, 0.2, 0.3, 0.5, 0.8, 0.9] }`);
    const pruner = ['interval=2', 'max=9', 'mutate=x'].flatMap((each) => ['--pruner-option', each]);
    const always = ['--no-report', '--max-failures', '100%', '--json', '--out', join(out, name)];
    return runProgram(out, 'run', project.sweep, '--pruner', 'pbt', ...pruner, ...always);
  };
  const { stdout, stderr } = await runBroken('all', [0, 1, 2, 3, 4, 5]);
  const schedules = readFileSync(join(out, 'all/schedules.csv'), 'utf8').split('\n').slice(1);
  const takers = new Set(
    schedules.filter((row) => /^\d+,\d+,\d/.test(row)).map((row) => Number.parseInt(row, 10)),
  );
  expect(takers.size).toBeGreaterThan(0);
  const failures = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(
      (line) => JSON.parse(line) as { event: string; trial: number; replay: string | null; explain: string },
    )
    .filter(({ event }) => event === 'failure');
  expect(failures.map(({ trial }) => trial).toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  const refused = failures.filter(({ replay }) => replay === null);
  expect(new Set(refused.map(({ trial }) => trial))).toEqual(takers);
  const able = failures.find(({ replay }) => replay !== null)!;
  expect(stderr).toContain(`6 trials failed; replay the first with: ${able.replay}\n`);
  // As it is typed.
  const { explain, trial } = refused[0]!;
  const told = await runProgram(out, ...explain.split(' ').slice(1));
  expect([told.code, told.stdout]).toEqual([0, expect.stringContaining('It went on from the')]);
  expect(await runProgram(out, 'replay', 'all', String(trial))).toMatchObject({ code: 2 });

  const only = await runBroken('some', [...takers]);
  expect(only.stderr).toContain(
    `failed, having taken over weights (pbt); whose, of the first: sweepline explain `,
  );
  expect(only.stderr).not.toContain('sweepline replay');
}, 60_000);
