// The examples of docs/data.md run as they stand there, on the README's own sweep.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { withQuery } from '../../src/export/query.js';
import { newFolder, runProgram } from '../cli/program.js';
import { findPython } from '../python.js';
import { writeExamples } from '../readme.js';

const page = readFileSync('docs/data.md', 'utf8');
const snippets = [...page.matchAll(/```python\n(# (\S+\.py)\n[\s\S]*?)```/g)].map(([, text, name]) => ({
  name: name!,
  text: text!,
}));
/** What each needs, and what it says of the parabola's run. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'pandas_means.py': ['pandas', 'pyarrow'],
  'polars_means.py': ['polars'],
  'optuna_best.py': ['optuna'],
};

let home: string;

beforeAll(async () => {
  home = newFolder();
  mkdirSync(join(home, 'node_modules'));
  symlinkSync(resolve('.'), join(home, 'node_modules', 'sweepline'));
  symlinkSync(resolve('node_modules/zod'), join(home, 'node_modules', 'zod'));
  writeExamples(home);
  const sweep = ['sweeps/parabola.ts', '--out', 'runs/parabola/first', '--no-report', '--quiet'];
  const run = await runProgram(home, 'run', ...sweep);
  expect(run).toMatchObject({ code: 0 });
  for (const { name, text } of snippets) writeFileSync(join(home, name), text);
  // The page's own commands, without npx and the names of other sweeps.
  for (const [, line] of page.matchAll(/^npx sweepline (export first .*)$/gm)) {
    const argv = line!.replace('first', 'runs/parabola/first').split(' ');
    expect(await runProgram(home, ...argv)).toMatchObject({ code: 0 });
  }
}, 180_000);

describe('docs/data.md', () => {
  test('has a test for each of its snippets', () => {
    expect(snippets.map(({ name }) => name)).toEqual(Object.keys(NEEDS));
  });

  for (const { name } of snippets) {
    const packages = NEEDS[name] ?? [];
    const python = findPython(...packages);
    if (python === undefined) console.warn(`skipped: no Python with ${packages.join(' and ')}`);
    test.skipIf(python === undefined)(`${name} runs`, () => {
      const said = execFileSync(python!, [name], { cwd: home, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
      expect(said).toMatch(/noise/);
      expect(said).toMatch(/\d\.\d/);
    });
  }

  test('lists the columns that there are', async () => {
    await withQuery([join(home, 'runs/parabola/first')], {}, async (database) => {
      for (const [, table, columns] of page.matchAll(/^\| `(\w+)` +\| .* \| (.*?) *\|$/gm)) {
        const { rows } = await database.query(`DESCRIBE ${table}`);
        const own = rows.map((row) => row.column_name);
        for (const [, name] of columns!.matchAll(/`(\w+)`/g)) expect(own, table).toContain(name);
      }
    });
  });
});
