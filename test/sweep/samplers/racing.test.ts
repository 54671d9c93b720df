// `--replicates auto`: more replicates where the best cannot be told from others.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { RangeSet } from '../../../src/run/ranges.js';
import type { Plan } from '../../../src/sweep/contract.js';
import { explainTrial } from '../../../src/sweep/explain/explain.js';
import { planResume } from '../../../src/sweep/plan/plan.js';
import type { Sampler } from '../../../src/sweep/samplers/contract.js';
import { countFurther, RACING, Racing } from '../../../src/sweep/samplers/racing.js';
import { resumeRun } from '../../../src/sweep/start.js';
import { NO_TRIALS, selectNumbers, trialsOf } from '../../../src/trial/selection.js';
import { fixture, list, newFolder, resume, rowsOf, runHere, runPart, runSweep } from '../session.js';

/** The first two replicates of so many configurations, by number. */
function twoOfEach(configurations: number): Sampler {
  const numbers = Array.from(
    { length: 2 * configurations },
    (_, i) => Math.floor(i / 2) * RACING.most + (i % 2),
  );
  return {
    total: numbers.length,
    excluded: 0,
    has: () => true,
    next(limit) {
      return numbers.length === 0 ? 'end' : selectNumbers(numbers.splice(0, limit));
    },
  };
}

/** What a trial's value misses the mean of its configuration by; Infinity: it fails. */
type Noise = (configuration: number, trial: number) => number;

/** Runs a race to its end: trials of each configuration, and which one has the best mean. */
function race(means: readonly number[], noise: number | Noise, seed: number, sizes: readonly number[] = []) {
  const constraints = sizes.length === 0 ? [] : [{ metric: 'size', operator: '<=' as const, value: 1 }];
  const spec = { metric: 'y', goal: 'max', constraints, ...RACING } as const;
  const racing = new Racing(twoOfEach(means.length), spec, RACING.most);
  const values = means.map((): number[] => []);
  for (;;) {
    const next = racing.next(1000);
    if (next === 'end') break;
    if (next === 'wait' || next === NO_TRIALS) throw new Error('waits for nothing');
    for (const trial of trialsOf(next)) {
      const configuration = Math.floor(trial / RACING.most);
      const off =
        typeof noise === 'number'
          ? noise * randomFor('race', seed, trial).normal()
          : noise(configuration, trial);
      const y = means[configuration]! + off;
      values[configuration]!.push(y);
      const status = off === Number.POSITIVE_INFINITY ? 'failed' : 'ok';
      racing.tell({
        trial,
        status,
        metrics: { y: status === 'ok' ? y : null, size: sizes[configuration] ?? 0 },
      });
    }
  }
  const averages = values.map((each) => each.reduce((sum, y) => sum + y, 0) / each.length);
  return {
    counts: values.map(({ length }) => length),
    best: averages.indexOf(Math.max(...averages)),
    ended: racing.ended,
  };
}

describe('a race', () => {
  it('leaves those alone that are far behind, and those that never vary', () => {
    const { counts, best, ended } = race([0, 0.2, 10, 0.1], 0.1, 1);
    expect(counts).toEqual([2, 2, 2, 2]);
    expect([best, ended]).toEqual([2, null]);
    expect(race([1, 2, 2, 0], 0, 1).counts).toEqual([2, 2, 2, 2]);
  });

  it('gives more to those that may be the best, up to ten, and says so where they stay alike', () => {
    const { counts, ended } = race([5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0.5, 2);
    expect(counts.slice(2).every((count) => count === 2)).toBe(true);
    expect(counts.slice(0, 2)).toEqual([10, 10]);
    expect(ended).toMatch(/2 configurations may still be the best: all have 10 replicates/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'repeats what may be the best though a replicate gave no value: %d',
    (value) => {
      const noise: Noise = (configuration, trial) =>
        configuration === 1 && trial % RACING.most === 1 ? value : 0.1 * randomFor('lost', trial).normal();
      const { counts, ended } = race([0, 5, 5, 1, -1], noise, 1);
      // A trial more than the others have, for the value that it lacks.
      expect(counts[1]).toBeGreaterThan(3);
      expect([counts[0], counts[3], counts[4]]).toEqual([2, 2, 2]);
      expect(ended).toMatch(/^2 configurations may still be the best/);
      // Nothing is known of one that has no value at all.
      const none: Noise = (configuration, trial) => (configuration === 1 ? Number.NaN : noise(0, trial));
      expect(race([0, 5, 5, 1, -1], none, 1)).toMatchObject({ counts: [2, 2, 2, 2, 2], ended: null });
    },
  );

  it.each([1e80, 1e-85, 1e200, 1e-200, 1e300])('is the same for values times %d', (times) => {
    for (const means of [
      [5, 5, 4.8, 0, 1],
      [0, 0.2, 10, 0.1],
      [0, 0, 0, 0, 0],
    ])
      for (let seed = 0; seed < 5; seed++) {
        const { counts, ended } = race(means, 0.5, seed);
        const scaled = race(
          means.map((mean) => mean * times),
          0.5 * times,
          seed,
        );
        expect(scaled).toMatchObject({ counts, ended });
      }
  });

  it.each([100, 1e6, 1e77, 1e200, 1e308])('is not spent on all where one replicate is off by %d', (off) => {
    const noise = (configuration: number, trial: number) =>
      configuration === 4 && trial % RACING.most === 1 ? -off : 0.01 * randomFor('off', trial).normal();
    const { counts, best } = race([40, 30, 20, 10, 0], noise, 1);
    // Of that one itself little is known.
    expect(counts.slice(1, 4)).toEqual([2, 2, 2]);
    expect(best).toBe(0);
  });

  it('tells others apart by their own noise where one has much more', () => {
    const noise = (configuration: number, trial: number) =>
      (configuration === 0 ? 50 : 0.3) * randomFor('wild', trial).normal();
    const { counts } = race([-200, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], noise, 2);
    expect(counts.slice(3)).toEqual(counts.slice(3).map(() => 2));
    expect(Math.min(counts[1]!, counts[2]!)).toBeGreaterThan(2);
  });

  it('is among those that meet the constraints on metrics', () => {
    const { counts } = race([9, 9, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0], 0.3, 4, [2, 2]);
    expect(counts.slice(0, 2)).toEqual([2, 2]);
    expect(Math.min(counts[2]!, counts[3]!)).toBeGreaterThan(2);
  });

  it('takes at most as many trials again', () => {
    const { counts, ended } = race([0, 0, 0, 0, 0], 1, 3);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(20);
    expect(ended).toMatch(/budget for further replicates is spent/);
  });

  it('finds the best more often than the same number of trials spread evenly', () => {
    const means = [1, 0.6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    let raced = 0;
    let even = 0;
    const runs = 300;
    for (let seed = 0; seed < runs; seed++) {
      const { counts, best } = race(means, 0.5, seed);
      if (best === 0) raced++;
      const each = Math.ceil(counts.reduce((sum, count) => sum + count, 0) / means.length);
      const averages = means.map((mean, configuration) => {
        const draws = Array.from({ length: each }, (_, i) =>
          randomFor('race', seed, configuration * RACING.most + i).normal(),
        );
        return mean + (0.5 * draws.reduce((sum, z) => sum + z, 0)) / each;
      });
      if (averages.indexOf(Math.max(...averages)) === 0) even++;
    }
    expect(raced / runs).toBeGreaterThan(0.9);
    expect(raced).toBeGreaterThan(even);
  });
});

const request = {
  sweep: fixture('noisy'),
  set: { kind: list('wild'), gain: list(1), x: list(0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5) },
  replicates: 'auto' as const,
};

test('trials of rounds are told from those that --trials counts', () => {
  const racing = { metric: 'y', goal: 'max', constraints: [], ...RACING } as const;
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(200)), (trials) => {
      const done = new RangeSet();
      for (const trial of trials) done.add(trial, trial + 1);
      const further = trials.filter((trial) => trial % RACING.most >= RACING.from).length;
      expect(countFurther({ name: 'tpe', trials: 40, racing }, { replicates: RACING.most }, done)).toBe(
        further,
      );
      expect(countFurther({ name: 'grid', racing }, { replicates: RACING.most }, done)).toBe(0);
      expect(countFurther({ name: 'tpe', trials: 40 }, { replicates: 3 }, done)).toBe(0);
    }),
  );
});

describe('a run with replicates auto', () => {
  test('gives the same bytes on any number of workers, interrupted or not', async () => {
    const one = await runSweep({ ...request, workers: 1 });
    const rows = rowsOf(one.trials_csv);
    expect(rows.length).toBeGreaterThan(16);
    expect(rows.length).toBeLessThanOrEqual(32);
    const of = (x: string) => rows.filter((row) => row.x === x).length;
    expect(of('0')).toBe(2);
    expect(of('3.5')).toBeGreaterThan(2);
    const three = await runSweep({ ...request, workers: 3, blockSize: 1 });
    expect(three.trials_csv).toBe(one.trials_csv);
    const out = join(newFolder(), 'run');
    const part = await runPart({ ...request, workers: 1, blockSize: 1, out });
    expect(part.interrupted).toBe(true);
    await resume(out);
    expect((await runHere({ ...request, out })).trials_csv).toBe(one.trials_csv);
  });

  test('retries failed trials once each, and goes on', async () => {
    const log = join(newFolder(), 'log');
    const out = join(newFolder(), 'run');
    const asked = { ...request, set: { ...request.set, fail: list(1), log: list(log) }, out };
    const first = await runSweep({ ...asked, workers: 1, maxFailures: { fraction: 1 } });
    expect(first.failed).toBe(2);
    const before = readFileSync(log, 'utf8').match(/start/g)!.length;
    expect(await resume(out, { retry: 'failed', workers: 4 })).toMatchObject({ failed: 2, left: 0 });
    expect(readFileSync(log, 'utf8').match(/start/g)!.length).toBe(before + 2);
  });

  test('with points that a sampler makes', async () => {
    const search = {
      sweep: fixture('drawn'),
      set: { kind: list('wild'), fail: list(-9) },
      sampler: { name: 'tpe' },
      trials: 24,
      replicates: 'auto' as const,
    };
    const one = await runSweep({ ...search, workers: 1, lookahead: 4 });
    expect(one.failed).toBe(0);
    const two = await runSweep({ ...search, workers: 4, lookahead: 4 });
    expect(two.trials_csv).toBe(one.trials_csv);
    const points = new Set(rowsOf(one.trials_csv).map(({ x, gain }) => `${x} ${gain}`));
    expect(points.size).toBe(12);
  });

  test('under a pruner, what its rounds add is not pruned, and nobody is held against it', async () => {
    const search = {
      ...{ sweep: fixture('bowl'), sampler: { name: 'random' }, trials: 40, replicates: 'auto' as const },
      ...{ set: { kind: list('adam'), dropout: list(0), width: list(64) }, objectives: ['loss'] },
      ...{ pruner: { name: 'median', metric: 'train_loss:min' }, maxFailures: { fraction: 1 } },
    };
    const one = await runSweep({ ...search, workers: 1 });
    const rows = rowsOf(one.trials_csv);
    const isFurther = ({ replicate }: Record<string, string>) => Number(replicate) >= RACING.from;
    const further = rows.filter(isFurther);
    expect(further.length).toBeGreaterThan(4);
    expect(new Set(further.map(({ status }) => status))).toEqual(new Set(['ok']));
    const pruned = rows.filter(({ status }) => status === 'pruned');
    expect(pruned.length).toBeGreaterThan(4);
    for (const { trial } of pruned) {
      const { competitors, others } = (await explainTrial(one.folder, Number(trial))).pruned!;
      expect(competitors).toHaveLength(others);
    }
    const four = await runSweep({ ...search, workers: 4 });
    expect(four.trials_csv).toBe(one.trials_csv);
    const out = join(newFolder(), 'run');
    await runPart({ ...search, workers: 1, blockSize: 1, out });
    await resume(out);
    expect((await runHere({ ...search, out })).trials_csv).toBe(one.trials_csv);
  });

  test('goes on to more trials: `--trials` counts first replicates, and the new rounds are those of a run begun with as many', async () => {
    const search = {
      ...{ sweep: fixture('drawn'), set: { kind: list('wild'), gain: list(0.1), fail: list(-9) } },
      ...{ sampler: { name: 'tpe' }, replicates: 'auto' as const, lookahead: 4 },
    };
    const whole = await runHere({ ...search, trials: 30 });
    const { folder, trials_csv } = await runHere({ ...search, trials: 16 });
    const first = rowsOf(trials_csv);
    expect(first.length).toBeGreaterThan(18); // more than the next number, with the rounds
    expect(await planResume(folder)).toMatchObject({ new: 0, done: first.length });
    await expect(resume(folder, { trials: 15 })).rejects.toThrow(/16 trials of the run are done/);
    const plans: Plan[] = [];
    const going = await resumeRun(folder, { trials: 18, workers: 1 }, [
      { onStart: ({ plan }) => plans.push(plan) },
    ]);
    await going.outcome;
    await resume(folder, { trials: 30 });
    expect(plans[0]).toMatchObject({ trials: 18, new: 2 });
    const rows = readFileSync(join(folder, 'trials.csv'), 'utf8').split('\n');
    const missing = whole.trials_csv.split('\n').filter((row) => !rows.includes(row));
    expect(missing).toEqual([]);
    // What earlier rounds have added stays.
    const trials = new Set(rowsOf(rows.join('\n')).map(({ trial }) => trial));
    for (const { trial } of first) expect(trials).toContain(trial);
  });

  test('is refused without one objective, with chosen seeds, in shards and with bisect', async () => {
    const refused = (more: object) => expect(runHere({ ...request, ...more } as never)).rejects;
    await refused({ objectives: ['y:max', 'above:max'] }).toThrow(
      /objectives y:max, above:max; expected one/,
    );
    await refused({ shard: { index: 1, count: 2 } }).toThrow(/--replicates auto decides by the results/);
    await refused({ sampler: { name: 'bisect', axis: 'x' } }).toThrow(
      /sampler bisect has replicates of its own/,
    );
    await refused({ replicates: 'some' }).toThrow(/replicates some/);
  });
});
