// `--sampler random` on a finite grid: the grid's own trials in another order, whoever runs them and however often the
// run is interrupted.
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stageFolder } from '../../../src/run/folder.js';
import { planRun } from '../../../src/sweep/plan/plan.js';
import { mergeRuns } from '../../../src/sweep/shards/merge.js';
import { replayTrial } from '../../../src/sweep/verify/replay.js';
import { fixture, list, newFolder, read, resume, rowsOf, runHere, runPart, runSweep } from '../session.js';

const sweep = fixture('noisy');
const TRIALS = (21 + 2 * 21) * 2;
const random = { name: 'random' };
const linesOf = (csv: string) => csv.trimEnd().split('\n').slice(1);

describe('a random order of a finite grid', () => {
  test('is the whole grid, byte for byte, where no number of trials is given', async () => {
    const grid = await runHere({ sweep });
    const run = await runHere({ sweep, sampler: random });
    expect(run).toMatchObject({ trials: TRIALS, ok: TRIALS, left: 0 });
    expect(run.trials_csv).toBe(grid.trials_csv);
    expect(read(run.folder, 'metrics.csv')).toBe(read(grid.folder, 'metrics.csv'));
  });

  test('cut short has the rows of the grid under their numbers, none twice, the same with any workers', async () => {
    const grid = new Set(linesOf((await runHere({ sweep })).trials_csv));
    const request = { sweep, sampler: random, trials: 40 };
    const one = await runSweep({ ...request, workers: 1 });
    expect(one).toMatchObject({ trials: 40, left: 0 });
    const rows = linesOf(one.trials_csv);
    expect(rows).toHaveLength(40);
    expect(new Set(rows).size).toBe(40);
    expect(rows.filter((row) => !grid.has(row))).toEqual([]);
    // Not the first ones.
    expect(Number(rows.at(-1)!.split(',')[0])).toBeGreaterThan(80);
    const two = await runSweep({ ...request, workers: 2, blockSize: 1 });
    expect(two.trials_csv).toBe(one.trials_csv);
    expect(await planRun(request)).toMatchObject({ trials: 40, new: 40, sampler: 'random, 40 trials' });
    // Another seed is another choice.
    const other = await runHere({ ...request, seed: 2 });
    const numbers = (csv: string) => rowsOf(csv).map(({ trial }) => trial);
    expect(numbers(other.trials_csv)).not.toEqual(numbers(one.trials_csv));
  });

  test('begins with the same trials however many there shall be, and runs only the rest of them', async () => {
    const out = join(newFolder(), 'run');
    const few = await runHere({ sweep, sampler: random, trials: 30, out });
    const many = await runHere({ sweep, sampler: random, trials: 50 });
    const rows = new Set(linesOf(many.trials_csv));
    expect(linesOf(few.trials_csv).filter((row) => !rows.has(row))).toEqual([]);
    expect(await planRun({ sweep, sampler: random, trials: 50, out })).toMatchObject({ done: 30, new: 20 });
    const more = await runHere({ sweep, sampler: random, trials: 50, out });
    expect(more.trials_csv).toBe(many.trials_csv);
    expect(rowsOf(read(out, 'timings.csv'))).toHaveLength(50);
    const all = await runHere({ sweep, sampler: random, trials: 10 * TRIALS, out });
    expect(all).toMatchObject({ trials: TRIALS, left: 0 });
    expect(all.trials_csv).toBe((await runHere({ sweep })).trials_csv);
  });

  test('interrupted and resumed gives the same bytes', async () => {
    const request = { sweep, sampler: random, trials: 60, set: { wait: list(5) }, workers: 2, blockSize: 1 };
    const whole = await runHere(request);
    const out = join(newFolder(), 'run');
    const part = await runPart({ ...request, out });
    expect(part.interrupted).toBe(true);
    expect(part.trials).toBeGreaterThan(0);
    expect(part.left).toBe(60 - part.trials);
    expect(part.left).toBeGreaterThan(0);
    expect(await resume(out)).toMatchObject({ trials: 60, left: 0 });
    expect(read(out, 'trials.csv')).toBe(whole.trials_csv);
    expect(read(out, 'metrics.csv')).toBe(read(whole.folder, 'metrics.csv'));
    const ok = rowsOf(read(out, 'timings.csv')).filter(({ status }) => status === 'ok');
    expect(ok).toHaveLength(60);
  });

  test.each([undefined, 41])(
    'in three shards, merged, is the whole run byte for byte: %s trials',
    async (trials) => {
      const request = { sweep, sampler: random, ...(trials === undefined ? {} : { trials }) };
      const whole = await runHere(request);
      const shards = [];
      for (const index of [1, 2, 3])
        shards.push(await runHere({ ...request, shard: { index, count: 3 }, shardBy: 'count' }));
      const sizes = shards.map((shard) => shard.trials);
      expect(sizes.reduce((sum, size) => sum + size)).toBe(trials ?? TRIALS);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      const out = join(newFolder(), 'merged');
      await mergeRuns(
        [shards[2]!, shards[0]!, shards[1]!].map(({ folder }) => folder),
        out,
      );
      expect(read(out, 'trials.csv')).toBe(whole.trials_csv);
      expect(read(out, 'metrics.csv')).toBe(read(whole.folder, 'metrics.csv'));
    },
  );

  test('needs the stages of its own trials only', async () => {
    const run = await runHere({ sweep: fixture('staged'), sampler: random, trials: 4 });
    expect(run).toMatchObject({ trials: 4, ok: 4, left: 0 });
    const scales = new Set(rowsOf(run.trials_csv).map(({ scale }) => scale));
    expect(scales.size).toBeLessThan(3);
    const stage = rowsOf(read(stageFolder(run.folder, 'draw'), 'timings.csv'));
    expect(stage).toHaveLength(scales.size);
  });

  test('keeps to the constraint, and can be replayed', async () => {
    const constrained = fixture('constrained');
    const grid = await runHere({ sweep: constrained });
    const all = await runHere({ sweep: constrained, sampler: random });
    expect(all.trials_csv).toBe(grid.trials_csv);
    const some = await runHere({ sweep: constrained, sampler: random, trials: 9 });
    expect(some).toMatchObject({ trials: 9, left: 0 });
    const rows = linesOf(some.trials_csv);
    expect(rows.filter((row) => !linesOf(grid.trials_csv).includes(row))).toEqual([]);
    const replay = await replayTrial(some.folder, Number(rows[4]!.split(',')[0]));
    expect(linesOf(replay.csv)).toEqual([rows[4]]);
  });
});
