// Hosts that are told to leave, wherever the server is and whatever they run.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram } from '../cli/program.js';
import { makeProject } from '../sweep/project.js';
import { begun, newPlace, startHost, untilBegun, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

describe.skipIf(NO_REDIS !== undefined)(`a host${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis();
  const { keep } = place;
  const project = makeProject(
    `params: {}, metrics: { done: { type: 'boolean' } },
     async run(trial) {
       const { appendFileSync, existsSync } = await import('node:fs');
       appendFileSync(trial.data + '/log', trial.number + '\\n');
       while (!existsSync(trial.data + '/go')) {
         if (trial.stopRequested) throw trial.stopped();
         await new Promise((done) => setTimeout(done, 5));
       }
       return { done: true };
     }`,
    'axes: {}',
  );
  const start = (data: string) => {
    const options = ['--queue', place.redis.url, '--data', data, '--out', join(data, 'run'), '--no-report'];
    return keep(startProgram(project.home, ['run', project.sweep, ...options]));
  };

  it('leaves while the server is away: at once where it runs nothing, after the second request where it does', async () => {
    const data = newPlace();
    const run = start(data);
    const [busy, idle] = ['busy', 'idle'].map((name) => keep(startHost(place.redis.url, project, name)));
    await untilBegun(data, 1);
    await Promise.all([busy, idle].map((host) => host!.said('takes trials from')));
    await place.redis.stop();
    await Promise.all([busy, idle].map((host) => host!.said('has gone away')));
    for (const host of [busy, idle]) host!.child.kill('SIGTERM');
    const ended = await Promise.race([busy!.finished, idle!.finished]);
    expect(ended).toMatchObject({ code: 0, stderr: expect.stringContaining('Leaving') });
    // Whoever ran the trial still does. The second request comes once the first one was heard.
    const rest = [busy, idle].find((host) => host!.child.exitCode === null)!;
    await rest.said('Leaving');
    rest.child.kill('SIGINT');
    expect((await rest.finished).code).toBe(0);
    for (const { stderr } of [await busy!.finished, await idle!.finished])
      expect(stderr).not.toMatch(/unhandled|internal:/i);
    await place.redis.start();
    writeFileSync(join(data, 'go'), '');
    keep(startHost(place.redis.url, project, 'next'));
    expect(await run.finished).toMatchObject({ code: 0 });
  }, 120_000);

  it('may give a trial back politely, as others have before, as often as they like', async () => {
    const data = newPlace();
    const run = start(data);
    for (let times = 1; times <= 4; times++) {
      const host = keep(startHost(place.redis.url, project, `h${times}`, '--drain', '1ms'));
      await untilBegun(data, times);
      host.child.kill('SIGTERM');
      expect((await host.finished).code).toBe(0);
    }
    writeFileSync(join(data, 'go'), '');
    keep(startHost(place.redis.url, project, 'last'));
    const { code, stderr } = await run.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('1 trial ok')]);
    expect(stderr).not.toContain('went away');
    expect(begun(data)).toBe(5);
  }, 120_000);
});
