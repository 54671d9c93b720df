// Which trials a shard gets: each in one shard, the same on every machine, whatever the order in which the space is
// written; by key it stays there when the space grows, by weight the loads come out even.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createInlinePool } from '../../../src/pool/inline.js';
import type { AxisDomain } from '../../../src/space/types.js';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { defineSweep } from '../../../src/sweep/definition/define.js';
import { type Job, openSampler, prepareJob } from '../../../src/sweep/job.js';
import type { Cut } from '../../../src/sweep/samplers/contract.js';
import { resolveSettings } from '../../../src/sweep/settings.js';
import { dealByWeight, shardOfKey, takeShare } from '../../../src/sweep/shards/share.js';
import { createKeyer } from '../../../src/trial/key.js';
import { createRowPrefixes } from '../../../src/trial/prefixes.js';
import type { Selection } from '../../../src/trial/selection.js';
import { defineWorker } from '../../../src/worker/define.js';

const params = { a: z.number().default(0), b: z.number().default(0), c: z.string().default('c') };
const metrics = { sum: { type: 'number' as const } };
const plain = defineWorker({
  name: 'plain',
  version: '1',
  params,
  metrics,
  run: ({ params: { a, b } }) => ({ sum: a + b }),
});
const costly = defineWorker({
  name: 'costly',
  version: '1',
  params,
  metrics,
  cost: ({ a, b }) => 1 + a * a + b,
  run: ({ params: { a, b } }) => ({ sum: a + b }),
});

/** Of any parameters. */
type Worker = Parameters<typeof createInlinePool>[0];
type Options = Record<string, unknown>;

async function shares(
  worker: Worker,
  options: Options,
  request: Partial<RunRequest>,
  count: number,
): Promise<Job[]> {
  const url = import.meta.url;
  const sweep = defineSweep({ name: 's', worker: url, ...options } as never);
  const loaded = { sweep, url, workerUrl: url, reportUrl: null };
  const { questions } = createInlinePool(worker);
  const jobs: Job[] = [];
  for (let index = 1; index <= count; index++) {
    const settings = resolveSettings({ sweep: 's', ...request, shard: { index, count } });
    jobs.push(await takeShare(await prepareJob(loaded, settings, questions), settings, questions));
  }
  return jobs;
}

/** Keys of the trials that a job's sampler proposes, with their numbers. */
function keysOf(job: Job): Map<number, string> {
  const { space, worker, resolved } = job;
  const keyer = createKeyer(worker.name, worker.version);
  const { axes, fixed } = resolved;
  const prefixes = createRowPrefixes({ space, axes, params: worker.params, fixed, keyer, sweepSeed: 0 });
  const found = new Map<number, string>();
  const sampler = openSampler(job);
  for (;;) {
    const next = sampler.next(7);
    if (typeof next === 'string') return found;
    const { keys } = prefixes(next);
    numbersOf(next).forEach((trial, i) => {
      found.set(trial, keys[i]!);
    });
  }
}

function numbersOf(selection: Selection): number[] {
  if (selection.kind === 'points') return selection.points.map(({ trial }) => trial);
  if (selection.kind === 'numbers') return [...selection.numbers];
  return Array.from({ length: selection.count }, (_, i) => selection.first + i);
}

const cutOf = ({ share }: Job): Cut => share!;
const shardsOf = (jobs: readonly Job[]): Map<string, number> =>
  new Map(jobs.flatMap((job, i) => [...keysOf(job).values()].map((key): [string, number] => [key, i])));

const axis = fc.uniqueArray(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 6 });
const spaces = fc.record({
  a: axis,
  b: axis,
  replicates: fc.integer({ min: 1, max: 3 }),
  count: fc.integer({ min: 1, max: 5 }),
  worker: fc.constantFrom<Worker>(plain as never, costly as never),
  shardBy: fc.constantFrom(undefined, 'key', 'count'),
  kind: fc.constantFrom('grid', 'where', 'random', 'drawn'),
  trials: fc.integer({ min: 1, max: 40 }),
});

describe('shards', () => {
  test('have every trial once, and count their own', async () => {
    await fc.assert(
      fc.asyncProperty(spaces, async ({ a, b, replicates, count, worker, shardBy, kind, trials }) => {
        const where = ({ a: x, b: y }: { a: number; b: number }) => (x + y) % 3 !== 0 || x === a[0];
        const drawn = { a: 'uniform(0,1)', b: 'int(0,9)' };
        const options = {
          axes: kind === 'drawn' ? drawn : { a, b },
          ...(kind === 'where' ? { where } : {}),
        };
        const isRandom = kind === 'random' || kind === 'drawn';
        const request = {
          replicates,
          ...(shardBy === undefined ? {} : { shardBy }),
          ...(isRandom ? { sampler: { name: 'random' }, trials } : {}),
        };
        const jobs = await shares(worker, options, request, count);
        const whole = keysOf({ ...jobs[0]!, share: null });
        const parts = jobs.map(keysOf);
        expect(parts.flatMap((part) => [...part]).sort(byNumber)).toEqual([...whole].sort(byNumber));
        expect(jobs.map((job) => cutOf(job).total)).toEqual(parts.map(({ size }) => size));
        for (const job of jobs) {
          expect(openSampler(job).total).toBe(cutOf(job).total);
          expect(cutOf(job).of).toBe(whole.size);
          expect(cutOf(job).digest).toBe(cutOf(jobs[0]!).digest);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('by key, are what they were after the axes were turned round and more values came', async () => {
    const small = await shares(plain as never, { axes: { a: [1, 2, 3], b: [5, 6] } }, {}, 4);
    const large = await shares(
      plain as never,
      { axes: { b: [9, 6, 5, 7], c: ['c', 'd'], a: [3, 8, 2, 1] } },
      {},
      4,
    );
    const after = shardsOf(large);
    expect(after.size).toBe(32);
    for (const [key, shard] of shardsOf(small)) expect(after.get(key)).toBe(shard);
  });

  test('by cost, do not depend on the order of axes and values, and differ in another cut', async () => {
    const one = await shares(costly as never, { axes: { a: [1, 2, 3, 4], b: [5, 6, 7] } }, {}, 3);
    const two = await shares(costly as never, { axes: { b: [7, 5, 6], a: [4, 2, 1, 3] } }, {}, 3);
    expect(shardsOf(one)).toEqual(shardsOf(two));
    expect(cutOf(one[0]!)).toMatchObject({ by: 'cost', digest: cutOf(two[2]!).digest });
    const other = await shares(costly as never, { axes: { a: [1, 2, 3, 4], b: [5, 6, 8] } }, {}, 3);
    expect(cutOf(other[0]!).digest).not.toBe(cutOf(one[0]!).digest);
  });

  test('of a bisection are whole searches', async () => {
    const flips = defineWorker({
      name: 'flips',
      version: '1',
      params,
      metrics: { up: { type: 'boolean' } },
      run: ({ params: { a, b } }) => ({ up: a > b }),
    });
    const request = { sampler: { name: 'bisect', axis: 'a', metric: 'up', from: 0, to: 10, tolerance: 1 } };
    const jobs = await shares(
      flips as never,
      { axes: { a: [0, 10], b: [1, 2, 3, 4, 5, 6, 7, 8] } },
      request,
      3,
    );
    const points = jobs.map((job) => {
      const next = openSampler(job).next(100);
      return typeof next === 'object' && next.kind === 'points' ? next.points.map(({ point }) => point) : [];
    });
    const ends = points.map((part) => part.map(({ b }) => b as number));
    for (const part of ends) for (const b of part) expect(part.filter((each) => each === b)).toHaveLength(2);
    expect(ends.flat().sort()).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8]);
    expect(cutOf(jobs[0]!)).toMatchObject({ by: 'key', total: null, of: null });
  });

  test('of a space too large to list are found by their keys, as many as any other', async () => {
    const range = (to: number): AxisDomain => ({ kind: 'range', from: 1, to, step: 1 });
    const request = { set: { a: range(1000), b: range(1_000_000) } };
    const [job] = await shares(plain as never, { axes: { a: [1], b: [1] } }, request, 2);
    expect(cutOf(job!)).toMatchObject({ by: 'key', total: null, of: 1e9 });
    const next = openSampler(job!).next(1000) as Extract<Selection, { kind: 'numbers' }>;
    expect(next.numbers).toHaveLength(1000);
    expect(next.numbers.at(-1)).toBeGreaterThan(1800);
    expect(next.numbers.at(-1)).toBeLessThan(2200);
    await expect(
      shares(plain as never, { axes: { a: [1], b: [1] } }, { ...request, shardBy: 'count' }, 2),
    ).rejects.toThrow('--shard-by count: expected at most 200,000 trials and shards, found more trials');
    // Of so large a space some trials can be dealt as any others.
    const some = { ...request, sampler: { name: 'random' }, trials: 600, shardBy: 'count' };
    const few = await shares(plain as never, { axes: { a: [1], b: [1] } }, some as never, 3);
    expect(few.map((each) => cutOf(each))).toMatchObject([1, 2, 3].map(() => ({ total: 200, of: 600 })));
  });

  test('cannot be dealt by what there is not', async () => {
    const axes = { a: [1, 2], b: [1] };
    await expect(shares(plain as never, { axes }, { shardBy: 'cost' }, 2)).rejects.toThrow(
      '--shard-by cost: worker plain declares no cost',
    );
    await expect(shares(plain as never, { axes }, { shardBy: 'counts' }, 2)).rejects.toThrow(
      /--shard-by counts: expected key, count, cost, or the folder of a run/,
    );
  });
});

describe('dealing by weight', () => {
  const keyer = createKeyer('w', '1');
  const key = (i: number) => keyer.keyOfText(`{"i":${i}}`, 0);
  const weighed = fc.uniqueArray(fc.tuple(fc.nat(1e6), fc.integer({ min: 1, max: 1000 })), {
    selector: ([i]) => i,
    minLength: 1,
    maxLength: 200,
  });
  const loadsOf = (given: readonly { weight: number }[], shards: Uint32Array, count: number) => {
    const loads = new Array<number>(count).fill(0);
    given.forEach(({ weight }, i) => {
      loads[shards[i]!]! += weight;
    });
    return loads;
  };

  test('fills no shard far above the mean, and asks for no order', () => {
    fc.assert(
      fc.property(weighed, fc.integer({ min: 1, max: 12 }), (list, count) => {
        const given = list.map(([i, weight]) => ({ key: key(i), weight }));
        const shards = dealByWeight(given, count);
        const mean = given.reduce((sum, { weight }) => sum + weight, 0) / count;
        const heaviest = Math.max(...given.map(({ weight }) => weight));
        // What goes to the emptiest shard finds it below the mean.
        expect(Math.max(...loadsOf(given, shards, count))).toBeLessThanOrEqual(mean + heaviest + 1e-6);
        const back = dealByWeight([...given].reverse(), count);
        expect([...back].reverse()).toEqual([...shards]);
      }),
    );
  });

  test('gives to the emptiest what finds no room, of equals the first', () => {
    fc.assert(
      fc.property(weighed, fc.integer({ min: 1, max: 40 }), (list, count) => {
        const given = list.map(([i, weight]) => ({ key: key(i), weight }));
        const order = [...given].sort((a, b) => b.weight - a.weight || (a.key < b.key ? -1 : 1));
        const full = Math.max(order.reduce((sum, { weight }) => sum + weight, 0) / count, order[0]!.weight);
        const loads = new Array<number>(count).fill(0);
        const expected = new Map<string, number>();
        for (const { key: each, weight } of order) {
          const home = shardOfKey(each, count);
          const shard = loads[home]! + weight <= full ? home : loads.indexOf(Math.min(...loads));
          loads[shard]! += weight;
          expected.set(each, shard);
        }
        const shards = dealByWeight(given, count);
        expect(given.map((_, i) => shards[i])).toEqual(given.map((each) => expected.get(each.key)));
      }),
    );
  });

  test('is even to a few per cent, and leaves most where their keys put them', () => {
    const given = Array.from({ length: 2000 }, (_, i) => ({ key: key(i), weight: 1 + (i % 50) ** 2 }));
    const shards = dealByWeight(given, 16);
    const loads = loadsOf(given, shards, 16);
    const mean = loads.reduce((a, b) => a + b) / 16;
    expect(Math.max(...loads) / mean).toBeLessThan(1.03);
    const byKey = loadsOf(
      given,
      Uint32Array.from(given, (each) => shardOfKey(each.key, 16)),
      16,
    );
    expect(Math.max(...byKey) / mean).toBeGreaterThan(1.06);
    const atHome = given.filter((each, i) => shards[i] === shardOfKey(each.key, 16)).length;
    expect(atHome / given.length).toBeGreaterThan(0.8);
  });

  test('gives one each where there are as many shards as trials', () => {
    const given = Array.from({ length: 64 }, (_, i) => ({ key: key(i), weight: 1 }));
    expect(new Set(dealByWeight(given, 64)).size).toBe(64);
    expect(new Set(dealByWeight(given, 1000)).size).toBe(64);
  });
});

function byNumber([a]: readonly [number, string], [b]: readonly [number, string]): number {
  return a - b;
}
