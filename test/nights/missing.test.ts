import { join } from 'node:path';
import { expect, test } from 'vitest';
import { describeMissing, findMissing } from '../../src/nights/missing.js';
import { defineSuite } from '../../src/suite/define.js';
import { runSuite } from '../../src/suite/run.js';
import { startRun } from '../../src/sweep/start.js';
import { makeProject } from '../sweep/project.js';

test('what a suite has left undone is known run by run, also of those that have not begun', async () => {
  const project = makeProject(
    `params: { a: z.number().default(0) }, metrics: { loss: { type: 'number' } },
    run: async (trial) => {
      while (trial.params.a > 1) {
        if (trial.stopRequested) throw trial.stopped();
        await new Promise((done) => setTimeout(done, 20));
      }
      return { loss: 0 };
    }`,
    'axes: { a: [1, 2, 3, 4, 5] }',
  );
  const { sweep } = project;
  const whole = { a: { kind: 'list', values: [1] } } as const;
  const suite = {
    ...defineSuite({ name: 'three', runs: [{ sweep, name: 'a' }] }),
    runs: [
      { name: 'whole', sweep, set: whole, replicates: undefined, seeds: undefined },
      { name: 'half', sweep, set: {}, replicates: undefined, seeds: undefined },
      { name: 'last', sweep, set: {}, replicates: 2, seeds: undefined },
    ],
  };
  const out = join(project.home, 'out');
  await runSuite(
    { suite, out, common: { workers: 1 } },
    {
      async carryOut(request) {
        const handle = await startRun(request, [
          {
            onProgress: ({ done }) => {
              if (done === 1 && request.out!.endsWith('half')) handle.stop();
            },
          },
        ]);
        return !(await handle.outcome).interrupted;
      },
    },
  );
  const missing = await findMissing(out, ['whole', 'half', 'last']);
  expect(missing).toEqual([
    { run: 'half', ended: 1, trials: 5 },
    { run: 'last', ended: 0, trials: 10 },
  ]);
  expect(missing.map(describeMissing)).toEqual(['half: 4 of 5 trials', 'last: all of its 10 trials']);
  expect(describeMissing({ run: 'other', ended: 1, trials: null })).toBe('other: all but 1 trial');
}, 120_000);
