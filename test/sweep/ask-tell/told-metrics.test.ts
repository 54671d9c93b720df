// What is told to a study by mistake is an error of the call: nothing is recorded, and the trial is still out.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { uniform } from '../../../src/space/domain.js';
import { openStudy, type Study, type StudyOptions } from '../../../src/sweep/ask-tell/study.js';
import { inWordsOfStudy } from '../../../src/sweep/ask-tell/study-words.js';
import { newFolder } from '../session.js';

const options = (more: Partial<StudyOptions> = {}): StudyOptions => ({
  axes: { x: uniform(0, 1) },
  objectives: 'loss:min',
  ...{ sampler: 'random', trials: 2, folder: join(newFolder(), 'run') },
  ...more,
});

const BOTH = { objectives: ['loss:min', 'gain:max'], constraints: 'memory <= 8', metrics: {} };
const TYPED: Partial<StudyOptions> = {
  objectives: 'hits:max',
  metrics: { hits: { type: 'integer' }, isGood: { type: 'boolean' }, note: { type: 'string' } },
};

class Metrics {
  loss = 1;
}

/** What the table holds of trial 0, after a call that was refused and one that was not. */
async function tellTwice(study: Study, told: unknown, then: object): Promise<string> {
  const trial = (await study.ask())!;
  await expect(study.tell(trial, told as never)).rejects.toMatchObject({
    code: 'BAD_USAGE',
    hint: expect.stringContaining('nothing is recorded'),
  });
  await study.tell(trial, then as never);
  expect(await study.close()).toMatchObject({ ok: 1, failed: 0 });
  return readFileSync(join(study.folder, 'trials.csv'), 'utf8');
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(String, ({ message, hint }) => `${message}\nHint: ${hint}`);
}

describe('tell refuses', () => {
  test.each<[unknown, string]>([
    [0.5, 'the metrics are 0.5; expected an object: write { loss: 0.5 }'],
    [[0.5], 'the metrics are [0.5]; expected an object: write { loss: 0.5 }'],
    ['0.5', 'the metrics are "0.5"; expected an object: write { loss: … }'],
    [undefined, 'the metrics are undefined; expected an object: write { loss: … }'],
    [null, 'the metrics are null; expected an object: write { loss: … }'],
    [new Map([['loss', 1]]), 'the metrics are a Map; expected an object: write { loss: … }'],
    [Promise.resolve({ loss: 1 }), 'the metrics are a Promise; expected an object: write { loss: … }'],
    [new Error('no'), 'the metrics are an Error; expected an object: write { loss: … }'],
    [{}, 'metric "loss" is missing; expected { loss }'],
    [{ loss: undefined }, 'metric "loss" is missing; expected { loss }'],
    [Object.create({ loss: 1 }), 'metric "loss" is missing; expected { loss }'],
    [{ loss: null }, 'metric "loss" is null; expected a number'],
    [{ loss: 'a' }, 'metric "loss" is "a"; expected a number'],
    [{ loss: true }, 'metric "loss" is true; expected a number'],
    [{ loss: 1n }, 'metric "loss" is 1n; expected a number'],
    [{ los: 1 }, 'unknown metric "los"; did you mean "loss"?'],
    [{ loss: 1, foo: 2 }, 'unknown metric "foo"'],
    [{ loss: 1, toString: 2 }, 'unknown metric "toString"'],
  ])('%o', async (told, words) => {
    const study = await openStudy(options());
    const trial = (await study.ask())!;
    const said = await messageOf(study.tell(trial, told as never));
    expect(said).toContain('tell: trial 0');
    expect(said).toContain(words);
    await study.close();
  });

  it.each<[string, Partial<StudyOptions>, unknown, string]>([
    ['a number for two objectives', BOTH, 0.5, 'write { loss: 0.5, gain: …, memory: … }'],
    ['two numbers', BOTH, [1, 2], 'write { loss: 1, gain: 2, memory: … }'],
    ['one objective of two', BOTH, { loss: 1, memory: 1 }, 'metric "gain" is missing'],
    ['no value for a constraint', BOTH, { loss: 1, gain: 1 }, 'metric "memory" is missing'],
    ['a fraction for an integer', TYPED, { hits: 0.5 }, 'metric "hits" is 0.5; expected an integer'],
    ['NaN for an integer', TYPED, { hits: Number.NaN }, 'metric "hits" is NaN; expected an integer'],
    ['a number for a boolean', TYPED, { hits: 1, isGood: 1 }, 'metric "isGood" is 1; expected true or false'],
    ['a number for a text', TYPED, { hits: 1, note: 1 }, 'metric "note" is 1; expected a text'],
  ])('%s', async (_, more, told, words) => {
    const study = await openStudy(options(more));
    expect(await messageOf(study.tell((await study.ask())!, told as never))).toContain(words);
    await study.close();
  });

  test.each(['tell', 'fail'] as const)('what is no trial: %s', async (call) => {
    const study = await openStudy(options());
    for (const [none, shown] of [
      [undefined, 'undefined'],
      [null, 'null'],
      [0, '0'],
      [{}, '{}'],
      [{ number: '0' }, '{"number":"0"}'],
    ])
      expect(await messageOf(study[call](none as never, { loss: 1 }))).toContain(
        `${call}: the trial is ${shown}; expected one that \`ask\` gave`,
      );
    await study.close();
  });
});

describe('tell after a refusal', () => {
  it.each([[0.5], [{}], [{ loss: null }], [{ los: 1 }], [{ loss: 'a' }], [{ loss: 1, foo: 2 }]])(
    'keeps nothing of %j, and takes the trial again',
    async (told) => {
      expect(await tellTwice(await openStudy(options()), told, { loss: 0.25 })).toMatch(/,ok,0\.25\n/);
    },
  );

  it('takes what nobody needs as missing or null, and objects of a class', async () => {
    const study = await openStudy(options(TYPED));
    await study.tell((await study.ask())!, { hits: 3, isGood: null });
    expect(await study.close()).toMatchObject({ ok: 1 });
    const other = await openStudy(options());
    await other.tell((await other.ask())!, new Metrics() as never);
    expect(await other.close()).toMatchObject({ ok: 1 });
  });

  it('takes nothing where nothing is sought', async () => {
    const { objectives: _, ...rest } = options();
    const study = await openStudy(rest);
    await study.tell((await study.ask())!, {});
    expect(await study.close()).toMatchObject({ ok: 1 });
  });
});

describe('openStudy names its own options', () => {
  const search = { sampler: 'tpe' };
  it.each<[string, Partial<StudyOptions>, string]>([
    ['no objective', { ...search, objectives: [] }, "such as objectives: 'loss:min'"],
    ['no end', { ...search, trials: undefined as never }, 'give `trials` N, `target` or `plateau`'],
    ['an end of a bisection', { sampler: 'bisect', target: 1 }, 'bisect: `target` 1'],
    ['a look-ahead alone', { lookahead: 2 }, 'random: `lookahead` 2'],
    ['a race without an objective', { objectives: [], replicates: 'auto' }, "such as objectives: 'loss:min'"],
    ['two objectives for cmaes', { ...BOTH, sampler: 'cmaes' }, 'expected one, or `sampler` nsga2'],
    ['trials of a grid', { axes: { x: [1, 2] }, sampler: 'grid' }, 'use `sampler` random'],
    ['no folder', { folder: '' }, 'folder "": expected the path'],
  ])('%s', async (_, more, words) => {
    const said = await messageOf(openStudy(options(more)));
    expect(said).toContain(words);
    expect(said).not.toContain('--');
  });

  it('in the folder of another study', async () => {
    const given = options({ sampler: 'tpe' });
    await (await openStudy(given)).close();
    const said = await messageOf(openStudy({ ...given, sampler: 'gp' }));
    expect(said).toContain('its sampler is tpe');
    expect(said).toContain('Hint: give another `folder`');
  });

  it('and leaves alone what a study does not have', () => {
    expect(inWordsOfStudy('python train.py --lr 0.1 --output x')).toBe('python train.py --lr 0.1 --output x');
  });
});
