// The README's own examples, run as they stand there, in a project like a new user's: `npm init`'s CommonJS, and "module".
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
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
