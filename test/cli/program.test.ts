import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { newFolder, runProgram, startProgram, sweepFile, withoutWaits } from './program.js';

const NOISY = sweepFile('fixtures/sweeps/noisy');
const linesOf = (text: string): Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('wrong use: exit 2, one message, nothing written, nothing on stdout', () => {
  test.each([
    ['an unknown command', ['rnu'], 'did you mean "run"?'],
    ['an unknown option before the command', ['--quiet', 'run'], 'unknown option "--quiet"'],
    ['no command', [], 'Usage: sweepline'],
    ['an unknown sweep', ['run', 'escpae'], 'did you mean "escape"?'],
    ['a sweep file that is not there', ['run', './none.ts'], 'none.ts'],
    ['an unknown option', ['run', NOISY, '--wrokers', '2'], 'did you mean "--workers"?'],
    ['an unknown axis', ['run', NOISY, '--set', 'gian=1'], 'did you mean "gain"?'],
    ['a value that the worker does not take', ['run', NOISY, '--set', 'gain=-1'], 'gain'],
    ['a malformed range', ['run', NOISY, '--set', 'x=lin(0,1)'], 'lin(from,to,count)'],
    ['shard 4/3', ['run', NOISY, '--shard', '4/3'], '--shard 4/3'],
    ['zero workers', ['run', NOISY, '--workers', '0'], '--workers 0'],
    ['a run that is not there', ['resume', 'nothing'], 'nothing'],
    ['status without runs', ['status'], 'holds no runs'],
    ['neither a sweep nor a run', ['plan', 'escpae'], 'did you mean "escape"?'],
    [
      'an unknown metric',
      ['run', NOISY, '--sampler', 'bisect', '--bisect', 'x=0..1', '--metric', 'abvoe'],
      'above',
    ],
    ['nothing to merge', ['merge', '--out', 'whole'], 'no <runs>'],
  ])('%s', async (_, argv, message) => {
    const cwd = newFolder();
    const { code, stdout, stderr } = await runProgram(cwd, ...argv);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout, files: readdirSync(cwd) }).toEqual({ code: 2, stdout: '', files: [] });
  });

  test('--out in a folder with other files', async () => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'notes.txt'), 'mine');
    const { code, stderr } = await runProgram(cwd, 'run', NOISY, '--out', '.');
    expect(stderr).toContain('notes.txt');
    expect({ code, files: readdirSync(cwd) }).toEqual({ code: 2, files: ['notes.txt'] });
  });
});

describe('a run', () => {
  test('says everything on stderr, and leaves a folder that plan, status and resume know', async () => {
    const cwd = newFolder();
    const { code, stdout, stderr } = await runProgram(cwd, 'run', NOISY, '--workers', '1');
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(
      /^(loading the sweep and its worker\n)?noisy: 126 trials, on 1 worker, into runs\/noisy\/\S+\n/,
    );
    expect(stderr).toMatch(/noisy: 126 trials ok, in /);
    const [id] = readdirSync(join(cwd, 'runs/noisy'));
    const [trials] = [readFileSync(join(cwd, 'runs/noisy', id!, 'trials.csv'), 'utf8')];
    expect(trials.trimEnd().split('\n').length).toBe(127);

    const status = await runProgram(cwd, 'status', '--json');
    expect(linesOf(status.stdout)).toMatchObject([
      { run: id, state: 'complete', done: 126, ok: 126, coordinator: null },
    ]);
    const plan = await runProgram(cwd, 'plan', id!, '--json');
    expect(linesOf(plan.stdout)).toMatchObject([{ sweep: 'noisy', trials: 126, done: 126, new: 0 }]);
    const next = await runProgram(cwd, 'run', NOISY, '--plan');
    expect(next.stdout).toMatch(
      /To run: 126, about \S+ if trials take as long as those of the newest run, on /,
    );
    const refused = await runProgram(cwd, 'plan', id!, '--seed', '2');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--seed') });
    const again = await runProgram(cwd, 'resume', 'noisy', '--quiet');
    expect([again.code, again.stdout, withoutWaits(again.stderr)]).toEqual([0, '', '']);
  });

  test('--plan runs nothing and writes nothing', async () => {
    const cwd = newFolder();
    const { code, stdout } = await runProgram(cwd, 'run', NOISY, '--plan', '--set', 'kind=plain');
    expect(code).toBe(0);
    expect(stdout).toMatch(/trials +42 /);
    expect(stdout).toContain('time not measured yet');
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('failed trials: exit 1, the replay command, which fails alone in the same way', async () => {
    const cwd = newFolder();
    const out = ['--out', 'there'];
    const ended = await runProgram(
      cwd,
      'run',
      NOISY,
      '--set',
      'fail=0.5',
      '--set',
      'kind=plain',
      ...out,
      '--json',
    );
    expect(ended.code).toBe(1);
    const events = linesOf(ended.stdout);
    expect(events.map(({ event }) => event)).toEqual(['start', 'failure', 'failure', 'end']);
    expect(events.at(-1)).toMatchObject({ ok: 40, failed: 2, left: 0, interrupted: false, exitCode: 1 });
    const replay = events[1]!.replay as string;
    expect(ended.stderr).toContain(replay);

    const before = readFileSync(join(cwd, 'there/trials.csv'), 'utf8');
    const alone = await runProgram(cwd, ...replay.split(' ').slice(1));
    expect(alone.code).toBe(1);
    expect(alone.stderr).toMatch(/failed: Error: x is 0.5\n {4}at /);
    const [header, row] = alone.stdout.split('\n');
    expect(before.split('\n')[0]).toBe(header);
    expect(before).toContain(`${row}\n`);
    expect(readFileSync(join(cwd, 'there/trials.csv'), 'utf8')).toBe(before);

    const ok = await runProgram(cwd, 'replay', 'there', '3');
    expect(ok.code).toBe(0);
    expect(before).toContain(ok.stdout.split('\n')[1]!);
  });

  test('a trial of a bisection is replayed too', async () => {
    const cwd = newFolder();
    const bisect = ['--sampler', 'bisect', '--bisect', 'x=0..1', '--metric', 'above', '--tolerance', '1e-2'];
    const ended = await runProgram(
      cwd,
      'run',
      NOISY,
      '--set',
      'kind=plain',
      '--out',
      'there',
      '--no-report',
      ...bisect,
    );
    expect(ended.code).toBe(0);
    const row = readFileSync(join(cwd, 'there/trials.csv'), 'utf8').trimEnd().split('\n').at(-1)!;
    const { code, stdout } = await runProgram(cwd, 'replay', 'there', row.split(',')[0]!);
    expect({ code, row: stdout.split('\n')[1] }).toEqual({ code: 0, row });
  });

  test('shards merged are the run in one piece', async () => {
    const cwd = newFolder();
    const run = (...argv: string[]) => runProgram(cwd, 'run', NOISY, '--quiet', '--no-report', ...argv);
    const whole = await run('--out', 'whole');
    expect([whole.code, withoutWaits(whole.stderr)]).toEqual([0, '']);
    for (const i of [1, 2]) expect((await run('--shard', `${i}/2`, '--out', `part-${i}`)).code).toBe(0);
    const merged = await runProgram(cwd, 'merge', 'part-1', 'part-2', '--out', 'merged');
    expect(merged).toMatchObject({ code: 0, stdout: 'merged\n' });
    const trials = (folder: string) => readFileSync(join(cwd, folder, 'trials.csv'), 'utf8');
    expect(trials('merged')).toBe(trials('whole'));
    // A sweep without a report of its own has an answer and a page too.
    expect(await runProgram(cwd, 'report', 'merged')).toMatchObject({
      ...{ code: 0, stdout: 'merged/summary/best.csv\nmerged/summary/importance.csv\n' },
      stderr: expect.stringContaining('report.html'),
    });
    expect(existsSync(join(cwd, 'merged/report.html'))).toBe(true);
  });

  test('a report that fails is said, exit 1, and the trials are kept', async () => {
    const cwd = newFolder();
    const { code, stderr } = await runProgram(
      cwd,
      'run',
      sweepFile('cli/sweeps/misreported'),
      '--out',
      'there',
    );
    expect(code).toBe(1);
    expect(stderr).toContain('the report failed');
    expect(stderr).toContain('Make it again with: sweepline report there');
    expect(existsSync(join(cwd, 'there/trials.csv'))).toBe(true);
  });

  test('a part of a report that fails is named, exit 1, and the other parts are written', async () => {
    const cwd = newFolder();
    const sweep = sweepFile('cli/sweeps/half-reported');
    const { code, stderr } = await runProgram(cwd, 'run', sweep, '--out', 'there');
    expect(code).toBe(1);
    expect(stderr).toContain('the report is written, but parts of it failed');
    expect(stderr).toContain('table "broken"');
    expect(existsSync(join(cwd, 'there/summary/whole.csv'))).toBe(true);
    const again = await runProgram(cwd, 'report', 'there');
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('table "broken"') });
    expect(again.stdout).toContain('whole.csv');
  });

  test('a reader that goes away does not stop it', async () => {
    const cwd = newFolder();
    const { child, finished } = startProgram(cwd, [
      'run',
      NOISY,
      '--json',
      '--out',
      'there',
      '--set',
      'fail=0.5',
    ]);
    child.stdout!.destroy();
    expect((await finished).code).toBe(1);
    expect(existsSync(join(cwd, 'there/trials.csv'))).toBe(true);
  });
});

test('doctor tells what is there, a line each', async () => {
  const { code, stdout } = await runProgram(newFolder(), 'doctor', '--json');
  const checks = linesOf(stdout);
  expect(code).toBe(0);
  const found = Object.fromEntries(checks.map(({ name, state, found }) => [name, `${state} ${found}`]));
  expect(found['Node.js']).toBe(`ok ${process.versions.node}`);
  expect(found['engine onnx']).toMatch(/^ok onnxruntime-node .*cpu/);
  expect(found.reports).toMatch(/^ok DuckDB v/);
  expect(found.disk).toMatch(/ms to flush/);
});

test('--version, help in three ways', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  const cwd = newFolder();
  expect(await runProgram(cwd, '--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  const [a, b] = await Promise.all([runProgram(cwd, 'help', 'run'), runProgram(cwd, 'run', '--help')]);
  expect(a).toEqual(b);
  expect(a).toMatchObject({ code: 0, stderr: '' });
});
