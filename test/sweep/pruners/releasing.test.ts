// Results that have waited get their rows some at a time, however many come to it at once.
import { setImmediate as breath } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { PruningHelper } from '../../../src/sweep/pruners/contract.js';
import { Releasing } from '../../../src/sweep/pruners/releasing.js';
import { resultOf } from '../../queue/machines.js';

/** `failing`: the result that cannot be recorded. */
function release(count: number, failing?: number) {
  const releasing = new Releasing();
  const begun: number[] = [];
  const open: (() => void)[] = [];
  const failures: unknown[] = [];
  let woken = 0;
  const helper: PruningHelper = {
    record: (_, { id }) =>
      new Promise((done, fail) => {
        begun.push(id);
        open.push(() => (id === failing ? fail(new Error('the disk is full')) : done()));
      }),
    wake: () => void woken++,
    fail: (error) => void failures.push(error),
    stop: () => undefined,
    goOn: () => undefined,
  };
  const work = { trials: { kind: 'range', first: 0, count: 1 }, attempt: 1, isApart: false } as never;
  for (let id = 0; id < count; id++) releasing.add({ work, result: resultOf(id) }, helper);
  /** As many as have begun are on disk now. */
  const flush = async () => {
    await breath();
    const { length } = open;
    for (const end of open.splice(0)) end();
    await breath();
    return length;
  };
  return { releasing, begun, failures, flush, woken: () => woken };
}

test('thousands at once: some at a time, in their order, busy until the last is on disk', async () => {
  const { releasing, begun, flush, woken } = release(1000);
  for (let left = 1000; left > 0; ) {
    expect(releasing.isBusy).toBe(true);
    const some = await flush();
    expect(some).toBe(Math.min(256, left));
    left -= some;
    expect(woken()).toBe(1000 - left);
  }
  expect(releasing.isBusy).toBe(false);
  expect(begun).toEqual(Array.from({ length: 1000 }, (_, id) => id));
});

test('one that cannot be recorded ends the run: no others are begun', async () => {
  const { releasing, begun, failures, flush } = release(1000, 3);
  await flush();
  await flush();
  expect(failures).toEqual([new Error('the disk is full')]);
  expect(releasing.isBusy).toBe(false);
  expect(begun.length).toBeLessThan(300);
});
