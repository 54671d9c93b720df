// A search with a pruner on hosts of a queue, one of which is killed: the bytes of a local run.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startProgram, withoutWaits } from '../cli/program.js';
import { until } from '../conformance/pool.js';
import { makeProject } from '../sweep/project.js';
import { go, killAll, newPlace, startHost, useRedis } from './machines.js';
import { NO_REDIS } from './redis.js';

describe.skipIf(NO_REDIS !== undefined)(
  `a search on hosts${NO_REDIS === undefined ? '' : `: ${NO_REDIS}`}`,
  () => {
    const place = useRedis();

    it('is that of one machine, pruned trials and all, whatever becomes of a host', async () => {
      const project = makeProject(
        `params: { x: z.number().default(0), y: z.number().default(0) },
         metrics: { loss: { type: 'number', goal: 'min' } }, series: ['loss'],
         async run(trial) {
           const { existsSync } = await import('node:fs');
           while (trial.number >= 12 && !existsSync(trial.data + '/go')) {
             if (trial.stopRequested) throw trial.stopped();
             await new Promise((done) => setTimeout(done, 5));
           }
           const { x, y } = trial.params;
           let loss = 0;
           for (let step = 1; step <= 9; step++) {
             loss = (x - 0.3) ** 2 + (y + 0.5) ** 2 + 1 / step;
             if (trial.report(step, { loss }).stop) throw trial.stopped();
             await new Promise((done) => setTimeout(done, 20));
           }
           return { loss };
         }`,
        `axes: { x: 'uniform(-2,2)', y: 'uniform(-2,2)' }`,
      );
      const data = newPlace();
      const options = [
        ...['--data', data],
        ...['--sampler', 'tpe', '--trials', '30', '--lookahead', '6'],
        ...['--pruner', 'asha', '--pruner-option', 'max=9', '--no-report'],
      ];
      const local = join(newPlace(), 'local');
      go(data);
      const alone = await runProgram(
        project.home,
        'run',
        project.sweep,
        ...options,
        '--out',
        local,
        '--quiet',
      );
      expect([alone.code, withoutWaits(alone.stderr)]).toEqual([0, '']);
      const table = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');
      expect(table(local, 'trials.csv')).toContain(',pruned,');

      // The later trials wait until a host was killed in the midst of the run.
      rmSync(join(data, 'go'));
      const out = join(newPlace(), 'run');
      const argv = ['run', project.sweep, ...options, '--queue', place.redis.url, '--out', out];
      const run = place.keep(startProgram(project.home, argv));
      const [first] = ['a', 'b'].map((name) => place.keep(startHost(place.redis.url, project, name)));
      await Promise.all(['a', 'b'].map((name) => run.said(`host ${name} takes part`)));
      await until(() => {
        try {
          return table(out, 'journal.bin').includes('"t":"rows"');
        } catch {
          return false; // not there yet
        }
      });
      killAll(first!);
      go(data);
      expect(await run.finished).toMatchObject({ code: 0 });
      for (const name of ['trials.csv', 'metrics.csv']) expect(table(out, name)).toBe(table(local, name));
    }, 120_000);
  },
);
