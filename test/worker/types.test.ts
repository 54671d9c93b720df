// What compiles in a worker's file, without an annotation in it: lines that must not compile say so, and `tsc` holds them
// to it. Here it is only seen that the definitions are taken.
import { expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import type { Trial, Worker } from '../../src/index.js';
import { lin } from '../../src/space/values.js';
import { defineSweep } from '../../src/sweep/definition/define.js';
import type { MetricSpec } from '../../src/trial/metrics.js';
import { defineWorker } from '../../src/worker/define.js';

const about = {
  name: 'typed',
  version: '1',
  params: { x: z.number().default(1), kind: z.enum(['a', 'b']).default('a') },
} as const;
const metrics = {
  loss: { type: 'number', goal: 'min' },
  correct: { type: 'integer' },
  hit: { type: 'boolean' },
  word: { type: 'string', about: 'a text' },
} as const;

const isWorker = (worker: Worker<never, never>) => expect(worker.kind).toBe('sweepline-worker');

test('what fits the declaration', () => {
  isWorker(
    defineWorker({ ...about, metrics, run: () => ({ loss: 1, correct: 1, hit: true, word: '' }) }) as never,
  );
  isWorker(
    defineWorker({
      ...about,
      metrics: { loss: { type: 'number' }, hit: { type: 'boolean' } },
      series: ['loss', 'accuracy'],
      load: () => ({ shared: { size: 3 } }),
      async run(trial) {
        expectTypeOf(trial.params).toEqualTypeOf<{ x: number; kind: 'a' | 'b' }>();
        expectTypeOf(trial.shared.size).toBeNumber();
        trial.report(1, { loss: 1 });
        trial.report(1, { accuracy: trial.params.x, loss: undefined });
        // Missing, null and undefined are all no value.
        if (trial.params.x > 1) return { loss: null };
        if (trial.params.x > 0) return { loss: 1, hit: undefined };
        return { hit: trial.params.x > 2 };
      },
    }) as never,
  );
});

test('names that are known only when it runs, and runs that never return', () => {
  const some: Readonly<Record<string, MetricSpec>> = { loss: { type: 'number' } };
  isWorker(defineWorker({ ...about, metrics: some, run: () => ({ anything: 1 }) }) as never);
  const entries = () => Object.fromEntries([['loss', 1]]);
  isWorker(defineWorker({ ...about, metrics: { loss: { type: 'number' } }, run: () => entries() }) as never);
  isWorker(
    defineWorker({
      ...about,
      metrics,
      run() {
        throw new Error('not yet');
      },
    }) as never,
  );
  const names: string[] = ['loss'];
  isWorker(
    defineWorker({
      ...about,
      metrics,
      series: names,
      run(trial) {
        trial.report(1, { whatever: 1 });
        return {};
      },
    }) as never,
  );
});

test('metrics that are misspelt, of another type, or none', () => {
  isWorker(
    defineWorker({
      ...about,
      metrics,
      // @ts-expect-error: los
      run: ({ params }) => ({ los: params.x, hit: true }),
    }) as never,
  );
  isWorker(
    defineWorker({
      ...about,
      metrics,
      // @ts-expect-error: los, in one of two ways out
      async run({ params }) {
        if (params.x > 1) return { los: 1 };
        return { loss: 1 };
      },
    }) as never,
  );
  isWorker(
    defineWorker({
      ...about,
      metrics,
      // @ts-expect-error: a number for a boolean
      run: ({ params }) => ({ loss: params.x, hit: 1 }),
    }) as never,
  );
  isWorker(
    defineWorker({
      ...about,
      metrics,
      // @ts-expect-error: a text for a number
      run: async ({ params }) => ({ loss: String(params.x) }),
    }) as never,
  );
  isWorker(
    defineWorker({
      ...about,
      metrics,
      // @ts-expect-error: a number alone
      run: ({ params }) => params.x ** 2,
    }) as never,
  );
  isWorker(
    defineWorker({
      ...about,
      metrics,
      // @ts-expect-error: nothing
      run() {},
    }) as never,
  );
});

test('series that are misspelt, of another type, or not declared', () => {
  isWorker(
    defineWorker({
      ...about,
      metrics,
      series: ['loss'],
      run(trial) {
        // @ts-expect-error: los
        trial.report(1, { los: 1 });
        // @ts-expect-error: a text
        trial.report(1, { loss: 'n/a' });
        return {};
      },
    }) as never,
  );
  isWorker(
    defineWorker({
      ...about,
      metrics,
      run(trial) {
        // @ts-expect-error: no series is declared
        trial.report(1, { loss: 1 });
        return {};
      },
    }) as never,
  );
});

test('stages: what they take, return and leave', () => {
  isWorker(
    defineWorker({
      ...about,
      metrics,
      load: () => ({ shared: { size: 3 } }),
      stages: {
        judge: {
          params: ['x'],
          metrics: { score: { type: 'number' }, sure: { type: 'boolean' } },
          series: ['loss'],
          run(trial) {
            expectTypeOf(trial.params.x).toBeNumber();
            expectTypeOf(trial.shared.size).toBeNumber();
            trial.report(1, { loss: 1 });
            return { score: trial.params.x, sure: null };
          },
        },
        names: { params: [], metrics: { list: { type: 'string' } }, run: async () => ({ list: 'a' }) },
      },
      run(trial) {
        const { metrics: judged } = trial.stage('judge');
        expectTypeOf(judged).toEqualTypeOf<{
          readonly score: number | null;
          readonly sure: boolean | null;
        }>();
        expectTypeOf(trial.stage('names').metrics.list).toEqualTypeOf<string | null>();
        // @ts-expect-error: judge
        trial.stage('jugde');
        // @ts-expect-error: score
        judged.scores;
        return { loss: judged.score, hit: judged.sure };
      },
    }) as never,
  );
  const judge = { params: ['x'], metrics: { score: { type: 'number' } } } as const;
  isWorker(
    defineWorker({
      ...about,
      metrics,
      stages: {
        // @ts-expect-error: a text for a number
        judge: { ...judge, run: (trial) => ({ score: String(trial.params.x) }) },
      },
      run: () => ({}),
    }) as never,
  );
  isWorker(
    defineWorker({
      ...about,
      metrics,
      stages: {
        // @ts-expect-error: scores
        judge: { ...judge, run: (trial) => ({ score: 1, scores: trial.params.x }) },
      },
      run: () => ({}),
    }) as never,
  );
});

test('functions over trials of any worker, and of one', () => {
  const report = (trial: Pick<Trial, 'report'>) => trial.report(1, { anything: 1 });
  const half = (trial: Trial<{ x: number }>) => trial.params.x / 2;
  isWorker(
    defineWorker({
      ...about,
      metrics,
      series: ['loss'],
      run(trial) {
        report(trial);
        return { loss: half(trial) };
      },
    }) as never,
  );
});

test('values with parts, names with dots, and constraints', () => {
  isWorker(
    defineWorker({
      ...about,
      params: {
        'net.hidden': z.array(z.int()).nullable().default(null),
        'opt/β': z.object({ lr: z.number() }).default({ lr: 1 }),
      },
      metrics: { 'val/loss': { type: 'number' } },
      run: ({ params }) => {
        expectTypeOf(params['net.hidden']).toEqualTypeOf<number[] | null>();
        return { 'val/loss': params['opt/β'].lr };
      },
    }) as never,
  );
  const sweep = defineSweep({
    name: 'typed',
    worker: './typed.js',
    axes: {
      'opt/β': [{ lr: 0.1 }, { lr: 0.2 }],
      beta1: [0.8, 0.9],
      beta2: lin(0.9, 0.99, 3),
      'net.hidden': { values: [[64, 32], null], when: { beta2: [0.99] } },
    },
    fixed: { depth: null },
    seeds: [1, 2, 3],
    where: [
      (p) => p.beta1 < p.beta2 && p['opt/β'].lr > 0,
      [['beta1', 'beta2'], ({ beta1, beta2 }) => beta1 < beta2],
    ],
  });
  expect(sweep).toMatchObject({ replicates: 3, seeds: [1, 2, 3], fixed: { depth: null } });
});
