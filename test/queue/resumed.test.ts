// Coordinators that are killed, copied and taken up again otherwise, as programs of their own.
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram } from '../cli/program.js';
import { makeProject, type Project } from '../sweep/project.js';
import { killAll, newPlace, startHost, untilBegun, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

/** Trials that say when they begin, and those from the second on end once there is a file `go`, or after `ms`. */
const makeWaiting = (axes: string, ms = 600_000): Project =>
  makeProject(
    `params: { x: z.number().default(0) }, metrics: { twice: { type: 'number' } },
     async run(trial) {
       const { appendFileSync, existsSync } = await import('node:fs');
       appendFileSync(trial.data + '/log', trial.number + '\\n');
       for (let waited = 0; trial.number > 0 && waited < ${ms} && !existsSync(trial.data + '/go'); waited += 5) {
         if (trial.stopRequested) throw trial.stopped();
         await new Promise((done) => setTimeout(done, 5));
       }
       return { twice: trial.params.x * 2 };
     }`,
    `axes: { x: ${axes} }`,
  );
const rowsOf = (out: string): string => readFileSync(join(out, 'trials.csv'), 'utf8');

describe.skipIf(NO_REDIS !== undefined)(`a run${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`, () => {
  const place = useRedis();
  const { keep } = place;
  const start = (project: Project, out: string, data: string, ...more: string[]) => {
    const options = ['--queue', place.redis.url, '--out', out, '--no-report', ...more];
    return keep(startProgram(project.home, ['run', project.sweep, '--data', data, ...options]));
  };

  it('whose coordinator was killed goes on with another grid, and nothing of the old one counts', async () => {
    const project = makeWaiting('[1, 2, 3]');
    const [out, data] = [join(newPlace(), 'run'), newPlace()];
    const first = start(project, out, data);
    keep(startHost(place.redis.url, project, 'h'));
    await untilBegun(data, 3); // one has ended, two wait
    killAll(first);
    writeFileSync(project.sweep, readFileSync(project.sweep, 'utf8').replace('[1, 2, 3]', '[0.5, 1, 3, 4]'));
    writeFileSync(join(data, 'go'), '');
    const again = start(project, out, data);
    const { code, stderr } = await again.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('4 trials ok')]);
    const local = join(newPlace(), 'local');
    const options = ['--data', data, '--out', local, '--no-report', '--quiet'];
    expect((await runProgram(project.home, 'run', project.sweep, ...options)).code).toBe(0);
    expect(rowsOf(out)).toBe(rowsOf(local));
    expect(place.redis.ask('keys', 'sweepline:run*')).toBe('');
  }, 120_000);

  it('has no second coordinator in a copy of its folder, and the first one goes on', async () => {
    const project = makeWaiting('[1, 2]');
    const [home, data] = [newPlace(), newPlace()];
    const first = start(project, join(home, 'run'), data);
    keep(startHost(place.redis.url, project, 'h'));
    await untilBegun(data, 2);
    cpSync(join(home, 'run'), join(home, 'copy'), { recursive: true });
    rmSync(join(home, 'copy', 'coordinator.lock')); // as on another machine, a minute later
    const options = ['--queue', place.redis.url, '--no-report'];
    const second = await startProgram(project.home, ['resume', join(home, 'copy'), ...options]).finished;
    expect(second.stderr).toMatch(/run \S+ on the queue has another coordinator, with pid \d+ on .*\nHint: /);
    expect(second.code).toBe(70);
    writeFileSync(join(data, 'go'), '');
    const { code, stderr } = await first.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('2 trials ok')]);
  });

  it('that is taken up again with a higher limit is held to that', async () => {
    const project = makeWaiting('[1, 2]', 4_000);
    const [out, data] = [join(newPlace(), 'run'), newPlace()];
    const first = start(project, out, data, '--timeout', '3s');
    await first.said('no host takes part');
    killAll(first); // before a trial begins: it hears of none that is past its limit
    await first.finished;
    keep(startHost(place.redis.url, project, 'h'));
    await untilBegun(data, 2);
    const again = keep(
      startProgram(project.home, [
        'resume',
        out,
        '--queue',
        place.redis.url,
        '--timeout',
        '1h',
        '--no-report',
      ]),
    );
    const { code, stderr } = await again.finished;
    expect([code, stderr]).toEqual([0, expect.stringContaining('2 trials ok')]);
  }, 120_000);
});
