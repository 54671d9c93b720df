// A worker of blocks that throws over some trials: they fail, no others, and the bytes do not depend on how trials were
// put into blocks.
import { describe, expect, test } from 'vitest';
import { makeProject } from './project.js';
import { read, rowsOf, runSweep } from './session.js';

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
    const whole = await runSweep({ ...request, workers: 1, blockSize: 1000 });
    for (const blockSize of [1, 7, 333])
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
    const { folder, failed } = await runSweep({ sweep, workers: 1, blockSize: 100, maxFailures: 1000 });
    expect(failed).toBe(100);
    const errors = rowsOf(read(folder, 'timings.csv')).map(({ error }) => error);
    expect(errors).toEqual(Array.from({ length: 100 }, (_, x) => `bad point ${x}`));
  });
});
