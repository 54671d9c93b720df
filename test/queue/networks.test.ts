// Hosts in networks of their own: each in a network namespace, with a virtual cable to this machine. One has its cable cut
// for a whole minute: its connections are half open, and nobody is told. Needs root, and takes some minutes.
import { execFileSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MAIN, runProgram, type Started, startProgram } from '../cli/program.js';
import { endAll, go, makeSteps, newPlace, resultsOf, untilBegun } from './machines.js';
import { NO_REDIS, startRedis, type TestRedis } from './redis.js';

const NAMES = ['a', 'b', 'c'] as const;
/** Those of other processes of these tests have other names and addresses. */
const OWN = process.pid % 200;
const spaceOf = (name: string) => `sweepline-${process.pid}-${name}`;
const cableOf = (name: string) => `swl${OWN}${name}`;
const addressOf = (name: string, end: number) => `10.${OWN + 20}.${NAMES.indexOf(name as 'a') + 1}.${end}`;
const ip = (...argv: string[]) => execFileSync('ip', argv, { stdio: ['ignore', 'pipe', 'pipe'] });

function makeNetwork(name: string): void {
  const [space, cable] = [spaceOf(name), cableOf(name)];
  ip('netns', 'add', space);
  ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
  ip('addr', 'add', `${addressOf(name, 1)}/24`, 'dev', cable);
  ip('link', 'set', cable, 'up');
  ip('-n', space, 'addr', 'add', `${addressOf(name, 2)}/24`, 'dev', 'eth0');
  ip('-n', space, 'link', 'set', 'eth0', 'up');
  ip('-n', space, 'link', 'set', 'lo', 'up');
}

function removeNetworks(): void {
  for (const name of NAMES)
    try {
      ip('netns', 'del', spaceOf(name)); // the cable goes with it
    } catch {
      // it was not made
    }
}

function findFault(): string | undefined {
  if (NO_REDIS !== undefined) return NO_REDIS;
  try {
    for (const name of NAMES) makeNetwork(name);
    return undefined;
  } catch (error) {
    removeNetworks();
    return `no network namespaces here (${String((error as Error).message)
      .split('\n')
      .at(-1)})`;
  }
}

const why = findFault();

describe.skipIf(why !== undefined)(
  `hosts in networks of their own${why === undefined ? '' : `: ${why}`}`,
  () => {
    let redis: TestRedis;
    const started: Started[] = [];
    const keep = <T extends Started>(program: T): T => {
      started.push(program);
      return program;
    };
    beforeAll(async () => {
      redis = await startRedis(
        '--bind',
        '127.0.0.1',
        ...NAMES.map((name) => addressOf(name, 1)),
        '--protected-mode',
        'no',
      );
    });
    afterEach((context) => endAll(started, context));
    afterAll(async () => {
      await redis.remove();
      removeNetworks();
    });

    it('leave the bytes of a local run, where one is cut off for a minute and comes back', async () => {
      const project = makeSteps(200);
      const [local, out, data, before] = [
        join(newPlace(), 'local'),
        join(newPlace(), 'run'),
        newPlace(),
        newPlace(),
      ];
      go(before);
      const plain = ['--data', before, '--out', local, '--no-report', '--quiet'];
      expect((await runProgram(project.home, 'run', project.sweep, ...plain)).code).toBe(0);

      const start = (folder: string, log: string) => {
        const options = ['--queue', redis.url, '--data', log, '--out', folder, '--no-report'];
        return keep(startProgram(project.home, ['run', project.sweep, ...options]));
      };
      const run = start(out, data);
      const hosts = NAMES.map((name) => {
        const cwd = newPlace();
        cpSync(project.home, cwd, { recursive: true });
        const url = `redis://${addressOf(name, 1)}:${redis.port}`;
        const argv = ['host', '--queue', url, '--name', name, '--threads', '1'];
        return keep(
          startProgram(cwd, argv, {}, ['ip', 'netns', 'exec', spaceOf(name), process.execPath, MAIN]),
        );
      });
      await Promise.all(hosts.map((host) => host.said('takes trials from')));
      await untilBegun(data, 19); // trials from 16 on wait: each host has one
      ip('link', 'set', cableOf('a'), 'down');
      const minute = new Promise((done) => setTimeout(done, 60_000));
      // Others are given what it has, which it runs to its end all the same.
      await run.said('host a is gone');
      go(data);
      const { code, stderr } = await run.finished;
      expect([code, stderr]).toEqual([0, expect.stringContaining('24 trials ok')]);
      expect(resultsOf(out)).toEqual(resultsOf(local));
      await minute;
      ip('link', 'set', cableOf('a'), 'up');
      // Its connection may have outlived the minute, or be made anew: it takes part again either way.
      const [more, ready] = [join(newPlace(), 'more'), newPlace()];
      const next = start(more, ready);
      await next.said('host a takes part');
      go(ready);
      expect((await next.finished).code).toBe(0);
      expect(resultsOf(more)).toEqual(resultsOf(local));
      for (const host of hosts) host.child.kill('SIGTERM');
      expect((await Promise.all(hosts.map(({ finished }) => finished))).map((each) => each.code)).toEqual([
        0, 0, 0,
      ]);
      expect(redis.ask('keys', 'sweepline:run*')).toBe('');
    }, 240_000);
  },
);
