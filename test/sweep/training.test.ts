// Sweeps that train, through the real coordinator, host and threads: the worker API on a curve, without any data set.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { resumeRun, startRun } from '../../src/sweep/start.js';
import { fixture, newFolder, rowsOf, runSweep } from './session.js';

const sweep = fixture('curve');
const list = (...values: (number | string)[]) => ({ kind: 'list', values }) as const;

describe('a sweep that trains', () => {
  test('gives the same bytes with one worker and two, and learns', async () => {
    const one = await runSweep({ sweep, workers: 1 });
    const two = await runSweep({ sweep, workers: 2, blockSize: 1 });
    for (const file of ['trials.csv', 'metrics.csv']) {
      expect(readFileSync(join(two.folder, file), 'utf8')).toBe(readFileSync(join(one.folder, file), 'utf8'));
    }
    const rows = rowsOf(one.trials_csv);
    expect(rows).toHaveLength(8);
    for (const row of rows) expect(Number(row.loss)).toBeLessThan(0.2); // the curve's variance is 0.5
    expect(new Set(rows.map((row) => row.loss)).size).toBe(8);
    const curves = rowsOf(readFileSync(join(one.folder, 'metrics.csv'), 'utf8'));
    expect(curves).toHaveLength(8 * 40);
    expect(JSON.parse(readFileSync(join(one.folder, 'manifest.json'), 'utf8'))).toMatchObject({
      engine: 'onnx',
      data: { name: 'sine', sha256: 'made' },
    });
  });

  test('stopped in the middle of trials goes on from their checkpoints, with the same final bytes', async () => {
    const set = { epochs: list(400), announce: list(5) };
    const whole = await runSweep({ sweep, set, workers: 2 });
    const out = join(newFolder(), 'run');
    let stop: (() => void) | undefined;
    const run = await startRun({ sweep, set, workers: 2, out }, [
      {
        onLine() {
          stop?.();
          stop = undefined;
        },
      },
    ]);
    stop = run.stop;
    const stopped = await run.outcome;
    expect(stopped).toMatchObject({ interrupted: true, ok: 0 });
    expect(readdirSync(join(out, 'checkpoints')).length).toBeGreaterThan(0);
    const resumed = await (await resumeRun(out, { workers: 1 })).outcome;
    expect(resumed).toMatchObject({ left: 0, ok: 8 });
    for (const file of ['trials.csv', 'metrics.csv']) {
      expect(readFileSync(join(out, file), 'utf8')).toBe(readFileSync(join(whole.folder, file), 'utf8'));
    }
  });

  test('whose loss is no longer finite fails with the step, the parameters and the last finite loss', async () => {
    const errors: string[] = [];
    const run = await startRun(
      {
        sweep,
        set: { alpha: list(1e30), units: list(8) },
        replicates: 1,
        workers: 1,
        out: join(newFolder(), 'run'),
      },
      [{ onFailure: ({ error }) => errors.push(error.message) }],
    );
    expect(await run.outcome).toMatchObject({ failed: 1 });
    expect(errors[0]).toMatch(/step \d+/);
    expect(errors[0]).toMatch(/alpha/);
  });

  test('runs on the tfjs engine too, with the same curve', async () => {
    const set = { units: list(8), alpha: list(0.01), epochs: list(5) };
    const [onnx, tfjs] = [
      await runSweep({ sweep, set, engine: 'onnx' }),
      await runSweep({ sweep, set, engine: 'tfjs', device: 'cpu' }),
    ];
    const losses = (csv: string) => rowsOf(csv).map((row) => Number(row.loss));
    const theirs = losses(tfjs.trials_csv);
    losses(onnx.trials_csv).forEach((loss, i) => {
      expect(Math.abs(loss - theirs[i]!) / loss).toBeLessThan(1e-4);
    });
  });

  test('is refused before anything is written where the engine or device is not there', async () => {
    const refused = async (request: { engine?: string; device?: string }) =>
      startRun({ sweep, root: newFolder(), ...request }).then(
        () => 'started',
        (error: Error & { hint?: string }) => `${error.message} ${error.hint}`,
      );
    expect(await refused({ engine: 'onxn' })).toMatch(/unknown engine "onxn"; did you mean "onnx"/);
    expect(await refused({ device: 'gpu9' })).toMatch(/gpu9/);
    expect(await refused({ engine: 'tfjs', device: 'tfjs-node-gpu' })).toMatch(
      /npm install @tensorflow\/tfjs-node-gpu/,
    );
  });
});
