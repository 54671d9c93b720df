// What goes wrong in the middle of a run ends it, at once and with its reason, and leaves it resumable.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LOCK_FILE } from '../../src/run/lock.js';
import { readJournal } from '../../src/run/read-journal.js';
import { planRun } from '../../src/sweep/plan/plan.js';
import { resumeRun, startRun } from '../../src/sweep/start.js';
import { until } from '../conformance/pool.js';
import { makeProject } from './project.js';
import { fixture, newFolder, rowsOf, runSweep } from './session.js';

const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');
const range = (to: number) => ({ i: { kind: 'range', from: 0, to, step: 1 } as const });

const PLAIN =
  'params: { i: z.int().default(0) }, metrics: { y: { type: "number" } }, run: ({ params }) => ({ y: params.i })';
/** Trials that wait for ever, unless they are stopped. */
const ENDLESS = `params: { i: z.int().default(0) }, metrics: {}, async run(trial) {
  while (!trial.stopRequested) await new Promise((resolve) => setTimeout(resolve, 1));
  throw trial.stopped();
}`;
/** A stage that does what the file named by its parameter says: `wait`, or nothing. */
const STAGED = `params: { i: z.int().default(0), how: z.string().default('') }, metrics: { y: { type: 'number' } },
stages: { first: { params: ['how'], metrics: {}, async run(trial) {
  const { existsSync } = await import('node:fs');
  while (existsSync(trial.params.how)) await new Promise((resolve) => setTimeout(resolve, 1));
  return {};
} } },
run: ({ params }) => ({ y: params.i })`;

describe('a constraint that throws in the middle', () => {
  test('ends the run though its trials never would', async () => {
    // 300,000 points are not counted in advance: the constraint is called as the trials are proposed.
    const where = '({ i }) => { if (i === 2222) throw new Error("no more"); return i < 2 || i > 2000; }';
    const { sweep, home } = makeProject(ENDLESS, `axes: { i: 'range(0,299999,1)' }, where: ${where}`);
    const run = await startRun({ sweep, out: join(home, 'run'), workers: 2, blockSize: 200 });
    await expect(run.outcome).rejects.toThrow('no more');
  });

  test('as does a sampler that finds no point', async () => {
    const where = '(() => { let left = 2; return () => left-- > 0; })()';
    const { sweep, home } = makeProject(ENDLESS, `axes: { i: 'uniform(0,1000000000)' }, where: ${where}`);
    const request = { sweep, out: join(home, 'run'), workers: 2, blockSize: 1 };
    const ended = startRun({ ...request, sampler: { name: 'random' }, trials: 9 }).then((run) => run.outcome);
    await expect(ended).rejects.toThrow();
  });
});

describe('two requests to stop', () => {
  test.each([1, 2])('while a stage runs (%i) leave a resumable run', async (times) => {
    const { sweep, home } = makeProject(STAGED, 'axes: { i: [1, 2] }');
    const flag = join(home, 'flag');
    writeFileSync(flag, '');
    const out = join(home, 'run');
    const set = { how: { kind: 'list', values: [flag] } as const };
    let tell: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const run = await startRun({ sweep, out, workers: 2, set }, [{ onStage: () => tell() }]);
    await begun;
    for (let i = 0; i < times; i++) run.stop();
    if (times === 1) rmSync(flag); // one request waits for what runs
    expect(await run.outcome).toMatchObject({ interrupted: true, trials: 0 });
    rmSync(flag, { force: true });
    expect(await (await resumeRun(out, { workers: 1 })).outcome).toMatchObject({ ok: 2, left: 0 });
  });

  test('before anything has begun are no error', async () => {
    const { sweep, home } = makeProject(PLAIN, 'axes: { i: [1, 2] }');
    const out = join(home, 'run');
    const run = await startRun({ sweep, out, workers: 1 });
    run.stop();
    run.stop();
    expect(await run.outcome).toMatchObject({ interrupted: true });
    expect(await (await resumeRun(out, { workers: 1 })).outcome).toMatchObject({ ok: 2 });
  });
});

test('a lock that is lost while a stage runs ends the run with that reason', async () => {
  const { sweep, home } = makeProject(STAGED, 'axes: { i: [1, 2] }');
  const flag = join(home, 'flag');
  writeFileSync(flag, '');
  const out = join(home, 'run');
  const set = { how: { kind: 'list', values: [flag] } as const };
  const run = await startRun({ sweep, out, workers: 1, set });
  const stageLock = join(out, 'stages', 'first', LOCK_FILE);
  await until(() => existsSync(join(out, 'stages', 'first', 'journal.bin')));
  rmSync(stageLock);
  rmSync(flag);
  await expect(run.outcome).rejects.toMatchObject({ code: 'LOCKED' });
});

test('an observer that rejects later is dropped with a warning', async () => {
  const warned = new Promise<Error>((resolve) => process.once('warning', resolve));
  let told = 0;
  const observer = {
    async onProgress() {
      told++;
      throw new Error('cannot look');
    },
  };
  const run = await startRun({ sweep: fixture('noisy'), out: join(newFolder(), 'run'), workers: 1 }, [
    observer,
  ]);
  expect(await run.outcome).toMatchObject({ ok: 126 });
  expect((await warned).message).toContain('cannot look');
  expect(told).toBe(1);
});

describe('N trials of an edited grid', () => {
  test.each([
    ['in all', {}],
    ['in a shard', { shard: { index: 1, count: 2 } }],
  ])('are N %s, the same as in a new run', async (_, more) => {
    const { sweep, home } = makeProject(PLAIN, 'axes: { i: [0] }');
    const request = { sweep, ...more, sampler: { name: 'random' }, trials: 10, workers: 1 };
    const out = join(home, 'run');
    await runSweep({ ...request, set: range(99), out });
    const plan = await planRun({ ...request, set: range(190), out });
    const edited = await runSweep({ ...request, set: range(190), out });
    const fresh = await runSweep({ ...request, set: range(190) });
    expect(edited.trials_csv).toBe(fresh.trials_csv);
    expect(plan).toMatchObject({ trials: fresh.trials, done: fresh.trials - plan.new });
  });
});

test('attempts are told trial by trial, also in tasks of several', async () => {
  const { sweep, home } = makeProject(
    `params: { i: z.int().default(0) }, metrics: { tried: { type: 'integer' } },
     async run(trial) {
       if (trial.attempt === 1 && trial.params.i < 2) {
         console.error('endless');
         while (!trial.stopRequested) await new Promise((resolve) => setTimeout(resolve, 1));
         throw trial.stopped();
       }
       return { tried: trial.attempt };
     }`,
    'axes: { i: [0, 1, 2, 3] }',
  );
  const out = join(home, 'run');
  let endless = 0;
  const run = await startRun({ sweep, out, workers: 4, blockSize: 1 }, [{ onLine: () => endless++ }]);
  await until(() => endless === 2 && readJournal(out).state.epochs.at(-1)?.doneCount === 2);
  run.stop();
  await run.outcome;
  await (await resumeRun(out, { workers: 1, blockSize: 4 })).outcome;
  const rows = rowsOf(read(out, 'trials.csv'));
  const attempts = rowsOf(read(out, 'timings.csv'));
  for (const { trial, tried } of rows) {
    const mine = attempts.filter((row) => row.trial === trial).map((row) => Number(row.attempt));
    expect(mine).toEqual(Array.from({ length: mine.length }, (_, i) => i + 1));
    expect(Number(tried)).toBe(mine.at(-1));
  }
});

test('retries of a block with many failures take one record for each message', async () => {
  const { sweep } = makeProject(
    `params: { i: z.int().default(0) }, metrics: { y: { type: 'number' } },
     runBlock(block) { for (let i = 0; i < block.count; i++) block.fail(i, i % 2 === 0 ? 'even' : 'odd'); }`,
    `axes: { i: 'range(0,999,1)' }`,
  );
  const run = await runSweep({
    sweep,
    workers: 1,
    retries: 1,
    retryPauseMs: 1,
    blockSize: 1000,
    maxFailures: 1_000_000,
  });
  expect(run).toMatchObject({ failed: 1000 });
  expect(rowsOf(read(run.folder, 'timings.csv'))).toHaveLength(2000);
  expect(readFileSync(join(run.folder, 'journal.bin'), 'latin1').split('{"t":"attempt"').length - 1).toBe(2);
});
