// How long a sampler looks before the run hears of signals again: a constraint that takes a while, on a clock turned by hand.
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createInlinePool } from '../../../src/pool/inline.js';
import type { Point } from '../../../src/space/types.js';
import { lin } from '../../../src/space/values.js';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { askInTurns } from '../../../src/sweep/coordinator/in-turns.js';
import type { Constraint } from '../../../src/sweep/definition/constraint.js';
import { defineSweep } from '../../../src/sweep/definition/define.js';
import { type Job, openSampler, prepareJob } from '../../../src/sweep/job.js';
import { createTurns } from '../../../src/sweep/samplers/turn.js';
import { resolveSettings } from '../../../src/sweep/settings.js';
import { NO_TRIALS, trialsOf } from '../../../src/trial/selection.js';
import type { Worker } from '../../../src/worker/contract.js';
import { defineWorker } from '../../../src/worker/define.js';

const worker = defineWorker({
  name: 'w',
  version: '1',
  params: { a: z.number().default(1), b: z.number().default(1) },
  metrics: { y: { type: 'boolean' } },
  run: () => ({ y: true }),
}) as unknown as Worker;

async function prepare(axes: object, accepts: (p: Point) => boolean, request: Partial<RunRequest>) {
  const file = 'file:///sweep.js';
  const sweep = defineSweep({ name: 's', worker: './w.js', axes, where: accepts } as never);
  const settings = resolveSettings({ sweep: 's', ...request });
  const loaded = { sweep, url: file, workerUrl: file, reportUrl: null };
  return prepareJob(loaded, settings, createInlinePool(worker).questions);
}

/** The job with a constraint that `slow` is told of, each time it is asked. */
function watch(job: Job, slow: () => void): Job {
  const where = job.loaded.sweep.where!;
  const slowly = (p: Point) => {
    slow();
    return where(p);
  };
  const watched: Constraint = Object.assign(slowly, { parts: where.parts });
  return { ...job, loaded: { ...job.loaded, sweep: { ...job.loaded.sweep, where: watched } } };
}

const axes = { a: lin(1, 30, 30), b: lin(1, 20, 20) };
const open = { a: { kind: 'uniform', from: 1, to: 30 }, b: lin(1, 20, 20) };
const random = { sampler: { name: 'random' } };
const few = (p: Point) => Math.round(p.a as number) % 7 === 0;

test.each<[string, object, (p: Point) => boolean, Partial<RunRequest>]>([
  ['grid', axes, few, {}],
  ['grid, where all pass', axes, () => true, {}],
  ['random', axes, few, { ...random, trials: 50 }],
  ['random of domains', open, few, { ...random, trials: 50 }],
  ['random of domains, where all pass', open, () => true, { ...random, trials: 50 }],
  ['bisect', axes, few, { sampler: { name: 'bisect' } }],
])('%s: no turn is longer than 10 ms by more than one look, and the trials are the same', async (...all) => {
  const [, space, accepts, request] = all;
  const job = await prepare(space, accepts, request);
  const expected: number[] = [];
  const whole = openSampler(job);
  const read = (sampler: typeof whole, into: number[]) => {
    const proposal = sampler.next(100);
    if (typeof proposal === 'string') return false;
    into.push(...trialsOf(proposal));
    return true;
  };
  while (read(whole, expected));
  expect(expected.length).toBeGreaterThan(7);

  let now = 0;
  const turns = createTurns({ now: () => now, elapsed: () => now });
  const slow = watch(job, () => {
    now += 4;
  });
  const sampler = openSampler(slow, { turn: turns });
  const found: number[] = [];
  for (let more = true; more; ) {
    const began = now;
    turns.begin();
    more = read(sampler, found);
    expect(now - began).toBeLessThanOrEqual(12);
  }
  expect(found).toEqual(expected);
});

test('a sampler whose turn is over is asked again after one of the event loop', async () => {
  let now = 0;
  const asked: number[] = [];
  const takes = [0, 11, 3, 0];
  const sampler = {
    ...{ total: null, excluded: null, has: () => true },
    next: () => {
      asked.push(now);
      now += takes[asked.length - 1] ?? 0;
      return asked.length === 3 ? NO_TRIALS : { kind: 'range' as const, first: asked.length, count: 1 };
    },
  };
  let wake = (): void => undefined;
  const woken = () =>
    new Promise<void>((resolve) => {
      wake = resolve;
    });
  const next = askInTurns(sampler, {
    wake: () => wake(),
    fail: () => undefined,
    turns: createTurns({ now: () => now, elapsed: () => now }),
  });
  expect([next(1), next(1)]).toMatchObject([{ first: 1 }, { first: 2 }]);
  let isWoken = woken();
  expect([next(1), next(1)]).toEqual(['wait', 'wait']);
  await isWoken;
  // It has found nothing: the same.
  isWoken = woken();
  expect([next(1), next(1)]).toEqual(['wait', 'wait']);
  await isWoken;
  expect(next(1)).toMatchObject({ first: 4 });
  expect(asked).toEqual([0, 0, 11, 14]);
});
