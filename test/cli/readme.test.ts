// The README's own examples, run as they stand there, in a project like a new user's: `npm init`'s CommonJS, and "module".
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findPython } from '../python.js';
import { addReport, writeExamples } from '../readme.js';

function makeProject(type: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-user-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', type }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'sweepline'));
  symlinkSync(resolve('node_modules/zod'), join(folder, 'node_modules', 'zod'));
  writeExamples(folder);
  addReport(folder);
  return folder;
}

function sweepline(folder: string, ...args: string[]): void {
  execFileSync(process.execPath, [resolve('dist/src/cli/main.js'), ...args], { cwd: folder, stdio: 'pipe' });
}

const linesOf = (...path: string[]) =>
  readFileSync(join(...path), 'utf8')
    .trimEnd()
    .split('\n');

describe("the README's sweep", () => {
  test.each(['commonjs', 'module'])('runs in a %s project, with its report', (type) => {
    const folder = makeProject(type);
    sweepline(folder, 'run', 'sweeps/parabola.ts', '--out', 'run');
    expect(linesOf(folder, 'run', 'trials.csv')).toHaveLength(1 + 2 * 201 * 3);
    expect(readFileSync(join(folder, 'run', 'summary', 'by-x.csv'), 'utf8')).toContain('0,0.3,0,0\n');
    expect(readFileSync(join(folder, 'run', 'figures', 'parabola.svg'), 'utf8')).toContain('<svg');
  });
});

test("the README's stage runs once for each value of its parameter", () => {
  const folder = makeProject('module');
  writeFileSync(
    join(folder, 'sweeps', 'compared.ts'),
    `import { defineSweep } from 'sweepline';
    const worker = new URL('../workers/compared.ts', import.meta.url);
    export default defineSweep({ name: 'compared', worker, axes: { noise: [0.1, 0.2], x: [0, 1, 2] } });`,
  );
  sweepline(folder, 'run', 'sweeps/compared.ts', '--out', 'run');
  expect(linesOf(folder, 'run', 'trials.csv')).toHaveLength(1 + 6);
  expect(linesOf(folder, 'run', 'stages', 'baseline', 'trials.csv')).toHaveLength(1 + 2);
});

test("the README's suite runs into one folder", () => {
  const folder = makeProject('module');
  sweepline(folder, 'suite', 'suites/mine.ts', '--out', 'night');
  expect(linesOf(folder, 'night', 'parabola', 'trials.csv')).toHaveLength(1 + 2 * 201 * 10);
  expect(linesOf(folder, 'night', 'escape', 'trials.csv')).toHaveLength(1 + 13_122);
  expect(readFileSync(join(folder, 'night', 'report.md'), 'utf8')).toContain('(parabola/report.html)');
});

test("the README's program starts a run and reads it", () => {
  const folder = makeProject('module');
  const said = execFileSync(process.execPath, ['program.mjs'], { cwd: folder, stdio: 'pipe' }).toString();
  expect(said).toMatch(/^\{ noise: 0\.1, x: \S+ \} -\d/);
  expect(linesOf(folder, 'five', 'trials.csv')).toHaveLength(1 + 2 * 201 * 5);
});

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** Lines of the README's shell blocks that call the program, in order, without their comments. */
function commandsOf(readme: string): string[] {
  const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, text]) => text!);
  return blocks
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('npx sweepline '))
    .map((line) => line.replace(/\s+# .*$/, ''));
}

test('every command in the README ends well, in the order in which they stand there', () => {
  const folder = makeProject('module');
  const commands = commandsOf(readFileSync('README.md', 'utf8'));
  expect(commands.length).toBeGreaterThan(20);
  // As a task of a job array has it.
  const env = {
    ...process.env,
    SLURM_ARRAY_TASK_ID: '3',
    SLURM_ARRAY_TASK_COUNT: '3',
    SLURM_ARRAY_TASK_MIN: '1',
  };
  for (const command of commands) {
    if (!hasPython && /programs|python3/.test(command)) continue;
    const script = command.replace(
      /^npx sweepline/,
      `"${process.execPath}" "${resolve('dist/src/cli/main.js')}"`,
    );
    const { status, stderr } = spawnSync('bash', ['-c', script], { cwd: folder, env, encoding: 'utf8' });
    expect(status, `${command}\n${stderr}`).toBe(0);
  }
  const bytes = (name: string) => readFileSync(join(folder, name, 'trials.csv'));
  expect(bytes('whole').length).toBe(
    bytes('a').length + bytes('b').length + bytes('c').length - 2 * headerLength(bytes('a')),
  );
}, 900_000);

const headerLength = (csv: Buffer): number => csv.indexOf(10) + 1;

test("the README's sweep of lists, conditions and constraints, and the one that trains", () => {
  const folder = makeProject('commonjs');
  sweepline(folder, 'run', 'sweeps/options.ts', '--out', 'options');
  // sgd at four step sizes, adam at three of them and two values of β1; lists, epochs with batch, seeds.
  expect(linesOf(folder, 'options', 'trials.csv')).toHaveLength(1 + (4 + 3 * 2) * 3 * 2 * 3);
  sweepline(folder, 'run', 'sweeps/curve.ts', '--out', 'curve');
  expect(linesOf(folder, 'curve', 'metrics.csv')).toHaveLength(1 + 2 * 3 * 40);
});

test('the API list of the README names what there is', async () => {
  const table = readFileSync('README.md', 'utf8').match(/\| `sweepline` [\s\S]*?\n\n/)![0];
  const named = [...table.matchAll(/`(\w+)`/g)].map(([, name]) => name!);
  const there = Object.keys(await import('../../src/index.js'));
  const words = ['sweepline', 'code', 'message', 'hint'];
  expect(named.filter((name) => !there.includes(name) && !words.includes(name))).toEqual([]);
  // Left out are constants and helpers of the shipped reports alone.
  expect(there.filter((name) => !named.includes(name)).sort()).toEqual([
    'TRAINING_OPTIMIZERS',
    'seriesStyle',
  ]);
});

const python = findPython('pandas');
test.skipIf(python === undefined)('the README reads trials.csv in Python with every digit', () => {
  const folder = makeProject('module');
  sweepline(folder, 'run', 'sweeps/parabola.ts', '--out', 'runs/first');
  const block = readFileSync('README.md', 'utf8').match(/```python\n(import pandas[\s\S]*?)```/)![1]!;
  const program = `${block}\nprint("\\n".join(",".join([repr(float(v)) for v in row]) for row in trials[["noise", "x", "y"]].to_numpy()))`;
  const said = execFileSync(python!, ['-c', program], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  const numbersOf = (line: string, from: number[]) => from.map((i) => Number(line.split(',')[i]));
  const rows = linesOf(folder, 'runs', 'first', 'trials.csv').slice(1);
  expect(
    said
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => numbersOf(line, [0, 1, 2])),
  ).toEqual(rows.map((line) => numbersOf(line, [4, 5, 7])));
});
