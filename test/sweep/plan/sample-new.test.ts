// The points by which a plan goes, and how many trials it takes there to be.
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createInlinePool } from '../../../src/pool/inline.js';
import type { Point } from '../../../src/space/types.js';
import { lin } from '../../../src/space/values.js';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { defineSweep, type SweepOptions } from '../../../src/sweep/definition/define.js';
import { type Job, openSampler, prepareJob } from '../../../src/sweep/job.js';
import { estimateTrials, sampleNew } from '../../../src/sweep/plan/sample-new.js';
import { resolveSettings } from '../../../src/sweep/settings.js';
import type { Worker } from '../../../src/worker/contract.js';
import { defineWorker } from '../../../src/worker/define.js';

const worker = defineWorker({
  name: 'w',
  version: '1',
  params: { a: z.number().default(1), b: z.number().default(1), k: z.number().default(1) },
  metrics: { y: { type: 'boolean' } },
  run: () => ({ y: true }),
}) as unknown as Worker;

function prepare(options: Partial<SweepOptions>, request: Partial<RunRequest> = {}): Promise<Job> {
  const file = 'file:///sweep.js';
  const sweep = defineSweep({ name: 's', worker: './w.js', axes: {}, ...options } as never);
  const loaded = { sweep, url: file, workerUrl: file, reportUrl: null };
  const settings = resolveSettings({ sweep: 's', ...request });
  return prepareJob(loaded, settings, createInlinePool(worker).questions);
}

const all = {};
const below = (p: Point) => (p.a as number) < (p.b as number);
const wide = { a: lin(1, 1000, 1000), b: lin(1, 1000, 1000) };
const share = (points: readonly Point[], passes: (p: Point) => boolean) =>
  points.filter(passes).length / points.length;

describe('points that stand for the trials to run', () => {
  test('pass the constraint, and hold what the sweep fixes', async () => {
    const job = await prepare({ axes: { a: [1, 2, 3], b: [2, 3] }, fixed: { k: 7 }, where: below });
    const points = [
      { a: 1, b: 2, k: 7 },
      { a: 1, b: 3, k: 7 },
      { a: 2, b: 3, k: 7 },
    ];
    expect(sampleNew(job, all)).toEqual(points);
    // Half-way through the run those that are done do not count.
    expect(sampleNew(job, { ...all, nextUndone: (from) => Math.max(from, 1) })).toEqual(points.slice(1));
  });

  test('are drawn from all of a space that is too large to go through', async () => {
    const job = await prepare({ axes: wide, where: below });
    const points = sampleNew(job, all);
    expect(points.length).toBe(1000);
    expect(share(points, below)).toBe(1);
    expect(share(points, (p) => (p.b as number) > 500)).toBeCloseTo(0.75, 1);
    const late = sampleNew(job, { ...all, nextUndone: (from) => Math.max(from, 500_000) });
    expect(share(late, (p) => (p.a as number) > 500)).toBe(1);
  });

  test.each<[string, Partial<RunRequest>]>([
    ['a grid', {}],
    ['points drawn at random', { sampler: { name: 'random' }, trials: 5 }],
  ])(
    'are any points where a sparse constraint leaves none of those that are looked at: %s',
    async (_, request) => {
      const axes = { a: lin(1, 100_000, 100_000), b: lin(1, 100_000, 100_000) };
      // Looking for the one point of ten thousand million would take half an hour.
      const job = await prepare({ axes, where: (p) => p.a === 77_777 && p.b === 5 }, request);
      expect(sampleNew(job, all).length).toBeGreaterThan(100);
      if (request.trials === undefined)
        expect(estimateTrials(job, null, 1)).toEqual({
          passing: { accepted: 0, of: 10_000 },
          estimated: 1_000_000,
        });
    },
  );

  test.each<[string, Partial<RunRequest>, Partial<SweepOptions>]>([
    ['of a grid', { sampler: { name: 'random' }, trials: 500 }, { axes: wide }],
    [
      'of domains',
      { sampler: { name: 'random' }, trials: 500 },
      { axes: { a: { kind: 'uniform', from: 1, to: 1000 }, b: lin(1, 1000, 1000) } as never },
    ],
  ])('are the points that are drawn at random %s', async (_, request, options) => {
    const points = sampleNew(await prepare({ ...options, where: below }, request), all);
    expect(points.length).toBeGreaterThan(100);
    expect(share(points, below)).toBe(1);
    expect(share(points, (p) => (p.b as number) > 500)).toBeCloseTo(0.75, 1);
  });

  test('are whole points where a sampler searches an axis', async () => {
    const job = await prepare({ axes: { a: [1, 2, 3], b: [2, 4] } }, { sampler: { name: 'bisect' } });
    expect(new Set(sampleNew(job, all).map((p) => p.b))).toEqual(new Set([2, 4]));
  });
});

describe('how many trials there are', () => {
  const estimate = async (options: Partial<SweepOptions>, request: Partial<RunRequest> = {}, shards = 1) => {
    const job = await prepare(options, request);
    return estimateTrials(job, openSampler(job, all).total, shards);
  };

  test('is estimated where they are too many to count', async () => {
    const { passing, estimated } = await estimate({ axes: wide, where: below });
    expect(passing).toMatchObject({ of: 10_000 });
    expect(estimated! / 499_500).toBeCloseTo(1, 1);
    const third = await estimate({ axes: wide, where: below }, {}, 3);
    expect(third.estimated! / 166_500).toBeCloseTo(1, 1);
  });

  test('leaves out points that stand in an earlier grid', async () => {
    const { estimated } = await estimate({
      axes: undefined,
      grids: [{ axes: wide }, { axes: wide }],
    } as never);
    expect(estimated).toBe(1_000_000);
  });

  test('is what was asked for where that is less', async () => {
    const request = { sampler: { name: 'random' }, trials: 700 };
    expect(await estimate({ axes: wide, where: below }, request)).toMatchObject({ estimated: 700 });
  });

  test('is not estimated where it is known, or decided as it goes', async () => {
    expect(await estimate({ axes: { a: [1, 2, 3], b: [2, 3] }, where: below })).toEqual({});
    expect(await estimate({ axes: wide }, { sampler: { name: 'bisect' } })).toEqual({});
  });
});
