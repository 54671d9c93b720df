// A damaged run as a user meets it: told with what to do, repaired, resumed.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newFolder, runProgram, sweepFile } from './program.js';

test('a damaged journal is refused, repaired and resumed to the same bytes', async () => {
  const cwd = newFolder();
  const out = join(cwd, 'run');
  const read = (name: string) => readFileSync(join(out, name));
  const sweep = sweepFile('fixtures/sweeps/noisy');
  const run = await runProgram(cwd, 'run', sweep, '--out', 'run', '--workers', '2', '--no-report', '--quiet');
  expect(run.code, run.stderr).toBe(0);
  const [trials, journal] = [read('trials.csv'), read('journal.bin')];

  expect(await runProgram(cwd, 'repair', 'run')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing is damaged; nothing was written'),
  });
  expect(read('journal.bin').equals(journal)).toBe(true);

  // The last byte of the first record of rows.
  const at = journal.indexOf('{"t":"rows"') - 12;
  const last = at + 7 + journal.readUInt32LE(at);
  const damaged = Buffer.from(journal);
  damaged[last] = damaged[last]! ^ 1;
  writeFileSync(join(out, 'journal.bin'), damaged);
  const refused = await runProgram(cwd, 'resume', 'run');
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toMatch(new RegExp(`journal.bin is damaged at byte ${at}[^]*sweepline repair`));
  expect(read('journal.bin').equals(damaged)).toBe(true);

  const { code, stdout } = await runProgram(cwd, 'repair', 'run');
  expect(code).toBe(0);
  expect(stdout).toMatch(/kept \d+ records; \d+ trials? done/);
  expect(stdout).toMatch(/dropped .* at byte [\d,]+: rows of \d+ trial/);
  expect(stdout).toMatch(/\d+ trials? runs? again/);
  expect(stdout).toContain('continue with: sweepline resume run');
  expect(read('journal.damaged-1.bin').equals(damaged)).toBe(true);

  const resumed = await runProgram(cwd, 'resume', 'run', '--no-report', '--quiet');
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(read('trials.csv').equals(trials)).toBe(true);
  expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
