// A pruner in a program's own loop: `trial.report` answers as in a worker, and the files are those of a run with a pool.
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { uniform } from '../../../src/space/domain.js';
import { openStudy, type StudyOptions } from '../../../src/sweep/ask-tell/study.js';
import type { Trial } from '../../../src/worker/contract.js';
import { makeProject } from '../project.js';
import { newFolder, read, rowsOf, runHere } from '../session.js';

const STEPS = 9;
const lossAt = (x: number, step: number) => (x - 0.3) ** 2 + 1 / step;

const asked = {
  ...{ name: 'mine', objectives: 'loss:min', series: ['loss'], trials: 20, seed: 1 },
  axes: { x: uniform(0, 1) },
} as const satisfies StudyOptions;

/** Trains from its checkpoint on, as far as it may; `isBlind`: without looking at what `report` answers. */
async function train(trial: Trial, pause: () => Promise<void>, isBlind = false): Promise<number | undefined> {
  const x = trial.params.x as number;
  const done = trial.loadCheckpoint()?.[0] ?? 0;
  for (let step = 1; step <= STEPS; step++) {
    const answer = trial.report(step, { loss: lossAt(x, step) });
    if (step <= done) continue;
    if (!isBlind && answer.stop) {
      trial.saveCheckpoint(Uint8Array.of(step));
      return undefined;
    }
    await pause();
  }
  return lossAt(x, STEPS);
}

interface Loop {
  readonly options: StudyOptions;
  /** Loops that ask at the same time. */
  readonly askers?: number;
  readonly order?: number;
  readonly isBlind?: boolean;
  /** The session ends after so many trials of each asker. */
  readonly most?: number;
}

async function evaluate({ options, askers = 1, order = 0, isBlind, most = Number.POSITIVE_INFINITY }: Loop) {
  const study = await openStudy(options);
  const random = randomFor('study-pruned', order);
  // How far each of them is ahead of the others changes from step to step.
  const pause = async () => {
    for (let turns = random.below(6); turns > 0; turns--) await new Promise(setImmediate);
  };
  const loop = async () => {
    for (let told = 0; told < most; told++) {
      const trial = await study.ask();
      if (trial === undefined) return;
      const loss = await train(trial, pause, isBlind);
      if (loss === undefined) await study.fail(trial, trial.stopped());
      else await study.tell(trial, { loss });
    }
  };
  await Promise.all(Array.from({ length: askers }, loop));
  const outcome = await study.close();
  const files = ['trials.csv', 'metrics.csv'].map((file) => read(study.folder, file));
  return { outcome, files, folder: study.folder };
}

const PRUNERS = {
  asha: { name: 'asha', max: STEPS },
  hyperband: { name: 'hyperband', max: STEPS },
  median: { name: 'median', startup: 3 },
  'asha that pauses': { name: 'asha', max: STEPS, pause: true },
} as const;

const WORKER = `
  params: { x: z.number().default(0) }, metrics: { loss: { type: 'number', goal: 'min' } }, series: ['loss'],
  async run(trial) {
    const lossAt = ${lossAt};
    for (let step = 1; step <= ${STEPS}; step++)
      if (trial.report(step, { loss: lossAt(trial.params.x, step) }).stop) throw trial.stopped();
    return { loss: lossAt(trial.params.x, ${STEPS}) };
  },`;

test.each(Object.entries(PRUNERS))('%s gives the files of a run with a pool', async (name, pruner) => {
  const { sweep } = makeProject(WORKER, `axes: { x: 'uniform(0,1)' }, sampler: 'random'`);
  const { seed, trials } = asked;
  const run = await runHere({ sweep, pruner, seed, trials });
  const options = { ...asked, pruner, sampler: 'random' };
  const folder = join(newFolder(), 'study');
  const one = await evaluate({ options: { ...options, folder } });
  expect(one.files).toEqual([run.trials_csv, read(run.folder, 'metrics.csv')]);
  const statuses = rowsOf(one.files[0]!).map(({ status }) => status);
  expect(new Set(statuses)).toEqual(new Set(['ok', 'pruned']));
  expect(one.outcome).toMatchObject({ trials, failed: 0, left: 0 });
  for (let order = 1; order <= 5; order++) {
    const loop = { askers: 1 + order, order, isBlind: order % 2 === 0 && !name.includes('pauses') };
    const more = await evaluate({ options: { ...options, folder: join(newFolder(), 'study') }, ...loop });
    expect(more.files).toEqual(one.files);
  }
});

test('a search is told what was pruned, and goes on where it was left, with as many askers as it looks ahead', async () => {
  const options = { ...asked, pruner: PRUNERS.asha, sampler: 'tpe', lookahead: 4 };
  const whole = await evaluate({ options: { ...options, folder: join(newFolder(), 'study') } });
  const folder = join(newFolder(), 'study');
  const part = await evaluate({ options: { ...options, folder }, askers: 4, order: 1, most: 2 });
  expect(part.outcome.left).toBeGreaterThan(0);
  expect((await evaluate({ options: { ...options, folder }, askers: 3, order: 2 })).files).toEqual(
    whole.files,
  );
  const others = { ...options, folder, pruner: { name: 'asha', max: 3 } };
  await expect(openStudy(others)).rejects.toThrow(/its pruner is asha.*, not asha/);
});

test('a population trains in a loop of its own', async () => {
  const pruner = { name: 'pbt', interval: 3, max: STEPS, mutate: 'x' };
  const options = { ...asked, pruner, sampler: 'random', trials: 8 };
  const one = await evaluate({ options: { ...options, folder: join(newFolder(), 'study') } });
  expect(one.outcome).toMatchObject({ ok: 8, left: 0 });
  expect(read(one.folder, 'schedules.csv').split('\n').length).toBeGreaterThan(2);
  const more = await evaluate({
    options: { ...options, folder: join(newFolder(), 'study') },
    askers: 3,
    order: 1,
  });
  expect(more.files).toEqual(one.files);
});

test('a pruner of a study without a series is refused', async () => {
  const folder = join(newFolder(), 'study');
  await expect(openStudy({ ...asked, series: [], pruner: 'asha', folder })).rejects.toThrow(
    /declare `series`/,
  );
});
