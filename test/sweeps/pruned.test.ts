// Pruners in real runs: the shipped latent sweep on a few drawn digits gives the same bytes on any number of workers, and
// what a pruner cannot be used for is refused before anything runs.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRequest } from '../../src/sweep/contract.js';
import { startRun } from '../../src/sweep/start.js';
import { fixture, read, resume, rowsOf, runSweep } from '../sweep/session.js';
import { writeDrawnDigits } from './drawn.js';

const list = (...values: (string | number)[]) => ({ kind: 'list', values }) as const;
const home = mkdtempSync(join(tmpdir(), 'sweepline-pruned-'));
const data = join(home, 'data');

beforeAll(() => writeDrawnDigits(data, 300, 100));
afterAll(() => rmSync(home, { recursive: true, force: true }));

const latent = {
  sweep: 'latent',
  data,
  set: {
    ...{ epochs: list(4), batch: list(32), train: list(200), hidden: list('16') },
    ...{ latent: list(2, 4), alpha: list(0.001, 0.01, 0.0001, 0.03) },
  },
  replicates: 1,
  pruner: { name: 'asha', factor: 2, max: 4, metric: 'train_loss:min' },
} satisfies Omit<RunRequest, 'out'>;

describe('the latent sweep under asha', () => {
  const runs = new Map<number, string>();

  test.each([1, 2, 4])('on %i workers', async (workers) => {
    const { folder, ok, pruned, failed } = await runSweep({ ...latent, workers });
    runs.set(workers, folder);
    expect({ failed, all: ok + pruned }).toEqual({ failed: 0, all: 8 });
    expect(pruned).toBeGreaterThan(1);
    expect(ok).toBeGreaterThan(0);
  });

  test('gives the same bytes', () => {
    const [first, ...others] = [...runs.values()];
    for (const file of ['trials.csv', 'metrics.csv'])
      for (const other of others) expect(read(other, file)).toBe(read(first!, file));
    for (const folder of runs.values()) {
      const rows = rowsOf(read(folder, 'trials.csv'));
      const ended = rows.filter(({ status }) => status === 'ok').map(({ trial }) => trial!);
      expect(readdirSync(join(folder, 'artifacts')).sort()).toEqual([...ended].sort());
      expect(existsSync(join(folder, 'checkpoints')) ? readdirSync(join(folder, 'checkpoints')) : []).toEqual(
        [],
      );
    }
  });

  test('a row holds the values of the step, and the curve ends there', () => {
    const folder = runs.get(2)!;
    const curves = rowsOf(read(folder, 'metrics.csv'));
    for (const { trial, status, train_loss } of rowsOf(read(folder, 'trials.csv'))) {
      if (status !== 'pruned') continue;
      const last = curves.filter((row) => row.trial === trial).at(-1)!;
      expect(last.train_loss).toBe(train_loss);
      expect(['1', '2']).toContain(last.step);
    }
  });

  test('what it decided is in the journal, before the row', async () => {
    const folder = runs.get(1)!;
    const before = readFileSync(join(folder, 'journal.bin')).toString('latin1');
    expect(before).toMatch(
      /"t":"prune","epoch":0,"trial":\d+,"step":[12],"rung":[12],"value":[\d.]+,"cutoff"/,
    );
    const again = await resume(folder);
    expect(again).toMatchObject({ failed: 0, left: 0 });
    expect(read(folder, 'trials.csv')).toBe(read(runs.get(2)!, 'trials.csv'));
  });

  test('another pruner cannot continue it', async () => {
    const out = runs.get(1)!;
    const other = startRun({ ...latent, out, pruner: { ...latent.pruner, factor: 3 } });
    await expect(other).rejects.toThrow(/its pruner is asha, min 1, factor 2, .* not asha, min 1, factor 3/);
    const { pruner: _, ...none } = latent;
    await expect(startRun({ ...none, out })).rejects.toThrow(/its pruner is asha, .* not none/);
  });
});

describe('refused', () => {
  const start = (request: Omit<RunRequest, 'out'>) => startRun({ ...request, out: join(home, 'refused') });

  test('workers that report nothing, or run in blocks', async () => {
    const asha = { name: 'asha' };
    await expect(start({ sweep: fixture('thirds'), pruner: asha })).rejects.toThrow(
      /reports nothing while it runs/,
    );
    await expect(start({ sweep: 'escape', pruner: asha })).rejects.toThrow(/in blocks \(runBlock\)/);
  });

  test('all that is wrong at once', async () => {
    const pruner = { name: 'median', metric: 'val_los', wrmup: 3, percentile: 0, lookahead: 0 };
    const refused = start({ ...latent, pruner });
    await expect(refused).rejects.toThrow(/unknown option "wrmup"; did you mean "warmup"/);
    await expect(start({ ...latent, pruner })).rejects.toThrow(
      /lookahead 0[\s\S]*percentile 0[\s\S]*unknown series "val_los"; did you mean "val_loss"/,
    );
    const noMax = start({ ...latent, pruner: { name: 'hyperband', metric: 'train_loss:min' } });
    await expect(noMax).rejects.toThrow(/max is missing; give it with --pruner-option max=81/);
    const noGoal = start({ ...latent, pruner: { name: 'asha', metric: 'train_loss' } });
    await expect(noGoal).rejects.toThrow(/write metric=train_loss:min, or :max/);
    await expect(start({ ...latent, pruner: { name: 'ash' } })).rejects.toThrow(
      /unknown pruner "ash"; did you mean "asha"/,
    );
    expect(existsSync(join(home, 'refused'))).toBe(false);
  });
});
