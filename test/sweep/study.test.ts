// Ask and tell: a program's own loop over the trials of a search.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../src/answer/read.js';
import { loguniform, uniform } from '../../src/space/domain.js';
import { openStudy, type StudyOptions } from '../../src/sweep/study.js';
import type { Trial } from '../../src/worker/contract.js';
import { newFolder } from './session.js';

const options = (more: Partial<StudyOptions> = {}): StudyOptions => ({
  axes: { lr: loguniform(1e-5, 1), momentum: uniform(0, 1), layers: [1, 2, 3] },
  objectives: 'loss:min',
  sampler: 'random',
  trials: 12,
  seed: 3,
  ...more,
});

const lossOf = ({ params }: Trial): number =>
  Math.abs(Math.log10(params.lr as number) + 2) + (params.momentum as number) ** 2;

const tableOf = (folder: string): string => readFileSync(join(folder, 'trials.csv'), 'utf8');

async function evaluate(given: StudyOptions): Promise<string> {
  const study = await openStudy({ ...given, folder: join(newFolder(), 'run') });
  for (let trial = await study.ask(); trial !== undefined; trial = await study.ask())
    await study.tell(trial, { loss: lossOf(trial) });
  await study.close();
  return tableOf(study.folder);
}

describe('openStudy', () => {
  it('asks and tells to the end, into a run folder like any other', async () => {
    const folder = join(newFolder(), 'run');
    const study = await openStudy({ ...options(), folder });
    const seen: number[] = [];
    for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) {
      seen.push(trial.number);
      trial.saveArtifact('note.txt', 'kept');
      await study.tell(trial, { loss: lossOf(trial) });
    }
    expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => i));
    expect(await study.close()).toMatchObject({ ok: 12, failed: 0, left: 0, interrupted: false });
    const run = await readRun(folder);
    expect([...run.trials()]).toHaveLength(12);
    expect(readFileSync(join(folder, 'artifacts/5/note.txt'), 'utf8')).toBe('kept');
  });

  it('is continued by the same call, and gives the same as in one go', async () => {
    const whole = await evaluate(options());
    const folder = join(newFolder(), 'run');
    const first = await openStudy({ ...options(), folder });
    for (let i = 0; i < 5; i++) {
      const trial = (await first.ask())!;
      await first.tell(trial, { loss: lossOf(trial) });
    }
    await first.ask(); // and is never told
    expect(await first.close()).toMatchObject({ ok: 5, interrupted: true });
    const second = await openStudy({ ...options(), folder });
    const numbers: number[] = [];
    for (let trial = await second.ask(); trial !== undefined; trial = await second.ask()) {
      numbers.push(trial.number);
      await second.tell(trial, { loss: lossOf(trial) });
    }
    expect(numbers).toEqual([5, 6, 7, 8, 9, 10, 11]);
    await second.close();
    expect(tableOf(folder)).toBe(whole);
  });

  it('keeps failures, and values that do not fit fail their trial', async () => {
    const study = await openStudy({ ...options({ trials: 2 }), folder: join(newFolder(), 'run') });
    await study.fail((await study.ask())!, new Error('no such luck'));
    await study.tell((await study.ask())!, { loss: 'small' });
    expect(await study.ask()).toBeUndefined();
    expect(await study.close()).toMatchObject({ ok: 0, failed: 2 });
    expect(tableOf(study.folder).match(/,failed,/g)).toHaveLength(2);
  });

  it('refuses trials that were not asked for, and those told before', async () => {
    const study = await openStudy({ ...options({ trials: 2 }), folder: join(newFolder(), 'run') });
    const trial = (await study.ask())!;
    await expect(study.tell({ number: 1 }, { loss: 1 })).rejects.toMatchObject({ code: 'BAD_USAGE' });
    await study.tell(trial, { loss: 1 });
    await expect(study.tell(trial, { loss: 1 })).rejects.toMatchObject({ code: 'BAD_USAGE' });
    await study.close();
  });

  it('tells every fault at once', async () => {
    await expect(
      openStudy({ ...options({ objectives: 'loss' }), sampler: 'nope', trial: 3 } as never),
    ).rejects.toThrow(/option "trial".*trials/);
    await expect(openStudy(options({ axes: { a: 'uniform(1,0)' }, seed: 0.5 }))).rejects.toThrow(
      /seed 0\.5[\s\S]*goes down/,
    );
  });
});
