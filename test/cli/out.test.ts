// What is refused is refused at once and leaves nothing: odd places to write, absurd numbers, workers that change meanwhile.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startRun } from '../../src/sweep/start.js';
import { makeProject } from '../sweep/project.js';
import { newFolder, runProgram, withoutWaits } from './program.js';

const WORKER = `
  params: { x: z.int().default(0) }, metrics: { y: { type: 'integer' } }, run: ({ params }) => ({ y: params.x }),`;
const project = () => makeProject(WORKER, 'axes: { x: [1, 2] }');

async function refuse(cwd: string, message: string | RegExp, ...argv: readonly string[]): Promise<void> {
  const before = readdirSync(cwd, { recursive: true }).map(String).sort();
  const { code, stdout, stderr } = await runProgram(cwd, ...argv);
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  if (typeof message === 'string') expect(stderr).toContain(message);
  else expect(stderr).toMatch(message);
  expect(stderr).not.toContain('internal');
  expect(readdirSync(cwd, { recursive: true }).map(String).sort()).toEqual(before);
}

describe('a run is refused, with nothing written,', () => {
  test.each([
    ['where folders cannot be made', '/proc/x', 'cannot make the run folder /proc/x'],
    ['deeper there', '/proc/1/x/y', 'cannot make the run folder /proc/1/x/y'],
    ['in what is a device', '/dev/null', 'cannot read the folder /dev/null'],
    ['below a device', '/dev/null/x', 'cannot read the folder /dev/null/x'],
    ['in a file', 'file', 'cannot read the folder'],
    ['below a file', 'file/a/b', 'cannot read the folder'],
    ['under a long name', 'a'.repeat(5000), 'ENAMETOOLONG'],
    ['very deep', 'a/'.repeat(2500), 'ENAMETOOLONG'],
    ['under a long name below new folders', `new/${'a'.repeat(300)}`, 'ENAMETOOLONG'],
    ['under no name', '', 'expected a name or a path, found nothing'],
    ['under a blank', '  ', 'expected a name or a path, found nothing'],
    ['beside other files', '.', 'is not empty and is no run folder'],
  ])('%s', async (_, out, message) => {
    const cwd = newFolder();
    writeFileSync(join(cwd, 'file'), '');
    await refuse(cwd, message, 'run', project().sweep, '--out', out);
    expect(existsSync('/proc/x')).toBe(false);
  });

  test('where a program asks for no folder at all', async () => {
    const { sweep } = project();
    for (const out of ['', ' ', 'a\0b', 7])
      await expect(startRun({ sweep, out: out as string })).rejects.toMatchObject({
        code: 'BAD_USAGE',
        message: expect.stringContaining('expected the path of a folder'),
      });
  });

  test.skipIf(process.getuid?.() === 0)('where one may not write', async () => {
    const cwd = newFolder();
    mkdirSync(join(cwd, 'closed'));
    chmodSync(join(cwd, 'closed'), 0o555);
    await refuse(cwd, 'cannot make the run folder', 'run', project().sweep, '--out', 'closed/a/b');
  });

  test.each([
    [
      '--workers',
      '1000000',
      `expected at most ${Math.max(1024, 64 * availableParallelism()).toLocaleString('en')}`,
    ],
    ['--workers', '0', 'expected a whole number of at least 1'],
    ['--replicates', '9007199254740991', 'expected at most 4,294,967,296'],
    ['--replicates', '9007199254740993', 'and at most 9,007,199,254,740,991'],
    ['--retries', '1000000000', 'expected at most 1,000'],
    ['--trials', '9007199254740992', 'and at most 9,007,199,254,740,991'],
    ['--timeout', '99999999999d', 'less than 24 days'],
  ])('for %s %s', async (option, value, message) => {
    const cwd = newFolder();
    await refuse(cwd, message, 'run', project().sweep, '--out', 'out', option, value);
  });

  test('where the worker is another by the time that trials would run, with all that was made for it', async () => {
    const cwd = newFolder();
    const { home, write } = project();
    const sweep = write(
      'changing.mjs',
      `import { appendFileSync } from 'node:fs';
       const worker = new URL('./worker.mjs', import.meta.url);
       const where = () => { appendFileSync(worker, '// edited\\n'); return true; };
       export default defineSweep({ name: 'mine', worker, axes: { x: [1, 2] }, where });`,
    );
    expect(readdirSync(home)).toContain('changing.mjs');
    await refuse(cwd, 'was edited', 'run', sweep, '--out', 'a/b/c');
    mkdirSync(join(cwd, 'there'));
    await refuse(cwd, 'was edited', 'run', sweep, '--out', 'there');
    await refuse(cwd, 'was edited', 'run', sweep, '--out', 'there/x');
    await refuse(cwd, 'was edited', 'run', sweep);
  });
});

describe('an axis of very many listed values', () => {
  test('is planned: ten million numbers, a million texts', async () => {
    const cwd = newFolder();
    const { write, sweep: few } = makeProject(
      `params: { x: z.number().default(0), word: z.string().default('') }, metrics: { y: { type: 'number' } },
       runBlock(block) { block.metric('y').set(block.numbers('x')); },`,
      'axes: { x: [1] }',
    );
    expect(existsSync(few)).toBe(true);
    for (const [axis, count] of [
      ['x: Array.from({ length: 1e7 }, (_, i) => i * 0.5)', '10,000,000'],
      ["word: Array.from({ length: 1e6 }, (_, i) => 'value ' + i)", '1,000,000'],
    ]) {
      const sweep = write(
        'many.mjs',
        `export default defineSweep({ name: 'many', worker: './worker.mjs', axes: { ${axis} } });`,
      );
      const { code, stdout, stderr } = await runProgram(cwd, 'plan', sweep);
      expect({ code, stderr: withoutWaits(stderr) }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain(`To run: ${count}`);
    }
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('runs, is resumed and verified: a hundred thousand of each', async () => {
    const cwd = newFolder();
    const { write } = makeProject(
      `params: { x: z.number().default(0), word: z.string().default('') },
       metrics: { y: { type: 'number' }, length: { type: 'integer' } },
       runBlock(block) {
         const words = block.strings('word');
         block.metric('y').set(block.numbers('x'));
         block.metric('length').forEach((_, i, to) => { to[i] = words.dictionary[words.values[i]].length; });
       },`,
      'axes: { x: [1] }',
    );
    const sweep = write(
      'many.mjs',
      `const length = 1e5;
       export default defineSweep({ name: 'many', worker: './worker.mjs', grids: [
         { axes: { x: Array.from({ length }, (_, i) => length - i / 2) } },
         { axes: { word: Array.from({ length }, (_, i) => 'value ' + i) } },
       ] });`,
    );
    expect(await runProgram(cwd, 'run', sweep, '--out', 'run', '--no-report')).toMatchObject({ code: 0 });
    const rows = readFileSync(join(cwd, 'run', 'trials.csv'), 'utf8').split('\n');
    expect(rows).toHaveLength(200_002);
    expect(rows[100_001]).toMatch(/,value 0,ok,0,7$/);
    expect(rows[200_000]).toMatch(/,value 99999,ok,0,11$/);
    expect(await runProgram(cwd, 'resume', 'run', '--sweep', sweep, '--no-report')).toMatchObject({
      code: 0,
    });
    expect(await runProgram(cwd, 'verify', 'run', '--sweep', sweep, '--sample', '2000')).toMatchObject({
      code: 0,
    });
  });
});
