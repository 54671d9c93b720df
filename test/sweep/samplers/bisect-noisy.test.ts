// Bisection of a metric that is wrong now and then: the intervals hold the thresholds, the trials are the same in any order
// of completion, and a real run gives the same bytes on any number of workers.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { randomFor } from '../../../src/ground/random.js';
import { ThresholdPosterior } from '../../../src/search/boundary/posterior.js';
import { createSpace } from '../../../src/space/space.js';
import { lin } from '../../../src/space/values.js';
import { Proposals } from '../../../src/sweep/coordinator/proposals.js';
import { bisectSampler } from '../../../src/sweep/samplers/bisect.js';
import type { Surroundings } from '../../../src/sweep/samplers/contract.js';
import { findSpecFaults } from '../../../src/sweep/samplers/list.js';
import { ENDLESS } from '../../../src/sweep/samplers/turn.js';
import { startRun } from '../../../src/sweep/start.js';
import type { TrialRow } from '../../../src/trial/row.js';
import { countOf, type ProposedTrial } from '../../../src/trial/selection.js';
import { fixture, newFolder, rowsOf, runSweep } from '../session.js';

interface Plan {
  /** What the answers are wrong by, and what the sampler takes for granted. */
  readonly noise: number;
  readonly assumed: number | 'auto';
  readonly points: number;
  readonly replicates: number;
  readonly tolerance: number;
  readonly most: number;
  readonly order?: number;
  readonly kills?: number;
  /** Every threshold; absent: even between the ends. */
  readonly threshold?: number;
  /** Of so many trials one fails. */
  readonly failures?: number;
}

const thresholdOf = (i: number) => 10 * randomFor('threshold', i).uniform();

/** An answer is a function of point and replicate: the same trial would give it again. */
function outcomeOf({ trial, replicate, point }: ProposedTrial, plan: Plan): TrialRow {
  const { noise, failures, threshold = thresholdOf(point.i as number) } = plan;
  const random = randomFor('answer', String(point.i), String(point.h), replicate);
  const truth = (point.h as number) < threshold;
  const isFailed = failures !== undefined && random.below(failures) === 0;
  const above = random.uniform() < noise ? !truth : truth;
  const status = isFailed ? 'failed' : 'ok';
  return {
    ...{ trial, key: '', replicate, seed: 0, point, status },
    metrics: { above: isFailed ? null : above },
  };
}

/** All trials, in the order of their numbers. */
function simulate(plan: Plan): TrialRow[] {
  const { assumed, points, replicates, tolerance, most, order = 0, kills = 0 } = plan;
  const options = { axis: 'h', metric: 'above', from: 0, to: 10, tolerance };
  const spec = {
    ...{ name: 'bisect', proposes: true as const, ...options },
    ...(assumed === 0 ? {} : { noise: assumed, most }),
  };
  const chance = randomFor('order', order);
  const proposals = new Map<number, ProposedTrial>();
  const rows = new Map<number, TrialRow>();
  for (let session = 0; session <= kills; session++) {
    const killAt = session < kills ? chance.below(30 * points) : Number.POSITIVE_INFINITY;
    const space = createSpace({
      grids: [{ axes: [{ names: ['i'], values: [lin(0, points - 1, points)] }] }],
      replicates,
    });
    const surroundings = { spec, seed: 1, accept: null, where: null, share: null, space, turn: ENDLESS };
    const fail = (error: unknown) => {
      throw error;
    };
    const asked = new Proposals(
      {
        sampler: bisectSampler.create(surroundings as unknown as Surroundings),
        turns: { ...ENDLESS, begin: () => undefined },
        lookAhead: 8192,
        recorder: {
          async propose(fresh) {
            for (const each of fresh) {
              expect(proposals.has(each.trial)).toBe(false);
              proposals.set(each.trial, each);
            }
          },
        },
        history: { proposals: new Map(proposals), rows: new Map(rows) } as never,
      },
      { wake: () => undefined, fail },
    );
    const running: ProposedTrial[] = [];
    for (let events = 0; events < killAt; events++) {
      let isOver = false;
      while (running.length < 1 + chance.below(16)) {
        const next = asked.next(1 + chance.below(5));
        isOver = next === 'end';
        if (typeof next === 'string') break;
        if (countOf(next) > 0) running.push(...(next as Extract<typeof next, { kind: 'points' }>).points);
      }
      if (running.length === 0) {
        if (!isOver) throw new Error('waits for nothing');
        return [...rows.values()].sort((a, b) => a.trial - b.trial);
      }
      const [ended] = running.splice(chance.below(running.length), 1);
      const row = outcomeOf(ended!, plan);
      rows.set(row.trial, row);
      asked.settle([row]);
    }
  }
  throw new Error('unreachable');
}

function byPoint(rows: readonly TrialRow[]): Map<number, TrialRow[]> {
  const found = new Map<number, TrialRow[]>();
  for (const row of rows) {
    const i = row.point.i as number;
    found.set(i, [...(found.get(i) ?? []), row]);
  }
  return found;
}

describe('of 300 thresholds', () => {
  test.each([0.1, 0.3])('95 ± 4 of 100 lie in their intervals, %d of answers wrong', (noise) => {
    const plan = { noise, assumed: noise, points: 300, replicates: 1, tolerance: 0.1, most: 500 };
    const found = byPoint(simulate(plan));
    let [held, narrow] = [0, 0];
    for (const [i, rows] of found) {
      const posterior = new ThresholdPosterior({ from: 0, to: 10, noise });
      for (const { point, metrics } of rows) posterior.add(point.h as number, metrics.above as boolean);
      const { low, high } = posterior.interval();
      if (low <= thresholdOf(i) && thresholdOf(i) <= high) held++;
      if (high - low <= plan.tolerance) narrow++;
    }
    expect(found.size).toBe(300);
    expect(held / 300).toBeGreaterThan(0.91);
    expect(held / 300).toBeLessThan(0.99);
    expect(narrow / 300).toBeGreaterThan(0.98);
  });

  test('all lie in their brackets where no answer is wrong, and none is asked twice', () => {
    const plan = { noise: 0, assumed: 0, points: 300, replicates: 1, tolerance: 0.1, most: 500 };
    for (const [i, rows] of byPoint(simulate(plan))) {
      expect(rows).toHaveLength(2 + 7);
      const at = (answer: boolean) =>
        rows.filter(({ metrics }) => metrics.above === answer).map(({ point }) => point.h as number);
      expect(Math.max(...at(true))).toBeLessThan(thresholdOf(i));
      expect(Math.min(...at(false))).toBeGreaterThanOrEqual(thresholdOf(i));
    }
  });
});

test('replicates are asked together, and no trial is asked twice', () => {
  const plan = { noise: 0.3, assumed: 0.3, points: 3, replicates: 4, tolerance: 0.01, most: 60 };
  const rows = simulate(plan);
  for (const some of byPoint(rows).values()) {
    expect(some.length % 4).toBe(0);
    expect(some.length).toBeLessThanOrEqual(4 * 60);
    expect(new Set(some.map(({ point, replicate }) => `${point.h} ${replicate}`)).size).toBe(some.length);
    for (let q = 0; q < some.length; q += 4)
      expect(new Set(some.slice(q, q + 4).map(({ point }) => point.h)).size).toBe(1);
  }
});

test('a threshold outside is asked for at an end again and again, each time with a new replicate', () => {
  const plan = { noise: 0.1, assumed: 0.2, points: 1, replicates: 1, tolerance: 0.01, most: 60 };
  const rows = simulate({ ...plan, threshold: 11 });
  expect(new Set(rows.map(({ point }) => point.h)).size).toBeLessThan(rows.length);
  expect(new Set(rows.map(({ point, replicate }) => `${point.h} ${replicate}`)).size).toBe(rows.length);
});

test('the same trials in any order of completion, killed or not, with failures among them', () => {
  for (const assumed of [0.2, 'auto'] as const) {
    const plan = { noise: 0.2, assumed, points: 3, replicates: 2, tolerance: 0.5, most: 20, failures: 8 };
    const expected = simulate(plan);
    expect(expected.filter(({ status }) => status === 'failed').length).toBeGreaterThan(0);
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 3 }), (order, kills) => {
        expect(simulate({ ...plan, order, kills })).toEqual(expected);
      }),
      { seed: 3, numRuns: 60 },
    );
  }
});

test('where every answer fails, a point is given up', () => {
  const plan = { noise: 0, assumed: 0.1, points: 2, replicates: 3, tolerance: 0.1, most: 50, failures: 1 };
  expect(simulate(plan)).toHaveLength(2 * 3);
});

describe('options', () => {
  const base = {
    name: 'bisect',
    proposes: true,
    axis: 'x',
    metric: 'above',
    from: 0,
    to: 1,
    tolerance: 0.1,
  } as const;

  test('of a manifest before there was noise are whole', () => {
    expect(findSpecFaults(base)).toEqual([]);
    expect(findSpecFaults({ ...base, noise: 'auto', most: 100 })).toEqual([]);
    expect(findSpecFaults({ ...base, noise: 0.5, most: 100 })).toEqual([
      'noise: expected a number from 0 to below 0.5, or auto',
    ]);
  });

  test('without noise nothing is said of it', () => {
    expect(bisectSampler.describe(base)).toBe('bisect x from 0 to 1 until above is known to 0.1');
    expect(bisectSampler.describe({ ...base, noise: 0.1, most: 50 })).toBe(
      'bisect x from 0 to 1 until above is known to 0.1 (95 %), where 0.1 of answers are wrong, from 50 values at most',
    );
  });
});

test('a real run: the same bytes on one and two workers, and the threshold of the worker', async () => {
  const sampler = { name: 'bisect', axis: 'x', metric: 'above', from: 0, to: 1, tolerance: 0.02, noise: 0.1 };
  const request = { sweep: fixture('noisy'), sampler, replicates: 2 };
  const run = await runSweep({ ...request, workers: 1 });
  expect((await runSweep({ ...request, workers: 2, blockSize: 1 })).trials_csv).toBe(run.trials_csv);
  const rows = rowsOf(run.trials_csv);
  expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
  for (const gain of ['', '1', '2']) {
    const posterior = new ThresholdPosterior({ from: 0, to: 1, noise: 0.1 });
    for (const row of rows) if (row.gain === gain) posterior.add(Number(row.x), row.above === 'true');
    const { low, high, isTrueBelow } = posterior.interval();
    expect(isTrueBelow).toBe(false);
    expect(low <= 0.3137 && 0.3137 <= high && high - low <= 0.02).toBe(true);
  }
  const out = join(newFolder(), 'run');
  const started = await startRun({ ...request, workers: 1, blockSize: 1, out });
  const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'));
  await started.outcome;
  expect(manifest.sampler).toMatchObject({ noise: 0.1, most: 200 });
});
