// A worker of blocks that throws over some trials: they fail, no others, and the bytes do not depend on how trials were
// put into blocks.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createInlinePool } from '../../src/pool/inline.js';
import { skipRows } from '../../src/trial/lines.js';
import { type Selection, trialsOf } from '../../src/trial/selection.js';
import { defineWorker } from '../../src/worker/define.js';
import { makeProject } from './project.js';
import { read, rowsOf, runHere, runSweep } from './session.js';

const worker = (bad: string) => `
  params: { x: z.int().default(0) },
  metrics: { y: { type: 'integer' }, half: { type: 'integer' } },
  runBlock(block) {
    const x = block.numbers('x');
    const [y, half] = [block.metric('y'), block.metric('half')];
    for (let i = 0; i < block.count; i++) {
      y[i] = 7; // written before it throws: must not be seen
      if (${bad}) throw new Error('bad point ' + x[i]);
      if (x[i] % 100 === 99) block.fail(i, 'said so');
      y[i] = x[i] * x[i];
      half[i] = x[i] % 50 === 3 ? 0.5 : x[i];
    }
  },`;

describe('trials of a block', () => {
  test.each([
    ['one in the middle', 'x[i] === 500', [500]],
    ['the first and the last', 'x[i] === 0 || x[i] === 999', [0, 999]],
    ['neighbours', 'x[i] >= 300 && x[i] < 305', [300, 301, 302, 303, 304]],
    ['many', 'x[i] % 7 === 0', Array.from({ length: 143 }, (_, i) => 7 * i)],
  ])('that throw fail alone: %s', async (_, bad, expected) => {
    const { sweep } = makeProject(worker(bad), 'axes: { x: "range(0,999,1)" }');
    const request = { sweep, maxFailures: 1000 } as const;
    const whole = await runHere({ ...request, blockSize: 1000 });
    for (const blockSize of [1, 333])
      expect((await runSweep({ ...request, workers: 2, blockSize })).trials_csv).toBe(whole.trials_csv);
    const timings = rowsOf(read(whole.folder, 'timings.csv'));
    const thrown = timings.filter(({ error }) => error!.startsWith('bad point'));
    expect(thrown.map(({ trial, error }) => [Number(trial), error])).toEqual(
      expected.map((x) => [x, `bad point ${x}`]),
    );
    const rows = rowsOf(whole.trials_csv);
    for (const x of expected) expect(rows[x]).toMatchObject({ status: 'failed', y: '', half: '' });
    const others = rows.filter((row) => !expected.includes(Number(row.x)));
    const failing = (x: number) => x % 100 === 99 || x % 50 === 3;
    for (const { x, status } of others) expect(status).toBe(failing(Number(x)) ? 'failed' : 'ok');
  });

  test('all fail where the worker throws over every one, each with its own error', async () => {
    const { sweep } = makeProject(worker('true'), 'axes: { x: "range(0,99,1)" }');
    const { folder, failed } = await runHere({ sweep, blockSize: 100, maxFailures: 1000 });
    expect(failed).toBe(100);
    const errors = rowsOf(read(folder, 'timings.csv')).map(({ error }) => error);
    expect(errors).toEqual(Array.from({ length: 100 }, (_, x) => `bad point ${x}`));
  });
});

const SIZE = 60;

/** Throws, fails, gives what does not fit or forgets a value at the trials that `acts` names; it sees all of its block. */
function createWorker(acts: readonly string[]) {
  return defineWorker({
    name: 'acting',
    version: '1',
    params: { x: z.int().default(0) },
    metrics: { y: { type: 'number' }, whole: { type: 'integer' } },
    async runBlock(block) {
      const x = block.numbers('x');
      const [y, whole] = [block.metric('y'), block.metric('whole')];
      y.fill(-1);
      for (let i = 0; i < block.count; i++) {
        const act = acts[x[i]!];
        if (act === 'throw late') await Promise.resolve();
        if (act?.startsWith('throw')) throw new RangeError(`at ${x[i]}`);
        if (act === 'fail') block.fail(i, `said so at ${x[i]}`);
        y[i] = act === 'none' ? Number.NaN : x[i]! + block.seeds[i]! / 2 ** 32;
        whole[i] = act === 'misfit' ? 0.5 : x[i]!;
      }
    },
  });
}

/** Rows and errors by trial. */
async function runBlocks(acts: readonly string[], blocks: readonly Selection[]) {
  const pool = createInlinePool(createWorker(acts) as never);
  const axes = ['x'];
  const values = [{ kind: 'range', from: 0, to: SIZE - 1, step: 1 }] as const;
  const space = { grids: [{ axes: [{ names: axes, values }] }], replicates: 1 };
  await pool.begin({
    ...{ space, axes, fixed: {}, sweepSeed: 7, engine: 'none', device: 'cpu' },
    ...{ data: undefined, folder: null },
  });
  const found = new Map<number, { readonly row: string; readonly error: string | undefined }>();
  for (const [id, trials] of blocks.entries()) {
    const { rows, notes, left } = await pool.submit({ id, attempt: 1, trials }).result;
    expect(left).toEqual([]);
    let at = 0;
    for (const trial of trialsOf(trials)) {
      const end = skipRows(rows, at, 1);
      const error = notes.find((note) => note.trial === trial)?.error?.message;
      found.set(trial, { row: new TextDecoder().decode(rows.subarray(at, end)), error });
      at = end;
    }
    expect(at).toBe(rows.length);
  }
  await pool.close();
  return found;
}

/** Trials in some order, cut into blocks of some sizes. */
function cut(order: readonly number[], sizes: readonly number[]): Selection[] {
  const blocks: Selection[] = [];
  for (let at = 0, i = 0; at < order.length; i++) {
    const numbers = order.slice(at, at + sizes[i % sizes.length]!);
    blocks.push({ kind: 'numbers', numbers });
    at += numbers.length;
  }
  return blocks;
}

describe('rows of cheap trials', () => {
  test('do not depend on the blocks they were in, whichever trials throw, fail or do not fit', async () => {
    const act = fc.constantFrom('fine', 'fine', 'fine', 'throw', 'throw late', 'fail', 'misfit', 'none');
    const order = Array.from({ length: SIZE }, (_, i) => i);
    await fc.assert(
      fc.asyncProperty(
        fc.array(act, { minLength: SIZE, maxLength: SIZE }),
        fc.shuffledSubarray(order, { minLength: SIZE }),
        fc.array(fc.integer({ min: 1, max: SIZE }), { minLength: 1, maxLength: 9 }),
        async (acts, shuffled, sizes) => {
          const alone = await runBlocks(acts, cut(order, [1]));
          for (const trial of order)
            expect(alone.get(trial)!.error === undefined).toBe(['fine', 'none'].includes(acts[trial]!));
          for (const blocks of [cut(order, sizes), cut(shuffled, sizes), cut(shuffled, [SIZE])])
            for (const [trial, ended] of await runBlocks(acts, blocks))
              expect([trial, ended]).toEqual([trial, alone.get(trial)]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
