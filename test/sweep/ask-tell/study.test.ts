// Ask and tell: a program's own loop over the trials of a search.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { readRun } from '../../../src/answer/read.js';
import { renderExplanation } from '../../../src/cli/explain-words.js';
import { systemClock } from '../../../src/ground/clock.js';
import { askCoordinator } from '../../../src/run/requests.js';
import { loguniform, uniform } from '../../../src/space/domain.js';
import { openStudy, type StudyOptions } from '../../../src/sweep/ask-tell/study.js';
import { explainTrial } from '../../../src/sweep/explain/explain.js';
import type { SearchOrigin } from '../../../src/sweep/explain/explanation.js';
import type { Trial } from '../../../src/worker/contract.js';
import { makeProject } from '../project.js';
import { newFolder } from '../session.js';

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

const inNewFolder = (more: Partial<StudyOptions> = {}): StudyOptions => ({
  ...options(more),
  folder: join(newFolder(), 'run'),
});

/** What a promise came to, with time enough for all that goes on in this process. */
async function stateOf(promise: Promise<unknown>): Promise<'open' | 'done'> {
  let state: 'open' | 'done' = 'open';
  const settle = (): void => {
    state = 'done';
  };
  promise.then(settle, settle);
  for (let i = 0; i < 50; i++) await setImmediate();
  return state;
}

const tableOf = (folder: string): string => readFileSync(join(folder, 'trials.csv'), 'utf8');

const evaluate = (given: StudyOptions): Promise<string> =>
  evaluateIn({ ...given, folder: join(newFolder(), 'run') });

async function evaluateIn(given: StudyOptions): Promise<string> {
  const study = await openStudy(given);
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

  it('keeps failures, and NaN as a value', async () => {
    const study = await openStudy(inNewFolder({ trials: 2 }));
    await study.fail((await study.ask())!, new Error('no such luck'));
    await study.tell((await study.ask())!, { loss: Number.NaN });
    expect(await study.ask()).toBeUndefined();
    expect(await study.close()).toMatchObject({ ok: 1, failed: 1 });
    expect(tableOf(study.folder)).toMatch(/,failed,[\s\S]*,ok,NaN\n/);
  });

  it('gives no trial where there are as many as it is asked for, or more', async () => {
    const given = inNewFolder({ trials: 4 });
    const whole = await evaluateIn(given);
    const study = await openStudy({ ...given, trials: 3 });
    expect(await study.ask()).toBeUndefined();
    expect(await study.close()).toMatchObject({ ok: 4, left: 0 });
    expect(tableOf(study.folder)).toBe(whole);
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

describe('a study with a constraint', () => {
  const where = ({ layers }: Record<string, unknown>): boolean => layers !== 2;

  it.each(['auto', 'gp', 'tpe'])('is searched by %s, and continued', async (sampler) => {
    const whole = await evaluate(options({ where, sampler, trials: 14 }));
    const given = inNewFolder({ where, sampler, trials: 14 });
    const first = await openStudy(given);
    for (let i = 0; i < 11; i++) {
      const trial = (await first.ask())!;
      expect(trial.params.layers).not.toBe(2);
      await first.tell(trial, { loss: lossOf(trial) });
    }
    await first.close();
    const second = await openStudy(given);
    for (let trial = await second.ask(); trial !== undefined; trial = await second.ask())
      await second.tell(trial, { loss: lossOf(trial) });
    await second.close();
    expect(tableOf(second.folder)).toBe(whole);
  });

  it.each(['gp', 'random', 'sobol', 'tpe'])(
    'is explained as far as its files tell: %s',
    async (sampler) => {
      const given = inNewFolder({ where, sampler, trials: 20 });
      await evaluateIn(given);
      const { sweep } = makeProject(
        'params: { layers: z.number() }, metrics: { loss: z.number() }, run: () => ({ loss: 1 })',
        `axes: { layers: [1, 2, 3] }, where: ({ layers }) => layers !== 2`,
      );
      const missing = 'The constraint (where) is a function of the program that asked, in no file';
      let same = 0;
      for (let trial = 0; trial < 20; trial++) {
        const whole = await explainTrial(given.folder!, trial, { forStudy: sweep });
        const told = await explainTrial(given.folder!, trial);
        if (sampler === 'random') {
          expect(told).toEqual(whole); // nothing is asked again
          continue;
        }
        const [origin, known] = [told.origin as SearchOrigin, whole.origin as SearchOrigin];
        expect(known).toMatchObject({ other: null, isUnconstrained: false });
        const { other, why } = origin;
        // All but the choice does not depend on the constraint.
        expect(origin).toEqual({ ...known, other, why, isUnconstrained: true });
        const text = renderExplanation(told);
        expect(text).toContain(missing);
        if (other !== null) {
          expect(text).toContain('How it chose from there is not known');
          continue;
        }
        same++;
        expect(why).toEqual(known.why);
        expect(renderExplanation(whole)).not.toContain(missing);
      }
      // A third of the points is refused; those that are drawn in their place cannot be told.
      if (sampler !== 'random') expect(same).toBeGreaterThan(5);
      if (sampler !== 'random') expect(same).toBeLessThan(20);
    },
    60_000,
  );

  it.each(['gp', 'random', 'tpe'])(
    'that refuses all points is refused, and leaves nothing behind: %s',
    async (sampler) => {
      const parent = newFolder();
      const folder = join(parent, 'some/where');
      const refuseAll = { ...options({ where: () => false, sampler }), folder };
      const study = await openStudy({ ...refuseAll, axes: { lr: loguniform(1e-5, 1) } });
      const refusal = { code: 'BAD_DEFINITION', message: expect.stringContaining('accepts none of') };
      await expect(study.ask()).rejects.toMatchObject(refusal);
      await expect(study.ask()).rejects.toMatchObject(refusal);
      await expect(study.close()).rejects.toMatchObject(refusal);
      expect(readdirSync(parent)).toEqual([]);
    },
  );

  it('that throws once trials have run stays, and is continued once it is mended', async () => {
    let calls = 0;
    const breaks = (): boolean => {
      if (++calls > 40) throw new Error('no more');
      return true;
    };
    const given = inNewFolder({ where, sampler: 'tpe', trials: 6 });
    const first = await openStudy(given);
    await first.tell((await first.ask())!, { loss: 1 });
    await first.close();
    const second = await openStudy({
      ...given,
      where: Object.assign(breaks, { toString: () => String(where) }),
    });
    calls = 40;
    await second.tell((await second.ask())!, { loss: 1 }).catch(() => undefined);
    await expect(second.ask()).rejects.toThrow(/throws at [\s\S]*no more/);
    await expect(second.close()).rejects.toThrow(/no more/);
    expect(await evaluateIn(given)).toMatch(/\n5,/);
  });
});

describe('the end of a study', () => {
  it('waits for what was told, and lets go of the rest', async () => {
    const study = await openStudy(inNewFolder({ sampler: 'tpe', lookahead: 4 }));
    const trials = [await study.ask(), await study.ask(), await study.ask()];
    const told = trials.slice(0, 2).map((trial) => study.tell(trial!, { loss: lossOf(trial!) }));
    const outcome = study.close();
    expect(study.close()).toBe(outcome);
    expect(await outcome).toMatchObject({ ok: 2, left: 10, interrupted: true });
    await Promise.all(told);
    const closed = { code: 'BAD_USAGE', message: expect.stringContaining('the study is closed') };
    await expect(study.tell(trials[2]!, { loss: 1 })).rejects.toMatchObject(closed);
    await expect(study.fail(trials[2]!, new Error('late'))).rejects.toMatchObject(closed);
    await expect(study.ask()).rejects.toMatchObject(closed);
  });

  it('refuses what is told while it closes, and asks end with no trial', async () => {
    const study = await openStudy(inNewFolder({ sampler: 'tpe', lookahead: 2 }));
    const [first, second] = [(await study.ask())!, (await study.ask())!];
    await study.tell(second, { loss: 1 });
    const asked = study.ask(); // which waits for the first
    const outcome = study.close();
    await expect(study.tell(first, { loss: 1 })).rejects.toMatchObject({ code: 'BAD_USAGE' });
    expect(await asked).toBeUndefined();
    expect(await outcome).toMatchObject({ ok: 1 });
  });

  it.each<Partial<StudyOptions>>([
    { sampler: 'random', target: 1 },
    { sampler: 'grid', axes: { lr: [1, 0.1, 0.02, 0.01, 1e-3], momentum: [0, 0.5, 0.9] }, target: 0.5 },
  ])('comes with a target, whatever the sampler: %j', async (more) => {
    const { trials: _, ...given } = { ...inNewFolder(more), lookahead: 3 };
    const study = await openStudy(given);
    const losses: number[] = [];
    const out = [(await study.ask())!, (await study.ask())!, (await study.ask())!];
    await expect(study.ask()).rejects.toThrow(/depends on what trials \d+, \d+, \d+ will have come to/);
    for (let trial = out.shift(); trial !== undefined; trial = out.shift()) {
      losses.push(lossOf(trial));
      await study.tell(trial, { loss: losses.at(-1) });
      const next = await study.ask();
      if (next !== undefined) out.push(next);
    }
    expect(await study.close()).toMatchObject({ ok: losses.length, interrupted: false });
    expect(losses.findIndex((loss) => loss <= more.target!)).toBe(losses.length - 3);
  });

  it('is the end of the run where all is told, without asking once more', async () => {
    const study = await openStudy(inNewFolder({ sampler: 'tpe', trials: 3 }));
    for (let i = 0; i < 3; i++) await study.tell((await study.ask())!, { loss: i });
    expect(await study.close()).toMatchObject({ ok: 3, left: 0, interrupted: false });
  });

  it('comes from outside too: what is told then says that it is not kept', async () => {
    const study = await openStudy(inNewFolder({ sampler: 'tpe', lookahead: 2 }));
    const [first, second] = [(await study.ask())!, (await study.ask())!];
    await study.tell(second, { loss: 1 });
    const asked = study.ask(); // which waits for the first
    await askCoordinator(study.folder, { do: 'stop' }, { clock: systemClock });
    await askCoordinator(study.folder, { do: 'stop' }, { clock: systemClock });
    expect(await asked).toBeUndefined();
    await expect(study.tell(first, { loss: 1 })).rejects.toThrow(/trial 0 is not kept/);
    expect(await study.close()).toMatchObject({ ok: 1, interrupted: true });
  });

  it('is no end of the folder: the same run, with its id and date, goes on', async () => {
    const given = inNewFolder({ trials: 2 });
    const identityOf = (folder: string) => {
      const { runId, created } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
      return { runId, created };
    };
    const first = await openStudy(given);
    await first.tell((await first.ask())!, { loss: 1 });
    await first.close();
    const before = identityOf(first.folder);
    const second = await openStudy({ ...given, trials: 3 }); // so that the manifest is written again
    await second.tell((await second.ask())!, { loss: 1 });
    await second.close();
    expect(identityOf(second.folder)).toEqual(before);
  });
});

describe('trials that are out at once', () => {
  it('are as many as the look-ahead says: another is refused at once', async () => {
    const study = await openStudy(inNewFolder({ sampler: 'tpe' }));
    const trial = (await study.ask())!;
    await expect(study.ask()).rejects.toMatchObject({
      code: 'BAD_USAGE',
      message: expect.stringMatching(/trial 0.*not told/),
      hint: expect.stringMatching(/lookahead: N/),
    });
    await study.tell(trial, { loss: 1 });
    const [next, tooEarly] = [study.ask(), study.ask()];
    expect((await next)!.number).toBe(1);
    await expect(tooEarly).rejects.toThrow(/trial 1/);
    const told = study.tell((await next)!, { loss: 1 });
    expect((await study.ask())!.number).toBe(2); // told, if not on disk yet
    await told;
    await study.close();
  });

  it('have the replicates of a configuration, times the look-ahead', async () => {
    const study = await openStudy(inNewFolder({ sampler: 'tpe', replicates: 3, lookahead: 2, trials: 12 }));
    const out = [];
    for (let i = 0; i < 6; i++) out.push((await study.ask())!.number);
    expect(out).toEqual([0, 1, 2, 3, 4, 5]);
    await expect(study.ask()).rejects.toThrow(/trials 0, 1, 2, 3, 4, 5/);
    await study.close();
  });

  it('are any number where the sampler does not look at results, and then there are no more', async () => {
    const study = await openStudy(inNewFolder({ trials: 40 }));
    const out: Trial[] = [];
    for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) out.push(trial);
    expect(out).toHaveLength(40);
    await Promise.all(out.reverse().map((trial) => study.tell(trial, { loss: lossOf(trial) })));
    expect(await study.close()).toMatchObject({ ok: 40, interrupted: false });
    expect(tableOf(study.folder)).toBe(await evaluate(options({ trials: 40 })));
  });

  it('wait for older ones that are told later, and are the same in whatever order', async () => {
    const given = { sampler: 'tpe', lookahead: 3, trials: 30 };
    const study = await openStudy(inNewFolder(given));
    let most = 0;
    let out = 0;
    const loop = async (turns: number): Promise<void> => {
      for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) {
        most = Math.max(most, ++out);
        for (let i = 0; i < turns; i++) await setImmediate();
        out--;
        await study.tell(trial, { loss: lossOf(trial) });
      }
    };
    await Promise.all([loop(0), loop(3), loop(20)]);
    expect(await study.close()).toMatchObject({ ok: 30, interrupted: false });
    expect(most).toBeGreaterThan(1);
    expect(tableOf(study.folder)).toBe(await evaluate(options(given)));
  });

  it('are made in a thread meanwhile: who asks waits', async () => {
    const study = await openStudy(inNewFolder({ sampler: 'gp', lookahead: 2, trials: 16 }));
    const asks = [study.ask(), study.ask()];
    for (let i = 0; i < 14; i++) {
      const trial = (await asks.shift())!;
      expect(trial.number).toBe(i);
      await study.tell(trial, { loss: lossOf(trial) });
      asks.push(study.ask());
    }
    expect((await Promise.all(asks)).map((trial) => trial?.number)).toEqual([14, 15]);
    await study.close();
  });

  it('wait while nothing says that they never come', async () => {
    const study = await openStudy(inNewFolder({ sampler: 'tpe', lookahead: 2 }));
    const [first, second] = [(await study.ask())!, (await study.ask())!];
    await study.tell(second, { loss: 1 });
    const third = study.ask();
    expect(await stateOf(third)).toBe('open');
    await study.tell(first, { loss: 1 });
    expect((await third)!.number).toBe(2);
    await study.close();
  });

  it('race for the best with replicates auto', async () => {
    const given = inNewFolder({ sampler: 'tpe', replicates: 'auto', trials: 12, lookahead: 2 });
    const noisy = ({ random, params }: Trial) => (params.momentum as number) + 0.3 * random('loss').uniform();
    const run = async (width: number, folder: string): Promise<string> => {
      const study = await openStudy({ ...given, folder });
      const loop = async (): Promise<void> => {
        for (let trial = await study.ask(); trial !== undefined; trial = await study.ask())
          await study.tell(trial, { loss: noisy(trial) });
      };
      await Promise.all(Array.from({ length: width }, loop));
      expect((await study.close()).trials).toBeGreaterThan(12);
      return tableOf(folder);
    };
    expect(await run(5, given.folder!)).toBe(await run(1, join(newFolder(), 'run')));
  });
});

describe('another program', () => {
  const child = (how: string, folder: string, sampler = 'tpe') =>
    spawnSync(process.execPath, [resolve('dist/test/sweep/children/study.js'), how, folder, sampler], {
      encoding: 'utf8',
      timeout: 50_000, // one that hangs
    });

  it('cannot have the same folder at the same time', async () => {
    const given = inNewFolder();
    const study = await openStudy(given);
    const trial = (await study.ask())!;
    await expect(openStudy(given)).rejects.toMatchObject({
      code: 'LOCKED',
      message: expect.stringContaining(`in use by the coordinator with pid ${process.pid}`),
    });
    await study.tell(trial, { loss: 1 }); // which it does not disturb
    expect(await study.close()).toMatchObject({ ok: 1 });
  });

  it('may have ended with an open trial: it comes again', async () => {
    const folder = join(newFolder(), 'run');
    expect(child('exit', folder)).toMatchObject({ status: 7, stderr: '' });
    const { axes: _, ...given } = options({ sampler: 'tpe', trials: 6, lookahead: 2 });
    const study = await openStudy({ ...given, axes: { lr: loguniform(1e-5, 1) }, folder });
    const numbers: number[] = [];
    for (let trial = await study.ask(); trial !== undefined; trial = await study.ask()) {
      numbers.push(trial.number);
      await study.tell(trial, { loss: 1 });
    }
    expect(numbers).toEqual([1, 2, 3, 4, 5]);
    expect(await study.close()).toMatchObject({ ok: 6 });
  });

  it.each(['tpe', 'gp'])('does not end without a word where it waits for itself, by %s', (sampler) => {
    const { status, stdout, stderr } = child('stuck', join(newFolder(), 'run'), sampler);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/the next trial depends on what trial 0 /);
    expect(status).toBe(0);
  });

  it('gets its trial where what it waits for is told later', () => {
    expect(child('late', join(newFolder(), 'run'))).toMatchObject({
      status: 0,
      stdout: 'trial 2',
      stderr: '',
    });
  });
});
