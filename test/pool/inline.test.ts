// The pool without threads or processes, held to every pool's promises.
import { expect, it } from 'vitest';
import { createInlinePool } from '../../src/pool/inline.js';
import { defineWorker } from '../../src/worker/define.js';
import { poolConformance, rangeTask, setupOf, spaceOf, textOf } from '../conformance/pool.js';

poolConformance('inline', (workerUrl) => createInlinePool(workerUrl));

it('takes a worker as it is, without a module', async () => {
  const pool = createInlinePool(
    defineWorker({ name: 'bare', version: '1', params: {}, metrics: {}, run: () => ({}) }),
  );
  await pool.begin(setupOf(spaceOf({})));
  expect(textOf((await pool.submit(rangeTask(1, 0, 1)).result).rows)).toMatch(/^0,[^,]+,0,\d+,ok\n$/);
  await pool.close();
});
