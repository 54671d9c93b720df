// Why a trial has its point, and why it was pruned: of real runs of every kind of sampler. A search is asked again for each
// of its trials, and must propose what stands in the journal.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeOrigin, describePruned, renderExplanation } from '../../../src/cli/explain-words.js';
import { METHODS } from '../../../src/search/list.js';
import { explainTrial } from '../../../src/sweep/explain/explain.js';
import type { BisectOrigin, GridOrigin, SearchOrigin } from '../../../src/sweep/explain/explanation.js';
import { fixture, rowsOf, runHere, runSweep } from '../session.js';

const range = (count: number) => Array.from({ length: count }, (_, i) => i);

async function originsOf(folder: string, trials: readonly number[]) {
  const told = [];
  for (const trial of trials) told.push(await explainTrial(folder, trial));
  return told;
}

describe('a search', () => {
  test.each(METHODS.map(({ name }) => name))('%s proposes again what it has proposed', async (name) => {
    // CMA-ES takes numbers alone.
    const set = {
      kind: { kind: 'list' as const, values: ['adam'] },
      dropout: { kind: 'list' as const, values: [0] },
    };
    const objectives = name === 'nsga2' ? ['loss', 'size'] : ['loss'];
    const { folder } = await runHere({
      ...{ sweep: fixture('bowl'), sampler: { name }, trials: 16 },
      ...{ objectives, set, maxFailures: { fraction: 1 } },
    });
    for (const { origin, trial, configuration } of await originsOf(folder, range(16))) {
      expect(origin).toMatchObject({ kind: 'search', method: name, other: null });
      const { told, pending, ok, pruned, failed, why } = origin as SearchOrigin;
      expect(configuration).toBe(trial);
      expect(told + pending).toBe(trial);
      expect(ok + pruned + failed).toBe(told);
      expect(why.stage).not.toBe('none');
    }
  });

  test('with a constraint, replicates and several workers; what it knew is what had ended by the look-ahead', async () => {
    const { folder } = await runSweep({
      ...{ sweep: fixture('drawn'), sampler: { name: 'tpe' }, trials: 40, lookahead: 3, objectives: ['y'] },
      sampler: { name: 'tpe', startup: 4 },
    });
    const told = await originsOf(folder, range(40));
    for (const { origin, trial, replicate, replicates, configuration } of told) {
      expect([replicate, replicates, configuration]).toEqual([trial % 2, 2, Math.floor(trial / 2)]);
      expect(origin).toMatchObject({ other: null, lookahead: 3, told: Math.max(0, configuration! - 2) });
    }
    const last = told.at(-1)!;
    const text = describeOrigin(last.origin).join('\n');
    expect(text).toContain('It knew the results of configurations 0 to 16 (17 ok), looking for y:max.');
    expect(text).toContain('it is the same point, to the last bit');
    const { best } = last.origin as SearchOrigin;
    const rows = rowsOf(readFileSync(join(folder, 'trials.csv'), 'utf8'));
    const means = range(17).map((k) => (Number(rows[2 * k]!.y) + Number(rows[2 * k + 1]!.y)) / 2);
    expect(best!.values[0]).toBeCloseTo(Math.max(...means), 12);
    expect(best!.configuration).toBe(means.indexOf(Math.max(...means)));
  });

  test('told of trials that were pruned by another series than its objective proposes again what it has', async () => {
    const { folder, trials_csv } = await runHere({
      ...{ sweep: fixture('bowl'), sampler: { name: 'tpe', startup: 5 }, trials: 30, lookahead: 2 },
      ...{ objectives: ['loss'], maxFailures: { fraction: 1 } },
      pruner: { name: 'asha', metric: 'train_loss:min', max: 12 },
    });
    const statuses = rowsOf(trials_csv).map(({ status }) => status);
    const endedAt = statuses.indexOf('ok');
    for (const { origin, trial } of await originsOf(folder, range(30))) {
      expect(origin).toMatchObject({ other: null });
      const { told, pruned, failed } = origin as SearchOrigin;
      const before = statuses.slice(0, told);
      // None before one has ended: there is no value yet to take its place.
      const valued = before.filter((status, i) => status === 'pruned' && i > endedAt).length;
      expect(pruned, `trial ${trial}`).toBe(valued);
      expect(failed).toBe(before.filter((status) => status !== 'ok').length - valued);
    }
    expect(statuses.filter((status) => status === 'pruned').length).toBeGreaterThan(5);
  });

  test('of which the manifest tells another seed: it says that the point is not reproduced', async () => {
    const { folder } = await runHere({
      ...{ sweep: fixture('bowl'), sampler: { name: 'sobol' }, trials: 4, maxFailures: { fraction: 1 } },
    });
    const path = join(folder, 'manifest.json');
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as { seed: number };
    writeFileSync(path, JSON.stringify({ ...manifest, seed: manifest.seed + 1 }));
    const { origin } = await explainTrial(folder, 2);
    expect((origin as SearchOrigin).other).not.toBeNull();
    expect(describeOrigin(origin).join('\n')).toContain('NOT REPRODUCED: this version proposes lr=');
  });
});

describe('a pruned trial', () => {
  test.each([
    ['asha', {}],
    ['hyperband', { max: 12 }],
    ['median', { startup: 2, warmup: 2 }],
    ['patience', { patience: 1 }],
  ])('of %s: the rung, what it had to reach, and against whom', async (name, options) => {
    const { folder, trials_csv } = await runSweep({
      ...{ sweep: fixture('bowl'), sampler: { name: 'random' }, trials: 30, maxFailures: { fraction: 1 } },
      pruner: { name, metric: 'train_loss:min', ...options },
    });
    const numbers = rowsOf(trials_csv).flatMap(({ status, trial }) =>
      status === 'pruned' ? [Number(trial)] : [],
    );
    expect(numbers.length).toBeGreaterThan(2);
    const others = rowsOf(trials_csv).flatMap(({ status, trial }) =>
      status === 'ok' ? [Number(trial)] : [],
    );
    for (const { pruned, trial, status } of await originsOf(folder, numbers)) {
      expect(status).toBe('pruned');
      const { competitors, others: count, value, cutoff, step, rung } = pruned!;
      expect(competitors).toHaveLength(count);
      expect(competitors!.every((each) => each.trial < trial)).toBe(true);
      expect(step).toBeGreaterThanOrEqual(rung);
      if (name !== 'patience') expect(value!).toBeGreaterThan(cutoff!);
      // The best third of all that got there, itself among them.
      if (name === 'asha') {
        const all = [...competitors!.map((each) => each.value!), value!].sort((a, b) => a - b);
        expect(cutoff).toBe(all[Math.max(1, Math.floor(all.length / 3)) - 1]);
      }
      const text = describePruned(pruned!).join('\n');
      expect(text).toContain(`At step ${step}`);
      expect(text).toContain(
        name === 'median' ? 'the best of its train_loss so far was' : 'its train_loss was',
      );
      expect(text).toContain(
        count === 0 ? 'Its own curve alone decided.' : `It was held against ${count} trial`,
      );
    }
    expect((await explainTrial(folder, others[0]!)).pruned).toBeNull();
  });
});

test('of a grid in random order, a pruned trial was held against those drawn before it', async () => {
  const lin = (to: number) => ({ kind: 'lin' as const, from: 0.001, to, count: 6 });
  const one = (value: string | number) => ({ kind: 'list' as const, values: [value] });
  const { folder, trials_csv } = await runSweep({
    ...{ sweep: fixture('bowl'), sampler: { name: 'random' }, maxFailures: { fraction: 1 } },
    set: { lr: lin(0.1), dropout: { ...lin(0.5), from: 0 }, kind: one('adam'), width: one(64) },
    pruner: { name: 'median', metric: 'train_loss:min', startup: 3, warmup: 2, lookahead: 3 },
  });
  const rows = rowsOf(trials_csv);
  const pruned = rows.filter(({ status }) => status === 'pruned').map(({ trial }) => Number(trial));
  expect(pruned.length).toBeGreaterThan(2);
  const told = await originsOf(folder, range(rows.length));
  const drawAt = told.map(({ origin }) => (origin as GridOrigin).draw!);
  for (const trial of pruned) {
    const { competitors, others } = told[trial]!.pruned!;
    expect(competitors).toHaveLength(others);
    for (const other of competitors!) expect(drawAt[other.trial]).toBeLessThanOrEqual(drawAt[trial]! - 3);
  }
});

describe('a trial of a grid', () => {
  test('has a place in it, and a value of each axis; its replicate is told', async () => {
    const { folder } = await runHere({ sweep: fixture('noisy') });
    const told = await explainTrial(folder, 101);
    expect(told).toMatchObject({
      ...{ replicate: 1, replicates: 2, configuration: 50, status: 'ok', pruned: null },
      point: { kind: 'wild', gain: 2, x: 0.4 },
      origin: {
        ...{ kind: 'grid', grid: 1, grids: 1, place: 50, points: 63, draw: null },
        axes: [
          { axis: 'kind', position: 2, of: 2 },
          { axis: 'gain', position: 2, of: 2 },
          { axis: 'x', position: 9, of: 21 },
        ],
      },
    });
    const rows = rowsOf(readFileSync(join(folder, 'trials.csv'), 'utf8'));
    expect(told.seed).toBe(Number(rows[101]!.seed));
    expect(renderExplanation({ ...told, run: 'r' })).toMatchInlineSnapshot(`
      "Trial 101 of noisy, run r: ok, replicate 1 (from 0) of 2
        point    kind=wild gain=2 x=0.4
        metrics  y=1.94199 above=true
        seed     1107625673, from the sweep's seed and the trial's key
        sampler  grid

      Why this point
        Point 50 (from 0) of the 63 of the grid; the last axis turns fastest.
          kind: value 2 of 2
          gain: value 2 of 2
          x: value 9 of 21
        Every point of a grid runs: no result had a say in it."
    `);
    await expect(explainTrial(folder, 126)).rejects.toThrow(
      'trial 126: the run has no such trial; it has trials up to 125',
    );
  });

  test('walked over at random, the trials of a run are its first draws', async () => {
    const { folder, trials_csv } = await runHere({
      sweep: fixture('noisy'),
      sampler: { name: 'random' },
      trials: 20,
    });
    const draws = (
      await originsOf(
        folder,
        rowsOf(trials_csv).map(({ trial }) => Number(trial)),
      )
    ).map(({ origin }) => (origin as { readonly draw: number }).draw);
    expect([...new Set(draws)].sort((a, b) => a - b)).toEqual(range(10));
  });
});

test('a bisection with wrong answers tells what it had been answered before', async () => {
  const { folder, trials_csv } = await runHere({
    sweep: fixture('noisy'),
    sampler: {
      name: 'bisect',
      axis: 'x',
      metric: 'above',
      from: 0,
      to: 1,
      tolerance: 0.05,
      noise: 0.1,
      most: 20,
    },
    ...{ set: { kind: { kind: 'list', values: ['plain'] } }, replicates: 2 },
  });
  const trials = rowsOf(trials_csv).map(({ trial }) => Number(trial));
  const told = await originsOf(folder, trials);
  expect(told.length).toBeGreaterThan(6);
  for (const { origin, trial } of told) {
    const { step, answers } = origin as BisectOrigin;
    expect(step).toBe(Math.floor(trial / 2));
    expect(answers!.reduce((sum, { of }) => sum + of, 0)).toBe(2 * step);
    for (const { at, yes, of } of answers!) expect(yes).toBe(at > 0.3137 ? of : 0);
    expect(describeOrigin(origin)[0]).toContain(`Value ${step} (from 0)`);
  }
});

test('of a race, a further replicate is told from the first ones, which are all that the search knew', async () => {
  const { folder, trials_csv } = await runHere({
    ...{ sweep: fixture('drawn'), sampler: { name: 'tpe', startup: 3 }, trials: 24, lookahead: 2 },
    ...{ objectives: ['y'], replicates: 'auto', maxFailures: { fraction: 1 } },
  });
  const trials = rowsOf(trials_csv).map(({ trial }) => Number(trial));
  expect(trials.length).toBeGreaterThan(24);
  for (const told of await originsOf(folder, trials)) {
    expect(told).toMatchObject({
      raced: 2,
      origin: { other: null, told: Math.max(0, told.configuration! - 1) },
    });
    expect(renderExplanation(told).includes('Why this replicate')).toBe(told.replicate >= 2);
  }
});

test('a draw from domains has a number', async () => {
  const { folder } = await runHere({ sweep: fixture('drawn'), sampler: { name: 'random' }, trials: 6 });
  const told = await originsOf(folder, range(6));
  expect(told.map(({ origin }) => origin)).toEqual(
    [0, 0, 1, 1, 2, 2].map((draw) => ({ kind: 'draw', draw })),
  );
});

test('a bisection has a bracket about what it looks for, half as wide each time', async () => {
  const { folder, trials_csv } = await runHere({
    ...{
      sweep: fixture('noisy'),
      sampler: { name: 'bisect', axis: 'x', metric: 'above', from: 0, to: 1, tolerance: 0.01 },
    },
    ...{ set: { kind: { kind: 'list', values: ['plain'] } }, replicates: 1 },
  });
  const trials = rowsOf(trials_csv).map(({ trial }) => Number(trial));
  const origins = (await originsOf(folder, trials)).map(({ origin }) => origin as BisectOrigin);
  expect(origins.map(({ step }) => step)).toEqual(range(trials.length));
  expect(origins.slice(0, 2).map(({ low }) => low)).toEqual([null, null]);
  origins.slice(2).forEach(({ low, high }, i) => {
    expect(high!.at - low!.at).toBeCloseTo(2 ** -i, 12);
    expect([low!.value, high!.value]).toEqual([false, true]);
    expect(low!.at).toBeLessThan(0.3137);
    expect(high!.at).toBeGreaterThan(0.3137);
  });
});
