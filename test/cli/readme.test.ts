// The README's own example, run as it stands there, in a project like a new user's: `npm init`'s CommonJS, and "module".
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const blocks = [...readFileSync('README.md', 'utf8').matchAll(/```ts\n(\/\/ (\S+\.ts)[^\n]*\n[\s\S]*?)```/g)];

function makeProject(type: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'sweepline-user-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', type }));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(resolve('.'), join(folder, 'node_modules', 'sweepline'));
  symlinkSync(resolve('node_modules/zod'), join(folder, 'node_modules', 'zod'));
  for (const [, text, name] of blocks) {
    const path = join(folder, name!.replace(/,$/, ''));
    mkdirSync(dirname(path), { recursive: true });
    const named = text!.replace(
      '  axes:',
      "  report: new URL('../reports/parabola.ts', import.meta.url),\n  axes:",
    );
    writeFileSync(path, name!.startsWith('sweeps/parabola') ? named : text!);
  }
  return folder;
}

describe("the README's sweep", () => {
  test.each(['commonjs', 'module'])('runs in a %s project, with its report', (type) => {
    expect(blocks.length).toBeGreaterThanOrEqual(3);
    const folder = makeProject(type);
    const main = resolve('dist/src/cli/main.js');
    execFileSync(process.execPath, [main, 'run', 'sweeps/parabola.ts', '--out', 'run'], {
      cwd: folder,
      stdio: 'pipe',
    });
    expect(
      readFileSync(join(folder, 'run', 'trials.csv'), 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(1 + 2 * 201 * 3);
    expect(readFileSync(join(folder, 'run', 'summary', 'by-x.csv'), 'utf8')).toContain('0,0.3,0,0\n');
    expect(readFileSync(join(folder, 'run', 'figures', 'parabola.svg'), 'utf8')).toContain('<svg');
  });
});
