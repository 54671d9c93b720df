// The shipped blur sweep in shards: its judges trained once for all of them, or once in each, one shard cut short and
// taken up again; merged it is the run in one piece, artifacts included.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { readRunStatus } from '../../../src/run/status.js';
import { mergeRuns } from '../../../src/sweep/shards/merge.js';
import { startRun } from '../../../src/sweep/start.js';
import { writeDrawnDigits } from '../../sweeps/drawn.js';
import { fixture, list, newFolder, runPart, runSweep } from '../session.js';

const data = join(newFolder(), 'data');
const set = {
  ...{ epochs: list(2), batch: list(64), hidden: list('16'), loss: list('l2'), alpha: list(0.003) },
  ...{ judge_images: list(100), judge_epochs: list(1), sigma: list(0.3, 2), latent: list(2) },
};
const blur = { sweep: 'blur', data, set, replicates: 2 };

beforeAll(() => writeDrawnDigits(data, 200, 40));

/** Every file that is the same however a run came about, with its bytes. */
function filesOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((name) => /(^|\/)(trials|metrics)\.csv$|(^|\/)artifacts\//.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
}

describe('a sweep with stages in shards', () => {
  test('merged is the run in one piece', async () => {
    const whole = await runSweep(blur);
    expect(whole).toMatchObject({ trials: 8, failed: 0 });
    const stages = await runSweep({ ...blur, onlyStages: true });
    expect(stages).toMatchObject({ trials: 0, failed: 0, left: 8, interrupted: false });
    expect(await readRunStatus(stages.folder)).toMatchObject({ done: 0, stopped: 'interrupted' });

    const lines: string[] = [];
    const first = join(newFolder(), 'first');
    const shard = (index: number) => ({ ...blur, workers: 2, shard: { index, count: 2 } });
    const { outcome } = await startRun({ ...shard(1), out: first, stagesOf: stages.folder }, [
      { onLine: (line) => lines.push(line), onStage: () => lines.push('a stage runs') },
    ]);
    const one = await outcome;
    expect(lines).toEqual([`stages of ${stages.folder}: judge`]);
    const second = join(newFolder(), 'second');
    const part = await runPart({ ...shard(2), out: second, workers: 1, blockSize: 1 });
    const two = await runSweep({ ...shard(2), out: second });
    expect(part.ok).toBeLessThanOrEqual(two.ok);
    expect(one.ok + two.ok).toBe(8);

    const merged = await mergeRuns([stages.folder, second, first], join(newFolder(), 'merged'));
    expect(merged).toMatchObject({ trials: 8, repeated: 0, left: 0, isWhole: true });
    const [expected, found] = [filesOf(whole.folder), filesOf(merged.folder)];
    expect(Object.keys(found)).toEqual(Object.keys(expected));
    expect(Object.keys(found)).toContain('stages/judge/artifacts/0/judge.onnx');
    for (const name of Object.keys(expected)) expect(found[name] === expected[name], name).toBe(true);
  });

  test('does not take stages of another seed, of none, or of a sweep without them', async () => {
    const staged = { sweep: fixture('staged'), onlyStages: true };
    const { folder } = await runSweep({ ...staged, seed: 3 });
    await expect(runSweep({ sweep: fixture('staged'), stagesOf: folder })).rejects.toThrow(
      `--stages-of ${folder}: its seed is 3, not 1`,
    );
    const plain = await runSweep({
      sweep: 'escape',
      set: { h: list(1), alpha: list(0.1), optimizer: list('sgd') },
    });
    await expect(runSweep({ sweep: fixture('staged'), stagesOf: plain.folder })).rejects.toThrow(
      /its worker is escape, not staged/,
    );
    await expect(runSweep({ ...staged, sweep: 'escape' })).rejects.toThrow(
      '--only-stages: worker escape has no stages',
    );
  });
});
