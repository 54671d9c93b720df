// Shards put together are the run in one piece, byte for byte; runs that do not belong together are refused.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { writeDerived } from '../../src/run/derive.js';
import { createRunFolder, openRunFolder } from '../../src/run/folder.js';
import { openJournal } from '../../src/run/journal.js';
import type { Manifest } from '../../src/run/manifest.js';
import { mergeRuns } from '../../src/run/merge.js';
import { spaceRecord } from '../../src/run/records.js';
import type { TrialNumbers } from '../../src/trial/selection.js';
import { type SampleOptions, sampleManifest, sampleRows, temporaryFolder } from './samples.js';

const identity = { runId: 'merged', created: 'now', host: 'here', command: ['merge'] };

async function makeRun(
  folder: string,
  changes: Partial<Manifest>,
  steps: readonly (readonly [TrialNumbers, SampleOptions?])[],
): Promise<string> {
  const manifest = sampleManifest(changes);
  const { path } = await createRunFolder(folder, manifest);
  const journal = await openJournal(path);
  await journal.append(spaceRecord(manifest));
  for (const [trials, options] of steps) {
    const { record, rows, series } = sampleRows(manifest, trials, options);
    await journal.appendRows(record, rows, series);
  }
  await writeDerived(path, journal.state);
  await journal.close();
  return path;
}

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

  it('refuses runs that have other rows for the same trial, and names the trials', async () => {
    const root = temporaryFolder();
    const a = await makeRun(join(root, 'a'), {}, [[{ first: 0, count: 9 }]]);
    const b = await makeRun(join(root, 'b'), {}, [[{ first: 6, count: 2 }], [[8, 9], { salt: '!' }]]);
    const out = join(root, 'merged');
    await expect(mergeRuns([a, b], out, identity)).rejects.toThrow('have other rows for 1 trial: 8');
    expect(existsSync(out)).toBe(false);
  });
});
