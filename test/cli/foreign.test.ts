// A run folder from somebody else is data: no command runs code that its manifest names unless it is the user's own or is
// asked for by name. Code that was run leaves a mark in the working directory.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FileReference } from '../../src/run/reference.js';
import { makeProject, type Project } from '../sweep/project.js';
import { type Finished, newFolder, runProgram, withoutWaits } from './program.js';

const MARK = 'code-was-run';
const LEAVE_MARK = `await (await import('node:fs/promises')).writeFile('${MARK}', '');\n`;
const REPORT = `import { defineReport } from ${JSON.stringify(pathToFileURL(resolve('dist/src/index.js')).href)};
export default defineReport({ name: 'mine', title: 'Mine', tables: [
  { name: 'all-trials', about: 'a trial', sql: 'SELECT trial, x FROM trials ORDER BY trial' } ] });
`;

/** A project whose report and sweep leave a mark, and a run of it in `runs/mine/1`, interrupted by nothing. */
async function makeRun(): Promise<Project & { readonly run: string }> {
  const project = makeProject(
    `params: { x: z.number().default(0) }, metrics: { y: { type: 'number' } },
     run(trial) { if (trial.params.x === 2) throw new Error('two'); return { y: trial.params.x }; }`,
    `report: new URL('./report.mjs', import.meta.url), axes: { x: [1, 2, 3] }`,
  );
  writeFileSync(join(project.home, 'report.mjs'), LEAVE_MARK + REPORT);
  writeFileSync(project.sweep, LEAVE_MARK + readFileSync(project.sweep, 'utf8'));
  const out = ['--out', 'runs/mine/1', '--quiet'];
  const { code, stderr } = await runProgram(project.home, 'run', 'sweep.mjs', ...out, '--no-report');
  expect({ code, stderr: withoutWaits(stderr).split('\n')[0] }).toEqual({
    code: 1,
    stderr: 'trial 1 failed: two',
  });
  rmSync(join(project.home, MARK));
  return { ...project, run: join(project.home, 'runs/mine/1') };
}

let project: Project & { readonly run: string };
beforeAll(async () => {
  project = await makeRun();
});

/** The run as somebody else hands it over, naming `file` as its sweep and report; and an empty folder to stand in. */
function handOver(change: (manifest: Record<string, unknown>, run: string) => void) {
  const home = newFolder();
  const run = join(home, 'theirs');
  cpSync(project.run, run, { recursive: true });
  const path = join(run, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(manifest, run);
  writeFileSync(path, JSON.stringify(manifest));
  const cwd = newFolder();
  return { home, run, cwd, hasRunCode: () => existsSync(join(cwd, MARK)) };
}

const nameFile = (file: FileReference) => (manifest: Record<string, unknown>, run: string) => {
  Object.assign(manifest, { sweepFile: file, reportFile: file });
  for (const place of [join(run, 'evil.mjs'), join(run, '../evil.mjs')]) writeFileSync(place, LEAVE_MARK);
};

const FOREIGN: readonly (readonly [string, (manifest: Record<string, unknown>, run: string) => void])[] = [
  ['in the run folder', nameFile({ fromRun: 'evil.mjs' })],
  ['beside the run folder', nameFile({ fromRun: '../evil.mjs' })],
  [
    'as if it came with Sweepline',
    (manifest, run) => nameFile({ shipped: relative('dist', join(run, '../evil.mjs')) })(manifest, run),
  ],
  [
    'by a URL, as runs of 0.1.0 did',
    (manifest, run) => {
      delete manifest.sweepFile;
      delete manifest.reportFile;
      const url = pathToFileURL(join(run, 'evil.mjs')).href;
      Object.assign(manifest, { sweepUrl: url, reportUrl: url });
      writeFileSync(join(run, 'evil.mjs'), LEAVE_MARK);
    },
  ],
];

const COMMANDS: readonly (readonly [string, readonly string[], string])[] = [
  ['report', [], '--report'],
  ['resume', ['--retry', 'failed'], '--sweep'],
  ['replay', ['0'], '--sweep'],
  ['plan', [], '--sweep'],
];

describe.each(FOREIGN)('a manifest that names a file %s', (_, change) => {
  test.each(COMMANDS)('%s refuses it, and says how to allow it', async (command, rest, option) => {
    const { run, cwd, hasRunCode } = handOver(change);
    const { code, stdout, stderr } = await runProgram(cwd, command, run, ...rest);
    expect({ code, stdout, ran: hasRunCode() }).toEqual({ code: 2, stdout: '', ran: false });
    expect(stderr).toMatch(
      /it is code, and is not run unasked\nHint: where you trust it, name it yourself: /,
    );
    expect(stderr).toContain(option);
    expect(stderr).toContain('evil.mjs');
    expect(existsSync(join(run, 'report.html'))).toBe(false);
  });

  test('status and merge run no code', async () => {
    const { run, cwd, hasRunCode } = handOver(change);
    expect((await runProgram(cwd, 'status', run)).code).toBe(0);
    expect((await runProgram(cwd, 'merge', run, '--out', 'whole')).code).toBe(0);
    expect(hasRunCode()).toBe(false);
  });
});

describe.each<[string, Record<string, unknown>]>([
  ['no object', { sweepFile: '/evil.mjs', reportFile: 5 }],
  ['an empty one', { sweepFile: {}, reportFile: {} }],
  ['a path that is none', { sweepFile: { fromRun: { a: 1 } }, reportFile: { shipped: ['x'] } }],
  ['one with a NUL', { sweepFile: { fromRun: 'a\0b' }, reportFile: { fromRun: 'a\0b' } }],
  ['an address', { sweepUrl: 'http://127.0.0.1/x.mjs', reportUrl: 'http://127.0.0.1/x.mjs' }],
  ['another machine', { sweepUrl: 'file://elsewhere/x.mjs', reportUrl: 'file://elsewhere/x.mjs' }],
  ['no code but a script', { sweepUrl: 'data:text/javascript,process.exit(9)' }],
])('a manifest that names %s', (_, files) => {
  test('is refused in words', async () => {
    const { run, cwd, hasRunCode } = handOver((manifest) => Object.assign(manifest, files));
    for (const [command, rest] of COMMANDS.slice(0, 2)) {
      const { code, stderr } = await runProgram(cwd, command, run, ...rest);
      expect({ command, code, internal: stderr.includes('internal:') }).toEqual({
        ...{ command, code: 2, internal: false },
      });
    }
    expect(hasRunCode()).toBe(false);
  });
});

test.each(['../..', '/etc', '..'])('a manifest with the stage %j is refused', async (stage) => {
  const { run, cwd } = handOver((manifest) => {
    (manifest.worker as Record<string, unknown>).stages = [stage];
  });
  for (const argv of [
    ['status', run],
    ['merge', run, '--out', 'whole'],
  ]) {
    const { code, stderr } = await runProgram(cwd, ...argv);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringMatching(/stages\[0\] is .*expected a word/),
    });
  }
  expect(readdirSync(cwd)).toEqual([]);
});

describe('what is the user’s own is run without more', () => {
  const succeed = ({ code, stderr }: Finished, expected = 0) =>
    expect({ code, stderr: code === expected ? '' : stderr }).toEqual({ code: expected, stderr: '' });

  test('in the project, and in a folder of it', async () => {
    const { home, run } = project;
    const deep = join(home, 'notes/today');
    mkdirSync(deep, { recursive: true });
    succeed(await runProgram(home, 'report', run));
    await expect(runProgram(deep, 'report', run)).resolves.toMatchObject({ code: 2 });
    writeFileSync(join(home, 'package.json'), '{}');
    succeed(await runProgram(deep, 'report', run));
    succeed(await runProgram(deep, 'replay', run, '0'));
    succeed(await runProgram(deep, 'plan', run));
    succeed(await runProgram(deep, 'resume', run, '--retry', 'failed'), 1);
  });

  test('and elsewhere, where it is named', async () => {
    const { home, run } = project;
    const cwd = newFolder();
    succeed(await runProgram(cwd, 'report', run, '--report', join(home, 'report.mjs')));
    expect(existsSync(join(cwd, MARK))).toBe(true);
    succeed(await runProgram(cwd, 'report', run, '--sweep', project.sweep));
    succeed(await runProgram(cwd, 'replay', run, '0', '--sweep', project.sweep));
    succeed(await runProgram(cwd, 'plan', run, '--sweep', project.sweep));
    succeed(await runProgram(cwd, 'resume', run, '--sweep', project.sweep), 1);
  });

  test('a run from elsewhere writes its report, and the commands that it tells work as they stand', async () => {
    const cwd = newFolder();
    const { code, stderr } = await runProgram(cwd, 'run', project.sweep, '--out', 'there');
    expect(code).toBe(1);
    expect(readdirSync(join(cwd, 'there'))).toContain('report.html');
    const [, replay] = /replay the first with: sweepline (.*)/.exec(stderr)!;
    const again = await runProgram(cwd, ...replay!.split(' '));
    expect({ code: again.code, row: again.stdout.split('\n')[1] }).toEqual({
      code: 1,
      row: readFileSync(join(cwd, 'there/trials.csv'), 'utf8').split('\n')[2],
    });
  });
});

test('a run that is continued in a folder from somebody else writes the report of the sweep that was asked for', async () => {
  const { run, cwd, hasRunCode } = handOver((manifest, folder) => {
    writeFileSync(join(folder, 'evil.mjs'), LEAVE_MARK);
    manifest.reportFile = { fromRun: 'evil.mjs' };
  });
  const sweep = readFileSync(project.sweep, 'utf8').replace(LEAVE_MARK, '');
  const report = readFileSync(join(project.home, 'report.mjs'), 'utf8').replace(LEAVE_MARK, '');
  for (const [name, text] of Object.entries({
    'sweep.mjs': sweep,
    'report.mjs': report,
    'worker.mjs': readFileSync(join(project.home, 'worker.mjs'), 'utf8'),
  }))
    writeFileSync(join(cwd, name), text);
  const { code } = await runProgram(cwd, 'resume', run, '--sweep', 'sweep.mjs', '--retry', 'failed');
  expect({ code, ran: hasRunCode(), written: existsSync(join(run, 'summary/all-trials.csv')) }).toEqual({
    code: 1,
    ran: false,
    written: true,
  });
});
