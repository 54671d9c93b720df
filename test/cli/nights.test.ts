// A nightly job through the command line: nights that are kept and judged, a change that is accepted, a budget, a webhook.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { makeProject, type Project } from '../sweep/project.js';
import { runProgram } from './program.js';

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
      return { loss: trial.params.a + trial.replicate * 0.1 + read('shift') };
    }`,
    'axes: { a: [1, 2] }, replicates: 3',
  );
  const { home } = project;
  const worker = readFileSync(join(home, 'worker.mjs'), 'utf8');
  writeFileSync(join(home, 'worker.mjs'), `import { readFileSync } from 'node:fs';\n${worker}`);
  const entry = pathToFileURL(join(process.cwd(), 'dist/src/index.js')).href;
  writeFileSync(
    join(home, 'suite.mjs'),
    `import { defineSuite } from ${JSON.stringify(entry)};\nexport default defineSuite({ name: 'small', runs: [{ sweep: './sweep.mjs' }] });\n`,
  );
  set('shift', 0);
  set('wait', 0);
});

const set = (name: string, value: number) => writeFileSync(join(project.home, name), String(value));
const night = (...more: string[]) =>
  runProgram(project.home, 'suite', 'suite.mjs', '--baseline', 'hist', '--no-report', ...more);
const nights = () => readdirSync(join(project.home, 'hist/small')).sort();
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
    expect(stderr).toContain('worse  sweep/loss/a=1: 1.15, always 1.1 before (3 nights), +0.05 since ');
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
  });

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
  });

  test('refuses what it cannot keep or tell, before anything runs', async () => {
    const runs = readdirSync(join(project.home, 'runs/small'));
    for (const [more, text] of [
      [['--keep', 'long'], 'such as 30d,12w,24m'],
      [['--notify', 'ftp://x'], 'expected https://'],
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
