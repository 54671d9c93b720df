// Any program as a trial, without a file of ours: `sweepline run --command`, as users call it.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { findPython } from '../python.js';
import { newFolder, runProgram, startProgram } from './program.js';

const python = findPython('json');

let home: string;
beforeEach(() => {
  home = newFolder();
});

/** Without the report of a run: it takes longer than the few trials do, and is the same whoever ran them. */
const runIn = (cwd: string, ...argv: readonly string[]) =>
  runProgram(cwd, ...argv, ...(['run', 'resume'].includes(argv[0]!) ? ['--no-report'] : []));
const sweepline = (...argv: readonly string[]) => runIn(home, ...argv);
const runFolder = (name: string): string =>
  join(home, 'runs', name, readdirSync(join(home, 'runs', name))[0]!);
const cells = (folder: string, file = 'trials.csv') =>
  readFileSync(join(folder, file), 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(','));

describe.skipIf(python === undefined)('a Python program (needs python3)', () => {
  beforeEach(() => cpSync(resolve('test/fixtures/command/train.py'), join(home, 'train.py')));

  test('is swept: metrics, series, artifacts, failures with their traceback', async () => {
    const { code, stderr } = await sweepline(
      ...['run', '--command', `${python} train.py --lr {lr}`],
      ...['--set', 'lr=0.1,0.25', '--set', 'steps=2', '--set', 'optimizer=sgd,diverged,broken'],
      ...[
        '--metrics',
        'final:min,label:string',
        '--series',
        'loss',
        '--workers',
        '2',
        '--max-failures',
        '100%',
      ],
    );
    expect(stderr).toContain('trial 0: done, with arguments');
    expect(stderr).toMatch(/trial 2 failed: python\S* exited with code 1; the end of its stderr:/);
    expect(stderr).toContain('ValueError: no such optimizer: broken');
    expect(code).toBe(1);
    const folder = runFolder('train');
    expect(cells(folder).map((row) => row.slice(4))).toEqual([
      ['0.1', '2', 'sgd', 'ok', '0.4096', 'sgd'],
      ['0.1', '2', 'diverged', 'ok', 'NaN', 'diverged'],
      ['0.1', '2', 'broken', 'failed', '', ''],
      ['0.25', '2', 'sgd', 'ok', '0.0625', 'sgd'],
      ['0.25', '2', 'diverged', 'ok', 'NaN', 'diverged'],
      ['0.25', '2', 'broken', 'failed', '', ''],
    ]);
    expect(cells(folder, 'metrics.csv').slice(0, 2)).toEqual([
      ['0', '0', '0.6400000000000001'],
      ['0', '1', '0.4096'],
    ]);
    expect(readFileSync(join(folder, 'artifacts', '3', 'weights.txt'), 'utf8')).toBe('0.25');
    expect(readdirSync(join(folder, 'work')).map((name) => name.split('-')[0])).toEqual(['2', '5']);
  });
});

describe('a run of a command', () => {
  const HALF = 'echo "loss=$(( {n} / 2 ))"';
  const half = (...more: string[]) => ['--command', HALF, '--metrics', 'loss:min', '--name', 'half', ...more];

  test('tells its parameters by their values, and takes them as they were written', async () => {
    const show = 'printf "v=%s,%s,%s,%s\\n" {a} {b} {c} {d}';
    const set = ['--set', 'a=1e-3,2', '--set', 'b=007,x', '--set', 'c=true,null', '--set', 'd=[1,"x"]'];
    const { code } = await sweepline('run', '--command', show, ...set, '--metrics', 'v:string', '--quiet');
    expect(code).toBe(0);
    const folder = runFolder('printf');
    const { worker } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as {
      worker: { params: { name: string; type: string; nullable?: true }[] };
    };
    expect(worker.params).toEqual([
      { name: 'a', type: 'number', default: 0.001 },
      { name: 'b', type: 'string', default: '007' },
      { name: 'c', type: 'boolean', nullable: true, default: true },
      { name: 'd', type: 'json', nullable: true, default: [1, 'x'] },
    ]);
    const rows = readFileSync(join(folder, 'trials.csv'), 'utf8').split('\n');
    expect(rows).toHaveLength(10);
    expect(rows[1]).toContain('"0.001,007,true,[1,""x""]"');
    expect(rows[8]).toContain('"2,x,,[1,""x""]"');
  });

  test('is continued, shown, planned and replayed from its folder alone', async () => {
    expect(
      (await sweepline('run', ...half('--set', 'n=range(2,20,2)', '--quiet', '--out', 'first'))).code,
    ).toBe(0);
    const whole = readFileSync(join(home, 'first', 'trials.csv'), 'utf8');
    // A trial ends only once the file is gone, or by the signal.
    const hold = join(home, 'hold');
    writeFileSync(hold, '');
    const slow = [
      '--command',
      `while [ -e '${hold}' ]; do sleep 0.02; done; ${HALF}`,
      '--metrics',
      'loss:min',
      '--name',
      'half',
      '--set',
      'n=range(2,20,2)',
    ];
    const { child, finished, said } = startProgram(home, [
      'run',
      ...slow,
      '--workers',
      '1',
      '--out',
      'second',
    ]);
    await said('10 trials, on 1 worker');
    child.kill('SIGINT');
    expect((await finished).code).toBe(130);
    rmSync(hold);

    const elsewhere = newFolder();
    mkdirSync(join(elsewhere, 'deep'));
    renameSync(join(home, 'second'), join(elsewhere, 'deep', 'moved'));
    const there = (...argv: readonly string[]) => runIn(elsewhere, ...argv);
    expect((await there('status', 'deep/moved')).stdout).toContain('half');
    expect((await there('plan', 'deep/moved')).stdout).toMatch(/new +\d/);
    const resumed = await there('resume', 'deep/moved');
    expect(resumed.stderr).toContain('10 trials ok');
    const rows = (csv: string) =>
      csv
        .trimEnd()
        .split('\n')
        .map((line) => line.split(',').slice(4));
    expect(rows(readFileSync(join(elsewhere, 'deep', 'moved', 'trials.csv'), 'utf8'))).toEqual(rows(whole));
    const { stdout, code } = await there('replay', 'deep/moved', '3');
    expect({ code, cells: stdout.split('\n')[1]!.split(',').slice(4) }).toEqual({
      code: 0,
      cells: ['8', 'ok', '4'],
    });
  });

  test('goes on in the same folder with more values, and anew with another command', async () => {
    const run = async (...argv: string[]) => (await sweepline('run', ...argv, '--out', 'run')).stderr;
    expect(await run(...half('--set', 'n=2,4'))).toContain('2 trials, on');
    expect(await run(...half('--set', 'n=2,4,6'))).toContain('1 trial to go, 2 done before');
    const other = [
      '--command',
      'echo loss={n}',
      '--metrics',
      'loss:min',
      '--name',
      'half',
      '--set',
      'n=2,4,6',
    ];
    expect(await run(...other)).toContain('3 trials to go, 0 done before');
    expect(cells(join(home, 'run')).map((row) => row.at(-1))).toEqual(['2', '4', '6']);
  });

  test('finds its program from where it was begun, and where the project is now', async () => {
    writeFileSync(join(home, 'tool.sh'), 'echo loss=$1; [ -e allow ]');
    const argv = [
      '--command',
      'sh tool.sh {n}',
      '--set',
      'n=1,2',
      '--metrics',
      'loss',
      '--max-failures',
      '100%',
    ];
    expect((await sweepline('run', ...argv, '--out', 'run')).code).toBe(1);
    writeFileSync(join(home, 'allow'), '');
    const moved = newFolder();
    for (const name of ['tool.sh', 'allow']) cpSync(join(home, name), join(moved, name));
    const away = join(newFolder(), 'run');
    cpSync(join(home, 'run'), away, { recursive: true });
    expect((await runIn(newFolder(), 'resume', away, '--retry', 'failed')).stderr).toContain(
      'is not found: looked for',
    );
    expect((await runIn(moved, 'resume', away, '--retry', 'failed')).code).toBe(0);
    expect((await runIn('/', 'resume', join(home, 'run'), '--retry', 'failed')).code).toBe(0);
  });

  test('in shards, merged, is one run that is continued like any', async () => {
    const run = (out: string, ...more: string[]) =>
      sweepline('run', ...half('--set', 'n=range(2,20,2)', '--quiet', '--out', out, ...more));
    for (const shard of ['1/2', '2/2']) expect((await run(shard, '--shard', shard)).code).toBe(0);
    await run('whole');
    expect((await sweepline('merge', '1/2', '2/2', '--out', 'deep/merged')).code).toBe(0);
    const rows = (out: string) => readFileSync(join(home, out, 'trials.csv'), 'utf8');
    expect(rows('deep/merged')).toBe(rows('whole'));
    expect((await sweepline('resume', 'deep/merged')).stderr).toContain('10 trials ok');
  });

  test('says so where it will tell no metrics, and is refused where its manifest names no command', async () => {
    const { stderr, code } = await sweepline('run', '--command', 'echo {n}', '--set', 'n=1', '--out', 'run');
    expect({ code, isTold: stderr.includes('no --metrics: the table will tell') }).toEqual({
      code: 0,
      isTold: true,
    });
    const file = join(home, 'run', 'manifest.json');
    const manifest = JSON.parse(readFileSync(file, 'utf8')) as { sweepFile: { command: object } };
    writeFileSync(
      file,
      JSON.stringify({ ...manifest, sweepFile: { ...manifest.sweepFile, command: { run: 'x' } } }),
    );
    const resumed = await sweepline('resume', 'run');
    expect(resumed.stderr).toContain('names a command that is none');
    expect(resumed.code).toBe(2);
  });

  test('is not run again unasked where it was never given: a run folder from somebody else is data', async () => {
    const line = 'touch {name}';
    const set = ['--set', 'name=one', '--out', 'run', '--retries', '0'];
    expect((await sweepline('run', '--command', line, ...set)).code).toBe(0);
    const foreign = { XDG_STATE_HOME: newFolder() };
    const away = async (...argv: string[]) => startProgram(home, argv, foreign).finished;
    for (const command of [
      ['resume', 'run'],
      ['replay', 'run', '0'],
      ['verify', 'run'],
    ]) {
      const { code, stderr } = await away(...command);
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringContaining(
          `Hint: where you trust it, give it yourself: --command 'touch {name}'`,
        ),
      });
    }
    expect((await away('resume', 'run', '--command', 'touch {other}')).stderr).toContain(
      "is a run of 'touch {name}'",
    );
    expect((await away('resume', 'run', '--command', line)).code).toBe(0);
    expect((await sweepline('resume', 'run')).code).toBe(0);
  });

  test('tells of an edited program', async () => {
    writeFileSync(join(home, 'tool.sh'), 'echo loss=1');
    const argv = ['run', '--command', 'sh tool.sh {n}', '--set', 'n=1', '--metrics', 'loss', '--out', 'run'];
    await sweepline(...argv);
    writeFileSync(join(home, 'tool.sh'), 'echo loss=2');
    expect((await sweepline('resume', 'run')).stderr).toContain(
      'the code of worker tool has changed since this run was begun',
    );
  });

  test('reads patterns and files where it is told to', async () => {
    const pattern = [
      'run',
      '--command',
      'echo "Epoch {n}: loss is 0.{n}"',
      '--set',
      'n=1,2',
      '--metrics',
      'loss',
      '--read',
      '/loss is (?<loss>\\S+)/',
      '--out',
      'a',
    ];
    expect((await sweepline(...pattern)).code).toBe(0);
    expect(cells(join(home, 'a')).map((row) => row.at(-1))).toEqual(['0.1', '0.2']);
    const file = [
      'run',
      '--command',
      'echo "{{\\"loss\\": {n}}}" > {folder}/m.json',
      '--set',
      'n=1,2',
      '--metrics',
      'loss',
      '--read',
      'm.json',
      '--keep',
      'always',
      '--out',
      'b',
    ];
    expect((await sweepline(...file)).code).toBe(0);
    expect(cells(join(home, 'b')).map((row) => row.at(-1))).toEqual(['1', '2']);
    expect(readdirSync(join(home, 'b', 'work'))).toHaveLength(2);
  });

  test('is searched by samplers, also along an axis that they make', async () => {
    const random = ['--sampler', 'random', '--trials', '3', '--set', 'n=uniform(0,1)'];
    expect(
      (await sweepline('run', '--command', 'echo loss={n}', '--metrics', 'loss', ...random, '--out', 'a'))
        .code,
    ).toBe(0);
    expect(cells(join(home, 'a')).every((row) => row[4] === row[6])).toBe(true);
    const bisect = ['--sampler', 'bisect', '--bisect', 'h=0..8', '--metric', 'over', '--tolerance', '0.1'];
    const command = 'awk -v h={h} \'BEGIN {{ print "over=" (h > 3.3 ? "true" : "false") }}\'';
    const searched = await sweepline(
      'run',
      '--command',
      command,
      '--metrics',
      'over:boolean',
      ...bisect,
      '--out',
      'b',
    );
    expect(searched.code).toBe(0);
    expect(cells(join(home, 'b')).length).toBeGreaterThan(6);
  });
});

describe('what cannot be run is refused before anything is written', () => {
  const SET = ['--set', 'n=1'];
  test.each<[string, readonly string[], string]>([
    [
      'a parameter without values',
      ['--command', 'echo {n} {m}', ...SET],
      '--command: {m} has no values; add --set m=…',
    ],
    [
      'a program that is not there',
      ['--command', 'no-such-program {n}', ...SET],
      'the command\'s program "no-such-program" is not found',
    ],
    [
      'a sweep and a command',
      ['escape', '--command', 'true'],
      'the sweep "escape" and --command: expected one of both',
    ],
    ['neither', [], 'no <sweep>; expected a shipped sweep, the path of your own sweep file, or --command'],
    [
      'options of a command alone',
      ['escape', '--metrics', 'loss'],
      '--metrics belongs to --command, which is not given',
    ],
    ['a goal that is none', ['--command', 'true', '--metrics', 'loss:less'], 'unknown goal or type "less"'],
    [
      'a metric like a column',
      ['--command', 'true', '--metrics', 'seed'],
      'metric "seed": the name is taken by another column',
    ],
    [
      'a parameter like a metric',
      ['--command', 'true', '--metrics', 'n', ...SET],
      'metric "n": the name is taken by another column',
    ],
    [
      'a pattern that is none',
      ['--command', 'true', '--metrics', 'loss', '--read', '/(/'],
      'the pattern /(/ cannot be read',
    ],
    [
      'an objective that the program is not said to tell',
      ['--command', 'true', '--metrics', 'accuracy', '--objective', 'loss:min'],
      '--objective loss:min: --metrics does not name loss; add --metrics loss:min',
    ],
    [
      'a pruner without anything to look at',
      ['--command', 'true', '--metrics', 'loss:min', '--pruner', 'asha'],
      '--pruner asha: it looks at values that the program prints with a step, and none are named; add --series loss',
    ],
    [
      'a name that is no word',
      ['--command', 'true', '--name', 'two words'],
      'expected a word such as my-training',
    ],
  ])('%s', async (_, argv, message) => {
    const { code, stderr, stdout } = await sweepline('run', ...argv);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(existsSync(join(home, 'runs'))).toBe(false);
  });

  test('and a plan runs nothing', async () => {
    const { code, stdout } = await sweepline('plan', '--command', 'touch here; echo {n}', '--set', 'n=1,2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/trials +2/);
    expect(existsSync(join(home, 'here'))).toBe(false);
  });
});
