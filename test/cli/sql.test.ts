// `sweepline sql` and `sweepline export` as users call them.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { everythingIn } from '../export/runs.js';
import { type Finished, newFolder, runProgram, startProgram, sweepFile } from './program.js';

let home: string;
let run: string;

beforeAll(async () => {
  home = newFolder();
  run = join(home, 'runs', 'noisy', 'one');
  const axes = ['--set', 'x=0,0.1,0.5', '--set', 'kind=plain', '--set', 'fail=0.1'];
  const sweep = sweepFile('fixtures/sweeps/noisy');
  const { code, stderr } = await runProgram(
    home,
    'run',
    sweep,
    ...axes,
    '--out',
    run,
    '--quiet',
    '--debug',
    '--no-report',
  );
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('x is 0.1') });
});

const sql = (...argv: string[]): Promise<Finished> => runProgram(home, 'sql', ...argv);

describe('sql', () => {
  test('prints a table, of the newest run or of those that are named', async () => {
    const asked =
      'SELECT x, count(*) AS n, avg(y) AS mean, min(status) AS how FROM trials GROUP BY x ORDER BY x';
    const table = `  x    n  mean  how
    0  2     0  ok
  0.1  2  NULL  failed
  0.5  2   0.5  ok
`;
    for (const runs of [[], ['noisy'], [run]])
      expect(await sql(...runs, asked)).toEqual({ code: 0, stdout: expect.anything(), stderr: '' });
    const { stdout } = await sql(asked);
    expect(stdout.replaceAll(/ +\n/g, '\n')).toBe(table.replace('  x    n', '    x  n'));
  });

  test('shows some rows and says how many there are', async () => {
    const { stdout, stderr } = await sql('SELECT range AS i FROM range(1234)', '-n', '2');
    expect(stdout.split('\n').map((line) => line.trim())).toEqual(['i', '0', '1', '']);
    expect(stderr).toBe('2 of 1,234 rows; --csv for all\n');
  });

  test('prints CSV and lines of JSON with every digit, and writes Parquet', async () => {
    const asked = `SELECT trial, x, y, 0.1 + 0.2 AS sum, 2::BIGINT ** 3 AS p, 12345678901234567890 AS big, 'a,"b' AS t, '' AS e
      FROM trials WHERE trial < 3 ORDER BY trial`;
    expect(await sql(asked, '--csv')).toEqual({
      code: 0,
      stdout: `trial,x,y,sum,p,big,t,e
0,0,0,0.3,8,12345678901234567890,"a,""b",""
1,0,0,0.3,8,12345678901234567890,"a,""b",""
2,0.1,,0.3,8,12345678901234567890,"a,""b",""
`,
      stderr: '',
    });
    const { stdout } = await sql(asked, '--json');
    expect(stdout.trimEnd().split('\n')[2]).toBe(
      '{"trial":2,"x":0.1,"y":null,"sum":0.3,"p":8,"big":"12345678901234567890","t":"a,\\"b","e":""}',
    );
    const file = join(home, 'answer.parquet');
    expect(await sql('FROM trials', '--parquet', file)).toEqual({
      code: 0,
      stdout: 'answer.parquet\n',
      stderr: '6 rows\n',
    });
    expect(readFileSync(file, 'latin1')).toMatch(/^PAR1[\s\S]*PAR1$/);
    expect(readdirSync(home).sort()).toEqual(['answer.parquet', 'runs']);
  });

  test.each<[string[], string]>([
    [['noisy'], 'no SQL; expected it last, in quotes: sweepline sql noisy "SELECT * FROM trials"'],
    [['FROM trials', '--csv', '--json'], '--csv and --json: expected one of them'],
    [['FROM trials', '--csv', '-n', '3'], 'write LIMIT 3 in the SQL'],
    [['FROM trials', '--parquet', 'none/x.parquet'], 'there is no folder none'],
    [['FROM trials', '--parquet', '.'], 'it is a folder; expected a file'],
    [['none', 'FROM trials'], '"none" is no run folder, run id or sweep with runs'],
    [['noisy', 'noisy', 'FROM trials'], 'is given twice'],
    [['SELECT yy FROM trials'], 'Hint: trials has run, sweep, trial, key, replicate, seed, kind'],
    [['DROP VIEW trials'], 'expected one SELECT'],
    [["FROM read_csv('/etc/passwd')"], 'does not run'],
    [['FROM trials', '--parquet', 'x.parquet', '-n', '2'], '--number and --parquet'],
    [['SELECT yy FROM trials', '--parquet', 'x.parquet'], '"yy"'],
  ])('%j is refused, and nothing is written', async (argv, words) => {
    const before = everythingIn(home);
    const { code, stdout, stderr } = await sql(...argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(everythingIn(home)).toEqual(before);
  });

  test('of an error at the last row prints no row', async () => {
    const asked = `SELECT CAST(CASE WHEN range < 19999999 THEN '1' ELSE 'x' END AS INTEGER) AS n FROM range(20000000)`;
    const { code, stdout, stderr } = await sql(asked, '--csv');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain("Could not convert string 'x'");
  });

  test('ends at Ctrl-C, while it computes and while it prints; and where nobody reads it any more', async () => {
    const TMPDIR = newFolder();
    const asked = 'SELECT count(*) FROM range(100000000) a, range(100000000) b WHERE a.range < b.range';
    const computing = startProgram(home, ['sql', asked], { TMPDIR });
    while (readdirSync(TMPDIR).length === 0) await setTimeout(5);
    computing.child.kill('SIGINT');
    expect(await computing.finished).toEqual({ code: 130, stdout: '', stderr: 'interrupted\n' });
    expect(readdirSync(TMPDIR)).toEqual([]);
    const long = ['sql', 'SELECT range FROM range(10000000)', '--csv'];
    const printing = startProgram(home, long);
    printing.child.stdout!.once('data', () => printing.child.kill('SIGINT'));
    const { code, stdout } = await printing.finished;
    expect(code).toBe(130);
    expect(stdout.length).toBeLessThan(70_000_000);
    const left = startProgram(home, long);
    left.child.stdout!.once('data', () => left.child.stdout!.destroy());
    expect((await left.finished).code).toBe(0);
  });
});

describe('export', () => {
  const cases = [
    ['--parquet', ['metrics.parquet', 'timings.parquet', 'trials.parquet']],
    ['--optuna', ['journal.log']],
    ['--tensorboard', ['0', '1', '2', '3', '4', '5', expect.stringMatching(/^events\.out\.tfevents\./)]],
    ['--wandb-offline', Array.from({ length: 6 }, (_, i) => expect.stringMatching(`^offline-run-.*-${i}$`))],
  ] as const;

  test.each(cases)('%s writes a new folder, once', async (format, names) => {
    const out = join(home, `out${format}`);
    const before = everythingIn(run);
    expect(await runProgram(home, 'export', 'noisy', format, '--out', out)).toMatchObject({
      code: 0,
      stdout: `out${format}\n`,
    });
    expect(readdirSync(out).sort()).toEqual(names);
    const again = await runProgram(home, 'export', 'noisy', format, '--out', out);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is not empty') });
    expect(readdirSync(out).sort()).toEqual(names);
    expect(everythingIn(run)).toEqual(before);
  });

  test('goes into a folder that is there and empty, or into one named after the run', async () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'here'));
    expect(await runProgram(cwd, 'export', run, '--optuna', '--out', 'here')).toMatchObject({ code: 0 });
    const named = await runProgram(cwd, 'export', run, '--optuna');
    expect(existsSync(join(cwd, named.stdout.trim(), 'journal.log'))).toBe(true);
    expect(named.stdout).toMatch(/^\d{8}-\d{6}-[0-9a-f]{4}-optuna\n$/);
  });

  test.each([
    [['noisy'], 'no format; expected one of --parquet, --optuna, --tensorboard, --wandb-offline'],
    [['noisy', '--parquet', '--optuna'], '--parquet and --optuna; expected one of'],
    [['noisy', '--parquet', '--objective', 'y'], '--objective: of --optuna alone'],
    [['noisy', '--optuna', '--objective', 'z'], 'unknown metric "z"'],
    [['none', '--optuna'], '"none" is no run folder'],
  ])('%j is refused, and nothing is written', async (argv, words) => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'runs'));
    const folder = argv[0] === 'noisy' ? run : argv[0]!;
    const { code, stdout, stderr } = await runProgram(cwd, 'export', folder, ...argv.slice(1));
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(readdirSync(cwd)).toEqual(['runs']);
  });
});
