// What `merge` and `--shard auto` say to people, and their exit codes.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openJournal } from '../../src/run/journal.js';
import { JOURNAL_FILE, readRecords } from '../../src/run/read-journal.js';
import { newFolder, runProgram, startProgram, sweepFile, withoutWaits } from './program.js';

const NOISY = sweepFile('fixtures/sweeps/noisy');
const cwd = newFolder();
const run = (...argv: string[]) => runProgram(cwd, 'run', NOISY, '--no-report', ...argv);

beforeAll(async () => {
  for (const i of [1, 2]) expect((await run('--shard', `${i}/2`, '--out', `part-${i}`)).code).toBe(0);
});

describe('sweepline merge', () => {
  test('says what is missing, exits 1, and what it wrote is continued', async () => {
    const part = await runProgram(cwd, 'merge', 'part-2', '--out', 'some');
    expect(part).toMatchObject({ code: 1, stdout: 'some\n' });
    expect(part.stderr).toMatch(
      /not the whole run: \d+ trials \([\d, …]+\) missing; shards 1\/2 are not among the runs\. Merge again .*: sweepline resume some/,
    );
    const told = await runProgram(cwd, 'merge', 'part-2', '--out', 'partial', '--partial');
    expect(told.code).toBe(0);
    expect((await runProgram(cwd, 'resume', 'some', '--no-report')).code).toBe(0);
    const both = await runProgram(cwd, 'merge', 'part-1', 'some', '--out', 'both');
    expect(both.code).toBe(0);
    expect(both.stderr).toMatch(/\d+ trials are in several runs, with the same rows, and counted once/);
  });

  test('shows the cells that differ, exits 1 and writes nothing, but for who is preferred', async () => {
    const other = await runProgram(cwd, 'run', NOISY, '--no-report', '--seed', '7', '--out', 'other');
    expect(other.code).toBe(0);
    const seeds = await runProgram(cwd, 'merge', 'part-1', 'other', '--out', 'no');
    expect(seeds).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/seed: 1 in .*part-1, 7 in .*other/),
    });
    // As if they were of one seed.
    const file = join(cwd, 'other/manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"seed": 7', '"seed": 1'));
    await rewriteSeed(join(cwd, 'other'), 1);
    const { code, stderr, stdout } = await runProgram(cwd, 'merge', 'part-1', 'other', '--out', 'no');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /the runs disagree about \d+ trials that they share; nothing was written:\n {2}- trial \d+ /,
    );
    expect(stderr).toMatch(/seed is \d+ and \d+/);
    expect(stderr).toMatch(/Hint: .*--prefer <run>/);
    const preferred = await runProgram(cwd, 'merge', 'part-1', 'other', '--out', 'no', '--prefer', 'other');
    expect(preferred.code).toBe(0);
    expect(readFileSync(join(cwd, 'no/trials.csv'), 'utf8')).toBe(
      readFileSync(join(cwd, 'other/trials.csv'), 'utf8'),
    );
    const stranger = await runProgram(cwd, 'merge', 'part-1', '--out', 'x', '--prefer', 'part-2');
    expect(stranger).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('it is none of the runs to merge'),
    });
  });
});

test('--shard auto says what it is, or why nobody knows', async () => {
  const none = await run('--shard', 'auto');
  expect(none).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--shard auto: no scheduler has told'),
  });
  const { code, stderr } = await startProgram(cwd, ['run', NOISY, '--plan', '--shard', 'auto/2'], {
    JOB_COMPLETION_INDEX: '1',
  }).finished;
  expect({ code, stderr: withoutWaits(stderr) }).toEqual({
    code: 0,
    stderr: '--shard auto is 2/2: Kubernetes, JOB_COMPLETION_INDEX=1 of 2 from 0\n',
  });
});

/** The same journal, of another seed. */
async function rewriteSeed(folder: string, seed: number): Promise<void> {
  const found = [...readRecords(folder)].map(({ record, body }) => ({ record, body: Uint8Array.from(body) }));
  rmSync(join(folder, JOURNAL_FILE));
  const journal = await openJournal(folder);
  for (const { record, body } of found)
    if (record.t !== 'open') await journal.append(record.t === 'space' ? { ...record, seed } : record, body);
  await journal.close();
}
