// `sweepline compare` as users call it: exit codes, and what it takes for a run, a suite or a folder of runs.
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeProject } from '../sweep/project.js';
import { runProgram, sweepFile } from './program.js';

const WORKER = (offset: string, limit: string) => `
  params: { x: z.number().default(0) },
  metrics: { loss: { type: 'number', goal: 'min', tolerance: 0.01 }, draw: { type: 'number' } },
  run: (trial) => {
    if (trial.params.x > ${limit}) throw new Error('too large');
    return { loss: trial.params.x ** 2 + ${offset}, draw: trial.random('draw').normal() };
  },`;
const SWEEP = `axes: { x: [1, 2, 3] }, replicates: 3`;

let cwd = '';
let sweep = '';
// How long these trials take is for the machine to say, and no part of what is tested.
const compare = (...argv: readonly string[]) =>
  runProgram(cwd, 'compare', ...argv, '--tolerance', 'run_ms=10000%');

beforeAll(async () => {
  const project = makeProject(WORKER('0', '9'), SWEEP);
  ({ home: cwd, sweep } = project);
  const rewrite = (offset: string, limit: string) =>
    project.write(
      'worker.mjs',
      `export default defineWorker({ name: 'mine', version: '1', ${WORKER(offset, limit)} });\n`,
    );
  const run = async (out: string, ...more: readonly string[]) =>
    expect(
      await runProgram(cwd, 'run', sweep, '--out', out, '--quiet', '--debug', '--no-report', ...more),
    ).toMatchObject({
      stderr: '',
    });
  await run('first');
  await run('again');
  rewrite('0.5', '9');
  await run('worse');
  rewrite('-0.5', '9');
  await run('better');
  rewrite('0', '2');
  expect(
    (await runProgram(cwd, 'run', sweep, '--out', 'failing', '--quiet', '--debug', '--no-report')).code,
  ).toBe(1);
});

describe('exit codes', () => {
  test('0 for the same run once more, and for a better one', async () => {
    const same = await compare('first', 'again');
    expect(same).toMatchObject({ code: 0, stderr: '' });
    expect(same.stdout).toMatch(/^mine: 6 same\n[\s\S]*\nSame as the baseline or better\.\n$/);
    const better = await compare('first', 'better', '--json');
    expect(better.code).toBe(0);
    expect(JSON.parse(better.stdout)).toMatchObject({
      isWorse: false,
      comparisons: [{ letter: 'B', runs: [{ verdicts: { better: 3, same: 3 } }] }],
    });
  });

  test('3 for a worse one, and for newly failing trials', async () => {
    const worse = await compare('first', 'worse');
    expect(worse.code).toBe(3);
    expect(worse.stdout).toMatch(/ {2}worse +loss +1 +1\.5 +\+0\.5/);
    expect(worse.stdout).toContain('note: the code of the worker is not the same, its version is');
    expect((await compare('worse', 'first')).code).toBe(0);
    const failing = await compare('first', 'failing');
    expect(failing.code).toBe(3);
    expect(failing.stdout).toMatch(/ {2}failing +status +1 +0 .*x=3/);
    expect((await compare('failing', 'first')).stdout).toContain('fixed');
  });

  test('0 where the tolerance puts up with it', async () => {
    expect((await compare('first', 'worse', '--tolerance', 'loss=0.6')).code).toBe(0);
    expect((await compare('first', 'worse', '--tolerance', 'loss=4%')).code).toBe(3);
    expect((await compare('first', 'worse', '--objective', 'loss:max')).code).toBe(0);
  });

  test('3 where one of several is worse', async () => {
    const { code, stdout } = await compare('first', 'again', 'worse', '--out', 'page');
    expect(code).toBe(3);
    expect(stdout).toContain('C: worse against first (A)');
    expect(readdirSync(join(cwd, 'page')).sort()).toEqual([
      ...['B', 'C', 'compare.html', 'compare.json', 'compare.md'],
    ]);
  });

  test.each([
    [['first'], 'no <other>; expected what to compare with it'],
    [['first', 'first'], 'first and first are the same run'],
    [['first', 'nowhere'], '"nowhere" is no run folder, run id or sweep with runs'],
    [['first', 'again', '--tolerance', 'los=1'], 'unknown metric "los"; did you mean "loss"?'],
    [['first', 'again', '--tolerance', 'loss=-1'], 'expected metric=amount of at least 0'],
    [['first', 'again', '--level', '5'], 'expected a number between 0 and 1'],
    [['first', 'again', 'worse', '--csv'], 'these are 2 comparisons'],
    [['first', 'again', '--out', 'first'], 'is not empty and holds no comparison'],
  ])('2 for %j', async (argv, message) => {
    const before = readdirSync(cwd).sort();
    const { code, stdout, stderr } = await compare(...argv);
    expect(stderr).toContain(message);
    expect([code, stdout]).toEqual([2, '']);
    expect(readdirSync(cwd).sort()).toEqual(before);
  });

  test('2 for runs that have nothing in common', async () => {
    const other = await runProgram(
      cwd,
      'run',
      sweepFile('fixtures/sweeps/thirds'),
      '--out',
      'thirds',
      '--quiet',
      '--debug',
      '--no-report',
    );
    expect(other.code).toBe(1);
    const { code, stderr } = await compare('first', 'thirds');
    expect(code).toBe(2);
    expect(stderr).toContain('have no configuration in common');
  });
});

test('--csv is compare.csv', async () => {
  const { stdout } = await compare('first', 'worse', '--csv');
  const lines = stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('key,trial_a,trial_b,x,metric,a,b,difference,low,high,effect,p_adjusted,verdict');
  expect(lines.filter((line) => line.includes(',run_ms,')).length).toBeLessThanOrEqual(3);
  expect(lines.filter((line) => /,loss,.*,worse$/.test(line))).toHaveLength(3);
  await compare('first', 'worse', '--out', 'csv');
  expect(readFileSync(join(cwd, 'csv', 'compare.csv'), 'utf8')).toBe(stdout);
});

describe('suites and folders', () => {
  beforeAll(() => {
    for (const [id, of] of [
      ['20260101-000000-aaaa', 'first'],
      ['20260102-000000-bbbb', 'worse'],
    ] as const) {
      const suite = join(cwd, 'runs', 'nights', id);
      mkdirSync(suite, { recursive: true });
      writeFileSync(join(suite, 'suite.json'), JSON.stringify({ format: 1, suite: 'nights', runs: ['one'] }));
      cpSync(join(cwd, of), join(suite, 'one'), { recursive: true });
      cpSync(join(cwd, 'again'), join(suite, `only-${of}`), { recursive: true });
    }
  });

  test('are compared run by run, by name, id or folder', async () => {
    for (const [a, b] of [
      ['20260101-000000-aaaa', 'nights'],
      ['runs/nights/20260101-000000-aaaa', 'runs/nights/20260102-000000-bbbb'],
    ] as const) {
      const { code, stdout } = await compare(a, b);
      expect(code).toBe(3);
      expect(stdout).toContain('one: 3 worse, 3 same');
      expect(stdout).toContain(`Runs in ${a} alone: only-first`);
      expect(stdout).toContain(`Runs in ${b} alone: only-worse`);
    }
  });

  test('one run is compared with that of its sweep, if there is but one', async () => {
    const { code, stderr } = await compare('first', 'nights');
    expect(code).toBe(2);
    expect(stderr).toContain('nights holds 2 runs of the sweep "mine", which first is of');
  });
});
