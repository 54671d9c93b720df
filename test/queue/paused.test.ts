// Trials that pause on hosts of a queue, one of which is killed, and so is the coordinator: the bytes of a local run, with
// checkpoints from the server, and nothing left there or in the folder.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
        const project = makeProject(
          trainingWorker(20, { sleepy: [5], brief: [8], broken: [4] }),
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
  },
);
