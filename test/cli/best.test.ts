// `sweepline best`, the answer at the end of a run, and `status --watch`, as users call them.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseString } from 'fast-csv';
import { beforeAll, describe, expect, test } from 'vitest';
import { newFolder, runProgram, startProgram, sweepFile } from './program.js';

const NOISY = sweepFile('fixtures/sweeps/noisy');
const THIRDS = sweepFile('fixtures/sweeps/thirds');

const tableOf = (csv: string) =>
  new Promise<Record<string, string>[]>((done, fail) => {
    const rows: Record<string, string>[] = [];
    parseString<Record<string, string>, Record<string, string>>(csv, { headers: true })
      .on('data', (row) => rows.push(row))
      .on('error', fail)
      .on('end', () => done(rows));
  });

const cwd = newFolder();
let ended: Awaited<ReturnType<typeof runProgram>>;
beforeAll(async () => {
  ended = await runProgram(cwd, 'run', NOISY, '--out', 'run', '--json');
}, 60_000);

describe('a run', () => {
  test('ends with the answer, on stderr and in the end event', () => {
    expect(ended.code).toBe(0);
    const end = JSON.parse(ended.stdout.trimEnd().split('\n').at(-1)!);
    expect(end).toMatchObject({
      event: 'end',
      answer: { objectives: [{ metric: 'y', goal: 'max' }], first: 1 },
    });
    const lines = ended.stderr.split('\n');
    const at = lines.findIndex((line) => line.startsWith('noisy: 126 trials ok'));
    expect(lines[at + 1]).toMatch(/^ {2}best {4}y \S+ ± \S+ \(n=2\), from trial \d+$/);
    expect(lines[at + 2]).toMatch(/^ {10}kind=wild gain=2 x=/);
    const folder = lines.findIndex((line) => line.startsWith('  folder  run'));
    expect(folder).toBeGreaterThan(at);
    expect(folder).toBeLessThanOrEqual(at + 9);
    for (const line of lines.slice(at, folder)) expect(line.length).toBeLessThanOrEqual(80);
  });

  test('says what failed, and nothing of it with --quiet', async () => {
    const loud = await runProgram(cwd, 'run', THIRDS, '--out', 'thirds', '--no-report');
    expect(loud.stderr).toContain('  failed  3 failed: a multiple of three: 3\n');
    expect(loud.stderr).toContain('  best    no metric has a goal: sweepline best <run> --objective y:min\n');
    const quiet = await runProgram(cwd, 'resume', 'thirds', '--retry', 'failed', '--quiet', '--no-report');
    expect(quiet.stderr).not.toContain('  failed  ');
    expect(quiet.stderr).not.toContain('  best ');
  });
});

describe('best', () => {
  test('--csv has the columns of summary/best.csv, all configurations, in order', async () => {
    const { code, stdout } = await runProgram(cwd, 'best', 'run', '--csv');
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toBe('rank,trial,replicates,kind,gain,x,y,y_low,y_high,feasible');
    const rows = await tableOf(stdout);
    expect(rows).toHaveLength(63);
    const values = rows.map(({ y }) => Number(y));
    expect(values).toEqual([...values].sort((a, b) => b - a));
    // Each is the mean of two rows of trials.csv.
    const trials = await tableOf(readFileSync(join(cwd, 'run/trials.csv'), 'utf8'));
    for (const { trial, kind, gain, x, y } of rows) {
      const own = trials.filter((row) => row.kind === kind && row.gain === gain && row.x === x);
      expect(own.map((row) => row.trial)).toContain(trial);
      expect(own.reduce((sum, row) => sum + Number(row.y) / own.length, 0)).toBeCloseTo(Number(y), 12);
    }
  });

  test('several objectives give fronts, --where what is feasible, -n how many', async () => {
    const argv = ['--objective', 'y', '--objective', 'above:min', '--where', 'y <= 1', '-n', '5', '--csv'];
    const { stdout } = await runProgram(cwd, 'best', 'run', ...argv);
    const rows = await tableOf(stdout);
    expect(rows).toHaveLength(5);
    expect(Object.keys(rows[0]!)).toEqual(
      'front,trial,replicates,kind,gain,x,y,y_low,y_high,above,above_low,above_high,feasible'.split(','),
    );
    expect(rows[0]).toMatchObject({ front: '1', feasible: 'true' });
    expect(rows.every(({ y }) => Number(y) <= 1)).toBe(true);
  });

  test('is a table of so many rows, cut to the terminal; the newest run is asked where none is named', async () => {
    const { stdout } = await runProgram(cwd, 'best', 'run', '-n', '3');
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('noisy: 63 configurations, 3 shown');
    expect(lines[1]).toMatch(/^rank {2}trial {2}n {2}y \(max\) +kind +gain +x$/);
    expect(lines.slice(2, 5).map((line) => line.trim().split(/\s+/)[0])).toEqual(['1', '2', '3']);
    expect(stdout).toMatch(/The first against the second: (beyond|within) noise \(p[=<]/);
    expect(stdout).toMatch(/Variance of y explained \(fanova\): /);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('refuses what is no metric, and a run without a goal, with the names there are', async () => {
    const unknown = await runProgram(cwd, 'best', 'run', '--objective', 'z:min', '--where', 'y ~ 3');
    expect(unknown).toMatchObject({ code: 2, stdout: '' });
    expect(unknown.stderr).toContain('unknown metric "z"');
    expect(unknown.stderr).toContain('(legal: y, above)');
    expect(unknown.stderr).toContain('such as memory <= 2e9');
    const aimless = await runProgram(cwd, 'best', 'thirds');
    expect(aimless.code).toBe(2);
    expect(aimless.stderr).toContain('--objective y:min (metrics: y)');
    const both = await runProgram(cwd, 'best', 'run', '--csv', '--json');
    expect(both).toMatchObject({ code: 2, stderr: expect.stringContaining('expected one of both') });
  });

  test('of a run without a good trial there is none: exit 1', async () => {
    const out = newFolder();
    const all = ['--set', 'fail=0.5', '--set', 'x=0.5', '--max-failures', '100%', '--no-report'];
    await runProgram(out, 'run', NOISY, '--out', 'bad', ...all);
    const found = await runProgram(out, 'best', 'bad');
    expect(found.code).toBe(1);
    expect(found.stdout).toContain('not known: no trial has ended ok with a finite value');
    expect(found.stdout).toContain('6 failed: x is 0.5');
  });
});

test('status shows the answer; with --watch it ends when the run does, a line at a time in a log', async () => {
  const once = await runProgram(cwd, 'status', 'run', '--json');
  expect(JSON.parse(once.stdout)).toMatchObject({ state: 'complete', answer: { first: 1 } });
  // It does not end before it was watched.
  const hold = join(cwd, 'watched-log.hold');
  writeFileSync(hold, '20');
  const slow = ['--set', `log=${join(cwd, 'watched-log')}`, '--set', 'kind=plain', '--workers', '2'];
  const started = startProgram(cwd, ['run', NOISY, '--out', 'watched', ...slow]);
  await started.said('into watched');
  const watching = startProgram(cwd, ['status', 'watched', '--watch']);
  await watching.said('noisy: running');
  rmSync(hold);
  const watch = await watching.finished;
  expect(watch.code).toBe(0);
  expect(watch.stderr).toMatch(/^noisy: running, \d+ of 42 done(, .* left)?$/m);
  expect(watch.stdout).toContain('trials   42 done of 42');
  expect(watch.stdout).toContain('  best    y 1 (n=2), from trial 40');
  expect((await started.finished).code).toBe(0);
});
