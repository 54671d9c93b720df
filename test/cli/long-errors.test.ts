// Trials whose errors are as long as a film: the run ends like any other, the journal and timings.csv keep so much of them,
// and the terminal shows a screenful.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERROR_CHARACTERS } from '../../src/ground/errors.js';
import { makeProject } from '../sweep/project.js';
import { runProgram } from './program.js';

const LONG = 3e7;

test.each([
  [
    'thrown',
    `run(trial) { if (trial.params.x % 2) throw new Error('first ' + 'x'.repeat(${LONG}) + ' last'); return { y: 1 }; }`,
  ],
  [
    'of a block',
    `runBlock(block) { const x = block.numbers('x'); const y = block.metric('y');
       for (let i = 0; i < block.count; i++) { if (x[i] % 2) block.fail(i, 'first ' + 'x'.repeat(${LONG}) + ' last'); y[i] = 1; } }`,
  ],
  [
    'of a metric that there is not',
    `run(trial) { return trial.params.x % 2 ? { y: 1, ['first ' + 'x'.repeat(${LONG}) + ' last']: 1 } : { y: 1 }; }`,
  ],
])('errors of 30 MB, %s', async (_, run) => {
  const { home } = makeProject(
    `params: { x: z.int().default(0) }, metrics: { y: { type: 'number' } }, ${run}`,
    "axes: { x: 'range(0,5,1)' }",
  );
  const { code, stderr } = await runProgram(
    home,
    'run',
    'sweep.mjs',
    '--out',
    'there',
    '--max-failures',
    '100%',
    '--no-report',
  );
  expect({ code, ok: stderr.includes('3 trials ok, 3 failed') }).toEqual({ code: 1, ok: true });
  expect(stderr).toContain('characters left out)');
  expect(stderr.length).toBeLessThan(3 * 2500 + 2000);
  const there = join(home, 'there');
  const timings = readFileSync(join(there, 'timings.csv'), 'utf8').trimEnd().split('\n');
  expect(timings).toHaveLength(7);
  const failed = timings.filter((line) => line.includes(',failed,'));
  expect(failed).toHaveLength(3);
  for (const line of failed) {
    expect(line).toMatch(/characters left out/);
    expect(line.length).toBeLessThan(ERROR_CHARACTERS + 500);
  }
  for (const name of readdirSync(there).filter((each) => each.startsWith('journal')))
    expect(statSync(join(there, name)).size).toBeLessThan(3 * 3 * ERROR_CHARACTERS + 50_000);
  const status = await runProgram(home, 'status', 'there');
  expect(status.code).toBe(0);
});
