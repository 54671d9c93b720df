// Files of trials on their way between machines: large ones through a shared folder, checkpoints from a host that died.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startProgram } from '../cli/program.js';
import { until } from '../conformance/pool.js';
import { makeProject } from '../sweep/project.js';
import { newPlace, startHost, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

describe.skipIf(NO_REDIS !== undefined)(`files${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis();
  const { keep } = place;

  it('that are large take the shared folder, or end the run with what to do', async () => {
    const project = makeProject(
      `params: { kb: z.int().default(1) }, metrics: { path: { type: 'string' } },
       run: (trial) => ({ path: trial.saveArtifact('model.bin', new Uint8Array(1024 * trial.params.kb).fill(7)) })`,
      'axes: { kb: [1, 200] }',
    );
    const [out, share] = [join(newPlace(), 'run'), newPlace()];
    const first = keep(startHost(place.redis.url, project, 'alone'));
    const options = ['--queue', place.redis.url, '--no-report', '--queue-files', '64k'];
    const run = keep(startProgram(project.home, ['run', project.sweep, '--out', out, ...options]));
    const { code, stderr } = await run.finished;
    expect([code, stderr]).toEqual([
      70,
      expect.stringMatching(/model\.bin of trial 1 has 204800 bytes; at most 65536 .*\nHint: .*--share/),
    ]);
    first.child.kill('SIGTERM');
    await first.finished;
    keep(startHost(place.redis.url, project, 'sharing', '--share', share));
    const again = keep(startProgram(project.home, ['resume', out, ...options, '--share', share]));
    expect(await again.finished).toMatchObject({ code: 0 });
    expect([0, 1].map((trial) => statSync(join(out, 'artifacts', `${trial}`, 'model.bin')).size)).toEqual([
      1024, 204800,
    ]);
    const left = readdirSync(share, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(left).toEqual([]);
  });

  it('let a trial go on elsewhere from the checkpoint of a host that was killed, and after an interruption', async () => {
    const project = makeProject(
      `params: {}, metrics: { from: { type: 'string' } },
       async run(trial) {
         const { existsSync } = await import('node:fs');
         const found = new TextDecoder().decode(trial.loadCheckpoint() ?? new Uint8Array());
         trial.saveCheckpoint(new TextEncoder().encode(found + 'x'));
         while (!existsSync(trial.data + '/go')) {
           if (trial.stopRequested) throw trial.stopped();
           await new Promise((done) => setTimeout(done, 5));
         }
         return { from: found };
       }`,
      'axes: {}',
    );
    const [out, data] = [join(newPlace(), 'run'), newPlace()];
    const options = ['--queue', place.redis.url, '--no-report'];
    const run = keep(
      startProgram(project.home, ['run', project.sweep, '--out', out, '--data', data, ...options]),
    );
    const first = keep(startHost(place.redis.url, project, 'first'));
    const checkpoint = () => place.redis.ask('hvals', place.redis.ask('keys', 'sweepline:run:*:checkpoints'));
    await until(() => checkpoint() === 'x');
    first.child.kill('SIGKILL');
    keep(startHost(place.redis.url, project, 'second'));
    await until(() => checkpoint() === 'xx');
    run.child.kill('SIGINT');
    expect(await run.finished).toMatchObject({ code: 130 });
    const [kept] = readdirSync(join(out, 'checkpoints'));
    expect(readFileSync(join(out, 'checkpoints', kept!), 'utf8')).toBe('xx');
    writeFileSync(join(data, 'go'), '');
    const again = keep(startProgram(project.home, ['resume', out, ...options]));
    expect(await again.finished).toMatchObject({ code: 0 });
    expect(readFileSync(join(out, 'trials.csv'), 'utf8')).toContain(',ok,xx');
    expect(existsSync(join(out, 'checkpoints')) ? readdirSync(join(out, 'checkpoints')) : []).toEqual([]);
  });
});
