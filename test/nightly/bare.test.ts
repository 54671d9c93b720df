// A night with nothing around it, as services have it: no terminal, no home, no input, no locale.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { writeFiles } from '../data/folders.js';
import { makeNightlyProject, type NightlyProject } from './project.js';
import { runShell } from './workflow.js';

let project: NightlyProject;
beforeAll(() => {
  project = makeNightlyProject();
  for (const name of ['tmp', 'home', 'data']) mkdirSync(join(project.home, name));
  writeFiles(join(project.home, 'data'));
  writeFileSync(
    join(project.folder, 'suites/trains.ts'),
    `import { defineSuite } from 'sweepline';
export default defineSuite({
  name: 'trains',
  runs: [
    { sweep: './sweep.ts' },
    { sweep: 'latent', set: { latent: [4], epochs: 1, train: 30, test: 20 }, replicates: 1 },
  ],
});
`,
  );
});

/** stdin is closed, the rest goes into one file. */
async function runNight(cwd: string, given: readonly string[], env: Record<string, string> = {}) {
  const log = join(project.home, 'log');
  const words = [
    ...[join(project.home, 'node_modules/.bin/sweepline'), 'suite', join(project.folder, 'suites/trains.ts')],
    ...['--data', join(project.home, 'data'), ...given],
  ];
  const { code } = await runShell(['/bin/sh', '-c', '"$@" <&- >"$0" 2>&1', log, ...words], {
    cwd,
    env: {
      ...{ PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, LANG: 'C', TMPDIR: join(project.home, 'tmp') },
      ...env,
    },
  });
  return { code, log: readFileSync(log, 'utf8') };
}

test('says in one log where it is and what it came to, in plain text', async () => {
  const before = readdirSync(project.folder);
  const { code, log } = await runNight(project.folder, ['--baseline', 'nights']);
  expect(code, log).toBe(0);
  const night = /^trains: 2 sweeps, 5 trials to run, into runs\/trains\/(\S+)\n/.exec(log)?.[1];
  expect(log).toContain(`\ntrains, night ${night}: same or better, against 0 nights: `);
  expect(log).toContain(`more in runs/trains/${night}/night.html; kept in nights\n`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(log).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f]/);
  expect(readdirSync(project.folder).sort()).toEqual([...before, 'nights', 'runs'].sort());
}, 120_000);

test('writes where it is told to and nowhere else, from a folder that nobody can write to', async () => {
  const [out, history, home] = ['out', 'history', 'home'].map((name) => join(project.home, name));
  const before = readdirSync(project.home);
  const { code, log } = await runNight('/proc', ['--out', out!, '--baseline', history!], { HOME: home! });
  expect(code, log).toBe(0);
  expect(readdirSync(join(history!, 'trains'))).toHaveLength(1);
  expect(readdirSync(home!)).toEqual([]);
  expect(readdirSync(project.home).sort()).toEqual([...before, 'out', 'history'].sort());
  // Compiled code, which any program may throw away.
  const left = readdirSync(join(project.home, 'tmp'));
  expect(left.filter((name) => !/^(tsx-\w+|node-compile-cache)$/.test(name))).toEqual([]);
}, 120_000);
