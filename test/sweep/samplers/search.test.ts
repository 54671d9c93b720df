// Searches as whole runs: the same trials and bytes on any number of workers, interrupted or not; when they end; what is
// refused before anything starts. That the order of completion does not matter is tested in search-orders.test.ts.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { describeState, readRunStatus } from '../../../src/run/status.js';
import { chooseMethod } from '../../../src/search/choose.js';
import { createSearchSpace } from '../../../src/search/space.js';
import { int, loguniform, uniform } from '../../../src/space/domain.js';
import { lin } from '../../../src/space/values.js';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { planRun } from '../../../src/sweep/plan/plan.js';
import { startRun } from '../../../src/sweep/start.js';
import { makeProject } from '../project.js';
import { fixture, list, newFolder, read, resume, rowsOf, runHere, runPart, runSweep } from '../session.js';

/** y is largest at x = 1 and gain = 100, in the wild alone there is noise. */
const search: RunRequest = {
  sweep: fixture('drawn'),
  set: { kind: list('wild'), fail: list(-9), gain: loguniform(0.01, 100) },
  sampler: { name: 'tpe' },
  trials: 30,
  lookahead: 4,
};

describe.each([
  ['tpe', 40],
  ['gp', 40],
  ['cmaes', 100],
])('%s', (name, trials) => {
  const asked = { ...search, sampler: { name }, replicates: 1, seed: 5 };

  test('gives the same bytes on 1, 2 and 4 workers, and interrupted', async () => {
    const one = await runSweep({ ...asked, workers: 1 });
    expect(one).toMatchObject({ trials: 30, ok: 30, failed: 0, left: 0, ended: null });
    for (const workers of [2, 4]) {
      const more = await runSweep({ ...asked, workers, blockSize: workers - 1 });
      expect(more.trials_csv).toBe(one.trials_csv);
    }
    const out = join(newFolder(), 'run');
    const part = await runPart({ ...asked, workers: 2, blockSize: 1, out });
    expect(part).toMatchObject({ interrupted: true });
    expect(await resume(out)).toMatchObject({ trials: 30, left: 0 });
    expect(read(out, 'trials.csv')).toBe(one.trials_csv);
  });

  test('finds better points than chance does', async () => {
    const best = (csv: string) => Math.max(...rowsOf(csv).map(({ y }) => Number(y)));
    const found = best((await runHere({ ...asked, trials })).trials_csv);
    const random = best(
      (await runHere({ ...asked, lookahead: undefined, sampler: { name: 'random' }, trials } as never))
        .trials_csv,
    );
    expect(found).toBeGreaterThan(random);
  });
});

describe('when a search ends', () => {
  it('goes on to a larger total, with the same first trials', async () => {
    const out = join(newFolder(), 'run');
    const few = await runHere({ ...search, trials: 15, out });
    const whole = await runHere({ ...search, trials: 25 });
    expect(whole.trials_csv.startsWith(few.trials_csv.trimEnd())).toBe(true);
    expect(await resume(out, { trials: 25 })).toMatchObject({ trials: 25, left: 0 });
    expect(read(out, 'trials.csv')).toBe(whole.trials_csv);
    expect((await readRunStatus(out)).total).toBe(25);
    // As `run` with the same folder does; a smaller total leaves what there is.
    expect((await runHere({ ...search, trials: 10, out })).trials_csv).toBe(whole.trials_csv);
  });

  it('stops at its target, and after a plateau, at the same trial on any number of workers', async () => {
    const asked = { ...search, sampler: { name: 'sobol' }, trials: 400, replicates: 1 };
    const one = await runSweep({ ...asked, target: 20, workers: 1 });
    expect(one.ended).toMatch(/^y \S+ has reached the target of 20$/);
    expect(one.trials).toBeLessThan(400);
    const reached = rowsOf(one.trials_csv).findIndex(({ y }) => Number(y) >= 20);
    // Those that were proposed before its result could be known run too.
    expect(one.trials).toBe(reached + 4);
    expect((await runSweep({ ...asked, target: 20, workers: 3 })).trials_csv).toBe(one.trials_csv);
    const without = `params: { x: z.number().default(0) }, metrics: { y: { type: 'number', goal: 'min' } }, run: () => ({ y: NaN }),`;
    const { sweep } = makeProject(without, "axes: { x: 'uniform(0,1)' }, sampler: 'tpe'");
    const none = await runSweep({ sweep, plateau: 25, workers: 2 });
    expect(none.ended).toBe('none of the first 25 configurations has a value of y that counts');
    const flat = await runSweep({ ...asked, plateau: 25, workers: 2 });
    expect(flat.ended).toMatch(/^25 configurations in a row were not better than y /);
    expect((await readRunStatus(flat.folder)).stopped).toBe('end');
  });

  it('spends its budget over all sessions, and goes on with a larger one', async () => {
    const out = join(newFolder(), 'run');
    const slow = { ...search, set: { ...search.set, wait: list(40) }, trials: 5000, replicates: 1, out };
    const first = await runSweep({ ...slow, budgetMs: 1000 });
    expect(first).toMatchObject({ interrupted: false, ended: 'the budget of 1.0s is spent' });
    expect(describeState(await readRunStatus(out))).toBe('budget spent');
    const second = await resume(out);
    expect(second.trials - first.trials).toBeLessThan(5);
    const third = await resume(out, { budgetMs: 60_000, trials: second.trials + 3 });
    expect(third).toMatchObject({ trials: second.trials + 3, ended: null });
  });

  it('finds the few points that a constraint leaves of a finite space', async () => {
    const set = { x: lin(0, 1, 201), fail: lin(-100, 100, 201), kind: list('plain') };
    const { lookahead: _, ...sparse } = { ...search, sweep: fixture('sparse-search'), set, replicates: 1 };
    for (const name of ['tpe', 'sobol']) {
      const run = await runHere({ ...sparse, sampler: { name }, trials: 100 });
      expect(run).toMatchObject({ trials: 4, ended: 'every point has been tried' });
    }
  });

  it('has not ended where it was interrupted, whatever its results say', async () => {
    const slow = { ...search, set: { ...search.set, wait: list(150) }, replicates: 1, workers: 4 };
    const run = await startRun({ ...slow, target: -1e9, out: join(newFolder(), 'run') }, [
      { onTrial: () => 'stop' },
    ]);
    expect(await run.outcome).toMatchObject({ interrupted: true, ended: null });
  });

  it('tries every point of a small space once, and ends', async () => {
    const set = { ...search.set, gain: list(1, 2, 3), x: list(0, 1) };
    const run = await runHere({ ...search, set, trials: 100, replicates: 1 });
    expect(run).toMatchObject({ trials: 6, ended: 'every point has been tried' });
    expect(new Set(rowsOf(run.trials_csv).map(({ x, gain }) => `${x} ${gain}`)).size).toBe(6);
  });
});

describe('a space with conditions and a constraint', () => {
  const asked = { sweep: fixture('drawn'), sampler: { name: 'tpe' }, trials: 60 };

  it('is kept to, and replicates of a configuration are next to each other', async () => {
    const rows = rowsOf((await runHere(asked)).trials_csv);
    expect(rows).toHaveLength(60);
    for (const { kind, gain, x, trial, replicate } of rows) {
      expect(gain === '').toBe(kind === 'plain');
      if (kind === 'plain') expect(Number(x)).toBeLessThan(0.5);
      expect(Number(replicate)).toBe(Number(trial) % 2);
    }
  });

  it('is searched by a thread that knows the constraint too', async () => {
    const one = await runHere({ ...asked, sampler: { name: 'gp' }, trials: 40 });
    for (const { kind, x } of rowsOf(one.trials_csv))
      if (kind === 'plain') expect(Number(x)).toBeLessThan(0.5);
  });
});

describe('auto', () => {
  it.each([
    [{}, /^gp \(chosen by auto: \d parameters, 15 configurations/],
    [{ trials: 2000 }, /^cmaes \(chosen by auto/],
    [{ set: {}, trials: 2000 }, /^tpe \(chosen by auto: .* depend on others/],
    [{ objectives: ['y:max', 'above:max'] }, /^gp \(chosen by auto: 2 objectives/],
    [{ objectives: ['y:max', 'above:max'], trials: 500 }, /^tpe \(chosen by auto: 2 objectives/],
    [{ objectives: ['y:max', 'above:max'], trials: 2000 }, /^nsga2 \(chosen by auto/],
  ])('chooses, and says why: %j', async (more, sampler) => {
    expect(await planRun({ ...search, sampler: { name: 'auto' }, ...more })).toMatchObject({
      sampler: expect.stringMatching(sampler),
    });
  });

  it('is a sampler like any other, which the manifest names', async () => {
    const run = await runHere({ ...search, sampler: { name: 'auto' }, trials: 12 });
    const { manifest } = await readRunStatus(run.folder);
    expect(manifest.sampler).toMatchObject({
      name: 'gp',
      search: { auto: expect.any(String), lookahead: 4 },
    });
    // It keeps what it was given, also where another would be chosen now.
    const more = await runHere({ ...search, sampler: { name: 'auto' }, trials: 14, out: run.folder });
    expect(more.trials).toBe(14);
    await expect(resume(run.folder, { trials: 5 })).rejects.toThrow(/14 trials of the run are done/);
  });
});

describe('auto’s rules', () => {
  const flat = (count: number, size = 2) =>
    createSearchSpace([
      {
        axes: Array.from({ length: count }, (_, i) => ({
          names: [`x${i}`],
          values: [size === 1 ? list(1) : int(1, size)],
        })),
      },
    ]);

  it('count configurations, not their replicates', async () => {
    const grid = { kind: list('plain'), x: lin(0, 0.4, 10), fail: list(-9, -8), gain: list(1) };
    const { lookahead: _, ...plain } = search;
    const asked = { ...plain, set: grid, sampler: { name: 'auto' } };
    const chosen = async (more: Partial<RunRequest>) => (await planRun({ ...asked, ...more })).sampler;
    expect(await chosen({ trials: 20, replicates: 1 })).toMatch(/^sobol \(.*20 configurations are all 20/);
    expect(await chosen({ trials: 20, replicates: 2 })).toMatch(/^gp \(.*10 configurations/);
    expect(await chosen({ trials: 20, replicates: 'auto' })).toMatch(/^gp \(.*10 configurations/);
  });

  it('take halton where sobol has too few dimensions', () => {
    const none = { objectives: 0, configurations: 100 };
    expect(chooseMethod(flat(256), none).name).toBe('sobol');
    expect(chooseMethod(flat(257), none).name).toBe('halton');
    expect(chooseMethod(flat(300, 1), { objectives: 1, configurations: 5 }).name).toBe('halton');
  });
});

describe('a domain', () => {
  it('of a few numbers is tried, and the search ends', async () => {
    for (const name of ['tpe', 'cmaes', 'sobol', 'lhs', 'halton']) {
      const set = { ...search.set, x: uniform(1, 1 + 1e-15), gain: list(1) };
      const run = await runHere({
        ...search,
        sampler: { name },
        set,
        trials: 40,
        replicates: 1,
        lookahead: undefined as never,
      });
      const values = new Set(rowsOf(run.trials_csv).map(({ x }) => x));
      expect([name, values.size, run.ended]).toEqual([name, run.trials, 'every point has been tried']);
      expect(values.size).toBeGreaterThan(1);
    }
  });

  it('of fractions is refused for whole numbers, before anything starts', async () => {
    const worker = (type: string) =>
      `params: { n: ${type} }, metrics: { y: { type: 'number', goal: 'min' } }, run: ({ params }) => ({ y: params.n }),`;
    for (const domain of ['uniform(1, 9)', 'loguniform(8, 1024)', 'normal(8, 2)']) {
      const axes = `axes: { n: '${domain}' }, sampler: 'tpe'`;
      const out = join(newFolder(), 'run');
      const asked = { trials: 5, out };
      await expect(
        runHere({ ...asked, sweep: makeProject(worker('z.int().default(1)'), axes).sweep }),
      ).rejects.toThrow(/n: \d+\.\d+ \(.*int/);
      expect(existsSync(out)).toBe(false);
      expect(
        await runHere({ ...asked, sweep: makeProject(worker('z.number().default(1)'), axes).sweep }),
      ).toMatchObject({ ok: 5 });
    }
  });
});

describe('what is refused', () => {
  it.each<[string, Partial<RunRequest>, RegExp]>([
    ['no number of trials', { trials: undefined as never }, /no end of points; give --trials N/],
    ['an objective that no metric has', { objectives: ['z:min'] }, /unknown metric "z".*legal: y, above/],
    [
      'a grid sampler with open domains',
      { sampler: { name: 'grid' } },
      /uniform\(0, 1\) has no end of values.*--sampler auto/,
    ],
    [
      'options of another sampler',
      { sampler: { name: 'sobol', candidates: 3 } },
      /unknown option "candidates"/,
    ],
    ['a number', { sampler: { name: 'tpe', candidates: 0 } }, /tpe: candidates 0: expected at least 1$/],
    ['NaN', { sampler: { name: 'tpe', startup: 'NaN' } }, /tpe: startup "NaN": expected a number$/],
    ['a fraction', { sampler: { name: 'tpe', startup: 1.5 } }, /tpe: startup 1\.5: expected a whole number$/],
    [
      'a look-ahead for a sampler without',
      { sampler: { name: 'sobol' } },
      /--lookahead 4: it does not look at results/,
    ],
    ['a target with several objectives', { target: 1, objectives: ['y', 'above:max'] }, /2 objectives/],
    ['a shard', { shard: { index: 1, count: 2 } }, /shards know nothing of each other/],
    ['a look-ahead of 0', { lookahead: 0 }, /lookahead 0/],
  ])('%s', async (_, more, message) => {
    const out = join(newFolder(), 'run');
    await expect(runHere({ ...search, ...more, out })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });

  it('another sampler, objective or space in the folder of a search; more workers are none', async () => {
    const out = join(newFolder(), 'run');
    const { lookahead: _, ...asked } = search;
    await runHere({ ...asked, trials: 3, out });
    const before = read(out, 'trials.csv');
    const again = (more: Partial<RunRequest>) =>
      expect(runHere({ ...asked, trials: 3, out, ...more })).rejects;
    await again({ sampler: { name: 'random' } }).toThrow(/its sampler is tpe, .*; not random/);
    await again({ objectives: ['above:max'] }).toThrow(/its sampler is tpe, .*y max.*; not tpe, .*above max/);
    await again({ lookahead: 3 }).toThrow(/look-ahead 8; not .*look-ahead 3/);
    await again({ set: { ...search.set, x: uniform(0, 0.5) } }).toThrow(
      /its axis x is .*, not uniform\(0, 0\.5\)$/,
    );
    await again({ seed: 77 }).toThrow(/: its seed is \d+, not 77$/);
    // More trials are no difference.
    await again({ seed: 77, trials: 9 }).toThrow(/: its seed is \d+, not 77$/);
    await again({ sampler: { name: 'gp' }, seed: 77, trials: 9 }).toThrow(
      /\n.*its sampler is tpe, 3 trials.*; not gp, 3 trials.*\n.*its seed is \d+, not 77$/,
    );
    await again({ replicates: 7 }).toThrow(/: its number of replicates is \d, not 7$/);
    await again({ seeds: [5, 6] }).toThrow(/: its list of seeds is none, not \[5,6\]$/);
    await again({ seed: 77, replicates: 7 }).toThrow(
      /\n.*its seed is \d+, not 77\n.*replicates is \d, not 7$/,
    );
    expect(read(out, 'trials.csv')).toBe(before);
    expect(await runSweep({ ...asked, trials: 4, out, workers: 12 })).toMatchObject({ trials: 4 });
  });
});
