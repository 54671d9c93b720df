import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SweeplineError } from '../../src/ground/errors.js';
import { mergeRuns } from '../../src/run/merge.js';
import { loguniform, uniform } from '../../src/space/domain.js';
import { planRun } from '../../src/sweep/plan/plan.js';
import { resumeRun, startRun } from '../../src/sweep/start.js';
import { makeProject } from './project.js';
import { fixture, list, newFolder, read, resume, rowsOf, runPart, runSweep } from './session.js';

const NOISY_TRIALS = (21 + 2 * 21) * 2;

describe('a run', () => {
  test('gives the same bytes with one worker, two, single trials, and in-process', async () => {
    const sweep = fixture('noisy');
    const one = await runSweep({ sweep, workers: 1 });
    expect(one).toMatchObject({
      trials: NOISY_TRIALS,
      ok: NOISY_TRIALS,
      failed: 0,
      left: 0,
      interrupted: false,
    });
    const others = [
      await runSweep({ sweep, workers: 2, blockSize: 1 }),
      await runSweep({ sweep, debug: true, blockSize: 7 }),
    ];
    for (const other of others) {
      for (const file of ['trials.csv', 'metrics.csv']) {
        expect(readFileSync(join(other.folder, file), 'utf8')).toBe(
          readFileSync(join(one.folder, file), 'utf8'),
        );
      }
    }
    const rows = rowsOf(one.trials_csv);
    expect(rows.map((row) => Number(row.trial))).toEqual(Array.from({ length: NOISY_TRIALS }, (_, i) => i));
    expect(new Set(rows.map((row) => row.key)).size).toBe(NOISY_TRIALS);
    expect(
      rows.filter((row) => row.kind === 'plain').every((row) => row.gain === '' && row.y === row.x),
    ).toBe(true);
    expect(readFileSync(join(one.folder, 'timings.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(
      NOISY_TRIALS + 1,
    );
  });

  test('in three shards, merged, is the whole run byte for byte', async () => {
    const sweep = fixture('noisy');
    const whole = await runSweep({ sweep });
    const shards = [];
    for (const index of [1, 2, 3])
      shards.push((await runSweep({ sweep, shard: { index, count: 3 } })).folder);
    const out = join(newFolder(), 'merged');
    await mergeRuns([shards[2]!, shards[0]!, shards[1]!], out, {
      runId: 'm',
      created: '',
      host: '',
      command: [],
    });
    expect(readFileSync(join(out, 'trials.csv'), 'utf8')).toBe(whole.trials_csv);
    expect(readFileSync(join(out, 'metrics.csv'), 'utf8')).toBe(
      readFileSync(join(whole.folder, 'metrics.csv'), 'utf8'),
    );
  });

  test('of two grids and a constraint runs every point once, where the constraint holds', async () => {
    const { trials_csv } = await runSweep({ sweep: fixture('constrained') });
    const points = rowsOf(trials_csv).map((row) => `${row.kind} ${row.x}`);
    const plain = Array.from({ length: 11 }, (_, i) => `plain ${i / 10}`);
    const wild = Array.from({ length: 6 }, (_, i) => `wild ${(i + 5) / 10}`);
    expect([...points].sort()).toEqual([...plain, ...wild].sort());
    expect(await planRun({ sweep: fixture('constrained') })).toMatchObject({
      trials: 17,
      excluded: 8,
      new: 17,
    });
  });

  test('with an edited grid runs only the difference', async () => {
    const sweep = fixture('noisy');
    const log = join(newFolder(), 'log');
    const set = (count: number) => ({
      x: { kind: 'lin', from: 0, to: 1, count } as const,
      log: { kind: 'list', values: [log] } as const,
    });
    const out = join(newFolder(), 'run');
    await runSweep({ sweep, set: set(6), out });
    const before = readFileSync(log, 'utf8').split('\n').length;
    expect(await planRun({ sweep, set: set(11), out })).toMatchObject({ done: 36, new: 30 });
    const edited = await runSweep({ sweep, set: set(11), out });
    expect(readFileSync(log, 'utf8').split('\n').length - before).toBe(2 * 30);
    expect(edited).toMatchObject({ trials: 66, ok: 66 });
    const fresh = await runSweep({ sweep, set: set(11) });
    expect(edited.trials_csv).toBe(fresh.trials_csv);
  });

  test('keeps failed trials, and tries them again when asked', async () => {
    const sweep = fixture('noisy');
    const set = { fail: { kind: 'list', values: [0.5] } as const };
    const failures: { trial: number; replay: string | null; explain: string }[] = [];
    const run = await startRun(
      { sweep, set, workers: 2, out: join(newFolder(), 'run'), retries: 1, retryPauseMs: 1 },
      [{ onFailure: (event) => failures.push(event) }],
    );
    const outcome = await run.outcome;
    expect(outcome).toMatchObject({ trials: NOISY_TRIALS, failed: 6 });
    expect(failures).toHaveLength(6);
    const [{ trial, replay, explain }] = failures as [(typeof failures)[number]];
    for (const [command, text] of Object.entries({ replay, explain }))
      expect(text).toBe(`sweepline ${command} ${outcome.folder} ${trial}`);
    const timings = rowsOf(readFileSync(join(outcome.folder, 'timings.csv'), 'utf8'));
    expect(
      timings
        .filter((row) => row.status === 'failed')
        .map((row) => row.attempt)
        .sort(),
    ).toEqual(['1', '1', '1', '1', '1', '1', '2', '2', '2', '2', '2', '2']);
    const again = await (await resumeRun(outcome.folder, { workers: 1, retry: 'failed' })).outcome;
    expect(again).toMatchObject({ failed: 6, trials: NOISY_TRIALS });
  });

  test('ends early past the limit of failures', async () => {
    // Slow enough that not all of them are over before the first failure is heard of.
    const { sweep } = makeProject(
      `params: { i: z.int().default(0) }, metrics: { y: { type: 'number' } },
       async run({ params }) {
         await new Promise((resolve) => setTimeout(resolve, 20));
         if (params.i === 1) throw new Error('the second');
         return { y: params.i };
       }`,
      "axes: { i: 'range(0,199,1)' }",
    );
    const limited = await runSweep({ sweep, workers: 1, blockSize: 1, maxFailures: 0 });
    expect(limited).toMatchObject({ tooManyFailures: true, failed: 1 });
    expect(limited.left).toBeGreaterThan(0);
  });

  test('stops when asked and goes on where it was', async () => {
    const sweep = fixture('noisy');
    const whole = await runSweep({ sweep });
    const out = join(newFolder(), 'run');
    let stop: () => void = () => undefined;
    const run = await startRun({ sweep, workers: 2, blockSize: 1, out }, [
      { onProgress: (progress) => progress.done > 5 && stop() },
    ]);
    stop = run.stop;
    run.stop();
    const outcome = await run.outcome;
    expect(outcome.interrupted).toBe(true);
    expect(outcome.left).toBeGreaterThan(0);
    const resumed = await (await resumeRun(out, { workers: 2 })).outcome;
    expect(resumed).toMatchObject({ trials: NOISY_TRIALS, left: 0, interrupted: false });
    expect(readFileSync(join(out, 'trials.csv'), 'utf8')).toBe(whole.trials_csv);
  });
});

describe('bisect', () => {
  test('finds the threshold to the tolerance in as few trials as that needs, also when interrupted', async () => {
    const sweep = fixture('noisy');
    const tolerance = 1e-4;
    const sampler = { name: 'bisect', axis: 'x', metric: 'above', from: 0, to: 1, tolerance } as const;
    const run = await runSweep({ sweep, sampler, replicates: 1 });
    const rows = rowsOf(run.trials_csv);
    const steps = Math.ceil(Math.log2(1 / tolerance));
    expect(rows).toHaveLength(3 * (2 + steps));
    for (const gain of ['', '1', '2']) {
      const mine = rows.filter((row) => row.gain === gain);
      const low = Math.max(...mine.filter((row) => row.above === 'false').map((row) => Number(row.x)));
      const high = Math.min(...mine.filter((row) => row.above === 'true').map((row) => Number(row.x)));
      expect(low <= 0.3137 && 0.3137 <= high && high - low <= tolerance).toBe(true);
    }
    const out = join(newFolder(), 'run');
    const started = await startRun({ sweep, sampler, replicates: 1, workers: 1, blockSize: 1, out });
    started.stop();
    expect((await started.outcome).interrupted).toBe(true);
    await (await resumeRun(out, { workers: 2 })).outcome;
    expect(readFileSync(join(out, 'trials.csv'), 'utf8')).toBe(run.trials_csv);
  });

  test('takes the range of a domain on its axis', async () => {
    const sweep = fixture('noisy');
    const sampler = { name: 'bisect', axis: 'x', metric: 'above', tolerance: 1e-3 } as const;
    const given = await runSweep({ sweep, sampler: { ...sampler, from: 0.1, to: 0.9 }, replicates: 1 });
    for (const domain of [uniform(0.1, 0.9), loguniform(0.1, 0.9)])
      expect((await runSweep({ sweep, sampler, set: { x: domain }, replicates: 1 })).trials_csv).toBe(
        given.trials_csv,
      );
    const other = { ...sampler, axis: 'gain' };
    await expect(startRun({ sweep, sampler: other, set: { x: uniform(0, 1) } })).rejects.toThrow(
      /axis x: uniform\(0, 1\) has no end/,
    );
  });

  test('goes on in the middle of its searches', async () => {
    const sampler = { name: 'bisect', axis: 'x', from: 0, to: 1, tolerance: 1e-4 };
    const sweep = fixture('noisy');
    const request = { sweep, sampler, replicates: 1, set: { wait: list(5) }, workers: 1, blockSize: 1 };
    const whole = await runSweep({ ...request, workers: 2 });
    const out = join(newFolder(), 'run');
    const part = await runPart({ ...request, out });
    expect(part.interrupted).toBe(true);
    expect(part.trials).toBeGreaterThan(0);
    expect(part.trials).toBeLessThan(whole.trials);
    await resume(out);
    expect(read(out, 'trials.csv')).toBe(whole.trials_csv);
    const ok = rowsOf(read(out, 'timings.csv')).filter(({ status }) => status === 'ok');
    expect(ok).toHaveLength(whole.trials);
  });
});

describe('bad requests', () => {
  test.each([1, 5, Number.MAX_VALUE])(
    'a bisection that would ask nothing: tolerance %d',
    async (tolerance) => {
      const sampler = { name: 'bisect', axis: 'x', from: 0, to: 1, tolerance };
      await expect(runSweep({ sweep: fixture('noisy'), sampler, replicates: 1 })).rejects.toThrow(
        /bisect: tolerance .*: x goes from 0 to 1, and nothing between is ever asked; expected less than 1/,
      );
    },
  );

  const refused = async (request: Parameters<typeof startRun>[0]): Promise<string> => {
    const root = newFolder();
    const error = await startRun({ root, ...request }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(SweeplineError);
    expect(readdirSync(root)).toEqual([]);
    return (error as Error).message;
  };

  test('are refused with what, which and the legal names, and leave nothing behind', async () => {
    const sweep = fixture('noisy');
    expect(await refused({ sweep: 'escpae' })).toMatch(/unknown sweep "escpae"; did you mean "escape"/);
    expect(await refused({ sweep: './nowhere.ts' })).toMatch(/no sweep file .*nowhere/);
    expect(await refused({ sweep, set: { gian: { kind: 'list', values: [1] } } })).toMatch(
      /unknown axis "gian"; did you mean "gain"/,
    );
    expect(
      await refused({
        sweep,
        set: { gain: { kind: 'list', values: [0] }, kind: { kind: 'list', values: ['mild'] } },
      }),
    ).toMatch(/kind: "mild"[\s\S]*gain: 0/);
    expect(await refused({ sweep, workers: 0 })).toMatch(/workers 0/);
    expect(await refused({ sweep, shard: { index: 4, count: 3 } })).toMatch(/shard 4\/3/);
    expect(await refused({ sweep, sampler: { name: 'bisec' as 'bisect' } })).toMatch(
      /unknown sampler "bisec"; did you mean "bisect"/,
    );
    expect(await refused({ sweep, workers: 0, shard: { index: 0, count: 2 }, replicates: 0 })).toMatch(
      /workers[\s\S]*replicates[\s\S]*shard/,
    );
  });

  test('another sweep’s folder and other files are left as they are', async () => {
    const { folder } = await runSweep({ sweep: fixture('constrained') });
    const before = readdirSync(folder);
    await expect(startRun({ sweep: fixture('noisy'), out: folder })).rejects.toThrow(/constrained/);
    expect(readdirSync(folder)).toEqual(before);
    const other = newFolder();
    writeFileSync(join(other, 'thesis.txt'), 'precious');
    await expect(startRun({ sweep: fixture('noisy'), out: other })).rejects.toThrow(SweeplineError);
    expect(readdirSync(other)).toEqual(['thesis.txt']);
    expect(existsSync(join(folder, 'coordinator.lock'))).toBe(false);
  });
});
