// `--sampler random` on domains: N points drawn, the same ones however they are run; and what is said to those who ask
// for what cannot be.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeError, EXIT } from '../../../src/cli/errors.js';
import { SweeplineError } from '../../../src/ground/errors.js';
import type { RunRequest } from '../../../src/sweep/contract.js';
import { planResume, planRun } from '../../../src/sweep/plan/plan.js';
import { mergeRuns } from '../../../src/sweep/shards/merge.js';
import { startRun } from '../../../src/sweep/start.js';
import { replayTrial } from '../../../src/sweep/verify/replay.js';
import { fixture, list, newFolder, read, resume, rowsOf, runHere, runPart, runSweep } from '../session.js';

const sweep = fixture('drawn');
const random = { name: 'random' };

describe('points drawn from domains', () => {
  test('lie in them, where the constraint holds, and an axis with a condition only where that does', async () => {
    const { trials_csv, ...run } = await runHere({ sweep, sampler: random, trials: 60 });
    expect(run).toMatchObject({ trials: 60, ok: 60, left: 0 });
    const rows = rowsOf(trials_csv);
    expect(rows.map(({ trial }) => Number(trial))).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(new Set(rows.map(({ kind }) => kind))).toEqual(new Set(['plain', 'wild']));
    for (const { kind, gain, fail, x } of rows) {
      expect(kind === 'plain' ? gain === '' : Number(gain) >= 0.01 && Number(gain) <= 100).toBe(true);
      expect(kind === 'wild' || Number(x) < 0.5).toBe(true);
      expect(Number(x) >= 0 && Number(x) <= 1).toBe(true);
      expect(Number.isInteger(Number(fail)) && Number(fail) >= -9 && Number(fail) <= -2).toBe(true);
    }
    const gains = rows.filter(({ gain }) => gain !== '').map(({ gain }) => Number(gain));
    expect(gains.filter((gain) => gain < 1).length).toBeGreaterThan(gains.length / 4);
    // A point is run as often as there are replicates, under neighbouring numbers and with different seeds.
    for (let i = 0; i < rows.length; i += 2) {
      const [one, two] = [rows[i]!, rows[i + 1]!];
      expect([one.replicate, two.replicate]).toEqual(['0', '1']);
      expect([one.kind, one.gain, one.fail, one.x]).toEqual([two.kind, two.gain, two.fail, two.x]);
      expect(one.seed).not.toBe(two.seed);
    }
    expect(new Set(rows.map(({ x }) => x)).size).toBe(30);
    const replay = await replayTrial(run.folder, 17);
    expect(replay.csv.split('\n')[1]).toBe(trials_csv.split('\n')[18]);
    const plan = await planRun({ sweep, sampler: random, trials: 60, out: run.folder });
    expect(plan).toMatchObject({ trials: 60, done: 60, new: 0, sampler: 'random, 60 trials' });
    expect(plan.axes).toContain('gain: loguniform(0.01, 100) when kind is wild');
  });

  test('are the same with one worker, two, single trials, and in this process', async () => {
    const request = { sweep, sampler: random, trials: 41 };
    const one = await runSweep({ ...request, workers: 1 });
    const others = [
      await runSweep({ ...request, workers: 2, blockSize: 1 }),
      await runSweep({ ...request, debug: true, blockSize: 7 }),
    ];
    for (const other of others) {
      expect(other.trials_csv).toBe(one.trials_csv);
      expect(read(other.folder, 'metrics.csv')).toBe(read(one.folder, 'metrics.csv'));
    }
    const seed = await runHere({ ...request, seed: 2 });
    expect(rowsOf(seed.trials_csv)[0]!.x).not.toBe(rowsOf(one.trials_csv)[0]!.x);
  });

  test('are the same after an interruption', async () => {
    const request = { sweep, sampler: random, trials: 60, set: { wait: list(5) }, workers: 2, blockSize: 1 };
    const whole = await runHere(request);
    const out = join(newFolder(), 'run');
    const part = await runPart({ ...request, out });
    expect(part.interrupted).toBe(true);
    expect([part.trials > 0, part.left > 0, part.trials + part.left]).toEqual([true, true, 60]);
    expect(await resume(out)).toMatchObject({ trials: 60, left: 0 });
    expect(read(out, 'trials.csv')).toBe(whole.trials_csv);
    expect(read(out, 'metrics.csv')).toBe(read(whole.folder, 'metrics.csv'));
    const ok = rowsOf(read(out, 'timings.csv')).filter(({ status }) => status === 'ok');
    expect(ok).toHaveLength(60);
  });

  test('stay what they are when more of them are asked for, and only the others run', async () => {
    const out = join(newFolder(), 'run');
    const few = await runHere({ sweep, sampler: random, trials: 25, out });
    expect(await planRun({ sweep, sampler: random, trials: 45, out })).toMatchObject({ done: 25, new: 20 });
    const many = await runHere({ sweep, sampler: random, trials: 45, out });
    expect(many.trials_csv.startsWith(few.trials_csv)).toBe(true);
    expect(many).toMatchObject({ trials: 45, ok: 45, left: 0 });
    expect(rowsOf(read(out, 'timings.csv'))).toHaveLength(45);
    expect(many.trials_csv).toBe((await runHere({ sweep, sampler: random, trials: 45 })).trials_csv);
    // What was asked for last is what a resumption finishes.
    const plan = await planResume(out);
    expect(plan).toMatchObject({ trials: 45, done: 45, new: 0 });
    expect(plan.axes).toContain('x: uniform(0, 1)');
    expect(await resume(out)).toMatchObject({ trials: 45, left: 0 });
  });

  test('are as many as were asked for last, however far the run had come', async () => {
    const request = { sweep, sampler: random, set: { wait: list(5) }, workers: 2, blockSize: 1 };
    const out = join(newFolder(), 'run');
    await runPart({ ...request, trials: 80, out });
    const part = rowsOf(read(out, 'trials.csv')).length;
    await runPart({ ...request, trials: part + 30, out });
    expect((await planResume(out)).trials).toBe(part + 30);
    await runPart({ ...request, trials: 80, out });
    expect((await planResume(out)).trials).toBe(80);
    expect(await resume(out)).toMatchObject({ trials: 80, left: 0 });
    expect(read(out, 'trials.csv')).toBe((await runHere({ ...request, trials: 80 })).trials_csv);
  });

  test('in two shards, merged, are those of the whole run', async () => {
    const request = { sweep, sampler: random, trials: 31 };
    const whole = await runHere(request);
    const shards = [];
    for (const index of [1, 2])
      shards.push((await runHere({ ...request, shard: { index, count: 2 } })).folder);
    const out = join(newFolder(), 'merged');
    await mergeRuns(shards.reverse(), out);
    expect(read(out, 'trials.csv')).toBe(whole.trials_csv);
  });

  test('that failed run again under their numbers when asked', async () => {
    const set = { x: { kind: 'uniform', from: 0, to: 0.4, step: 0.2 } as const, fail: list(0.2) };
    const gain = { kind: 'uniform', from: 1, to: 2 } as const;
    const run = await runHere({ sweep, sampler: random, trials: 24, set: { ...set, gain } });
    expect(run.failed).toBeGreaterThan(0);
    const again = await resume(run.folder, { retry: 'failed' });
    expect(again).toMatchObject({ trials: 24, failed: run.failed });
    expect(read(run.folder, 'trials.csv')).toBe(run.trials_csv);
    expect(rowsOf(read(run.folder, 'timings.csv'))).toHaveLength(24 + run.failed);
  });
});

describe('refused, with what to write instead:', () => {
  const refused = async (request: Omit<RunRequest, 'sweep'>): Promise<string> => {
    const root = newFolder();
    const error = await startRun({ sweep, root, ...request }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SweeplineError);
    expect(describeError(error).code).toBe(EXIT.usage);
    expect(readdirSync(root)).toEqual([]);
    return (error as Error).message;
  };

  test('domains without a number of trials', async () => {
    expect(await refused({ sampler: random })).toMatch(/random: .*give --trials N/);
  });

  test('a grid over an open domain', async () => {
    const message = await refused({});
    expect(message).toMatch(/axis gain: loguniform\(0\.01, 100\) .*write lin\(from,to,count\)/);
    expect(message).toMatch(/axis x: uniform\(0, 1\) .*--sampler auto --trials N/);
    // What has an end of values is no fault.
    expect(message).not.toMatch(/axis (kind|fail)/);
  });

  test('a number of trials for a sampler that has its own, and no number at all', async () => {
    expect(await refused({ sweep: fixture('noisy'), trials: 5 } as RunRequest)).toMatch(
      /grid: --trials 5: .*--sampler random/,
    );
    expect(await refused({ sampler: random, trials: 0 })).toMatch(/trials 0: expected/);
    expect(await refused({ sampler: random, trials: 2.5 })).toMatch(/trials 2\.5: expected/);
  });

  test('values that the worker does not take, at the ends of a domain', async () => {
    const set = { gain: { kind: 'uniform', from: -1, to: 1 } as const };
    expect(await refused({ sampler: random, trials: 5, set })).toMatch(/gain: -1/);
  });
});

test('a grid takes domains that have an end of values', async () => {
  const set = {
    gain: { kind: 'uniform', from: 1, to: 2, step: 0.5 } as const,
    x: { kind: 'int', from: 0, to: 1 } as const,
    fail: list(-1),
  };
  const run = await runHere({ sweep, set, replicates: 1 });
  const points = rowsOf(run.trials_csv).map(({ kind, gain, x }) => `${kind} ${gain} ${x}`);
  expect([...points].sort()).toEqual([
    'plain  0',
    ...['1', '1.5', '2'].flatMap((gain) => ['0', '1'].map((x) => `wild ${gain} ${x}`)),
  ]);
});
