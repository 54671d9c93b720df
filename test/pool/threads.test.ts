// The pool of worker threads, held to every pool's promises, and what is its own: threads that die, and are replaced.
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { expect, it } from 'vitest';
import type { ThreadAnswers } from '../../src/pool/messages.js';
import { createThreadPool } from '../../src/pool/threads.js';
import { fixtureWorker, poolConformance, rangeTask, setupOf } from '../conformance/pool.js';

poolConformance('threads', (workerUrl) => createThreadPool({ workerUrl, threads: 2 }));
poolConformance('one thread', (workerUrl) => createThreadPool({ workerUrl, threads: 1 }));

it.each(['exit', 'throw-later'])(
  'rejects only the task that its thread died of, and lives on: %s',
  async (act) => {
    const threads = 2;
    const pool = createThreadPool({ workerUrl: fixtureWorker('crash'), threads });
    // Every fourth trial kills its thread; the others are queued around them.
    const acts = [...Array(40).keys()].map((i) => (i % 4 === 1 ? act : 'none'));
    await pool.begin(
      setupOf({
        grids: [{ axes: [{ names: ['act', 'i'], values: [list(acts), list([...acts.keys()])] }] }],
        replicates: 1,
      }),
    );
    const outcomes = await Promise.allSettled(acts.map((_, i) => pool.submit(rangeTask(i, i, 1)).result));
    expect(outcomes.map((outcome) => outcome.status)).toEqual(
      acts.map((each) => (each === 'none' ? 'fulfilled' : 'rejected')),
    );
    for (const outcome of outcomes) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({
          code: 'HOST_DIED',
          loss: { cause: 'died', blame: 'certain' },
        });
      else expect(outcome.value.thread).toBeLessThan(threads); // replaced threads take the numbers of the dead
    }
    await pool.close();
  },
);

it('moves big rows out of the thread, where they are gone then, and copies small ones', async () => {
  const piscina = new Piscina({ filename: fileURLToPath(fixtureWorker('moving-thread')), maxThreads: 1 });
  for (const [size, left] of [
    [100_000, 0],
    [100, 100],
  ]) {
    const { answers, thread } = (await piscina.run({ send: size })) as ThreadAnswers;
    expect(thread).toBe(3);
    expect(answers[0]).toMatchObject({
      t: 'ran',
      runMs: 1.5,
      executed: { rows: new Uint8Array(size!).fill(65), left: [] },
    });
    expect(await piscina.run('what is left?')).toBe(left);
  }
  await piscina.destroy();
});

function list(values: readonly (string | number)[]) {
  return { kind: 'list' as const, values };
}
