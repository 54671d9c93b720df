// A run's trials once more: the same cells on another number of threads and in other blocks, whatever kind of run it is;
// what is other is found, told, and changes nothing.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { mergeRuns } from '../../../src/sweep/shards/merge.js';
import { type VerifyRequest, verifyRun } from '../../../src/sweep/verify/verify.js';
import { makeProject } from '../project.js';
import { fixture, list, newFolder, resume, runSweep } from '../session.js';

/** Every verification starts processes of its own, and some of these tests make five. */
vi.setConfig({ testTimeout: 240_000 });

const ALL = { fraction: 1 } as const;

/** The first run is made in this process where nothing speaks against it: what verifies it has threads in a host. */
async function ran(request: Omit<RunRequest, 'out'> & { readonly out?: string }): Promise<string> {
  return (await runSweep({ maxFailures: { fraction: 1 }, debug: true, ...request })).folder;
}

/** Verifies all of a run and expects every cell to be the same. */
async function expectSame(folder: string, trials: number, request: VerifyRequest = {}) {
  const made = await verifyRun(folder, { sample: ALL, ...request });
  expect(made.differences).toEqual([]);
  expect(made).toMatchObject({ trials, differingTrials: 0, differingCells: 0, interrupted: false });
  return made;
}

/** Every file with its bytes. */
function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true }).map(String).sort();
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'base64')]),
  );
}

const BLOCKS = `
  params: { x: z.int().default(0) },
  metrics: { y: { type: 'integer' } },
  runBlock(block) {
    const x = block.numbers('x');
    const y = block.metric('y');
    for (let i = 0; i < block.count; i++) {
      if (x[i] % 50 === 7) throw new Error('bad point');
      if (x[i] % 40 === 3) block.fail(i, 'said so');
      y[i] = x[i] * x[i];
    }
  },`;

/** `y` is what a file beside the worker says. */
const READING = `
  params: { x: z.int().default(0) },
  metrics: { y: { type: 'number' }, word: { type: 'string' } },
  series: ['loss'],
  async run(trial) {
    const { readFileSync } = await import('node:fs');
    const [scale, word, steps] = readFileSync(new URL('./steering', import.meta.url), 'utf8').split(' ');
    for (let step = 1; step <= Number(steps); step++) trial.report(step, { loss: Number(scale) * step });
    if (word === 'throw') throw new Error('thrown');
    trial.saveArtifact('file.txt', 'text');
    trial.saveCheckpoint(Uint8Array.of(1));
    return { y: trial.params.x * Number(scale), word };
  },`;

describe('verify', () => {
  test('finds the same cells in other blocks, also where trials of a block fail', async () => {
    const { sweep } = makeProject(BLOCKS, 'axes: { x: "range(0,499,1)" }');
    const folder = await ran({ sweep, blockSize: 500 });
    const before = snapshot(folder);
    const { workers, cells } = await expectSame(folder, 500);
    expect(workers).toBeGreaterThan(1);
    expect(cells).toBe(500 * 7);
    expect(snapshot(folder)).toEqual(before);
    const small = await verifyRun(folder);
    expect(small).toMatchObject({ trials: 20, of: 500, differingCells: 0 });
    expect(await verifyRun(folder, { sample: { fraction: 0.031 } })).toMatchObject({ trials: 16 });
  });

  test('finds a worker whose rows depend on the block that they were in', async () => {
    const { sweep } = makeProject(
      `params: { x: z.int().default(0) }, metrics: { y: { type: 'integer' } },
       runBlock(block) { block.metric('y').fill(block.count); },`,
      'axes: { x: "range(0,99,1)" }',
    );
    const folder = await ran({ sweep, blockSize: 100 });
    const made = await verifyRun(folder);
    expect(made).toMatchObject({ trials: 20, differingTrials: 20, differingCells: 20 });
    expect(made.differences[0]).toMatchObject({ column: 'y', run: '100', file: 'trials.csv', step: null });
    expect((await verifyRun(folder)).differences.map(({ trial }) => trial)).toEqual(
      made.differences.map(({ trial }) => trial),
    );
  });

  test('tells which cells are other, as far apart as they are, and how far apart they may be', async () => {
    const project = makeProject(READING, 'axes: { x: [1, 2, 3] }');
    project.write('empty.mjs', '');
    const steer = (text: string) => writeFileSync(join(project.home, 'steering'), text);
    steer('1 same 2');
    const folder = await ran({ sweep: project.sweep });
    const before = snapshot(folder);
    await expectSame(folder, 3);
    steer('1.01 other 2');
    const made = await verifyRun(folder);
    expect(made).toMatchObject({ differingTrials: 3, differingCells: 3 * 4, tolerance: 0 });
    const [y, word, ...loss] = made.differences;
    expect(y).toMatchObject({ trial: 0, column: 'y', run: '1', again: '1.01' });
    expect(y!.difference).toBeCloseTo(0.01 / 1.01, 12);
    expect(word).toMatchObject({ column: 'word', run: 'same', again: 'other', difference: null });
    expect(loss.slice(0, 2)).toMatchObject([
      { file: 'metrics.csv', step: '1', column: 'loss', run: '1', again: '1.01' },
      { file: 'metrics.csv', step: '2', column: 'loss', run: '2', again: '2.02' },
    ]);
    const tolerance = { y: 0.0099, loss: 0.01 };
    expect(await verifyRun(folder, { tolerance })).toMatchObject({ differingCells: 6 });
    expect(await verifyRun(folder, { tolerance: { ...tolerance, y: 0.01 } })).toMatchObject({
      differingCells: 3,
    });
    steer('1 same 1');
    expect((await verifyRun(folder, { sample: 1 })).differences).toMatchObject([
      { column: '(rows)', run: '2', again: '1' },
    ]);
    steer('1 throw 2');
    expect((await verifyRun(folder, { sample: 1 })).differences).toMatchObject([
      { column: 'status', run: 'ok', again: 'failed' },
      { column: 'y', again: '' },
      { column: 'word', again: '' },
    ]);
    expect(snapshot(folder)).toEqual(before);
    await expect(verifyRun(folder, { tolerance: { lost: 1 }, sample: 0 })).rejects.toThrow(
      /"lost"; did you mean "loss"[\s\S]*sample: expected/,
    );
  });

  test('runs a trial at the attempt of its row, and fails what failed, its process with it', async () => {
    const { sweep } = makeProject(
      `params: { x: z.int().default(0) }, metrics: { tries: { type: 'integer' } }, series: ['s'],
       run(trial) {
         trial.report(1, { s: trial.params.x });
         if (trial.params.x % 3 === 1 && trial.attempt < 3) throw new Error('not yet');
         if (trial.params.x === 5) process.kill(process.pid, 'SIGSEGV');
         if (trial.params.x === 6) throw new Error('never');
         return { tries: trial.attempt };
       },`,
      'axes: { x: "range(0,7,1)" }',
    );
    await expectSame(await ran({ sweep, debug: false, retries: 2, retryPauseMs: 1 }), 8);
  });

  test('leaves out what timed out and what was skipped, and says so', async () => {
    const { sweep } = makeProject(
      `params: { x: z.int().default(0) }, metrics: { y: { type: 'integer' } },
       async run(trial) {
         while (trial.params.x === 2) await new Promise((resolve) => setTimeout(resolve, 1));
         return { y: 1 };
       },`,
      'axes: { x: [0, 1, 2] }',
    );
    const folder = await ran({ sweep, debug: false, timeoutMs: 500 });
    const made = await expectSame(folder, 2);
    expect(made).toMatchObject({ of: 2, leftOut: { timeout: 1, skipped: 0 } });
  });

  test('works for samplers that propose points', async () => {
    const sweep = fixture('drawn');
    await expectSame(await ran({ sweep, sampler: { name: 'random' }, trials: 30 }), 30);
    const { sweep: own } = makeProject(
      `params: { h: z.number().default(0) }, metrics: { over: { type: 'boolean' } },
       run: ({ params }) => ({ over: params.h < 1.3 }),`,
      'axes: { h: "lin(0,2,3)" }',
    );
    const sampler = { name: 'bisect', axis: 'h', metric: 'over', from: 0, to: 2, tolerance: 1e-3 };
    const bisected = await ran({ sweep: own, sampler });
    const made = await verifyRun(bisected, { sample: ALL });
    expect(made.trials).toBeGreaterThan(5);
    expect(made.differences).toEqual([]);
  });

  test('works for trials with stages, for shards, merged runs and edited grids', async () => {
    await expectSame(await ran({ sweep: fixture('staged') }), 12);
    const { sweep } = makeProject(BLOCKS, 'axes: { x: "range(0,99,1)" }');
    const parts = await Promise.all([1, 2].map((index) => ran({ sweep, shard: { index, count: 2 } })));
    const counts = await Promise.all(
      parts.map(async (part) => (await verifyRun(part, { sample: ALL })).trials),
    );
    expect(counts[0]! + counts[1]!).toBe(100);
    const merged = await mergeRuns(parts, join(newFolder(), 'merged'));
    await expectSame(merged.folder, 100);
    const out = join(newFolder(), 'run');
    await ran({ sweep, out, set: { x: list(1, 2, 3, 7) } });
    await ran({ sweep, out, set: { x: list(7, 3, 50, 57) } });
    await expectSame(out, 4);
  });

  test('compares engines within a tolerance, and none of them for workers that train nothing', async () => {
    const folder = await ran({ sweep: fixture('curve'), debug: false, set: { units: list(8) } });
    await expectSame(folder, 4);
    const made = await verifyRun(folder, {
      engine: 'tfjs',
      device: 'cpu',
      sample: 2,
      tolerance: { loss: 0 },
    });
    expect(made).toMatchObject({ engine: 'tfjs', tolerance: 1e-3, trials: 2 });
    expect(made.differences.length).toBeGreaterThan(0);
    expect(made.differences.every(({ column }) => column === 'loss')).toBe(true);
    for (const { difference } of made.differences) expect(difference).toBeLessThan(1e-3);
    const { sweep } = makeProject(BLOCKS, 'axes: { x: [1] }');
    await expect(verifyRun(await ran({ sweep }), { engine: 'tfjs' })).rejects.toMatchObject({
      code: 'BAD_USAGE',
    });
  });

  test('refuses a run whose definition has changed, and one without trials', async () => {
    const project = makeProject(BLOCKS, 'axes: { x: [1, 2] }');
    const folder = await ran({ sweep: project.sweep });
    project.write(
      'worker.mjs',
      `export default defineWorker({ name: 'mine', version: '1', ${BLOCKS.replace("y: { type: 'integer' }", "y: { type: 'number' }")} });`,
    );
    await expect(verifyRun(folder)).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    await expect(verifyRun(newFolder())).rejects.toMatchObject({ code: 'BAD_RUN_FOLDER' });
    const none = makeProject(BLOCKS, 'axes: { x: [1, 2] }');
    const empty = await ran({ sweep: none.sweep });
    await resume(empty);
    await expectSame(empty, 2);
  });
});
