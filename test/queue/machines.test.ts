// One coordinator and hosts that come, go, die and are cut off, as programs of their own: what they leave is what a local
// run leaves, byte for byte.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runProgram, startProgram, sweepFile, withoutWaits } from '../cli/program.js';
import { until } from '../conformance/pool.js';
import type { Project } from '../sweep/project.js';
import {
  begun,
  go,
  killAll,
  makeSteps,
  newPlace,
  resultsOf,
  startHost,
  untilBegun,
  useRedis,
} from './machines.js';
import { NO_REDIS, startRedis } from './redis.js';

describe.skipIf(NO_REDIS !== undefined)(`machines${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis();
  const { keep } = place;
  let project: Project;
  let expected: Record<string, string>;
  beforeAll(async () => {
    project = makeSteps(200);
    const out = join(newPlace(), 'local');
    const data = newPlace();
    go(data);
    const options = ['--data', data, '--out', out, '--no-report', '--quiet', '--workers', '4'];
    const { code, stderr } = await runProgram(project.home, 'run', project.sweep, ...options);
    expect([code, withoutWaits(stderr)]).toEqual([0, '']);
    expected = resultsOf(out);
    expect(Object.keys(expected)).toHaveLength(26);
  });

  const coordinate = (out: string, data: string, ...more: readonly string[]) => {
    const options = ['--queue', place.redis.url, '--data', data, '--out', out, '--no-report', ...more];
    return keep(startProgram(project.home, ['run', project.sweep, ...options]));
  };

  it('give the bytes of a local run whatever becomes of hosts, queue and coordinator', async () => {
    const out = join(newPlace(), 'run');
    const data = newPlace();
    const { redis } = place;
    const first = coordinate(out, data);
    const [a, b] = ['a', 'b', 'c'].map((name) => keep(startHost(place.redis.url, project, name)));
    await untilBegun(data, 4);
    a!.child.kill('SIGKILL');
    await untilBegun(data, 8);
    b!.child.kill('SIGTERM');
    keep(startHost(place.redis.url, project, 'd'));
    await b!.finished;
    expect((await b!.finished).code).toBe(0);
    await untilBegun(data, 12);
    await redis.stop();
    await redis.start();
    await untilBegun(data, 16);
    killAll(first);
    const before = begun(data);
    go(data);
    // Hosts go on with what they have, and the next coordinator takes it.
    await until(() => Number(redis.ask('xlen', redis.ask('keys', 'sweepline:run:*:results'))) > 0);
    const again = keep(
      startProgram(project.home, ['resume', out, '--queue', place.redis.url, '--no-report']),
    );
    const { code, stderr } = await again.finished;
    expect([code, stderr]).toEqual([0, expect.stringMatching(/host [cd] takes part/)]);
    expect(begun(data)).toBeGreaterThan(before);
    expect(resultsOf(out)).toEqual(expected);
    expect(readFileSync(join(out, 'timings.csv'), 'utf8')).toMatch(/^\d+,1,\d+,[a-d],cpu,/m);
    // Nothing is left of it, once the hosts have heard so too.
    expect(redis.ask('keys', 'sweepline:run*')).toBe('');
    await until(() => redis.ask('keys', 'sweepline:queue*') === '');
  }, 120_000);

  it('count nothing twice where a host was cut off, and comes back', async () => {
    const out = join(newPlace(), 'run');
    const data = newPlace();
    const run = coordinate(out, data, '--priority', '3');
    const [a] = ['a', 'b'].map((name) => keep(startHost(place.redis.url, project, name)));
    await untilBegun(data, 20); // each of the four threads has one that waits
    a!.child.kill('SIGSTOP'); // its threads go on, and nobody hears of them
    go(data);
    await untilBegun(data, 25);
    a!.child.kill('SIGCONT');
    const { code, stderr } = await run.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('24 trials ok')]);
    expect(resultsOf(out)).toEqual(expected);
  }, 120_000);

  it('go on where the server has lost all that it had', async () => {
    const forgetful = await startRedis('--appendonly', 'no');
    try {
      const [out, data] = [join(newPlace(), 'run'), newPlace()];
      const argv = [
        'run',
        project.sweep,
        '--queue',
        forgetful.url,
        '--data',
        data,
        '--out',
        out,
        '--no-report',
      ];
      const run = keep(startProgram(project.home, argv));
      keep(startHost(forgetful.url, project, 'f'));
      await untilBegun(data, 17);
      await forgetful.stop('SIGKILL');
      await forgetful.start();
      expect(readdirSync(forgetful.folder)).toEqual([]); // it had nothing to begin with
      go(data);
      const { code, stderr } = await run.finished;
      expect([code, stderr]).toEqual([
        0,
        expect.stringMatching(/has gone away: waiting for it\n[\s\S]* is back\n/),
      ]);
      expect(resultsOf(out)).toEqual(expected);
    } finally {
      await forgetful.remove();
    }
  }, 120_000);

  it('bring stages and their files along', async () => {
    const [local, queued] = [join(newPlace(), 'local'), join(newPlace(), 'queued')];
    const [sweep, plain] = [sweepFile('fixtures/sweeps/staged'), ['--no-report', '--quiet']];
    const host = keep(startHost(place.redis.url, project, 's'));
    await host.said('takes trials from');
    const runs = [
      runProgram(project.home, 'run', sweep, '--out', local, ...plain),
      runProgram(project.home, 'run', sweep, '--out', queued, '--queue', place.redis.url, '--no-report'),
    ];
    const [first, second] = await Promise.all(runs);
    expect([first!.code, second!.code]).toEqual([0, 0]);
    expect(second!.stderr).toContain('host s takes part');
    for (const name of ['.', 'stages/draw']) expect(tableOf(queued, name)).toBe(tableOf(local, name));
    expect(readFileSync(join(queued, 'artifacts/3/sum.txt'))).toEqual(
      readFileSync(join(local, 'artifacts/3/sum.txt')),
    );
  });
});

const tableOf = (run: string, part: string): string => readFileSync(join(run, part, 'trials.csv'), 'utf8');
