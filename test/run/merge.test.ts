// Shards put together are the run in one piece, byte for byte; runs that do not belong together are refused.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { SweeplineError } from '../../src/ground/errors.js';
import { findRun } from '../../src/run/find.js';
import { createRunFolder, openRunFolder } from '../../src/run/folder.js';
import { LOCK_FILE } from '../../src/run/lock.js';
import { mergeRuns } from '../../src/run/merge.js';
import { readRunStatus } from '../../src/run/status.js';
import { startChild } from './children/start.js';
import { makeRun, sampleManifest, temporaryFolder } from './samples.js';

const identity = { runId: 'merged', created: 'now', host: 'here', command: ['merge'] };

const shard = (index: number) => ({ shard: { index, count: 3 } });
const read = (folder: string, name: string) => readFileSync(join(folder, name), 'utf8');

describe('mergeRuns', () => {
  it('gives the bytes of the run in one piece', async () => {
    const root = temporaryFolder();
    const whole = await makeRun(join(root, 'whole'), {}, [[{ first: 0, count: 20 }, { failed: [8] }]]);
    const shards = [
      await makeRun(join(root, '1'), shard(1), [[[19, 0, 3, 6]], [[9, 12, 15, 18]]]),
      await makeRun(join(root, '2'), shard(2), [[[1, 4, 7, 10, 13, 16, 19]]]),
      // Trial 8 failed, was tried again and failed again.
      await makeRun(join(root, '3'), shard(3), [
        [[2, 5, 8], { failed: [8], salt: 'x' }],
        [[8, 11, 14, 17], { failed: [8], attempt: 2 }],
        [[2, 5]],
      ]),
    ];
    mkdirSync(join(shards[1]!, 'artifacts', '4'), { recursive: true });
    writeFileSync(join(shards[1]!, 'artifacts', '4', 'model.onnx'), 'bytes');
    const merged = await mergeRuns(shards, join(root, 'merged'), identity);
    expect(merged.trials).toBe(20);
    expect(read(merged.folder, 'trials.csv')).toBe(read(whole, 'trials.csv'));
    expect(read(merged.folder, 'metrics.csv')).toBe(read(whole, 'metrics.csv'));
    expect(read(merged.folder, 'artifacts/4/model.onnx')).toBe('bytes');
    expect((await openRunFolder(merged.folder)).manifest).toMatchObject({ ...identity, shard: null });
    const again = await mergeRuns([merged.folder, shards[0]!], join(root, 'again'), identity);
    expect(read(again.folder, 'trials.csv')).toBe(read(whole, 'trials.csv'));
    expect(read(again.folder, 'timings.csv')).toBe(read(merged.folder, 'timings.csv'));
  });

  it('reports every difference between the runs together, and writes nothing', async () => {
    const root = temporaryFolder();
    const a = await makeRun(join(root, 'a'), {}, [[[0]]]);
    const b = await makeRun(join(root, 'b'), { seed: 8, engine: 'onnx' }, [[[1]]]);
    const out = join(root, 'merged');
    await expect(mergeRuns([a, b], out, identity)).rejects.toThrow(
      /seed: 7 in .*8 in [\s\S]*engine: "none" in .*"onnx" in/,
    );
    expect(existsSync(out)).toBe(false);
    await expect(mergeRuns([], out, identity)).rejects.toMatchObject({ code: 'BAD_USAGE' });
    await expect(mergeRuns([a], b, identity)).rejects.toThrow('is a run already');
  });

  it('refuses runs that have other rows for the same trial, and shows the cells', async () => {
    const root = temporaryFolder();
    const a = await makeRun(join(root, 'a'), {}, [[{ first: 0, count: 9 }]]);
    const b = await makeRun(join(root, 'b'), {}, [[{ first: 6, count: 2 }], [[8, 9], { salt: '!' }]]);
    const out = join(root, 'merged');
    await expect(mergeRuns([a, b], out, identity)).rejects.toMatchObject({
      code: 'RUNS_DISAGREE',
      message: expect.stringMatching(
        /disagree about 1 trial .*\n {2}- trial 8 \(\w+\) in .*a and .*b: label is .*0\.5" and .*0\.5!"$/,
      ),
    });
    expect(existsSync(out)).toBe(false);
    const preferred = await mergeRuns([a, b], out, identity, { prefer: [b] });
    expect(preferred).toMatchObject({ repeated: 2, replaced: 1, trials: 10 });
    expect(read(out, 'trials.csv')).toContain('broken 0.5!');
  });

  it('killed at any step, is no run, and is made again as if it had not been begun', async () => {
    const root = temporaryFolder();
    const whole = await makeRun(join(root, 'whole'), {}, [[{ first: 0, count: 20 }]]);
    const half = (index: number) => ({ shard: { index, count: 2 } });
    const parts = [
      await makeRun(join(root, '1'), half(1), [[{ first: 0, count: 10 }]]),
      await makeRun(join(root, '2'), half(2), [[{ first: 10, count: 10 }]]),
    ];
    mkdirSync(join(parts[1]!, 'artifacts', '12'), { recursive: true });
    writeFileSync(join(parts[1]!, 'artifacts', '12', 'model.onnx'), 'bytes');
    const out = join(root, 'merged');
    const seen = new Set<string>();
    let wasHalf = 0;
    for (let step = 0; ; step++) {
      const child = startChild('merge', String(step), out, ...parts);
      const line = await child.nextLine();
      await child.kill();
      if (line === 'merged') break;
      seen.add(line!);
      if (!existsSync(join(out, 'merge.json')) && existsSync(join(out, 'manifest.json'))) {
        // Its mark is gone: all of it is there.
        await expect(mergeRuns(parts, out, identity)).rejects.toThrow('is a run already');
        expect(read(out, 'trials.csv')).toBe(read(whole, 'trials.csv'));
        rmSync(out, { recursive: true });
        continue;
      }
      const error = await openRunFolder(out).catch((caught: unknown) => caught);
      expect([step, error]).toEqual([step, expect.any(SweeplineError)]);
      if (existsSync(join(out, 'merge.json'))) {
        wasHalf++;
        expect((error as Error).message).toContain('is half of a merge');
        await expect(readRunStatus(await findRun(out))).rejects.toThrow('is half of a merge');
        await expect(createRunFolder(out, sampleManifest())).rejects.toThrow('is half of a merge');
      }
      // Every other one is made again by a process that is killed in its turn.
      if (step % 2 === 1) continue;
      await mergeRuns(parts, out, identity);
      expect(read(out, 'trials.csv')).toBe(read(whole, 'trials.csv'));
      // What is left of a lock is the lock's own affair.
      const files = readdirSync(out).filter((name) => !name.startsWith(LOCK_FILE));
      expect(files.sort()).toEqual([
        'artifacts',
        'journal.bin',
        'manifest.json',
        'metrics.csv',
        'timings.csv',
        'trials.csv',
      ]);
      rmSync(out, { recursive: true });
    }
    expect(wasHalf).toBeGreaterThan(20);
    expect([...seen].sort()).toContain('at cpSync');
    expect(read(out, 'trials.csv')).toBe(read(whole, 'trials.csv'));
    expect(read(out, 'metrics.csv')).toBe(read(whole, 'metrics.csv'));
    expect(read(out, 'artifacts/12/model.onnx')).toBe('bytes');
    expect((await openRunFolder(out)).manifest).toMatchObject({ ...identity, shard: null });
    expect(readdirSync(out).filter((name) => /tmp|merge/.test(name))).toEqual([]);
  });

  it('that goes on keeps others out, and half of one that holds more is left alone', async () => {
    const root = temporaryFolder();
    const part = await makeRun(join(root, '1'), {}, [[{ first: 0, count: 20 }]]);
    const out = join(root, 'merged');
    const child = startChild('merge', '25', out, part);
    expect(await child.nextLine()).toMatch(/^at /);
    await expect(mergeRuns([part], out, identity)).rejects.toMatchObject({ code: 'LOCKED' });
    await child.kill();
    writeFileSync(join(out, 'thesis.tex'), '');
    const before = readdirSync(out).sort();
    await expect(mergeRuns([part], out, identity)).rejects.toThrow('it holds thesis.tex');
    expect(readdirSync(out).sort()).toEqual(before);
  });
});
