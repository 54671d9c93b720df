// A nightly job through the command line: nights that are kept and judged, a change that is accepted, a budget, a webhook.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeProject, type Project } from '../sweep/project.js';
import { runProgram, startProgram } from './program.js';

let project: Project;
beforeAll(() => {
  project = makeProject(
    `params: { a: z.number().default(0) }, metrics: { loss: { type: 'number', goal: 'min' } },
    run: async (trial) => {
      const read = (name) => Number(readFileSync(new URL(name, import.meta.url), 'utf8'));
      while (read('wait') > 0) {
        if (trial.stopRequested) throw trial.stopped();
        await new Promise((done) => setTimeout(done, 20));
      }
      // Once, and never again.
      const flake = existsSync(new URL('flake', import.meta.url)) ? 0.05 : 0;
      if (flake > 0) rmSync(new URL('flake', import.meta.url));
      return { loss: trial.params.a + trial.replicate * 0.1 + read('shift') + flake };
    }`,
    'axes: { a: [1, 2] }, replicates: 3',
  );
  const { home } = project;
  const worker = readFileSync(join(home, 'worker.mjs'), 'utf8');
  writeFileSync(
    join(home, 'worker.mjs'),
    `import { existsSync, readFileSync, rmSync } from 'node:fs';\n${worker}`,
  );
  const entry = pathToFileURL(join(process.cwd(), 'dist/src/index.js')).href;
  writeFileSync(
    join(home, 'suite.mjs'),
    `import { defineSuite } from ${JSON.stringify(entry)};\nexport default defineSuite({ name: 'small', runs: [{ sweep: './sweep.mjs' }] });\n`,
  );
  set('shift', 0);
  set('wait', 0);
});

const set = (name: string, value: number) => writeFileSync(join(project.home, name), String(value));
const night = (...more: string[]) => {
  const history = more.includes('--baseline') ? [] : ['--baseline', 'hist'];
  return runProgram(project.home, 'suite', 'suite.mjs', ...history, '--no-report', ...more);
};
const nights = (history = 'hist') =>
  readdirSync(join(project.home, history, 'small'))
    .filter((name) => name.endsWith('.json'))
    .sort();
const newest = () => {
  const own = join(project.home, 'runs/small');
  return join(own, readdirSync(own).sort().at(-1)!);
};

describe('a nightly suite', () => {
  test('exits 3 on a regression, until it is accepted; better is none', async () => {
    for (let i = 0; i < 3; i++) expect((await night('--quiet')).code).toBe(0);
    set('shift', 0.05);
    const { code, stderr } = await night();
    expect(code).toBe(3);
    expect(stderr).toContain(
      '2 cells got worse: running again what gave them, for at most 2m 00s (--confirm)',
    );
    expect(stderr).toMatch(
      /worse {2}sweep\/loss\/a=1: 1.15, always 1.1 before \(3 nights\), \+0.05 since \S+, as bad in 1 of 1 repeat\n/,
    );
    for (const name of ['night.html', 'night.md', 'night.json', 'nights.csv', 'junit.xml'])
      expect(existsSync(join(newest(), name))).toBe(true);
    expect(readFileSync(join(newest(), 'junit.xml'), 'utf8')).toContain('failures="2"');
    expect(nights()).toHaveLength(4);
    const refused = await runProgram(project.home, 'accept', 'los', '--why', 'x', '--baseline', 'hist');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('did you mean "loss"?')]);
    const accepted = await runProgram(project.home, 'accept', 'loss', '--why', 'meant', '--baseline', 'hist');
    expect([accepted.code, accepted.stderr]).toEqual([
      0,
      expect.stringContaining('loss: accepted from night '),
    ]);
    expect((await night('--quiet')).code).toBe(0);
    set('shift', -0.2);
    const better = await night('--json');
    expect(better.code).toBe(0);
  }, 240_000);

  test('a number that does not come again is noise, and no later night is held against it', async () => {
    set('shift', 0);
    await night('--quiet', '--baseline', 'flaky');
    await night('--quiet', '--baseline', 'flaky');
    await night('--quiet', '--baseline', 'flaky');
    set('flake', 1);
    const { code, stderr } = await night('--baseline', 'flaky', '--workers', '1');
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/noisy {2}sweep\/loss\/a=\d: .*, as bad in 0 of 1 repeat\n/),
    ]);
    set('shift', 0.05);
    // Asked for, it does not run again.
    const next = await night('--baseline', 'flaky', '--confirm', 'off');
    expect(next.code).toBe(3);
    expect(next.stderr.match(/worse {2}.*always \S+ before \(\d nights\)/g)).toHaveLength(2);
    expect(next.stderr).not.toContain('running again');
  }, 240_000);

  test('that was killed is kept by the next one, which starts once no other is under way', async () => {
    set('shift', 0);
    set('wait', 1);
    const argv = ['suite', 'suite.mjs', '--baseline', 'killed', '--no-report'];
    const { child, said, finished } = startProgram(project.home, argv);
    await said('mine: 6 trials');
    const other = await runProgram(project.home, ...argv);
    expect([other.code, other.stderr]).toEqual([
      70,
      expect.stringMatching(/^night \S+, which began at \S+, of the suite small is still under way/),
    ]);
    process.kill(-child.pid!, 'SIGKILL');
    await finished;
    const out = newest();
    set('wait', 0);
    const next = await night('--baseline', 'killed', '--quiet');
    expect(next.code).toBe(0);
    expect(next.stderr).toContain(`night ${basename(out)} did not come to its end: what it had done is kept`);
    expect((await night('--baseline', 'killed', '--quiet', '--out', out)).code).toBe(0);
    expect(nights('killed')).toEqual([`${basename(out)}.json`, `${basename(newest())}.json`]);
  }, 240_000);

  test('ends within its budget with what is done, and goes on', async () => {
    set('shift', 0);
    set('wait', 1);
    const { code, stderr } = await night('--budget', '3s');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /the budget of 3\.0s is used up; the rest runs with: sweepline suite suite\.mjs --out runs\/small\//,
    );
    const out = newest();
    expect(stderr).toContain('  missing  sweep: all of its 6 trials\n');
    expect(JSON.parse(readFileSync(join(out, 'night.json'), 'utf8'))).toMatchObject({
      isComplete: false,
      missing: [{ run: 'sweep', ended: 0, trials: 6 }],
    });
    expect(readFileSync(join(out, 'night.md'), 'utf8')).toContain('\n- sweep: all of its 6 trials\n');
    set('wait', 0);
    const before = nights();
    expect((await night('--quiet', '--out', out)).code).toBe(0);
    // It is the same night still.
    expect(nights()).toEqual(before);
    expect(JSON.parse(readFileSync(join(out, 'night.json'), 'utf8'))).toMatchObject({ isComplete: true });
  });

  test('tells a webhook; one that does not answer changes nothing', async () => {
    const told: string[] = [];
    const server = createServer((request, response) => {
      request.on('data', (part: Buffer) => told.push(part.toString()));
      request.on('end', () => response.writeHead(204).end());
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret`;
    expect((await night('--quiet', '--notify', url)).code).toBe(0);
    expect(JSON.parse(told.join(''))).toMatchObject({ suite: 'small', isWorse: false, isComplete: true });
    await new Promise((done) => server.close(done));
    const { code, stderr } = await night('--quiet', '--notify', url);
    expect(code).toBe(0);
    expect(stderr).toContain('was not told');
    expect(stderr).not.toContain('secret');
    expect(readFileSync(join(newest(), 'sweep/manifest.json'), 'utf8')).not.toContain('secret');
  });

  test('refuses what it cannot keep or tell, before anything runs', async () => {
    const runs = readdirSync(join(project.home, 'runs/small'));
    for (const [more, text] of [
      [['--keep', 'long'], 'such as 30d,12w,24m'],
      [['--notify', 'ftp://x'], 'expected https://'],
      [['--notify', 'https://me:secret@x/y'], 'with a name and a password'],
      [['--baseline', 'last:0'], 'last:30'],
    ] as const) {
      const { code, stderr } = await night(...more);
      expect([code, stderr]).toEqual([2, expect.stringContaining(text)]);
    }
    const alone = await runProgram(project.home, 'suite', 'suite.mjs', '--keep', '3d');
    expect([alone.code, alone.stderr]).toEqual([2, expect.stringContaining('needs --baseline')]);
    expect(readdirSync(join(project.home, 'runs/small'))).toEqual(runs);
  });
});
