// The pool of worker threads, held to every pool's promises, and what is its own: threads that die, and are replaced.
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { expect, it } from 'vitest';
import type { Pool } from '../../src/pool/contract.js';
import type { ThreadAnswers } from '../../src/pool/messages.js';
import { createThreadPool } from '../../src/pool/threads.js';
import { fixtureWorker, poolConformance, rangeTask, setupOf } from '../conformance/pool.js';

poolConformance('threads', (workerUrl) => createThreadPool({ workerUrl, threads: 2 }));
poolConformance('one thread', (workerUrl) => createThreadPool({ workerUrl, threads: 1 }));

/** A pool of two threads over trials of `crash`. */
async function crashing(acts: readonly string[]): Promise<Pool> {
  const pool = createThreadPool({ workerUrl: fixtureWorker('crash'), threads: 2 });
  await pool.begin(
    setupOf({
      grids: [{ axes: [{ names: ['act', 'i'], values: [list(acts), list([...acts.keys()])] }] }],
      replicates: 1,
    }),
  );
  return pool;
}

it('rejects only the task that its thread died of, and lives on', async () => {
  // Every fourth trial kills its thread; the others are queued around them.
  const acts = [...Array(40).keys()].map((i) => (i % 4 === 1 ? 'end-thread' : 'none'));
  const pool = await crashing(acts);
  const outcomes = await Promise.allSettled(acts.map((_, i) => pool.submit(rangeTask(i, i, 1)).result));
  expect(outcomes.map((outcome) => outcome.status)).toEqual(
    acts.map((each) => (each === 'none' ? 'fulfilled' : 'rejected')),
  );
  for (const outcome of outcomes) {
    if (outcome.status === 'rejected')
      expect(outcome.reason).toMatchObject({ code: 'HOST_DIED', loss: { cause: 'died', blame: 'certain' } });
    else expect(outcome.value.thread).toBeLessThan(2); // replaced threads take the numbers of the dead
  }
  await pool.close();
});

it.each([
  ['exit', 'ExitCalled'],
  ['exit-caught', 'ExitCalled'],
  ['throw-later', 'Error'],
  ['reject-later', 'Error'],
])('fails the trial whose error nobody handles while it runs, and no other: %s', async (act, name) => {
  const acts = [...Array(40).keys()].map((i) => (i % 4 === 1 ? act : 'none'));
  const pool = await crashing(acts);
  const results = await Promise.all(acts.map((_, i) => pool.submit(rangeTask(i, i, 1)).result));
  expect(results.flatMap(({ notes }) => notes.map(({ trial, error }) => [trial, error!.name]))).toEqual(
    acts.flatMap((each, i) => (each === 'none' ? [] : [[i, name]])),
  );
  await pool.close();
});

it.each(['reject-after', 'throw-after', 'exit-after'])(
  'lets what a trial leaves behind harm no other, whenever it comes: %s',
  async (act) => {
    const acts = [...Array(40).keys()].map((i) => (i % 4 === 1 ? act : 'wait'));
    const pool = await crashing(acts);
    const results = await Promise.all(acts.map((_, i) => pool.submit(rangeTask(i, i, 1)).result));
    expect(results.flatMap(({ notes, left }) => [...notes, ...left])).toEqual([]);
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
