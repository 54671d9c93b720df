// One coordinator and hosts that come, go, die and are cut off, as programs of their own: what they leave is what a local
// run leaves, byte for byte.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, type Started, startProgram } from '../cli/program.js';
import { until } from '../conformance/pool.js';
import type { Project } from '../sweep/project.js';
import {
  begun,
  killAll,
  makeSteps,
  newData,
  newPlace,
  resultsOf,
  startHost,
  untilBegun,
} from './machines.js';
import { NO_REDIS, startRedis, type TestRedis } from './redis.js';

describe.skipIf(NO_REDIS !== undefined)(`machines${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  let redis: TestRedis;
  let project: Project;
  let expected: Record<string, string>;
  const started: Started[] = [];
  const keep = <T extends Started>(program: T): T => {
    started.push(program);
    return program;
  };
  beforeAll(async () => {
    redis = await startRedis();
    project = makeSteps(200);
    const out = join(newPlace(), 'local');
    const options = ['--data', newData(), '--out', out, '--no-report', '--quiet', '--workers', '4'];
    const { code, stderr } = await runProgram(project.home, 'run', project.sweep, ...options);
    expect([code, stderr]).toEqual([0, '']);
    expected = resultsOf(out);
    expect(Object.keys(expected)).toHaveLength(26);
  });
  afterEach(async () => {
    for (const program of started) killAll(program);
    await Promise.all(started.map(({ finished }) => finished));
    started.length = 0;
  });
  afterAll(() => redis.remove());

  const coordinate = (out: string, data: string, ...more: readonly string[]) => {
    const options = ['--queue', redis.url, '--data', data, '--out', out, '--no-report', ...more];
    return keep(startProgram(project.home, ['run', project.sweep, ...options]));
  };

  it('give the bytes of a local run whatever becomes of hosts, queue and coordinator', async () => {
    const out = join(newPlace(), 'run');
    const data = newData();
    const first = coordinate(out, data);
    const [a, b] = ['a', 'b', 'c'].map((name) => keep(startHost(redis.url, project, name)));
    await untilBegun(data, 4);
    a!.child.kill('SIGKILL');
    await untilBegun(data, 8);
    b!.child.kill('SIGTERM');
    keep(startHost(redis.url, project, 'd'));
    await b!.finished;
    expect((await b!.finished).code).toBe(0);
    await untilBegun(data, 12);
    await redis.stop();
    await redis.start();
    await untilBegun(data, 15);
    killAll(first);
    const before = begun(data);
    await until(() => redis.ask('xlen', redis.ask('keys', 'sweepline:run:*:results')) !== '0');
    const again = keep(startProgram(project.home, ['resume', out, '--queue', redis.url, '--no-report']));
    const { code, stderr } = await again.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('host d takes part')]);
    expect(begun(data)).toBeGreaterThan(before);
    expect(resultsOf(out)).toEqual(expected);
    expect(readFileSync(join(out, 'timings.csv'), 'utf8')).toMatch(/^\d+,1,\d+,c,cpu,/m);
    expect(redis.ask('keys', 'sweepline:run*')).toBe('');
    expect(redis.ask('keys', 'sweepline:queue*')).toBe('');
  });
});
