// Trials that pause on hosts of a queue, one of which is killed, and so is the coordinator: the bytes of a local run, with
// checkpoints from the server, and nothing left there or in the folder.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram } from '../cli/program.js';
import { until } from '../conformance/pool.js';
import { makeProject } from '../sweep/project.js';
import { trainingWorker } from '../sweep/training-worker.js';
import { killAll, newPlace, startHost, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

const PRUNERS = {
  'asha that pauses': ['--pruner', 'asha', ...['factor=2', 'max=9', 'pause=true']],
  pbt: ['--pruner', 'pbt', ...['interval=2', 'max=9', 'mutate=x,y', 'quantile=0.3']],
} as const;

const table = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');
const filesIn = (folder: string): string[] =>
  existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];

function countIn(out: string, text: string): number {
  try {
    return table(out, 'journal.bin').split(text).length - 1;
  } catch {
    return 0; // not there yet
  }
}

describe.skipIf(NO_REDIS !== undefined)(
  `trials that pause, on hosts${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`,
  () => {
    const place = useRedis();

    it.each(Object.keys(PRUNERS) as (keyof typeof PRUNERS)[])(
      '%s: the bytes of a local run, whoever is killed',
      async (pruner) => {
        const hold = join(newPlace(), 'hold');
        const project = makeProject(
          trainingWorker(20, { sleepy: [5], brief: [8], broken: [4] }, hold),
          `axes: { x: [0.1, 0.2, 0.3, 0.5, 0.8, 0.9], y: [0.2, 0.7, 0.9] }`,
        );
        const [name, value, ...given] = PRUNERS[pruner];
        const options = [name, value, ...given.flatMap((each) => ['--pruner-option', each])];
        const always = [...options, '--no-report', '--retries', '1', '--max-failures', '100%'];
        const local = join(newPlace(), 'local');
        const alone = await runProgram(
          project.home,
          'run',
          project.sweep,
          ...always,
          '--quiet',
          '--out',
          local,
        );
        expect(alone.code).toBe(1);

        // No trial comes to its end before both were killed.
        writeFileSync(hold, '');
        const { redis } = place;
        const out = join(newPlace(), 'run');
        const argv = ['run', project.sweep, ...always, '--queue', redis.url, '--out', out];
        const first = place.keep(startProgram(project.home, argv));
        const [a] = ['a', 'b'].map((each) => place.keep(startHost(redis.url, project, each)));
        await until(() => countIn(out, '"status":"parked"') > 5);
        // They are on the server while they are needed.
        const run = () => redis.ask('keys', 'sweepline:run:*:checkpoints');
        await until(() => run() !== '');
        killAll(a!);
        await until(() => countIn(out, '"status":"parked"') > 12);
        killAll(first);
        await first.finished;
        rmSync(hold);
        const { code, stderr } = await place.keep(
          startProgram(project.home, ['resume', out, '--no-report', '--queue', redis.url]),
        ).finished;
        expect([code, stderr]).toEqual([1, expect.stringContaining('host b takes part')]);
        for (const each of ['trials.csv', 'metrics.csv']) expect(table(out, each)).toBe(table(local, each));
        expect(filesIn(join(out, 'artifacts'))).toEqual(filesIn(join(local, 'artifacts')));
        expect(filesIn(join(out, 'checkpoints'))).toEqual([]);
        expect(redis.ask('keys', 'sweepline:run:*')).toBe('');
        expect(redis.ask('keys', `sweepline:queue:*`)).toBe('');
      },
      180_000,
    );

    it.each(Object.keys(PRUNERS) as (keyof typeof PRUNERS)[])(
      '%s: checkpoints that are too large for the queue end the run with what to do, or take the shared folder',
      async (pruner) => {
        const hold = join(newPlace(), 'hold');
        const project = makeProject(
          trainingWorker(60, { large: [0, 1, 2, 3, 4, 5] }, hold),
          `axes: { x: [0.1, 0.3, 0.8], y: [0.2, 0.7] }`,
        );
        const [name, value, ...given] = PRUNERS[pruner];
        const options = [name, value, ...given.flatMap((each) => ['--pruner-option', each]), '--no-report'];
        const local = join(newPlace(), 'local');
        const alone = await runProgram(project.home, 'run', project.sweep, ...options, '--out', local);
        expect(alone.code).toBe(0);

        writeFileSync(hold, ''); // no trial comes to its end before the run is interrupted
        const { redis } = place;
        const [out, share] = [join(newPlace(), 'run'), newPlace()];
        const queue = ['--no-report', '--queue', redis.url, '--queue-files', '64k'];
        const start = (...argv: readonly string[]) => place.keep(startProgram(project.home, argv));
        const host = (...more: readonly string[]) =>
          place.keep(startHost(redis.url, project, ...(more as [string])));
        const without = host('without');
        const refused = await start('run', project.sweep, ...options, ...queue, '--out', out).finished;
        expect([refused.code, refused.stderr]).toEqual([
          70,
          expect.stringMatching(
            /trial \d pauses with a checkpoint of 100000 bytes; at most 65536 travel .*\nHint: .*--queue-files .*--share/,
          ),
        ]);
        killAll(without);

        const parked = () => countIn(out, '"status":"parked"');
        const sharing = host('sharing', '--share', share);
        const first = start('resume', out, ...queue, '--share', share);
        await until(() => parked() >= 3);
        // Another host goes on with what this one has left.
        killAll(sharing);
        const other = host('other', '--share', share);
        await until(() => parked() >= 7);
        first.child.kill('SIGINT');
        expect(await first.finished).toMatchObject({ code: 130 });
        rmSync(hold);
        killAll(other);
        expect(filesIn(share)).toEqual([]);
        expect(filesIn(join(out, 'checkpoints'))).not.toEqual([]);

        const again = await start('resume', out, ...queue).finished;
        expect([again.code, again.stderr]).toEqual([
          2,
          expect.stringMatching(/\.bin has 100000 bytes; at most 65536 travel .*\nHint: .*--share/),
        ]);
        host('last', '--share', share);
        const last = await start('resume', out, ...queue, '--share', share).finished;
        expect([last.code, last.stderr]).toEqual([0, expect.stringContaining('host last takes part')]);
        for (const each of ['trials.csv', 'metrics.csv']) expect(table(out, each)).toBe(table(local, each));
        expect(filesIn(join(out, 'checkpoints'))).toEqual([]);
        expect(filesIn(share)).toEqual([]);
        expect(redis.ask('keys', 'sweepline:run:*')).toBe('');
      },
      120_000,
    );
  },
);
