// Who is there on a queue: `sweepline hosts`, `status --queue`, and hosts that leave.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keysOf, QUEUE_PREFIX } from '../../src/queue/keys.js';
import { runProgram, startProgram } from '../cli/program.js';
import { until } from '../conformance/pool.js';
import { makeProject } from '../sweep/project.js';
import { begun, go, killAll, makeSteps, newPlace, startHost, untilBegun, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

describe.skipIf(NO_REDIS !== undefined)(`hosts${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const project = makeSteps(150);
  const place = useRedis();
  const { keep } = place;

  it('are listed with what they run, give it back when told twice to leave, and the run goes on elsewhere', async () => {
    const [data, out] = [newPlace(), join(newPlace(), 'run')];
    const options = [
      '--queue',
      place.redis.url,
      '--data',
      data,
      '--out',
      out,
      '--no-report',
      '--priority',
      '7',
    ];
    const run = keep(startProgram(project.home, ['run', project.sweep, ...options]));
    await run.said('no host takes part');
    const first = keep(startHost(place.redis.url, project, 'first', '--threads', '1'));
    await untilBegun(data, 17); // trial 16 waits
    const list = () => runProgram(out, 'hosts', '--queue', place.redis.url);
    let listed = await list();
    // A host tells once a second what it runs.
    while (!listed.stdout.includes('trial 16')) listed = await list();
    expect(listed.stdout).toMatch(/^1 host, 1 thread\n {2}first {2}pid \d+ {2}ready {2}1 of 1 thread busy /);
    expect(listed.stdout).toMatch(/^ {2}first {2}\S+ {2}trial 16 {2}\S+$/m);
    expect(listed.stdout).toMatch(
      /^1 run\n {2}\S+ {2}mine {2}priority 7 {2}1 running, \d waiting {2}coordinator on /m,
    );
    const { hosts, runs } = JSON.parse(
      (await runProgram(out, 'hosts', '--queue', place.redis.url, '--json')).stdout,
    );
    expect(hosts).toMatchObject([
      { name: 'first', threads: 1, devices: ['cpu'], busy: [{ trial: 16, trials: 1 }] },
    ]);
    expect(runs).toMatchObject([{ worker: 'mine', priority: 7, isAlive: true }]);
    const ask = () => runProgram(out, 'status', out, '--queue', place.redis.url);
    let status = await ask();
    // The coordinator tells what hosts run once a second, of those that answered it in time.
    while (!status.stdout.includes('thread 0')) status = await ask();
    expect(status.stdout).toMatch(/thread 0 {2}trial 16 [\s\S]*1 host, 1 thread/);

    first.child.kill('SIGTERM');
    await first.said('Leaving: what runs is finished');
    await run.said('host first takes nothing more');
    first.child.kill('SIGINT'); // the same signal within a moment is taken for npm's copy
    expect((await first.finished).code).toBe(0);
    const before = begun(data);
    keep(startHost(place.redis.url, project, 'second'));
    await untilBegun(data, before + 1);
    go(data);
    const { code, stderr } = await run.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('24 trials ok')]);
    // It ended once, where it ended.
    expect(readFileSync(join(out, 'timings.csv'), 'utf8').match(/^16,.*$/gm)).toEqual([
      expect.stringMatching(/^16,1,\d,second,cpu,.*,ok,$/),
    ]);
  }, 120_000);

  it('take the tasks of the run with the highest priority first', async () => {
    // Each trial is let go by itself, and only once the run with the higher priority has another one on the queue.
    const held = makeProject(
      `params: { x: z.number().default(0) }, metrics: { y: { type: 'number' } },
       async run(trial) {
         const { appendFileSync, existsSync } = await import('node:fs');
         const isThere = (name) => existsSync(trial.data + '/' + name);
         appendFileSync(trial.data + '/log', trial.number + '\\n');
         while (!isThere('go') && !isThere('go-' + trial.number)) await new Promise((done) => setTimeout(done, 5));
         return { y: trial.params.x };
       }`,
      `axes: { x: 'range(1,12,1)' }`,
    );
    const [low, high] = [newPlace(), newPlace()];
    const runs = [low, high].map((data) => {
      const options = ['--queue', place.redis.url, '--data', data, '--out', join(data, 'run'), '--no-report'];
      const priority = data === low ? '1' : '9';
      return keep(startProgram(held.home, ['run', held.sweep, ...options, '--priority', priority]));
    });
    await Promise.all(runs.map((run) => run.said('no host takes part')));
    const { runId } = JSON.parse(readFileSync(join(high, 'run', 'manifest.json'), 'utf8')) as {
      runId: string;
    };
    const waiting = `${QUEUE_PREFIX}:${keysOf(runId).queue}:wait`;
    keep(startHost(place.redis.url, held, 'only', '--threads', '1'));
    await Promise.all(runs.map((run) => run.said('host only takes part')));
    await until(() => begun(low) + begun(high) === 1); // of whichever it had loaded first
    const before = begun(low);
    let running = before === 1 ? low : high;
    for (let count = begun(high) + 1; count <= 6; count++) {
      await until(() => Number(place.redis.ask('llen', waiting)) > 0);
      const [last] = readFileSync(join(running, 'log'), 'utf8').trim().split('\n').slice(-1);
      writeFileSync(join(running, `go-${last}`), '');
      running = high;
      await until(() => begun(low) + begun(high) === before + count);
      expect(begun(low)).toBe(before);
    }
    go(high);
    go(low);
    const ended = await Promise.all(runs.map(({ finished }) => finished));
    expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  }, 120_000);

  it('outlive a coordinator, whose run can be forgotten', async () => {
    const out = join(newPlace(), 'run');
    const run = keep(
      startProgram(project.home, [
        'run',
        project.sweep,
        '--queue',
        place.redis.url,
        '--data',
        out,
        '--out',
        out,
      ]),
    );
    await run.said('no host takes part');
    const { runId } = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as { runId: string };
    const forget = () => runProgram(out, 'hosts', '--queue', place.redis.url, '--forget', runId);
    expect(await forget()).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('has a coordinator, on'),
    });
    killAll(run);
    await run.finished;
    place.redis.ask('del', `sweepline:run:${runId}:alive`); // as it is after ten seconds
    expect((await runProgram(out, 'hosts', '--queue', place.redis.url)).stdout).toContain(
      'its coordinator is gone: resume it',
    );
    expect(await forget()).toMatchObject({ code: 0, stdout: 'no hosts\nno runs\n' });
    expect(place.redis.ask('keys', 'sweepline:run*')).toBe('');
  });

  it('are not needed to stop a run that waits for them', async () => {
    const out = join(newPlace(), 'run');
    const run = keep(
      startProgram(project.home, [
        'run',
        project.sweep,
        '--queue',
        place.redis.url,
        '--data',
        out,
        '--out',
        out,
      ]),
    );
    await run.said('no host takes part');
    run.child.kill('SIGINT');
    expect(await run.finished).toMatchObject({
      code: 130,
      stderr: expect.stringContaining('Interrupted; resume with'),
    });
  });
});
