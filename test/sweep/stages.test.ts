import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { stageFolder } from '../../src/run/folder.js';
import { mergeRuns } from '../../src/run/merge.js';
import { readJournal } from '../../src/run/read-journal.js';
import { readRunStatus } from '../../src/run/status.js';
import { planRun } from '../../src/sweep/plan/plan.js';
import { resumeRun, startRun } from '../../src/sweep/start.js';
import { replayTrial } from '../../src/sweep/verify/replay.js';
import { defineWorker } from '../../src/worker/define.js';
import { fixture, newFolder, rowsOf, runHere, runSweep } from './session.js';

const sweep = fixture('staged');
const list = (...values: (number | string)[]) => ({ kind: 'list' as const, values });
const read = (folder: string, file: string): string => readFileSync(join(folder, file), 'utf8');
const stageRows = (folder: string) => rowsOf(read(stageFolder(folder, 'draw'), 'timings.csv'));

describe('a stage', () => {
  test('runs once for all trials that share its parameters, with its own files', async () => {
    const run = await runHere({ sweep });
    expect(run).toMatchObject({ trials: 12, ok: 12, failed: 0, skipped: 0 });
    const stage = stageFolder(run.folder, 'draw');
    expect(stageRows(run.folder)).toHaveLength(3);
    const drawn = rowsOf(read(stage, 'metrics.csv')).map((row) => row.step_value);
    const rows = rowsOf(run.trials_csv);
    for (const [i, scale] of [1, 2, 13].entries()) {
      const mine = rows.filter((row) => row.scale === String(scale));
      expect(mine).toHaveLength(4);
      expect(new Set(mine.map((row) => row.drawn))).toEqual(new Set([drawn[i]]));
      expect(read(stage, `artifacts/${i}/drawn.txt`)).toBe(drawn[i]);
    }
    expect(readdirSync(join(stage, 'checkpoints'))).toEqual([]);
  });

  test('gives the same bytes with one worker, in-process, sharded and merged', async () => {
    const whole = await runSweep({ sweep });
    const single = await runSweep({ sweep, workers: 1 });
    const inline = await runSweep({ sweep, debug: true });
    const shards = [];
    for (const index of [1, 2]) shards.push((await runSweep({ sweep, shard: { index, count: 2 } })).folder);
    const merged = join(newFolder(), 'merged');
    await mergeRuns(shards, merged, { runId: 'm', created: '', host: '', command: [] });
    for (const other of [single.folder, inline.folder, merged]) {
      for (const file of ['trials.csv', 'stages/draw/trials.csv', 'stages/draw/metrics.csv'])
        expect(read(other, file), file).toBe(read(whole.folder, file));
    }
    expect(read(merged, 'stages/draw/artifacts/2/drawn.txt')).toBe(
      read(whole.folder, 'stages/draw/artifacts/2/drawn.txt'),
    );
  }, 180_000);

  test('that fails leaves its trials skipped, and a retry runs both', async () => {
    const broken = join(newFolder(), 'broken');
    writeFileSync(broken, '');
    const failures: string[] = [];
    const out = join(newFolder(), 'run');
    const { outcome } = await startRun({ sweep, out, workers: 2, set: { broken: list(broken) } }, [
      {
        onFailure: ({ stage, trial, status, error, replay }) =>
          failures.push(`${stage ?? 'run'} ${trial} ${status} ${error.message} ${replay}`),
      },
    ]);
    expect(await outcome).toMatchObject({ ok: 8, failed: 0, skipped: 4, left: 0 });
    expect(failures[0]).toBe(
      `draw 2 failed scale 13 is out of luck sweepline replay ${stageFolder(out, 'draw')} 2`,
    );
    expect(failures).toHaveLength(5);
    expect(failures[4]).toContain('skipped its stage draw (scale 13, ');
    const rows = rowsOf(read(out, 'trials.csv'));
    expect(rows.filter((row) => row.status === 'skipped').map((row) => row.scale)).toEqual(
      Array(4).fill('13'),
    );
    expect(await readRunStatus(out)).toMatchObject({
      skipped: 4,
      stages: [{ name: 'draw', done: 3, failed: 1 }],
    });

    rmSync(broken);
    const again = await resumeRun(out, { workers: 1, retry: 'failed' });
    expect(await again.outcome).toMatchObject({ ok: 12, failed: 0, skipped: 0 });
    expect(stageRows(out).map((row) => row.status)).toEqual(['ok', 'ok', 'failed', 'ok']);
  });

  test('stopped half-way goes on from its checkpoint; its trials run then', async () => {
    const out = join(newFolder(), 'run');
    const waitsFor = join(newFolder(), 'file');
    writeFileSync(waitsFor, '');
    const request = { sweep, out, workers: 1, set: { scale: list(7), broken: list(waitsFor) } };
    const { outcome, stop } = await startRun(request);
    const checkpoints = join(stageFolder(out, 'draw'), 'checkpoints');
    while (!existsSync(checkpoints) || !readdirSync(checkpoints).some((name) => name.endsWith('.bin')))
      await new Promise((resolve) => setTimeout(resolve, 5));
    stop();
    expect(await outcome).toMatchObject({ ok: 0, left: 4, interrupted: true });
    rmSync(waitsFor);
    const again = await resumeRun(out, { workers: 1 });
    expect(await again.outcome).toMatchObject({ ok: 4, left: 0, interrupted: false });
    const [row] = rowsOf(read(out, 'trials.csv'));
    expect(Math.floor(Number(row!.drawn) / 1e6)).toBe(2); // begun twice, by its checkpoint
  });

  test('of an edited grid runs at the new points only, and keeps each file with its point', async () => {
    const out = join(newFolder(), 'run');
    const before = await runHere({ sweep, out, set: { scale: list(2, 13) } });
    const kept = (row: Record<string, string>) => [row.scale, row.size, row.replicate, row.sum].join();
    const after = await runHere({ sweep, out, set: { scale: list(1, 13) } });
    expect(readJournal(stageFolder(out, 'draw')).state.epoch).toMatchObject({ doneCount: 2, timed: 1 });
    const old = rowsOf(before.trials_csv).filter((row) => row.scale === '13');
    const now = rowsOf(after.trials_csv).filter((row) => row.scale === '13');
    expect(now.map(kept)).toEqual(old.map(kept));
    for (const row of rowsOf(after.trials_csv))
      expect(read(out, `artifacts/${row.trial}/sum.txt`)).toBe(row.sum);
    // A point that comes back has its artifacts again, though nothing runs.
    const back = await runHere({ sweep, out, set: { scale: list(2, 13) } });
    expect(back.trials_csv).toBe(before.trials_csv);
    for (const row of rowsOf(back.trials_csv))
      expect(read(out, `artifacts/${row.trial}/sum.txt`)).toBe(row.sum);
  });

  test('is planned, and is left alone where all is done', async () => {
    expect((await planRun({ sweep })).stages).toEqual([
      {
        ...{ name: 'draw', about: 'draws a number', trials: 3, done: 0, new: 3 },
        ...{ predictedMs: null, predictedFrom: null },
      },
    ]);
    const run = await runHere({ sweep });
    const stages: string[] = [];
    const again = await startRun({ sweep, out: run.folder, workers: 1 }, [
      { onStage: ({ stage }) => stages.push(stage) },
    ]);
    expect(await again.outcome).toMatchObject({ ok: 12 });
    expect(stages).toEqual([]);
    expect((await planRun({ sweep, out: run.folder })).stages).toMatchObject([{ trials: 3, done: 3 }]);
  });

  test('that returns what is no metric fails, keeps what is one, and its trials are skipped', async () => {
    const told: string[] = [];
    const run = await startRun(
      { sweep: fixture('misfit-stage'), out: join(newFolder(), 'run'), workers: 1 },
      [
        {
          onFailure: ({ stage, trial, error }) => told.push(`${stage ?? 'trial'} ${trial}: ${error.message}`),
        },
      ],
    );
    const { folder, ...outcome } = await run.outcome;
    expect(outcome).toMatchObject({ ok: 1, failed: 0, skipped: 2, left: 0 });
    const first = '`run` returned 7; expected an object of metrics: { base, word }';
    const second = 'metric "base" is 0.5; expected an integer (whole, and at most 2^53 - 1 in size)';
    expect(told).toEqual([
      `base 0: ${first}`,
      `base 1: ${second}`,
      `trial 0: its stage base (x 1) ended failed: ${first}`,
      `trial 1: its stage base (x 0.5) ended failed: ${second}`,
    ]);
    const rows = rowsOf(read(stageFolder(folder, 'base'), 'trials.csv'));
    expect(rows.map(({ status, base, word }) => [status, base, word])).toEqual([
      ['failed', '', ''],
      ['failed', '', 'kept'],
      ['ok', '2', 'kept'],
    ]);
  });

  test('and its trials can be replayed alone', async () => {
    const run = await runHere({ sweep });
    const line = (csv: string, i: number) => csv.trimEnd().split('\n')[i];
    const trial = await replayTrial(run.folder, 5);
    expect(line(trial.csv, 1)).toBe(line(run.trials_csv, 6));
    const stage = await replayTrial(stageFolder(run.folder, 'draw'), 2);
    expect(line(stage.csv, 1)).toBe(line(read(run.folder, 'stages/draw/trials.csv'), 3));
  });

  test('that reads a parameter of the trials fails with its name', async () => {
    const run = await runHere({ sweep, set: { scale: list(99), size: list(1) } });
    expect(run).toMatchObject({ ok: 0, skipped: 2 });
    expect(stageRows(run.folder)[0]!.error).toContain('reads the parameter ""size""');
  });
});

test('what is invalid in stages is told at once', () => {
  const define = () =>
    defineWorker({
      name: 'wrong',
      version: '1',
      params: { a: z.number().default(1) },
      metrics: {},
      stages: {
        'two words': { params: ['b' as 'a'], metrics: { 'no word': { type: 'number' } }, run: () => ({}) },
      },
      runBlock: () => undefined,
    });
  expect(define).toThrow(/two words[\s\S]*parameter "b"[\s\S]*no word[\s\S]*runBlock/);
});
