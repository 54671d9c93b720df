// How many tasks are under way follows the pool, which may grow and shrink.
import { expect, test } from 'vitest';
import { BlockSizer } from '../../../src/sweep/coordinator/blocks.js';

test('one task runs and at least one waits for each thread that there is now', () => {
  let threads = 2;
  const sizer = new BlockSizer('run', () => threads, 1);
  sizer.learn(1, 1000);
  expect(sizer.window).toBe(4);
  threads = 5;
  expect(sizer.window).toBe(10);
  threads = 1;
  expect(sizer.window).toBe(2);
});
