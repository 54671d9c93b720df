// `--target` and `--plateau` with the samplers that look at no results, grid and random: the end is at the same trial in any
// order of completion, on any number of workers, killed or not, and it is the one that their definition gives.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { readRun } from '../../../src/answer/read.js';
import { randomFor } from '../../../src/ground/random.js';
import type { SamplerSpec } from '../../../src/run/manifest.js';
import { readRunStatus } from '../../../src/run/status.js';
import { loguniform, uniform } from '../../../src/space/domain.js';
import { createSpace } from '../../../src/space/space.js';
import type { AxisDomain, GridSpec } from '../../../src/space/types.js';
import { lin } from '../../../src/space/values.js';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { Proposals } from '../../../src/sweep/coordinator/proposals.js';
import { explainTrial } from '../../../src/sweep/explain/explain.js';
import { planResume, planRun } from '../../../src/sweep/plan/plan.js';
import type { Surroundings } from '../../../src/sweep/samplers/contract.js';
import { createSampler, findSpecFaults } from '../../../src/sweep/samplers/list.js';
import { ENDLESS } from '../../../src/sweep/samplers/turn.js';
import type { TrialRow } from '../../../src/trial/row.js';
import { type ProposedTrial, trialsOf } from '../../../src/trial/selection.js';
import { fixture, list, newFolder, read, resume, rowsOf, runHere, runPart, runSweep } from '../session.js';

const SIZE = 60;
const FINITE: readonly GridSpec[] = [{ axes: [{ names: ['x'], values: [lin(0, 1, SIZE)] }] }];
const OPEN: readonly GridSpec<AxisDomain>[] = [{ axes: [{ names: ['x'], values: [uniform(0, 1)] }] }];

interface Case {
  readonly sampler: 'grid' | 'random' | 'random of domains';
  readonly replicates: number;
  readonly lookahead: number;
  readonly target: number | null;
  readonly plateau: number | null;
  readonly trials: number | undefined;
  /** Of each configuration's trials; the rest break the constraint or are good. */
  readonly failing: number;
  readonly infeasible: number;
}

interface Conditions {
  readonly workers: number;
  readonly order: number;
  readonly kills: number;
}

/** What becomes of a trial is a function of its number. */
function rowOf(trial: number, { replicates, failing, infeasible }: Case): TrialRow {
  const random = randomFor('ending', trial);
  const isFailed = random.uniform() < failing;
  const size = random.uniform() < infeasible ? 9 : 1;
  const metrics = isFailed ? { y: null, size: null } : { y: random.uniform(), size };
  const status = isFailed ? 'failed' : 'ok';
  return { trial, key: '', replicate: trial % replicates, seed: 0, point: {}, status, metrics };
}

/** Trials in the order in which they were first proposed, and why there were no more. */
function simulate(given: Case, { workers, order, kills }: Conditions) {
  const { sampler: name, replicates, lookahead, target, plateau, trials } = given;
  const isOpen = name === 'random of domains';
  const search = {
    objectives: [{ metric: 'y', goal: 'max' }],
    constraints: [{ metric: 'size', operator: '<=', value: 3 }],
    ...{ lookahead, target, plateau, auto: null },
  };
  const spec: SamplerSpec = {
    ...{ name: isOpen ? 'random' : name, search },
    ...(trials === undefined ? {} : { trials }),
    ...(isOpen ? { proposes: true as const, grids: OPEN } : {}),
  };
  expect(findSpecFaults(spec)).toEqual([]);
  const chance = randomFor('order', order);
  const rows = new Map<number, TrialRow>();
  const proposals = new Map<number, ProposedTrial>();
  const proposed: number[] = [];
  for (let session = 0; ; session++) {
    const killAt = session < kills ? chance.below(120) : Number.POSITIVE_INFINITY;
    const history = { proposals: new Map(proposals), rows: new Map(rows) };
    const surroundings: Surroundings = {
      ...{ spec, seed: 1, accept: null, where: null, share: null, turn: ENDLESS, sweepUrl: '' },
      space: createSpace({ grids: isOpen ? [{ axes: [] }] : FINITE, replicates }),
      nextUndone: (from) => from,
      wake: () => undefined,
      method: null,
      fail: (error) => {
        throw error;
      },
    };
    const sampler = createSampler(surroundings);
    const turns = { ...ENDLESS, begin: () => undefined };
    const recorder = {
      async propose(points: readonly ProposedTrial[]) {
        for (const point of points) proposals.set(point.trial, point);
      },
    };
    const lookAhead = Number.POSITIVE_INFINITY;
    const asked = new Proposals({ sampler, turns, lookAhead, recorder, history }, surroundings);
    const running: number[] = [];
    for (let events = 0; events < killAt; events++) {
      let isOver = false;
      while (running.length < workers && !isOver) {
        const next = asked.next(1 + chance.below(4));
        if (next === 'wait') break;
        isOver = next === 'end';
        if (next !== 'end') running.push(...trialsOf(next));
      }
      for (const trial of running) if (!proposed.includes(trial)) proposed.push(trial);
      if (running.length === 0) {
        if (!isOver) throw new Error('waits for nothing');
        return { proposed, ended: sampler.ended };
      }
      const [ended] = running.splice(chance.below(running.length), 1);
      rows.set(ended!, rowOf(ended!, given));
      asked.settle([rows.get(ended!)!]);
    }
  }
}

/** By the definition: how many of the configurations, with so many trials each, run before the end. */
function countByDefinition(given: Case, configurations: readonly (readonly number[])[]): number {
  const { lookahead, target, plateau } = given;
  const values = configurations.map((trials) => {
    const good = trials.map((trial) => rowOf(trial, given).metrics).filter(({ y }) => y !== null);
    const mean = (metric: string) => good.reduce((sum, each) => sum + Number(each[metric]), 0) / good.length;
    return good.length > 0 && mean('size') <= 3 ? mean('y') : Number.NEGATIVE_INFINITY;
  });
  const isAnEnd = (told: number): boolean => {
    if (told === 0) return false;
    const known = values.slice(0, told);
    const best = Math.max(...known);
    if (target !== null && best >= target) return true;
    const since = best === Number.NEGATIVE_INFINITY ? told : told - 1 - known.indexOf(best);
    return plateau !== null && since >= plateau;
  };
  const end = configurations.findIndex((_, k) => isAnEnd(Math.max(0, k - lookahead + 1)));
  return end < 0 ? configurations.length : end;
}

const cases = fc.record({
  sampler: fc.constantFrom('grid', 'random', 'random of domains'),
  replicates: fc.integer({ min: 1, max: 3 }),
  lookahead: fc.integer({ min: 1, max: 9 }),
  target: fc.constantFrom(null, 0.7, 0.9, 0.97),
  plateau: fc.constantFrom(1, 5, 12, null),
  trials: fc.constantFrom(undefined, 7, 40),
  failing: fc.constantFrom(0, 0.3, 1),
  infeasible: fc.constantFrom(0, 0.3),
}) satisfies fc.Arbitrary<Case>;
const conditions = fc.record({
  workers: fc.integer({ min: 1, max: 16 }),
  order: fc.nat(),
  kills: fc.integer({ min: 0, max: 3 }),
}) satisfies fc.Arbitrary<Conditions>;

/** Trials in the order in which the sampler proposes them: one worker, nothing that ends it. */
function allOf(given: Case): readonly number[] {
  return simulate({ ...given, target: 2, plateau: null }, { workers: 1, order: 0, kills: 0 }).proposed;
}

describe('the end', () => {
  it('is the one of the definition, in any order of completion', () => {
    let early = 0;
    fc.assert(
      fc.property(cases, conditions, (asked, how) => {
        // A grid takes no number of trials, draws need one here: nothing ends where the target is never reached.
        const trials =
          asked.sampler === 'grid'
            ? undefined
            : asked.sampler === 'random'
              ? asked.trials
              : (asked.trials ?? 50);
        const given = { ...asked, trials };
        const all = allOf(given);
        const { proposed, ended } = simulate(
          given.target === null && given.plateau === null ? { ...given, target: 2 } : given,
          how,
        );
        const configurations: number[][] = [];
        for (const [i, trial] of all.entries())
          if (i % given.replicates === 0) configurations.push([trial]);
          else configurations.at(-1)!.push(trial);
        const expected = configurations.slice(0, countByDefinition(given, configurations)).flat();
        expect(proposed.toSorted((a, b) => a - b)).toEqual(expected.toSorted((a, b) => a - b));
        expect(ended === null).toBe(expected.length === all.length);
        if (ended !== null) early++;
      }),
      { seed: 23, numRuns: 500 },
    );
    expect(early).toBeGreaterThan(100);
  });

  it('says what decided', () => {
    const given: Case = {
      ...{ sampler: 'grid', replicates: 1, lookahead: 2, target: 0.7, plateau: null, trials: undefined },
      ...{ failing: 0, infeasible: 0 },
    };
    const calm = { workers: 1, order: 0, kills: 0 };
    expect(simulate(given, calm).ended).toMatch(/^y 0\.[789]\d* has reached the target of 0\.7$/);
    const flat = { ...given, target: null, plateau: 9 };
    expect(simulate(flat, calm).ended).toMatch(/^9 configurations in a row were not better than y 0\.\d+$/);
    expect(simulate({ ...flat, failing: 1 }, calm)).toEqual({
      ended: 'none of the first 9 configurations has a value of y that counts',
      proposed: Array.from({ length: 10 }, (_, i) => i),
    });
  });
});

/** y is about x times gain, with noise. */
const GRID: Omit<RunRequest, 'sampler'> = {
  sweep: fixture('drawn'),
  set: { kind: list('wild'), fail: list(-9), gain: list(1, 3, 9), x: lin(0, 1, 15) },
  replicates: 1,
  seed: 5,
};
const { gain: _, ...others } = GRID.set!;
const DOMAINS = { ...GRID, set: { ...others, x: uniform(0, 1), gain: loguniform(0.01, 100) } };

describe.each<[string, RunRequest]>([
  ['grid, a plateau', { ...GRID, sampler: { name: 'grid' }, plateau: 6, lookahead: 3 }],
  ['grid, a target and two replicates', { ...GRID, sampler: { name: 'grid' }, replicates: 2, target: 3 }],
  ['random of a grid, a target', { ...GRID, sampler: { name: 'random' }, target: 7, lookahead: 4 }],
  ['random of a grid, some trials', { ...GRID, sampler: { name: 'random' }, trials: 30, plateau: 7 }],
  ['random of domains, a plateau', { ...DOMAINS, sampler: { name: 'random' }, plateau: 9, lookahead: 3 }],
  ['random, auto replicates', { ...GRID, sampler: { name: 'random' }, plateau: 8, replicates: 'auto' }],
])('a run: %s', (_, request) => {
  test('has the same bytes on 1 and 4 workers, and interrupted on 2', async () => {
    const asked = { ...request, lookahead: request.lookahead ?? 8, set: { ...request.set, wait: list(2) } };
    const one = await runHere({ ...asked, workers: 1 });
    const { folder, trials, ended, trials_csv } = one;
    expect(ended).toMatch(/./);
    // Fewer than there are, or were asked for.
    expect(new Set(rowsOf(trials_csv).map(({ x, gain }) => `${x} ${gain}`)).size).toBeLessThan(45);
    const four = await runSweep({ ...asked, workers: 4, blockSize: 3 });
    expect(four).toMatchObject({ ended, trials_csv });
    const out = join(newFolder(), 'run');
    const part = await runPart({ ...asked, workers: 2, blockSize: 1, out });
    expect(part).toMatchObject({ interrupted: true, ended: null });
    expect(part.trials).toBeLessThan(trials);
    expect(await resume(out)).toMatchObject({ ended, left: 0 });
    expect(read(out, 'trials.csv')).toBe(trials_csv);
    const status = await readRunStatus(folder);
    expect(status).toMatchObject({ done: trials, total: null, stopped: 'end' });
    expect(status.manifest.sampler).toMatchObject({ search: { lookahead: asked.lookahead } });
    expect(await planResume(folder)).toMatchObject({ done: trials });
    const last = Number(rowsOf(trials_csv).at(-1)!.trial);
    expect(await explainTrial(folder, last)).toMatchObject({ status: 'ok', sampler: /until/ });
  });
});

describe('a run', () => {
  const grid = { ...GRID, sampler: { name: 'grid' } };

  it('ends W - 1 configurations after the one that decides', async () => {
    const { trials, trials_csv } = await runHere({ ...grid, target: 0.5, lookahead: 4, workers: 3 });
    const reached = rowsOf(trials_csv).findIndex(({ y }) => Number(y) >= 0.5);
    expect(trials).toBe(reached + 4);
  });

  it('goes through a grid that nobody could list', async () => {
    const set = { ...GRID.set, x: lin(0, 1, 1_000_000_007), gain: list(1) };
    for (const name of ['grid', 'random']) {
      const run = await runHere({ ...GRID, set, sampler: { name }, plateau: 20 });
      expect(run.ended).toMatch(/^20 configurations in a row/);
    }
  });

  it('is as it was without them', async () => {
    const samplerOf = async (request: RunRequest) =>
      (await readRunStatus((await runHere(request)).folder)).manifest.sampler;
    expect(await samplerOf({ ...grid, budgetMs: 60_000 })).toEqual({ name: 'grid' });
    const random = { ...GRID, sampler: { name: 'random' }, trials: 3 };
    expect(await samplerOf(random)).toEqual({ name: 'random', trials: 3 });
  });

  it('goes on to a larger total, and keeps its look-ahead with more workers', async () => {
    const asked = { ...GRID, sampler: { name: 'random' }, plateau: 12 };
    const whole = await runHere({ ...asked, workers: 2 });
    expect(whole.trials).toBeGreaterThan(12);
    const out = join(newFolder(), 'run');
    expect(await runHere({ ...asked, trials: 9, out })).toMatchObject({ trials: 9, ended: null });
    expect(await resume(out, { trials: 11 })).toMatchObject({ trials: 11, ended: null });
    expect(await runHere({ ...asked, trials: 40, workers: 12, out })).toMatchObject({ ended: whole.ended });
    expect(read(out, 'trials.csv')).toBe(whole.trials_csv);
    await expect(runHere({ ...asked, trials: 40, plateau: 13, out })).rejects.toThrow(
      /its sampler is random, .*until 12 configurations .*; not random, .*until 13/,
    );
  });

  it('counts failures as configurations that are not better, and retries them', async () => {
    const out = join(newFolder(), 'run');
    const log = join(newFolder(), 'log');
    const set = { ...GRID.set, fail: list(0), log: list(log) };
    const asked = { ...grid, set, plateau: 4, out, maxFailures: { fraction: 1 }, lookahead: 1 };
    const first = await runHere(asked);
    expect(first.failed).toBeGreaterThan(0);
    const before = readFileSync(log, 'utf8').match(/start/g)!.length;
    expect(await resume(out, { retry: 'failed' })).toMatchObject({ ended: first.ended, left: 0 });
    expect(readFileSync(log, 'utf8').match(/start/g)!.length).toBe(before + first.failed);
    expect(read(out, 'trials.csv')).toBe(first.trials_csv);
    const found = [...(await readRun(out)).configurations()];
    expect(found.filter(({ ok }) => ok === 0)).toHaveLength(first.failed);
  });

  it('is planned as at most all of its trials', async () => {
    const plan = await planRun({ ...grid, target: 3, workers: 9 });
    expect(plan).toMatchObject({
      sampler: 'grid, until y reaches 3, y max, look-ahead 9',
      ...{ trials: 45, new: 45, excluded: null },
    });
    const open = { ...DOMAINS, sampler: { name: 'random' }, plateau: 5 };
    expect(await planRun(open)).toMatchObject({ trials: Number.POSITIVE_INFINITY });
    expect(await planRun({ ...open, trials: 20 })).toMatchObject({
      sampler: 'random, 20 trials, until 5 configurations in a row are not better, y max, look-ahead 8',
      trials: 20,
    });
  });

  it.each<[string, Partial<RunRequest>, RegExp]>([
    ['several objectives', { target: 1, objectives: ['y', 'above:max'] }, /--plateau: 2 objectives/],
    ['a look-ahead alone', { lookahead: 4 }, /grid: --lookahead 4: it does not look at results/],
    ['a shard', { target: 1, shard: { index: 1, count: 2 } }, /1\/2: --target 1 decides by the results/],
    ['a shard', { plateau: 3, shard: { index: 1, count: 2 } }, /1\/2: --plateau 3 decides by the results/],
    [
      'domains without an end',
      { ...DOMAINS, sampler: { name: 'random' } },
      /without end; give --trials N, --target or --plateau/,
    ],
    [
      'a bisection',
      { sampler: { name: 'bisect', axis: 'x' }, target: 3 },
      /bisect: --target 3: it is for other samplers \(grid, random, auto, .*tpe.*\); leave it out/,
    ],
    [
      'a pruner that pauses',
      { target: 1, pruner: { name: 'asha', metric: 'drawn:max', pause: true } },
      /--target 1 waits for their results .*without --target and --plateau/,
    ],
    [
      'stages',
      { sweep: fixture('staged'), set: {}, plateau: 3, objectives: ['sum:min'] },
      /--plateau 3 cannot plan/,
    ],
  ])('is refused with %s', async (_, more, message) => {
    const out = join(newFolder(), 'run');
    await expect(runHere({ ...grid, ...more, out })).rejects.toThrow(message);
    expect(existsSync(out)).toBe(false);
  });
});

describe('the sampler of an edited manifest', () => {
  it.each([
    [{ lookahead: 0 }, /^search\.lookahead: /],
    [{ target: 'high' }, /^search\.target: /],
  ])('is refused: %j', (wrong, message) => {
    const search = { objectives: [], constraints: [], lookahead: 1, target: 1, plateau: null, auto: null };
    for (const name of ['grid', 'random'])
      expect(findSpecFaults({ name, search: { ...search, ...wrong } })).toEqual([
        expect.stringMatching(message),
      ]);
  });
});
