// What docs/nightly has ready to be copied is run as systemd, cron and the runners of GitHub would run it.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { makeNightlyProject, type NightlyProject } from './project.js';
import { commandOf, environmentOf, readCrontab, readUnit } from './unit.js';
import { findWorkflowFaults, readWorkflow, runShell, runSteps } from './workflow.js';

const FILES = 'docs/nightly';
const WORKFLOWS = [`${FILES}/github-actions.yml`, '.github/workflows/ci.yml'];

let project: NightlyProject;
beforeAll(async () => {
  project = makeNightlyProject();
  expect(await runLine()).toEqual({ code: 0, output: '' });
  project.rememberNight(4);
}, 120_000);
beforeEach(() => project.reset());

const read = (...path: string[]) => readFileSync(join(project.folder, ...path), 'utf8');
const countNights = () => readdirSync(join(project.folder, 'nights/mine')).length;
const ready = (name: string) => project.adapt(readFileSync(join(FILES, name), 'utf8'));

/** As cron runs it. */
function runLine() {
  const { env, command } = readCrontab(ready('crontab'));
  return runShell(['/bin/sh', '-c', command], {
    cwd: project.home,
    env: { ...env, SHELL: '/bin/sh', LOGNAME: 'me', TMPDIR: project.home },
  });
}

test('the line for cron: of a night that is worse, the end of the log is mailed', async () => {
  project.set('shift', 1);
  expect(await runLine()).toEqual({
    code: 3,
    output: expect.stringContaining('worse  sweep/loss/a=1: 2.05, always 1.05 before (4 nights), +1 since '),
  });
  expect(countNights()).toBe(5);
  expect(read('nightly.log').match(/^mine, night /gm)).toHaveLength(2);
}, 120_000);

/** Of a unit, with what systemd adds for a user without a home. */
function prepareService(name: string) {
  const unit = readUnit(ready(name));
  const caches = join(project.home, 'caches');
  const env = {
    ...environmentOf(unit, caches),
    ...{ USER: 'sweepline', LOGNAME: 'sweepline', INVOCATION_ID: 'x', TMPDIR: project.home },
  };
  const [command, ...argv] = commandOf(unit, env);
  return { unit, env, command: command!, argv };
}

describe('the service of systemd', () => {
  test('is understood, and so are its timer and what tells of a failure', ({ skip }) => {
    const isHere = spawnSync('systemd-analyze', ['--version']).status === 0;
    skip(!isHere && process.env.CI === undefined, 'systemd-analyze is not here');
    const units = readdirSync(FILES).filter((name) => /\.(service|timer)$/.test(name));
    expect(units).toHaveLength(3);
    const paths = units.map((name) => join(project.home, name));
    const verify = () => spawnSync('systemd-analyze', ['verify', '--man=no', ...paths], { encoding: 'utf8' });
    units.forEach((name, i) => {
      writeFileSync(paths[i]!, ready(name));
    });
    const { status, stderr } = verify();
    expect([status, stderr]).toEqual([0, expect.not.stringContaining('nightly')]);
    writeFileSync(paths[0]!, ready(units[0]!).replace('ExecStart', 'ExceStart'));
    expect(verify().stderr).toContain(units[0]);
  });

  test('keeps a night, with one log and its options from a file', async () => {
    const told: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (part: Buffer) => told.push(part.toString()));
      request.on('end', () => response.writeHead(204).end());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const options = join(project.home, 'nightly.conf');
    const { port } = server.address() as AddressInfo;
    writeFileSync(options, `SWEEPLINE_OPTIONS=--notify http://127.0.0.1:${port}/ --workers 1\n`);
    const { unit } = prepareService('sweepline-nightly.service');
    expect(unit.Service!.EnvironmentFile).toEqual(['-/etc/sweepline-nightly.conf']);
    const env = {
      ...environmentOf({ Service: { ...unit.Service, EnvironmentFile: [options] } }, '/nowhere'),
    };
    const words = commandOf(unit, env);
    const { code, output } = await runShell(words, { cwd: project.folder, env });
    await new Promise((done) => server.close(done));
    expect([code, output]).toEqual([0, expect.stringContaining('on 1 worker, into runs/mine/')]);
    expect(JSON.parse(told.join(''))).toMatchObject({ suite: 'mine', isWorse: false });
    expect(countNights()).toBe(5);
  });

  test('is asked to stop by SIGTERM, and the night can be continued', async () => {
    const { unit, env, command, argv } = prepareService('sweepline-nightly.service');
    expect(unit.Service).toMatchObject({ KillMode: ['mixed'], SuccessExitStatus: ['130'] });
    project.set('wait', 1);
    const child = spawn(command, argv, { cwd: project.folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let log = '';
    const code = await new Promise((done) => {
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        const hasBegun = / on \d+ workers?, into runs/.test(log);
        log += text;
        if (!hasBegun && / on \d+ workers?, into runs/.test(log)) child.kill('SIGTERM');
      });
      child.once('close', done);
    });
    expect([code, log]).toEqual([130, expect.stringContaining('And with the whole suite: sweepline suite')]);
    project.set('wait', 0);
    const again = /And with the whole suite: sweepline (.*)/.exec(log)![1]!.split(' ');
    const continued = await runShell([command, ...again], {
      cwd: project.folder,
      env,
    });
    expect([continued.code, continued.output]).toEqual([0, expect.stringContaining('4 trials ok')]);
    expect(countNights()).toBe(5);
  }, 120_000);

  test('of which any other end is told, with the end of its log', async () => {
    const { unit } = prepareService('sweepline-nightly.service');
    const { command, argv, env } = prepareService(unit.Unit!.OnFailure![0]!);
    // In place of the machine's mail: what it is called with, and its input.
    const bin = join(project.home, 'bin');
    mkdirSync(bin, { recursive: true });
    writeFileSync(join(bin, 'mail'), '#!/bin/sh\nprintf "%s|" "$@"\ncat\n', { mode: 0o755 });
    writeFileSync(join(project.folder, 'nightly.log'), 'the end\n');
    const { output } = await runShell([command, ...argv], {
      cwd: '/',
      env: { ...env, PATH: `${bin}:/usr/bin:/bin`, MONITOR_EXIT_STATUS: '3' },
    });
    expect(output).toBe('-s|nightly benchmark: exit code 3|root|the end\n');
  });
});

describe('workflows of GitHub', () => {
  test.each(WORKFLOWS)('%s is one, with few rights and no secrets', async (file) => {
    const { jobs, permissions, concurrency } = await readWorkflow(file);
    expect(permissions).toEqual({ contents: 'read' });
    expect(concurrency.group).not.toBe('');
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/\bsecrets\b|\btoken\b/);
    for (const job of Object.values(jobs)) {
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      for (const { uses } of job.steps)
        if (uses !== undefined) expect(uses).toMatch(/^actions\/[\w/-]+@v\d+$/);
    }
  });

  test('what is none is refused', async () => {
    const text = readFileSync(WORKFLOWS[0]!, 'utf8');
    for (const [good, bad] of [
      ['timeout-minutes', 'timeout-minuts'],
      ['always()', 'allways()'],
      ['30 2 * * *', '30 25 * * *'],
      ['contents: read', 'contents: some'],
    ] as const)
      expect(await findWorkflowFaults(text.replace(good, bad))).not.toEqual([]);
  });

  test.each([
    [WORKFLOWS[0]!, 1],
    [WORKFLOWS[1]!, 0],
  ])(
    'the steps of the night in %s',
    async (file, shift) => {
      const { steps } = (await readWorkflow(file)).jobs.nightly!;
      const [restored, saved] = ['restore', 'save'].map(
        (part) => steps.find(({ uses }) => uses?.startsWith(`actions/cache/${part}@`))!.with!,
      );
      expect(saved).toEqual({ path: 'nights', key: restored!.key });
      // In a checkout of Sweepline it lies elsewhere, and its own suite would take minutes.
      const replace = (run: string) =>
        run.replace('node dist/src/cli/main.js suite nightly-small', 'npx sweepline suite suites/mine.ts');
      const own = steps.map((step) => (step.run === undefined ? step : { ...step, run: replace(step.run) }));
      const env = {
        ...{ PATH: project.adapt('/usr/local/bin:/usr/bin:/bin'), HOME: project.home, TMPDIR: project.home },
        npm_config_offline: 'true',
      };
      project.set('shift', shift);
      const { ran, summary } = await runSteps(own, project.folder, env);
      expect(
        ran.map(({ step, code }) => [step, code]),
        ran.map(({ output }) => output).join('\n'),
      ).toEqual([
        ['npm ci', 0],
        ['Run the suite', shift === 0 ? 0 : 3],
        ['Summarise', 0],
      ]);
      expect(summary).toMatch(shift === 0 ? /^# mine, night .* same or better/ : /^# mine, night .* worse/);
      expect(read('runs/night/night.html')).toContain('<!doctype html>');
      expect(countNights()).toBe(5);
    },
    120_000,
  );
});

test('the tests of the project itself are what its workflow runs', async () => {
  const { jobs } = await readWorkflow('.github/workflows/ci.yml');
  expect(jobs.test!.steps.map(({ run }) => run).filter((run) => run !== undefined)).toEqual(['.ci/run']);
  expect(spawnSync('bash', ['-n', '.ci/run']).status).toBe(0);
});
