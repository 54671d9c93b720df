// The commands on programs in docs/, run as they stand there with the program that stands there.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';

const read = (page: string) => readFileSync(`docs/${page}`, 'utf8');
const [, program] = /```python\n(# train\.py\n[\s\S]*?)```/.exec(read('programs.md'))!;

const hasPython = spawnSync('python3', ['-c', '']).status === 0;

test.skipIf(!hasPython).each([
  ['programs.md', 3],
  ['pruners.md', 30],
])(
  '%s: its training runs, %i trials',
  (page, trials) => {
    const folder = mkdtempSync(join(tmpdir(), 'sweepline-docs-'));
    writeFileSync(join(folder, 'train.py'), program!);
    const block = [...read(page).matchAll(/```sh\n([\s\S]*?)```/g)].find(([, text]) =>
      text!.includes('train.py'),
    )!;
    const main = `'${process.execPath}' '${resolve('dist/src/cli/main.js')}'`;
    execFileSync('sh', ['-c', block[1]!.replace('npx sweepline', main)], { cwd: folder, stdio: 'pipe' });
    const [run] = readdirSync(join(folder, 'runs', 'train'));
    const lines = readFileSync(join(folder, 'runs', 'train', run!, 'trials.csv'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines).toHaveLength(trials + 1);
    expect(lines.slice(1).filter((line) => !/,(ok|pruned),/.test(line))).toEqual([]);
  },
  120_000,
);
